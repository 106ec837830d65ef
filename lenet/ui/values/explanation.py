"""The value of the pinned cell: its arithmetic, and the test pictures that excite its channel most."""

import base64
from typing import Any

import numpy as np

from lenet.microscope.explain import Explanation, Favourite
from lenet.model import LeNetConfig
from lenet.ui.view import View

DIGITS = 6
"""Decimals of every number that is sent; what is shown adds up far below 0.0001."""

NOTHING: dict[str, Any] = {"text": "", "cell": None}
"""No cell is pinned; ``text`` can be a sentence that says why there is nothing to explain."""

WHERE = {"before": "before the activation", "after": "after the activation", "pooled": "after pooling"}


def cell_words(view: View, compared: bool) -> str:
    """Which cell is pinned, in words, counted from 1."""
    layer, channel, row, column = view.pin
    whose = f" of {view.side.upper()}" if compared else ""
    return f"Layer {layer}, map {channel + 1}{whose}, row {row + 1}, column {column + 1}, {WHERE[view.step]}"


def explanation_value(
    view: View,
    title: str,
    config: LeNetConfig,
    found: Explanation,
    values: dict[str, float],
    favourites: list[Favourite],
) -> dict[str, Any]:
    """What explanation.js shows of the cell that ``view`` has pinned; ``values`` are "A"'s and "B"'s, if both have it.

    Input maps that the cell's filter does not read, all weights 0, are left out.
    """
    maps = config.map_sizes if view.step == "pooled" else config.convolved_sizes
    read = [number for number, kernel in enumerate(found.kernel) if kernel.any()]
    return {
        "text": title,
        "cell": {
            "value": _rounded({"before": found.normalised, "after": found.after, "pooled": found.pooled}[view.step]),
            "pin": view.pin,
            "side": view.side,
            "shape": [maps[found.layer - 1]] * 2,
            "first": found.layer == 1,
            "maps": read,
            "about": _about(found, config, len(read)),
            "patch": _rounded(found.patch[read]),
            "kernel": _rounded(found.kernel[read]),
            "products": _rounded(found.products[read]),
            "sums": _rounded(found.sums[read]),
            "steps": _steps(found, view.step),
            "pair": _rounded([values["A"], values["B"], values["A"] - values["B"]]) if values else [],
        },
        "favourites": [
            {"picture": base64.b64encode(item.picture.tobytes()).decode(), "value": _rounded(item.value)}
            for item in favourites
        ],
    }


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
    every = "every map" if read == total else f"{read} of the {total} maps (its other weights are 0)"
    return f"The filter reads {every} of the layer before, pooled. What changes the sum most stands first."


def _steps(found: Explanation, step: str) -> list[list[Any]]:
    """The arithmetic after the products, as [what happens, number, whether it is the cell's own] from the top down."""
    steps = [["", "sum of all products", found.products.sum()], ["", "bias", found.bias]]
    if (found.scale, found.shift) == (1.0, 0.0):
        steps.append(["before", "before the activation: sum + bias", found.before])
    else:
        sign = "−" if found.shift < 0 else "+"
        words = f"before the activation, normalised: that × {found.scale:.6g} {sign} {abs(found.shift):.6g}"
        steps += [["", "sum + bias", found.before], ["before", words, found.normalised]]
    steps.append(["after", f"after the activation: {ACTIVATION_WORDS[found.activation]}", found.after])
    if found.window is not None:
        four = ", ".join(f"{value:.4f}" for value in found.window.ravel())
        words = f"after pooling: the {POOLING_WORDS[found.pooling]} of this and its neighbours, {four}"
        steps.append(["pooled", words, found.pooled])
    return [[words, _rounded(value), name == step] for name, words, value in steps]


ACTIVATION_WORDS = {
    "sigmoid": "1 / (1 + e to the minus that)",
    "tanh": "tanh of that",
    "relu": "that, or 0 if negative",
}
POOLING_WORDS = {"average": "average", "max": "largest"}


def _rounded(values: Any) -> Any:
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()
