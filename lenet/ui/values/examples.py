"""The value of the examples: a strip of real pictures, three of each class, that can be put on the pad."""

import base64
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.checkpoint import KINDS
from lenet.pictures.planes import PICTURE_SIZE

EXAMPLES = Path(__file__).parent.parent / "examples"

ROWS, COLUMNS = 3, 10
"""An example sheet has a column for each class, pictures of PICTURE_SIZE x PICTURE_SIZE."""


class ExamplesValue(TypedDict):
    """``sheet`` is the URL of a picture that holds the examples; ``names`` says what each shows, row by row."""

    sheet: str
    names: list[str]


def examples_value(kind: str, classes: tuple[str, ...]) -> ExamplesValue:
    """The examples of one kind of picture, named by a network's ``classes``."""
    sheet = base64.b64encode(_file(kind).read_bytes()).decode()
    names = [_name(classes, column) or f"picture {column + 1}" for column in range(COLUMNS)]
    return {"sheet": f"data:image/png;base64,{sheet}", "names": names * ROWS}


def example_picture(kind: str, index: Any) -> NDArray[np.uint8]:
    """The (PICTURE_SIZE, PICTURE_SIZE) picture with the number ``index``, row by row.

    Raises ValueError when there is none.
    """
    if type(index) is not int or not 0 <= index < ROWS * COLUMNS:
        raise ValueError(f"there is no example {index!r}")
    row, column = (PICTURE_SIZE * at for at in divmod(index, COLUMNS))
    return _sheet(kind)[row : row + PICTURE_SIZE, column : column + PICTURE_SIZE]


def find_example(picture: NDArray[np.uint8]) -> tuple[str, int] | None:
    """The kind and the number of the example that a picture is, pixel by pixel; None for any other picture."""
    names = ((kind, index) for kind in KINDS for index in range(ROWS * COLUMNS))
    return next((name for name in names if np.array_equal(example_picture(*name), picture)), None)


def read_example(name: Any) -> NDArray[np.uint8]:
    """The picture that a link calls by its kind and number. Raises ValueError when there is none."""
    if not isinstance(name, list) or len(name) != 2 or name[0] not in KINDS:
        raise ValueError(f"there is no example {name!r}")
    return example_picture(name[0], name[1])


def example_note(classes: tuple[str, ...], index: int) -> str:
    """What an example really shows, for those that the network gets wrong."""
    name = _name(classes, index)
    return f"The data set calls this example: {name}" if name else ""


def _name(classes: tuple[str, ...], index: int) -> str:
    """What an example shows; "" for a network that has fewer classes than the data set."""
    number = index % COLUMNS
    return classes[number] if number < len(classes) else ""


@cache
def _sheet(kind: str) -> NDArray[np.uint8]:
    """All examples of one kind, (ROWS * PICTURE_SIZE, COLUMNS * PICTURE_SIZE)."""
    return np.asarray(Image.open(_file(kind)).convert("L"))


def _file(kind: str) -> Path:
    return EXAMPLES / f"{kind}.png"
