"""The curve of a training: what each of its epochs gave."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeGuard

MOST_EPOCHS = 1000
"""Longer trainings have no curve: it is drawn a few hundred pixels wide."""

HIGHEST_LOSS = 1e6
DECIMALS = 4

Score = tuple[float, float]
"""A loss, and the share of the pictures that are right."""


class CurveValue(TypedDict):
    """The loss, and the share of the pictures that were right, for each epoch of a training, from the first.

    ``loss`` and ``accuracy`` are means over the training pictures while the epoch went on. ``held_loss`` and
    ``held_accuracy`` are those of the pictures held out, after the epoch; they are empty where none were.
    """

    loss: list[float]
    accuracy: list[float]
    held_loss: list[float]
    held_accuracy: list[float]


def curve_value(metrics: Mapping[str, Any]) -> CurveValue | None:
    """The curve in a checkpoint's metrics; None where they have none, or a malformed one: anyone can write them."""
    rows = metrics.get("epochs")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_EPOCHS:
        return None
    if not all(isinstance(row, dict) and row.get("number") == place for place, row in enumerate(rows, start=1)):
        return None
    train = _scores([row.get("train") for row in rows])
    validation = [row.get("validation") for row in rows]
    held_out = _scores(validation) if any(value is not None for value in validation) else []
    if train is None or held_out is None:
        return None
    return {
        "loss": [loss for loss, _ in train],
        "accuracy": [accuracy for _, accuracy in train],
        "held_loss": [loss for loss, _ in held_out],
        "held_accuracy": [accuracy for _, accuracy in held_out],
    }


def _scores(values: Sequence[Any]) -> list[Score] | None:
    """What each of them says; None where one says nothing that can be read."""
    scores = [score for value in values if (score := _score(value))]
    return scores if len(scores) == len(values) else None


def _score(value: Any) -> Score | None:
    if not isinstance(value, dict):
        return None
    loss, accuracy = value.get("loss"), value.get("accuracy")
    if not _is_within(loss, HIGHEST_LOSS) or not _is_within(accuracy, 1):
        return None
    return round(float(loss), DECIMALS), round(float(accuracy), DECIMALS)


def _is_within(value: Any, high: float) -> TypeGuard[float]:
    """Whether it is a number from 0 to ``high``; what is no number compares with none."""
    return type(value) in (int, float) and 0 <= value <= high
