"""The value of a training's progress: where it is, and what it gave so far."""

import math
from typing import TypedDict

from lenet.training.events import Score
from lenet.ui.plan import Plan
from lenet.ui.trainer import Run
from lenet.ui.values.plan import order_words

MOST_PARTS = 400
"""Points of a curve that are sent; of more, every second one, every third one ..."""


class EpochValue(TypedDict):
    """An epoch's loss and share of right answers, in training and on the pictures held out."""

    number: int
    train: tuple[float, float]
    validation: tuple[float, float] | None


class ProgressValue(TypedDict):
    """A training.

    ``name`` is its network's, "" where it is refused. ``title`` says what was changed. ``phase`` is "waiting" with its
    ``place`` in line, "starting", "downloading" with the ``share`` that has come, "training", "finishing", "done" or
    "failed", for a ``reason``. ``planned`` is how many epochs it will have. ``parts`` are points within the epochs:
    epochs so far, loss, share of right answers. ``rate`` is in examples a second, ``left`` in seconds.

    ``forms`` counts the changes of the network that forms, whose files are at ``/forming/<name>/``; 0 before the first.
    ``test`` and ``validation`` are the trained network's shares of right answers, and ``stopped`` says why it was not
    trained to the end.
    """

    name: str
    title: str
    phase: str
    place: int
    share: float
    reason: str
    dataset: str
    planned: int
    parts: list[tuple[float, float, float]]
    epochs: list[EpochValue]
    rate: float
    left: float
    forms: int
    test: float | None
    validation: float | None
    stopped: str
    parameters: int
    command: str


def progress_value(run: Run, plan: Plan) -> ProgressValue:
    """A run, of what was planned."""
    step = len(run.parts) // MOST_PARTS + 1
    parts = [*run.parts[:-1:step], *run.parts[-1:]]
    rate = run.parts[-1].examples_per_second if run.parts else 0.0
    position = run.parts[-1].epochs if run.parts else 0.0
    left = (plan.recipe.epochs - max(position, len(run.epochs))) * run.pictures / rate if rate else 0.0
    written = run.written
    return {
        **_nothing(plan),
        "name": run.name,
        "phase": run.phase,
        "place": run.place,
        "share": run.share,
        "reason": run.reason,
        "parts": [(round(part.epochs, 4), *_pair(part.train)) for part in parts],
        "epochs": [
            {
                "number": epoch.number,
                "train": _pair(epoch.train),
                "validation": _pair(epoch.validation) if epoch.validation and _is_finite(epoch.validation) else None,
            }
            for epoch in run.epochs
        ],
        "rate": round(rate),
        "left": round(left, 1),
        "forms": run.forms,
        "test": written.test if written else None,
        "validation": written.validation if written else None,
        "stopped": written.stopped if written else "",
    }


def refused(reason: str, plan: Plan | None = None) -> ProgressValue:
    """A training that cannot be, for a ``reason``."""
    return {**_nothing(plan), "phase": "failed", "reason": reason}


def _nothing(plan: Plan | None) -> ProgressValue:
    return {
        "name": "",
        "title": order_words(plan) if plan else "",
        "phase": "starting",
        "place": 0,
        "share": 0.0,
        "reason": "",
        "dataset": plan.order.dataset if plan else "",
        "planned": plan.recipe.epochs if plan else 0,
        "parts": [],
        "epochs": [],
        "rate": 0.0,
        "left": 0.0,
        "forms": 0,
        "test": None,
        "validation": None,
        "stopped": "",
        "parameters": plan.parameters if plan else 0,
        "command": plan.order.command() if plan else "",
    }


def _pair(score: Score) -> tuple[float, float]:
    return round(score.loss, 5), round(score.accuracy, 5)


def _is_finite(score: Score) -> bool:
    """JSON has no other numbers."""
    return math.isfinite(score.loss)
