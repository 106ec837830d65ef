"""The value of the exercises: those whose networks are here, and which of them is open."""

from collections.abc import Collection
from typing import TypedDict

from lenet.ui.exercises import EXERCISES, Place


class ExercisesValue(TypedDict):
    """``titles`` are the first steps of the offered exercises, by name, with the exercises' titles.

    ``shown`` is the title of the one on the page, or "".
    """

    titles: list[tuple[str, str]]
    shown: str


def exercises_value(checkpoints: Collection[str], place: Place | None = None) -> ExercisesValue:
    """The exercises that the networks named ``checkpoints`` allow."""
    titles = [(Place(exercise, 0).name, exercise.title) for exercise in EXERCISES if exercise.offered(checkpoints)]
    return {"titles": titles, "shown": place.exercise.title if place else ""}
