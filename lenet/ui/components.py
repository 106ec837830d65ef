"""The page's own gradio components and the shapes of their values.

Each is a class here and three files of the same name beside it: what it looks like (html, css) and what it does (js).
The values are the seam between server and browser: whoever keeps to them can compute the answers elsewhere.
"""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.microscope import colours
from lenet.microscope.layers import Subject
from lenet.microscope.saliency import PATCH
from lenet.pictures.planes import resize
from lenet.pictures.prepare import Prepared
from lenet.predict import Prediction
from lenet.ui.door import Refused, uploaded
from lenet.ui.view import View

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
WEB = HERE / "web"

GRID = 112
"""Side of the ink grid that the pad sends, in cells: four for each pixel of the prepared picture. pad.js has it too."""

COUNT_LIMIT = 2**53
"""Scripts count exactly below this."""

EXAMPLE_ROWS, EXAMPLE_COLUMNS, EXAMPLE_SIDE = 3, 10, 28
"""An example sheet has a column for each class, pictures of 28 x 28."""

STYLE_SHEETS = sorted(WEB.glob("*.css"))


class Asset(gr.HTML):
    """A component whose template and script are files named after it; ``scripts`` are further ones that it uses."""

    scripts: tuple[str, ...] = ()

    def __init__(self, value: Any = None, **options: Any):
        name = type(self).__name__.lower()
        scripts = [(WEB / f"{part}.js").read_text(encoding="utf-8") for part in ("value", *self.scripts, name)]
        super().__init__(
            value,
            html_template=(WEB / f"{name}.html").read_text(encoding="utf-8"),
            js_on_load="\n".join([PALETTES, *scripts]),
            css_template="",
            apply_default_css=False,
            **options,
        )

    def preprocess(self, payload: Any) -> Any:
        try:
            return json.loads(payload) if payload else None
        except (TypeError, ValueError, RecursionError) as error:
            raise gr.Error("The page sent something that cannot be read; reload it.", print_exception=False) from error

    def postprocess(self, value: Any) -> str | None:
        """One JSON string; see value.js."""
        return None if value is None else json.dumps(value)


PALETTES = f"const PALETTES = {json.dumps({'sequential': colours.SEQUENTIAL, 'diverging': colours.DIVERGING})};"
"""What every script knows beside its own file."""


class Pad(Asset):
    """The drawing pad: {"n": count, "grid": base64 of GRID x GRID bytes of ink, or "", "moving": whether the pen is
    down}. See ``put_on_pad`` for what the server puts there.
    """


class Verdict(Asset):
    """What the network sees and says; see ``verdict_value``."""

    scripts = ("canvas",)


class Controls(Asset):
    """How the reader looks; see ``controls_value``. Triggers ``input``, ``pin``, ``keep``, ``take`` with {"what"}."""

    scripts = ("canvas",)


class Maps(Asset):
    """What the layers computed; see ``lenet.ui.values.maps``."""

    scripts = ("canvas", "unpack", "captions", "reading")


class Explanation(Asset):
    """The arithmetic of the pinned cell; see ``lenet.ui.values.explanation``."""

    scripts = ("canvas",)


class Exercises(Asset):
    """The chapter's exercises: {"titles": [[number, title], ...], "shown", "text"}. Triggers ``select``: {"index"}."""


class Takeaway(Asset):
    """Hands over what is taken away: {"name", "kind", "content"}, {"link"} or {"text"}, each with a new "stamp"."""

    scripts = ("canvas",)


class Examples(Asset):
    """A strip of example pictures; see ``examples_value``. Triggers ``select`` with {"index"}."""


class PictureBox(gr.Image):
    """gr.Image that hands over the uploaded file unopened, so that one place opens pictures and says what is wrong."""

    is_template = True

    def preprocess(self, payload: Any) -> str | Refused | None:
        return uploaded(payload.path) if payload else None


class CheckpointMenu(gr.Dropdown):
    """gr.Dropdown that hands over any name: the checkpoints may have changed since the menu was filled."""

    is_template = True

    def preprocess(self, payload: Any) -> str:
        return payload if isinstance(payload, str) else ""


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
    return _count(value, "n")


def is_moving(value: Any) -> bool:
    """Whether the pen was down when the pad sent its drawing."""
    return isinstance(value, dict) and value.get("moving") is True


def put_on_pad(pad: Any, picture: NDArray[np.uint8] | None) -> dict[str, Any]:
    """The pad's next value: a square picture whose side divides GRID, each pixel as a square, or nothing.

    It counts as a new picture, so that answers to drawings that are still under way come too late.
    """
    grid = ""
    if picture is not None:
        scale = GRID // len(picture)
        grid = encode(picture.repeat(scale, 0).repeat(scale, 1))
    return {"n": pad_count(pad) + 1, "grid": grid, "put": True}


# The answer


UNSURE = 0.5
"""Where even the likeliest class is less probable than this, the page says that the network is not sure."""


STEP_TITLES = {
    "picture": {"drawn": "as drawn", "uploaded": "as uploaded"},
    "ink": "ink found",
    "cleaned": "specks dropped",
    "cloth": "cloth found",
    "box": {"digit": "fitted to 20 × 20", "garment": "fitted to 28 × 28"},
    "network": {"digit": "centred at 14", "garment": "centred"},
}
"""What a reader is told about each step of the preparation; some depend on where the picture comes from or its kind."""

STEP_SIDE = 56
"""Longest side of a step's small picture, in pixels."""


