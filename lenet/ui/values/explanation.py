"""The value of the pinned cell: its arithmetic, and the test pictures that excite its channel most."""

import base64
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from lenet.microscope.activations import ACTIVATIONS, POOLINGS
from lenet.microscope.atlas import Favourite
from lenet.microscope.colours import unread
from lenet.microscope.explain import Explanation
from lenet.microscope.layers import stage_name
from lenet.model import PICTURE_SIZE, LeNetConfig
from lenet.ui.values.dense import DECIMALS, DenseValue
from lenet.ui.values.fields import FieldValue, field_value
from lenet.ui.view import View

INSTEAD = {"zero": "0", "mean": "its mean over the test pictures"}
"""What a map that is switched off is set to."""

WHERE = {"before": "before the activation", "after": "after the activation", "pooled": "after pooling"}


LineKind = Literal["sum", "bias", "plain", "before", "after", "pooled"]
"""Which number of the arithmetic: the sum of all products, the bias, both, or what the stage of a phase puts out."""

LINES: tuple[LineKind, ...] = ("sum", "bias", "plain", "before", "after", "pooled")
"""In the order of the arithmetic."""


class FavouriteValue(TypedDict):
    """A test picture that excites the channel: 28 x 28 bytes in base64, and the map's highest value on it.

    The cell that has this value is at ``row`` and ``column``.
    """

    picture: str
    value: float
    row: int
    column: int


class LineValue(TypedDict):
    """A line of the arithmetic: what happens, the number it gives, and whether that is the pinned cell's ``own``.

    ``terms`` are the words that it needs, by their keys.
    """

    kind: LineKind
    words: str
    terms: list[str]
    value: float
    own: bool


class SquareValue(TypedDict):
    """A square picture: ``side`` x ``side`` bytes of grey in base64, or 0 and "" for none."""

    side: int
    cells: str


NO_SQUARE: SquareValue = {"side": 0, "cells": ""}


class StagesValue(TypedDict):
    """The stages around a cell, by their names: what its filter reads, and what its layer makes of it."""

    input: str
    before: str
    after: str
    pooled: str


class CellValue(TypedDict):
    """The arithmetic of the pinned cell.

    ``pin`` is layer, channel, row and column, and ``side`` says whether the cell is A's or B's. ``name`` says which map
    it belongs to and ``where`` in which phase. ``shape`` is height and width of its map, and ``channels`` the number of
    maps of its layer. ``off`` says that its map is switched off. ``first`` says that the filter reads the picture.
    Otherwise ``maps`` are the numbers of the maps that it reads, from 0. ``about`` says what they are.

    ``patch``, ``kernel`` and ``products`` hold a square of numbers for each map that is read, ``sums`` the sum of its
    products. ``lines`` follow from the top down to the cell's own ``value`` and what becomes of it. ``window`` are the
    four values of which pooling makes one, or none in a last odd row or column. ``pair`` is A's value, B's and A - B,
    and empty where they cannot be compared. From the ``stages`` the browser can compute all this by itself.

    ``field`` is what a cell of the convolution sees of the network's input.
    """

    value: float
    pin: tuple[int, int, int, int]
    side: Literal["a", "b"]
    name: str
    where: str
    shape: tuple[int, int]
    channels: int
    off: bool
    first: bool
    maps: list[int]
    about: str
    patch: list[list[list[float]]]
    kernel: list[list[list[float]]]
    products: list[list[list[float]]]
    sums: list[float]
    lines: list[LineValue]
    window: list[float]
    pair: list[float]
    stages: StagesValue
    field: FieldValue


class ExplanationValue(TypedDict):
    """What the explanation shows: the ``cell`` that is pinned, and the ``favourites`` of its channel.

    ``drawing`` and ``revision`` say which drawing and which view it answers. A value of a dense layer that is pinned is
    ``dense``, in place of a cell. Where both are null, ``text`` says why there is nothing to explain, or is "" when
    nothing is pinned.

    ``liking`` is the mean of the parts of the favourites that the channel's strongest cells see. ``unliked`` says why
    there are no favourites, or is "".
    """

    drawing: int
    revision: int
    text: str
    cell: CellValue | None
    dense: DenseValue | None
    favourites: list[FavouriteValue]
    liking: SquareValue
    unliked: str


def nothing(drawing: int, revision: int, text: str = "") -> ExplanationValue:
    """No cell: none is pinned, or ``text`` says why there is nothing to explain."""
    return {
        "drawing": drawing,
        "revision": revision,
        "text": text,
        "cell": None,
        "dense": None,
        "favourites": [],
        "liking": NO_SQUARE,
        "unliked": "",
    }


def cell_words(view: View, *, compared: bool) -> str:
    """Which cell is pinned, in words, counted from 1."""
    _, _, row, column = _pinned(view)
    return f"{map_words(view, compared=compared)}, row {row + 1}, column {column + 1}, {WHERE[view.phase]}"


def map_words(view: View, *, compared: bool) -> str:
    layer, channel, *_ = _pinned(view)
    whose = f" of {view.side.upper()}" if compared else ""
    return f"Layer {layer}, map {channel + 1}{whose}"


def explanation_value(
    drawing: int,
    revision: int,
    view: View,
    config: LeNetConfig,
    found: Explanation,
    values: dict[str, float],
    liked: list[Favourite] | str,
    *,
    compared: bool,
) -> ExplanationValue:
    """What was ``found`` for the cell that ``view`` has pinned, and the test pictures that its channel ``liked`` most.

    ``liked`` may say instead why there are none. ``values`` are "A"'s and "B"'s, and empty where they cannot be
    compared. ``compared`` says that there is a B.
    """
    cell = _cell(view, config, found, values, compared=compared)
    unliked, liked = (liked, []) if isinstance(liked, str) else ("", liked)
    return {
        "drawing": drawing,
        "revision": revision,
        "text": "",
        "cell": cell,
        "dense": None,
        "favourites": [
            {
                "picture": base64.b64encode(item.picture.tobytes()).decode(),
                "value": _rounded(item.value),
                "row": item.row,
                "column": item.column,
            }
            for item in liked
        ],
        "liking": _liking(liked, cell["field"]),
        "unliked": unliked,
    }


