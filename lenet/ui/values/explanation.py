"""The value of the pinned cell: its arithmetic, and the test pictures that excite its channel most."""

import base64
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from lenet.microscope.activations import ACTIVATIONS, POOLINGS
from lenet.microscope.atlas import Favourite
from lenet.microscope.colours import unread
from lenet.microscope.explain import Explanation
from lenet.model import LeNetConfig
from lenet.ui.view import View

DECIMALS = 6
"""Of every number that is sent: what is shown adds up far below 0.0001."""

WHERE = {"before": "before the activation", "after": "after the activation", "pooled": "after pooling"}


class FavouriteValue(TypedDict):
    """A test picture that excites the channel: 28 x 28 bytes in base64, and the map's highest value on it."""

    picture: str
    value: float


class CellValue(TypedDict):
    """The arithmetic of the pinned cell.

    ``pin`` is layer, channel, row and column, and ``side`` says whether the cell is A's or B's. ``shape`` is height and
    width of its map. ``first`` says that the filter reads the picture. Otherwise ``maps`` are the numbers of the maps
    that it reads, from 0. ``about`` says what they are.

    ``patch``, ``kernel`` and ``products`` hold a square of numbers for each map that is read, ``sums`` the sum of its
    products. ``steps`` follow from the top down: what happens, the number it gives, and whether that is the cell's own
    ``value``. ``pair`` is A's value, B's and A - B, and empty where they cannot be compared.
    """

    value: float
    pin: tuple[int, int, int, int]
    side: Literal["a", "b"]
    shape: tuple[int, int]
    first: bool
    maps: list[int]
    about: str
    patch: list[list[list[float]]]
    kernel: list[list[list[float]]]
    products: list[list[list[float]]]
    sums: list[float]
    steps: list[tuple[str, float, bool]]
    pair: list[float]


class ExplanationValue(TypedDict):
    """What the explanation shows: the ``cell`` that is pinned, and the ``favourites`` of its channel.

    ``drawing`` and ``revision`` say which drawing and which view it answers. ``text`` names the cell. Where ``cell`` is
    null, ``text`` says why there is nothing to explain, or is "" when nothing is pinned.
    """

    drawing: int
    revision: int
    text: str
    cell: CellValue | None
    favourites: list[FavouriteValue]


def nothing(drawing: int, revision: int, text: str = "") -> ExplanationValue:
    """No cell: none is pinned, or ``text`` says why there is nothing to explain."""
    return {"drawing": drawing, "revision": revision, "text": text, "cell": None, "favourites": []}


def cell_words(view: View, compared: bool) -> str:
    """Which cell is pinned, in words, counted from 1."""
    layer, channel, row, column = _pinned(view)
    whose = f" of {view.side.upper()}" if compared else ""
    return f"Layer {layer}, map {channel + 1}{whose}, row {row + 1}, column {column + 1}, {WHERE[view.phase]}"


def explanation_value(
    drawing: int,
    revision: int,
    view: View,
    title: str,
    config: LeNetConfig,
    found: Explanation,
    values: dict[str, float],
    liked: list[Favourite],
) -> ExplanationValue:
    """What was ``found`` for the cell that ``view`` has pinned, and the test pictures that its channel ``liked`` most.

    ``title`` names the cell. ``values`` are "A"'s and "B"'s, and empty where they cannot be compared.
    """
    return {
        "drawing": drawing,
        "revision": revision,
        "text": title,
        "cell": _cell(view, config, found, values),
        "favourites": [
            {"picture": base64.b64encode(item.picture.tobytes()).decode(), "value": _rounded(item.value)}
            for item in liked
        ],
    }


def _cell(view: View, config: LeNetConfig, found: Explanation, values: dict[str, float]) -> CellValue:
    """The cell, without the input maps that its filter does not read."""
    side = (config.map_sizes if view.phase == "pooled" else config.convolved_sizes)[found.layer - 1]
    read = np.flatnonzero(~unread(found.kernel[None])[0]).tolist()
    steps = _steps(found, view.phase)
    return {
        "value": next(number for _, number, own in steps if own),
        "pin": _pinned(view),
        "side": "b" if view.side == "b" else "a",
        "shape": (side, side),
        "first": found.layer == 1,
        "maps": read,
        "about": _about(found, config, len(read)),
        "patch": _all_rounded(found.patch[read]),
        "kernel": _all_rounded(found.kernel[read]),
        "products": _all_rounded(found.products[read]),
        "sums": _all_rounded(found.sums[read]),
        "steps": steps,
        "pair": _all_rounded([values["A"], values["B"], values["A"] - values["B"]]) if values else [],
    }


def _pinned(view: View) -> tuple[int, int, int, int]:
    if view.pin is None:
        raise ValueError("no cell is pinned")
    return view.pin


def _about(found: Explanation, config: LeNetConfig, read: int) -> str:
    """What the patch is a patch of."""
    if found.layer == 1 and (config.mean, config.std) == (0, 1):
        return "The filter reads the picture: no ink is 0, full ink is 1."
    if found.layer == 1:
        return (
            f"The filter reads the picture as (ink − {config.mean:.4g}) / {config.std:.4g}: no ink is "
            f"{-config.mean / config.std:.2f}, full ink {(1 - config.mean) / config.std:.2f}; beyond the border is 0."
        )
    total = len(found.kernel)
    every = "every map of the layer before"
    some = f"{read} of the {total} maps of the layer before and ignores the others"
    return f"The filter reads {every if read == total else some}. What changes the sum most stands first."


def _steps(found: Explanation, phase: str) -> list[tuple[str, float, bool]]:
    """The arithmetic after the products, from the top down; the cell's own number is the one of its ``phase``."""
    steps = [("", "sum of all products", float(found.products.sum())), ("", "bias", found.bias)]
    if (found.scale, found.shift) == (1.0, 0.0):
        steps.append(("before", "before the activation: sum + bias", found.before))
    else:
        sign = "−" if found.shift < 0 else "+"
        words = f"before the activation, normalised: that × {found.scale:.6g} {sign} {abs(found.shift):.6g}"
        steps += [("", "sum + bias", found.before), ("before", words, found.normalised)]
    steps.append(("after", f"after the activation: {ACTIVATIONS[found.activation].words}", found.after))
    if found.window is not None and found.pooled is not None:
        four = ", ".join(f"{value:.4f}" for value in found.window.ravel())
        words = f"after pooling: the {POOLINGS[found.pooling].words} of this and its neighbours, {four}"
        steps.append(("pooled", words, found.pooled))
    return [(words, _rounded(number), name == phase) for name, words, number in steps]


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)


def _all_rounded(values: ArrayLike) -> list:
    return np.round(np.asarray(values, np.float64), DECIMALS).tolist()
