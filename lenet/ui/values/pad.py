"""The value of the drawing pad: the ink that is on it."""

import base64
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from lenet.ui.values.pixels import encode

GRID_SIZE = 112
"""Side of the ink grid, in cells: four for each pixel of the prepared picture. ``web/pad/grid.js`` has it too."""

MOST_COUNTED = 2**53
"""JavaScript counts exactly up to here."""


class DrawnValue(TypedDict):
    """What the browser sends. ``grid`` is base64 of GRID_SIZE x GRID_SIZE bytes of ink, or "" for an empty pad.

    ``strokes`` are the same drawing as letters, or "" where there is more on the pad than strokes. ``shown`` is the
    ``painted_mark`` of the maps that the browser has painted of it by itself, or "".
    """

    drawing: int
    grid: str
    strokes: str
    shown: str


class PutValue(TypedDict):
    """What the server puts on the pad; ``grid`` and ``strokes`` as in ``DrawnValue``.

    Strokes without a grid come from a link: the browser draws them, and sends the drawing like any other.
    """

    drawing: int
    grid: str
    strokes: str
    put: Literal[True]


@dataclass(frozen=True)
class Drawing:
    """What is on the pad.

    ``number`` counts the strokes and whatever else has changed the pad. Answers carry it, so that the page can drop one
    that is too old. ``ink`` is (GRID_SIZE, GRID_SIZE) uint8, 0 on empty ground and 255 where the pen was, or None for
    an empty pad. ``strokes`` are the same drawing as ``values.strokes`` has it, or "" where it is more than strokes.
    Those of a link stand alone, without ink, until the browser has drawn them.
    """

    number: int = 0
    ink: NDArray[np.uint8] | None = None
    strokes: str = ""

    def followed_by(self, picture: NDArray[np.uint8] | None) -> "Drawing":
        """The next drawing: a square picture whose side divides GRID_SIZE, each pixel as a square, or an empty pad.

        It has the next number. An answer to an earlier drawing is too old then.
        """
        if picture is None:
            return Drawing(self.number + 1)
        scale = GRID_SIZE // len(picture)
        ink = picture.repeat(scale, 0).repeat(scale, 1)
        return Drawing(self.number + 1, ink if ink.any() else None)


def put_value(drawing: Drawing) -> PutValue:
    """What the pad must show."""
    grid = "" if drawing.ink is None else encode(drawing.ink)
    return {"drawing": drawing.number, "grid": grid, "strokes": drawing.strokes, "put": True}


def drawing_number(value: Any) -> int:
    """The number of the drawing that a browser sent; 0 when it sent none that can be counted on."""
    return count(value.get("drawing") if isinstance(value, dict) else None)


def count(number: Any) -> int:
    """A number from a browser as a count from 0; 0 when it is none."""
    return number if type(number) is int and 0 <= number < MOST_COUNTED else 0


def shown_mark(value: Any) -> str:
    """The mark of the maps that the browser has painted by itself, as pad and controls send it, or ""."""
    mark = value.get("shown") if isinstance(value, dict) else None
    return mark if isinstance(mark, str) else ""


def read_ink(grid: Any) -> NDArray[np.uint8] | None:
    """The ink in a ``grid`` that a browser or a link holds, (GRID_SIZE, GRID_SIZE), or None when there is none.

    Raises ValueError, with a sentence, when it is not what ``web/pad.js`` sends.
    """
    if not grid:
        return None
    # base64 spends four characters on three bytes, the last group padded.
    if not isinstance(grid, str) or len(grid) != 4 * -(-GRID_SIZE * GRID_SIZE // 3):
        raise ValueError("The pad sent a drawing of the wrong size; reload the page.")
    try:
        ink = np.frombuffer(base64.b64decode(grid, validate=True), np.uint8)
    except ValueError as error:
        raise ValueError("The pad sent a drawing that cannot be read; reload the page.") from error
    if ink.size != GRID_SIZE * GRID_SIZE:
        raise ValueError("The pad sent a drawing of the wrong size; reload the page.")
    return ink.reshape(GRID_SIZE, GRID_SIZE) if ink.any() else None
