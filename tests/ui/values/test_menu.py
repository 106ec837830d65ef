"""The menu of networks."""

from dataclasses import replace

import pytest

from lenet.checkpoint import Checkpoint
from lenet.model import LeNet, LeNetConfig
from lenet.ui.lab import Lab
from lenet.ui.values.menu import LONGEST, accuracy_of, menu_value, words


def network(name: str, config: LeNetConfig, *, kind: str = "digit", accuracy: float | None = 0.9964) -> Checkpoint:
    metrics = {} if accuracy is None else {"test": {"accuracy": accuracy}}
    return Checkpoint(name, LeNet(config), kind, tuple("0123456789"), metrics)


CHAPTER, RELU = LeNetConfig(mean=0.13, std=0.3), LeNetConfig(activation="relu")


def test_a_network_says_what_it_reads_its_maps_and_its_accuracy():
    assert words(network("mine", RELU)) == "LeNet, 6 and 16 maps, 99.6 % of digits · mine"
    assert words(network("mine", RELU, kind="garment", accuracy=None)) == "LeNet, 6 and 16 maps, for garments · mine"
    bare = replace(RELU, paddings=(0, 0))
    assert words(network("mine", bare)) == "LeNet without padding, 6 and 16 maps, 99.6 % of digits · mine"
    three = replace(RELU, channels=(4, 8, 8), kernel_sizes=(3, 3, 3), paddings=(1, 1, 1))
    assert words(network("mine", three)).startswith("LeNet, 4 and 8 and 8 maps, ")


def test_the_chapters_own_network_is_called_so():
    assert words(network("mine", CHAPTER)).startswith("The book's LeNet, 6 and 16 maps, ")
    maximum = replace(CHAPTER, pooling="max")
    assert words(network("mine", maximum)).startswith("The book's LeNet with max pooling, 6 and 16 maps, ")


def test_digits_come_first_then_the_default_then_the_chapters_own_then_the_smaller():
    small = replace(RELU, channels=(2, 4))
    networks = [
        network("clothes", CHAPTER, kind="garment"),
        network("large", RELU),
        network("small", small),
        network("book", CHAPTER),
        network("mnist-lenet", RELU),
    ]
    offered = menu_value({item.name: item for item in networks} | {"broken": "broken/config.json is missing"})
    assert [name for _, name in offered] == ["mnist-lenet", "book", "small", "large", "clothes", "broken"]
    assert offered[-1] == ("Cannot be read: broken/config.json is missing · broken", "broken")


@pytest.mark.parametrize("test", [None, [], {}, {"accuracy": "1"}, {"accuracy": True}, {"accuracy": 1.5}])
def test_an_accuracy_that_is_none_is_not_shown(test):
    assert accuracy_of({"test": test}) is None


def test_a_damaged_checkpoint_is_offered_with_what_is_wrong_with_it(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    ((words, name),) = Lab(tmp_path).menu
    assert name == "broken"
    assert words.startswith("Cannot be read: broken/config.json is not JSON")
    assert len(words) <= LONGEST + len(" · broken")
