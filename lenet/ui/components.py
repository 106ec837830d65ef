"""The page's own gradio components and the shapes of their values.

Each is a class here and three files of the same name beside it: what it looks like (html, css) and what it does (js).
The values are the seam between server and browser: whoever keeps to them can compute the answers elsewhere.
"""

import base64
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.predict import Prediction

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"

GRID = 112
"""Side of the ink grid that the pad sends, in cells: four for each pixel of the prepared picture. pad.js has it too."""

EXAMPLE_ROWS, EXAMPLE_COLUMNS, EXAMPLE_SIDE = 3, 10, 28
"""An example sheet has a column for each class, pictures of 28 x 28."""

STYLE_SHEETS = sorted(HERE.glob("*.css"))


class Asset(gr.HTML):
    """A component whose template and script are files named after it."""

    def __init__(self, value: Any = None, **options: Any):
        name = type(self).__name__.lower()
        template, script = ((HERE / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "js"))
        super().__init__(
            value, html_template=template, js_on_load=script, css_template="", apply_default_css=False, **options
        )


class Pad(Asset):
    """The drawing pad: {"n": count, "grid": base64 of GRID x GRID bytes of ink, or ""}; see ``put_on_pad``."""


class Verdict(Asset):
    """What the network sees and says; see ``verdict_value``."""


class Maps(Asset):
    """The convolution layers' activation maps; see ``maps_value``."""


class Examples(Asset):
    """A strip of example pictures; see ``examples_value``. Triggers ``select`` with {"index"}."""


class PictureBox(gr.Image):
    """gr.Image that hands over the uploaded file unopened, so that one place opens pictures and says what is wrong."""

    is_template = True

    def preprocess(self, payload: Any) -> str | None:
        return payload.path if payload else None


# The pad


def pad_grid(value: Any) -> NDArray[np.uint8] | None:
    """The ink on the pad, (GRID, GRID) from 0 to 255, or None when there is none.

    The value comes from a browser and can be anything; raises ValueError when it is not what pad.js sends.
    """
    grid = value.get("grid") if isinstance(value, dict) else None
    if not grid:
        return None
    # base64 spends four characters on three bytes, the last group padded.
    if not isinstance(grid, str) or len(grid) != 4 * -(-GRID * GRID // 3):
        raise ValueError("The pad sent a drawing of the wrong size; reload the page.")
    try:
        ink = np.frombuffer(base64.b64decode(grid, validate=True), np.uint8)
    except ValueError as error:
        raise ValueError("The pad sent a drawing that cannot be read; reload the page.") from error
    if ink.size != GRID * GRID:
        raise ValueError("The pad sent a drawing of the wrong size; reload the page.")
    return ink.reshape(GRID, GRID) if ink.any() else None


def pad_count(value: Any) -> int:
    """How many pictures the pad has shown; answers carry it so that a late one can be told."""
    count = value.get("n", 0) if isinstance(value, dict) else 0
    return count if isinstance(count, int) else 0


def put_on_pad(pad: Any, picture: NDArray[np.uint8] | None) -> dict[str, Any]:
    """The pad's next value: a (28, 28) picture, each pixel as a square, or nothing.

    It counts as a new picture, so that answers to drawings that are still under way come too late.
    """
    grid = ""
    if picture is not None:
        scale = GRID // len(picture)
        grid = _encode(picture.repeat(scale, 0).repeat(scale, 1))
    return {"n": pad_count(pad) + 1, "grid": grid, "put": True}


# The answer


UNSURE = 0.5
"""Where even the likeliest class is less probable than this, the page says that the network is not sure."""


def verdict_value(count: int, answer: Prediction | str, note: str = "") -> dict[str, Any]:
    """What verdict.js shows: a prediction, or a sentence where there is none; ``note`` is a remark on the picture."""
    if isinstance(answer, str):
        return {"n": count, "text": answer, "picture": "", "label": "", "note": "", "probabilities": [], "doubts": []}
    unsure = answer.probabilities[answer.label] < UNSURE
    return {
        "n": count,
        "text": "",
        "picture": _encode(_bytes(answer.prepared.picture, 0, 1)),
        "label": answer.label,
        "note": note,
        "probabilities": list(answer.probabilities.items()),
        "doubts": [*answer.prepared.warnings, *["The network is not sure."] * unsure],
    }


def maps_value(count: int, answer: Prediction | str) -> dict[str, Any]:
    """What maps.js shows: the layers after their activation, or none where there is no prediction."""
    if isinstance(answer, str):
        return {"n": count, "layers": []}
    maps = {name: values for name, values in answer.activations.items() if name.startswith("act") and values.ndim == 3}
    return {"n": count, "layers": [_layer(name, values) for name, values in maps.items()]}


def _layer(name: str, maps: NDArray[np.float32]) -> dict[str, Any]:
    """One layer's (channels, height, width) maps, all on one scale."""
    count, height, width = maps.shape
    low, high = float(maps.min()), float(maps.max())
    signed = low < 0
    if signed:  # zero must lie in the middle of a diverging palette
        low, high = -max(-low, high), max(-low, high)
    number = int(name.removeprefix("act"))
    return {
        "name": name,
        "title": f"Layer {number} · {count} maps of {height} × {width}",
        "note": FIRST_LAYER_NOTE if number == 1 else LATER_LAYER_NOTE,
        "count": count,
        "height": height,
        "width": width,
        "low": low,
        "high": high,
        "signed": signed,
        "cells": _encode(_bytes(maps, low, high)),
    }


FIRST_LAYER_NOTE = (
    "After the activation, before pooling. Each map is one learned filter slid over the picture: "
    "the brighter a place, the stronger the filter's answer there."
)
LATER_LAYER_NOTE = (
    "After the activation, before pooling. Each map combines all maps of the layer before: "
    "coarser, more about shape than about place."
)


def _bytes(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """low -> 0, high -> 255."""
    return np.round((values - low) / max(high - low, 1e-9) * 255).clip(0, 255).astype(np.uint8)


def _encode(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


# The examples


@cache
def _sheet(kind: str) -> NDArray[np.uint8]:
    """All examples of one kind: (rows * 28, columns * 28)."""
    return np.asarray(Image.open(EXAMPLES / f"{kind}.png").convert("L"))


def examples_value(kind: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """What examples.js shows: the sheet of one kind of picture, and what each picture shows."""
    sheet = base64.b64encode((EXAMPLES / f"{kind}.png").read_bytes()).decode()
    return {"sheet": f"data:image/png;base64,{sheet}", "names": list(classes) * EXAMPLE_ROWS}


def example_picture(kind: str, index: Any) -> NDArray[np.uint8]:
    """The (28, 28) picture with the number ``index``, row by row. Raises ValueError when there is none."""
    if not isinstance(index, int) or not 0 <= index < EXAMPLE_ROWS * EXAMPLE_COLUMNS:
        raise ValueError(f"there is no example {index!r}")
    row, column = (EXAMPLE_SIDE * at for at in divmod(index, EXAMPLE_COLUMNS))
    return _sheet(kind)[row : row + EXAMPLE_SIDE, column : column + EXAMPLE_SIDE]


def example_note(classes: tuple[str, ...], index: int) -> str:
    """What an example really shows, for those that the network gets wrong."""
    return f"The data set calls this example: {classes[index % EXAMPLE_COLUMNS]}"
