"""The value of the lesson: the step of an exercise that the page is set up for."""

from typing import Any, TypedDict

from lenet.ui.exercises import PLACES, Place, What


class RingValue(TypedDict):
    """What a step points at: see ``Ring``."""

    what: What
    layer: int
    number: int


class LessonValue(TypedDict):
    """A step, by its name, and the names of the steps ``before`` and ``after`` it; "" where there is none.

    ``name`` is "" where no lesson is on the page; the browser sends that when a person closes it. ``place`` says which
    of how many steps it is. ``table`` has rows of a knob's value and what it gave.
    """

    name: str
    title: str
    place: str
    text: str
    question: str
    answer: str
    table: list[tuple[str, str]]
    rings: list[RingValue]
    before: str
    after: str


def lesson_value(place: Place | None) -> LessonValue:
    """The step at a ``place``, or no lesson."""
    if place is None:
        return _NO_LESSON
    exercise, step = place.exercise, place.step
    neighbours = [Place(exercise, place.number + way).name for way in (-1, 1)]
    return {
        "name": place.name,
        "title": exercise.title,
        "place": f"{place.number + 1} of {len(exercise.steps)}",
        "text": step.text,
        "question": step.question,
        "answer": step.answer,
        "table": list(step.table),
        "rings": [{"what": ring.what, "layer": ring.layer, "number": ring.number} for ring in step.rings],
        "before": neighbours[0] if neighbours[0] in PLACES else "",
        "after": neighbours[1] if neighbours[1] in PLACES else "",
    }


_NO_LESSON: LessonValue = {
    "name": "",
    "title": "",
    "place": "",
    "text": "",
    "question": "",
    "answer": "",
    "table": [],
    "rings": [],
    "before": "",
    "after": "",
}


def read_place(lesson: Any) -> Place | None:
    """The step that a browser's lesson is at; None where it is at none that there is."""
    name = lesson.get("name") if isinstance(lesson, dict) else None
    return PLACES.get(name) if isinstance(name, str) else None
