"""The curve of a training."""

import math

import pytest

from lenet.checkpoint import load
from lenet.settings import CHECKPOINTS
from lenet.ui.values.controls import controls_value
from lenet.ui.values.curve import MOST_EPOCHS, curve_value
from lenet.ui.view import View

GOOD = {"loss": 2.3, "accuracy": 0.1}


def epoch(number=1, train=GOOD, validation=None):
    return {"number": number, "train": train, "validation": validation}


def test_the_curve_has_every_epoch_and_what_was_held_out_where_there_was_something():
    digits = curve_value(load(CHECKPOINTS / "mnist-classic").metrics)
    assert len(digits["loss"]) == len(digits["accuracy"]) == 20
    assert (digits["accuracy"][2], digits["loss"][2]) == (0.1333, 2.2905)
    assert digits["held_loss"] == digits["held_accuracy"] == []
    garments = curve_value(load(CHECKPOINTS / "fashion-classic").metrics)
    assert len(garments["held_loss"]) == len(garments["held_accuracy"]) == len(garments["loss"]) == 10


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        [],
        [None],
        [epoch(number=2)],
        [epoch(), epoch()],
        [epoch()] * (MOST_EPOCHS + 1),
        [epoch(train=None)],
        [epoch(train={"loss": 2.3})],
        [epoch(train=GOOD | {"accuracy": 1.1})],
        [epoch(train=GOOD | {"accuracy": True})],
        [epoch(train=GOOD | {"loss": -1})],
        [epoch(train=GOOD | {"loss": math.nan})],
        [epoch(train=GOOD | {"loss": math.inf})],
        [epoch(train=GOOD | {"loss": 10**400})],
        [epoch(train=GOOD | {"loss": "2.3"})],
        [epoch(validation=GOOD), epoch(2)],
        [epoch(validation="none")],
    ],
)
def test_malformed_metrics_have_no_curve(rows):
    assert curve_value({"epochs": rows}) is None
    assert curve_value({}) is None


def test_the_controls_have_a_curve_where_there_are_epochs_to_look_at():
    value = controls_value(1, View(), (), (), load(CHECKPOINTS / "mnist-classic"))
    assert value["epochs"] == list(range(21)) and len(value["curve"]["loss"]) == 20
    assert value["tested"] == pytest.approx(0.9794, abs=1e-4)
    value = controls_value(1, View(), (), (), load(CHECKPOINTS / "mnist-modern"))
    assert value["epochs"] == [] and value["curve"] is None