def verdict_value(
    count: int, view: View, answer: Prediction | str, note: str = "", moving: bool = False
) -> dict[str, Any]:
    """What verdict.js shows: a prediction, or a sentence where there is none; ``note`` is a remark on the picture.

    ``other``, ``steps`` and ``overlay`` are for the caller to fill in: see ``other_value``, ``steps_value`` and
    ``overlay_value``; while the pen is ``moving``, the page keeps the steps that it has.
    """
    value = {"n": count, "text": "", "note": note, "hide": view.hide, "other": None, "steps": [], "overlay": None}
    value |= {"prepared": view.prepare, "moving": moving}
    if isinstance(answer, str):
        return value | {"text": answer, "picture": "", "label": "", "note": "", "probabilities": [], "doubts": []}
    unsure = answer.probabilities[answer.label] < UNSURE
    return value | {
        "picture": encode(to_bytes(answer.prepared.picture, 0, 1)),
        "label": answer.label,
        "probabilities": list(answer.probabilities.items()),
        "doubts": [*answer.prepared.warnings, *["The network is not sure."] * unsure],
    }


def other_value(b: Subject) -> dict[str, Any]:
    """B beside the verdict on A."""
    return {
        "title": b.title,
        "picture": encode(to_bytes(b.picture, 0, 1)),
        "label": b.label,
        "probabilities": list(b.probabilities.items()),
    }


def steps_value(prepared: Prepared, kind: str, uploaded: bool = False) -> list[dict[str, Any]]:
    """The preparation as small pictures, in order: [{"title", "height", "width", "cells"}]."""
    value, titles = [], STEP_TITLES if len(prepared.steps) > 2 else STEP_TITLES | {"network": "squeezed to 28 × 28"}
    for name, plane in prepared.steps.items():
        title = titles[name]
        if isinstance(title, dict):
            title = title["uploaded" if uploaded else "drawn"] if name == "picture" else title[kind]
        share = min(1, STEP_SIDE / max(plane.shape))
        height, width = (max(1, round(length * share)) for length in plane.shape)
        cells = encode(to_bytes(resize(plane, height, width), 0, 1))
        value.append({"title": title, "height": height, "width": width, "cells": cells})
    return value


OVERLAY_NOTES = {
    "occlusion": "Orange: covering this place makes {label} less likely, by up to {fall:.0%}. Blue: more likely, by up "
    "to {rise:.0%}. Each place has the mean over all squares of {patch} × {patch} pixels that cover it.",
    "gradient": "Orange: more ink here would speak for {label}. Blue: against it.",
}


def overlay_value(kind: str, values: NDArray[np.float32], label: str) -> dict[str, Any]:
    """What is laid over the picture: signed (28, 28) values, zero in the middle of the palette, 128."""
    fall, rise = float(values.max()), float(-values.min())
    most = max(fall, rise)
    note = OVERLAY_NOTES[kind].format(label=label, fall=max(fall, 0), rise=max(rise, 0), patch=PATCH)
    return {
        "cells": encode(to_bytes(values, -most, most) if most else np.full(values.shape, 128, np.uint8)),
        "note": note,
    }


def controls_value(
    turn: int, view: View, changed: tuple[str, ...], checkpoints: list[str], classes: tuple[str, ...]
) -> dict[str, Any]:
    """What controls.js shows: the view, which the browser changes and sends back with a higher ``turn``.

    ``changed`` names what the server has changed in it, for a browser in which a switch was clicked meanwhile.
    """
    changes = {name: getattr(view, name) for name in changed}
    choices = {"checkpoints": checkpoints, "classes": list(classes)}
    return {"turn": turn, "view": view.value(), "changes": changes, **choices, "put": True}


def turn(controls: Any) -> int:
    """How often the view has changed; answers carry it so that a late one can be told."""
    return _count(controls, "turn")


def _count(value: Any, name: str) -> int:
    """The count ``name`` in what a browser sent; 0 where there is none that a script can have counted."""
    count = value.get(name) if isinstance(value, dict) else None
    return count if type(count) is int and 0 <= count < COUNT_LIMIT else 0


def to_bytes(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """low -> 0, high -> 255."""
    return np.round((values - low) / max(high - low, 1e-9) * 255).clip(0, 255).astype(np.uint8)


def encode(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


# The examples


@cache
def _sheet(kind: str) -> NDArray[np.uint8]:
    """All examples of one kind: (rows * 28, columns * 28)."""
    return np.asarray(Image.open(EXAMPLES / f"{kind}.png").convert("L"))


def examples_value(kind: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """What examples.js shows: the sheet of one kind of picture, and what each picture shows."""
    sheet = base64.b64encode((EXAMPLES / f"{kind}.png").read_bytes()).decode()
    names = [_example_name(classes, column) or f"picture {column + 1}" for column in range(EXAMPLE_COLUMNS)]
    return {"sheet": f"data:image/png;base64,{sheet}", "names": names * EXAMPLE_ROWS}


def _example_name(classes: tuple[str, ...], index: int) -> str:
    """What an example shows; "" for a network that has fewer classes than the data set."""
    number = index % EXAMPLE_COLUMNS
    return classes[number] if number < len(classes) else ""


def example_picture(kind: str, index: Any) -> NDArray[np.uint8]:
    """The (28, 28) picture with the number ``index``, row by row. Raises ValueError when there is none."""
    if type(index) is not int or not 0 <= index < EXAMPLE_ROWS * EXAMPLE_COLUMNS:
        raise ValueError(f"there is no example {index!r}")
    row, column = (EXAMPLE_SIDE * at for at in divmod(index, EXAMPLE_COLUMNS))
    return _sheet(kind)[row : row + EXAMPLE_SIDE, column : column + EXAMPLE_SIDE]


def example_note(classes: tuple[str, ...], index: int) -> str:
    """What an example really shows, for those that the network gets wrong."""
    name = _example_name(classes, index)
    return f"The data set calls this example: {name}" if name else ""
