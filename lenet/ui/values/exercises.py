"""The value of the exercises: the set-ups whose checkpoints are here, and what to see in the one that is shown."""

from collections.abc import Collection
from typing import TypedDict

from lenet.ui.exercises import EXERCISES


class ExercisesValue(TypedDict):
    """``titles`` are the offered exercises with their numbers; ``shown`` is the number of the one on the page."""

    titles: list[tuple[int, str]]
    shown: int | None
    text: str


def exercises_value(checkpoints: Collection[str], shown: int | None = None) -> ExercisesValue:
    """The exercises that the networks named ``checkpoints`` allow."""
    here = {"", *checkpoints}
    titles = [
        (number, exercise.title)
        for number, exercise in enumerate(EXERCISES)
        if {exercise.checkpoint, exercise.view.other} <= here
    ]
    return {"titles": titles, "shown": shown, "text": "" if shown is None else EXERCISES[shown].text}
