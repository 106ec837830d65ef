"""What the page's handlers answer about a cell, a value, an epoch, and a network in which something is broken."""

import shutil

import numpy as np
import pytest
from support import controls, drawn, explained, put

from lenet import checkpoint
from lenet.microscope.layers import PHASES, stage_name
from lenet.settings import CHECKPOINTS
from lenet.ui.handlers import UNCHANGED, Handlers
from lenet.ui.lab import Lab
from lenet.ui.values.pixels import encode


def test_filters_that_are_not_read_are_left_out_of_the_arithmetic(handlers, three):
    _, explanation = explained(handlers, three, "mnist-modern")
    network = checkpoint.load(CHECKPOINTS / "mnist-modern")
    read = network.model.conv2.weight[1].flatten(1).any(1).nonzero().flatten().tolist()
    assert 0 < len(read) < network.model.config.channels[0]
    assert explanation["cell"]["maps"] == read
    assert f"{len(read)} of the {network.model.config.channels[0]} maps" in explanation["cell"]["about"]


@pytest.mark.parametrize(
    ("pin", "words"), [((1, 99, 0, 0), "no map 100"), ((7, 0, 0, 0), "no maps"), ((2, 0, 0, 50), "no column 51")]
)
def test_a_pinned_cell_out_of_range_is_a_sentence(handlers, three, pin, words):
    answer = handlers.on_draw(three, "mnist-classic", controls(pin=pin))
    assert words in answer.explanation["text"]
    assert answer.explanation["cell"] is None
    assert answer.maps["layers"]


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
@pytest.mark.parametrize("phase", PHASES)
def test_a_pinned_cell_s_arithmetic_adds_up(handlers, name, phase, request):
    network = checkpoint.load(CHECKPOINTS / name)
    picture = request.getfixturevalue(f"{network.kind}s")[3]
    pad = put(None, picture)
    explanation = handlers.on_draw(pad, name, controls(phase=phase, pin=(2, 1, 3, 2))).explanation
    cell = explanation["cell"]
    stages = drawn(network, pad).activations
    assert cell["value"] == pytest.approx(stages[stage_name(network.model.config, phase, 2)][1, 3, 2], abs=1e-4)
    total, bias, before = (line["value"] for line in cell["lines"][:3])
    assert np.sum(cell["products"]) == pytest.approx(total, abs=1e-4)
    assert sum(cell["sums"]) + bias == pytest.approx(before, abs=1e-4)
    np.testing.assert_allclose(np.multiply(cell["patch"], cell["kernel"]), cell["products"], atol=1e-4)
    assert [line["value"] for line in cell["lines"] if line["own"]] == [cell["value"]]
    assert [np.any(kernel) for kernel in cell["kernel"]] == [True] * len(cell["maps"])
    assert len(explanation["favourites"]) == 9


def test_a_map_that_is_switched_off_is_missing_in_the_answer(handlers, three):
    whole = handlers.on_draw(three, "mnist-classic", controls())
    view = {"off": ((1, 0), (1, 3), (2, 5)), "pin": (2, 5, 3, 3), "compare": "checkpoint", "other": "mnist-classic"}
    answer = handlers.on_draw(three, "mnist-classic", controls(**view))
    assert answer.verdict["probabilities"] != whole.verdict["probabilities"]
    assert answer.verdict["other"]["probabilities"] == whole.verdict["probabilities"]  # B is whole
    assert (answer.explanation["cell"]["off"], answer.explanation["cell"]["value"]) == (True, 0)
    mean = handlers.on_draw(three, "mnist-classic", controls(**view, instead="mean")).explanation["cell"]
    assert mean["value"] == pytest.approx(mean["window"][0]) and 0 < mean["value"] < 1
    gone = handlers.on_draw(three, "mnist-classic", controls(off=((3, 0), (1, 6), (0, 0), (9, 9))))
    assert gone.verdict["probabilities"] == whole.verdict["probabilities"]  # maps of another network


def test_the_network_can_be_looked_at_as_it_was_after_an_epoch(handlers, three):
    trained = handlers.on_draw(three, "mnist-classic", controls())
    early = handlers.on_draw(three, "mnist-classic", controls(epoch=1))
    assert max(early.verdict["probabilities"], key=lambda row: row[1])[1] < 0.2  # a sigmoid learns nothing at first
    assert early.maps["layers"][0]["kernels"] != trained.maps["layers"][0]["kernels"]
    assert early.controls == UNCHANGED and early.maps["altered"]["epoch"] == 1
    gone = handlers.on_draw(three, "mnist-modern", controls(epoch=1))  # it has no snapshots
    assert gone.verdict == handlers.on_draw(three, "mnist-modern", controls()).verdict


