"""An order is read strictly, and says the command that trains the same network."""

import pytest

import train
from lenet.training import datasets, loop
from lenet.training.order import DATASETS, KNOBS, OPTIMIZERS, Order, read_order
from lenet.training.recipes import RECIPES, adjust

GOOD = {"recipe": "classic", "dataset": "fashion", "seed": 3, "knobs": {"pooling": "max", "channels": [4, 8]}}


def test_the_names_are_those_of_the_tables_that_need_torchvision_or_the_loop():
    assert set(DATASETS) == set(datasets.SOURCES)
    assert set(OPTIMIZERS) == set(loop.OPTIMIZERS)


def test_an_order_is_the_recipe_with_its_knobs_turned():
    order = read_order(GOOD)
    assert order.changed_recipe() == adjust(RECIPES["classic"], pooling="max", channels=(4, 8))


def test_the_command_gives_the_same_order_again():
    knobs = {"batch_norm": True, "hidden": [30], "learning_rate": 0.01, "paddings": [0, 0], "epochs": 2}
    order = read_order(GOOD | {"knobs": knobs})
    line = order.command()
    assert line.startswith("python train.py --recipe classic --dataset fashion --seed 3 --batch-norm --dense 30")
    again = train.ordered(train.parse_arguments(line.removeprefix("python train.py ").split()))
    assert again.changed_recipe() == order.changed_recipe()


def test_what_is_the_recipe_s_own_is_left_out_of_the_command():
    order = Order("classic", "mnist", 0, {"pooling": "average", "epochs": 10, "seed_of": 1, "channels": (6, 16)})
    assert order.trimmed().knobs == {"seed_of": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipe": "none"}, "recipe must be one of classic"),
        ({"dataset": 5}, "dataset must be one of mnist, fashion, not '5'"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": None}, "seed must be a whole number"),
        ({"knobs": {"members": 2}}, "there is no knob 'members'"),
        ({"knobs": {"channels": ["six"]}}, "channels must be a whole number from 1"),
        ({"knobs": {"channels": [6] * 9}}, "channels must be 1 to 8 whole numbers"),
        ({"knobs": {"hidden": 84}}, "dense must be 1 to 8 whole numbers"),
        ({"knobs": {"batch_norm": 1}}, "batch norm must be true or false"),
        ({"knobs": {"learning_rate": float("nan")}}, "learning rate must be a number of 0 or more"),
        ({"knobs": {"epochs": True}}, "epochs must be a whole number from 1"),
        ({"knobs": {"pooling": "x" * 5_000}}, "pooling must be one of average, max, none"),
        ({"knobs": []}, "no order"),
    ],
)
def test_what_is_no_order_is_a_short_sentence(changes, said):
    with pytest.raises(ValueError, match=said) as caught:
        read_order(GOOD | changes)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("value", [None, [], "x", 5, {}])
def test_neither_is_anything_else(value):
    with pytest.raises(ValueError, match="no order"):
        read_order(value)


def test_every_knob_is_one_that_a_recipe_has():
    own = vars(RECIPES["classic"]) | vars(RECIPES["classic"].model)
    assert set(KNOBS) - {"convolutions"} <= set(own)