def _liking(liked: list[Favourite], field: FieldValue) -> SquareValue:
    """The mean of what the strongest cells see; what lies beyond a picture's border is ground."""
    if not liked or field["side"] != PICTURE_SIZE:
        return NO_SQUARE  # a cell of a resized picture does not see whole pixels
    size, parts = field["size"], []
    for item in liked:
        padded = np.pad(item.picture, size)
        top, left = (place * field["stride"] + field["offset"] + size for place in (item.row, item.column))
        parts.append(padded[top : top + size, left : left + size])
    mean = np.mean(parts, axis=0).round().astype(np.uint8)
    return {"side": size, "cells": base64.b64encode(mean.tobytes()).decode()}


def _cell(
    view: View, config: LeNetConfig, found: Explanation, values: dict[str, float], *, compared: bool
) -> CellValue:
    """The cell, without the input maps that its filter does not read."""
    layer = found.layer
    side = (config.map_sizes if view.phase == "pooled" else config.convolved_sizes)[layer - 1]
    read = np.flatnonzero(~unread(found.kernel[None])[0]).tolist()
    off = view.side == "a" and (layer, found.channel) in view.off
    lines = _lines(found, view.phase, off=INSTEAD[view.instead] if off else "")
    return {
        "value": next(line["value"] for line in lines if line["own"]),
        "pin": _pinned(view),
        "side": "b" if view.side == "b" else "a",
        "name": map_words(view, compared=compared),
        "where": WHERE[view.phase],
        "shape": (side, side),
        "channels": config.channels[layer - 1],
        "off": off,
        "first": layer == 1,
        "maps": read,
        "about": _about(found, config, len(read)),
        "patch": _all_rounded(found.patch[read]),
        "kernel": _all_rounded(found.kernel[read]),
        "products": _all_rounded(found.products[read]),
        "sums": _all_rounded(found.sums[read]),
        "lines": lines,
        "window": [] if found.window is None else _all_rounded(found.window.ravel()),
        "pair": _all_rounded([values["A"], values["B"], values["A"] - values["B"]]) if values else [],
        "stages": {
            "input": "input" if layer == 1 else stage_name(config, "pooled", layer - 1),
            "before": stage_name(config, "before", layer),
            "after": stage_name(config, "after", layer),
            "pooled": stage_name(config, "pooled", layer),
        },
        "field": field_value(config, f"conv{layer}", "input", config.input_size),
    }


def _pinned(view: View) -> tuple[int, int, int, int]:
    if view.pin is None:
        raise ValueError("no cell is pinned")
    return view.pin


def _about(found: Explanation, config: LeNetConfig, read: int) -> str:
    """What the patch is a patch of."""
    if found.layer == 1 and (config.mean, config.std) == (0, 1):
        return "The filter reads the picture: black, no ink, is 0; white, full ink, is 1."
    if found.layer == 1:
        return (
            f"The filter reads the picture as (ink − {config.mean:.4g}) / {config.std:.4g}: no ink is "
            f"{-config.mean / config.std:.2f}, full ink {(1 - config.mean) / config.std:.2f}; beyond the border is 0."
        )
    total = len(found.kernel)
    every = "every map of the layer before"
    some = f"{read} of the {total} maps of the layer before and ignores the others"
    return f"The filter reads {every if read == total else some}. What changes the sum most stands first."


def _lines(found: Explanation, phase: str, *, off: str) -> list[LineValue]:
    """The arithmetic after the products, from the top down; the cell's own number is the one of its ``phase``.

    ``off`` says what a map that is switched off has everywhere from its activation on, or is "".
    """
    numbers = {"sum": float(found.products.sum()), "bias": found.bias, "plain": found.before}
    numbers |= {"before": found.normalised, "after": found.after}
    words = {"sum": "sum of all products", "bias": "bias", "before": "before the activation: sum + bias"}
    terms = {"sum": ["sum"], "bias": ["bias"], "plain": ["sum", "bias"], "before": ["phase-before"]}
    terms |= {"after": ["activation", found.activation], "pooled": ["pooling", f"pooling-{found.pooling}"]}
    if (found.scale, found.shift) != (1.0, 0.0):
        sign = "−" if found.shift < 0 else "+"
        scaled = f"that × {found.scale:.6g} {sign} {abs(found.shift):.6g}"
        words |= {"plain": "sum + bias", "before": f"before the activation, normalised: {scaled}"}
        terms["before"] = ["normalisation"]
    words["after"] = f"after the activation: {ACTIVATIONS[found.activation].words}"
    if found.pooled is not None:
        numbers["pooled"] = found.pooled
        words["pooled"] = f"after pooling: the {POOLINGS[found.pooling].words} of this and its neighbours"
    if off:
        numbers["after"] = found.output
        words["after"] = f"after the activation: this map is off, and {off} everywhere"
    return [
        {
            "kind": kind,
            "words": words[kind],
            "terms": terms[kind],
            "value": _rounded(numbers[kind]),
            "own": kind == phase,
        }
        for kind in LINES
        if kind in words
    ]


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)


def _all_rounded(values: ArrayLike) -> list:
    return np.round(np.asarray(values, np.float64), DECIMALS).tolist()