@pytest.mark.parametrize("overlay", ["occlusion", "gradient"])
@pytest.mark.parametrize("how", [{"off": ((1, 0), (2, 5))}, {"noise": 100}])
def test_what_is_laid_over_the_picture_is_about_the_network_as_it_is_now(handlers, three, overlay, how):
    laid = [
        handlers.on_draw(three, "mnist-classic", controls(overlay=overlay, **changes)).verdict["overlay"]["cells"]
        for changes in ({}, how)
    ]
    assert laid[0] != laid[1]


@pytest.mark.parametrize("how", [{"noise": 100}, {"biases": False}, {"pooling": False}])
def test_a_broken_network_answers_in_another_way_and_b_through_another_network_does_not(handlers, three, how):
    whole = handlers.on_draw(three, "mnist-classic", controls())
    beside = {"compare": "checkpoint", "other": "mnist-classic", "pin": (1, 2, 5, 5)}
    answer = handlers.on_draw(three, "mnist-classic", controls(**how, **beside))
    assert answer.verdict["probabilities"] != whole.verdict["probabilities"]
    assert answer.verdict["other"]["probabilities"] == whole.verdict["probabilities"]
    lines = {line["kind"]: line["value"] for line in answer.explanation["cell"]["lines"]}
    assert lines["sum"] + lines["bias"] == pytest.approx(lines["before"], abs=1e-4)
    kept = controls(**how, compare="kept", kept=encode(np.zeros(784, np.uint8)))
    assert handlers.on_draw(three, "mnist-classic", kept).maps["note"] == ""  # both through the same broken network


@pytest.mark.parametrize(
    ("pin", "name", "stage", "reads", "shape"),
    [
        ((0, 3, 0, 0), "Logit of 3", "logits", "drop4", [84]),
        ((4, 5, 0, 0), "Dense layer 4, value 6", "dense4", "drop3", [120]),
        ((3, 119, 0, 0), "Dense layer 3, value 120", "dense3", "flatten", [16, 5, 5]),
    ],
)
def test_a_value_of_a_dense_layer_is_explained(handlers, three, pin, name, stage, reads, shape):
    explanation = handlers.on_pin(three, None, "mnist-lenet", controls(pin=pin)).explanation
    dense, cell = explanation["dense"], explanation["cell"]
    assert cell is None
    assert (dense["name"], dense["stage"], dense["reads"], dense["shape"]) == (name, stage, reads, shape)
    stages = drawn(checkpoint.load(CHECKPOINTS / "mnist-lenet"), three).activations
    numbers = {line["kind"]: line["value"] for line in dense["lines"]}
    assert numbers["sum"] + numbers["bias"] == pytest.approx(numbers["before"], abs=1e-5)
    assert numbers["before"] == pytest.approx(stages[stage][pin[1]], abs=1e-4)
    assert ("after" in numbers) == (stage != "logits")


@pytest.mark.parametrize(
    ("pin", "words"), [((0, 10, 0, 0), "no value 11 in logits"), ((5, 0, 0, 0), "no maps of layer 5")]
)
def test_a_dense_value_that_is_not_there_is_a_sentence(handlers, three, pin, words):
    explanation = handlers.on_pin(three, None, "mnist-lenet", controls(pin=pin)).explanation
    assert words in explanation["text"]
    assert (explanation["cell"], explanation["dense"]) == (None, None)


def test_a_mean_s_dense_values_have_no_single_sum(handlers, three):
    answer = handlers.on_pin(three, None, "mnist-lenet", controls(pin=(0, 3, 0, 0), compare="class", side="b"))
    assert "means over the test pictures" in answer.explanation["text"]


def test_a_checkpoint_without_an_atlas_explains_all_the_same(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine", ignore=shutil.ignore_patterns("atlas"))
    own = Handlers(Lab(tmp_path))
    answer = own.on_draw(three, "mine", controls(pin=(1, 0, 9, 9), compare="class"))
    assert answer.explanation["cell"]
    assert answer.explanation["favourites"] == []
    assert "in its atlas" in answer.maps["note"]
