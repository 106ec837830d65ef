"""The value of the pinned cell: its arithmetic, and the test pictures that excite its channel most."""

import base64
from typing import Any

import numpy as np

from lenet.explain import Explanation, Favourite
from lenet.ui.view import View

DIGITS = 6
"""Decimals of every number that is sent; what is shown adds up far below 0.0001."""

NOTHING: dict[str, Any] = {"text": "", "cell": None}
"""No cell is pinned."""

WHERE = {"before": "before the activation", "after": "after the activation", "pooled": "after pooling"}


def explanation_value(view: View, found: Explanation | str, favourites: list[Favourite]) -> dict[str, Any]:
    """What explanation.js shows of the cell that ``view`` has pinned; a sentence stands in place of the arithmetic."""
    if isinstance(found, str):
        return {"text": found, "cell": None}
    layer, channel, row, column = view.pin
    shown = {"before": found.before, "after": found.after, "pooled": found.pooled}[view.step]
    return {
        "text": f"Layer {layer}, map {channel + 1}, row {row + 1}, column {column + 1}, {WHERE[view.step]}",
        "cell": {
            "value": _rounded(shown),
            "layer": layer,
            "side": found.kernel.shape[-1],
            "patch": _rounded(found.patch),
            "kernel": _rounded(found.kernel),
            "products": _rounded(found.products),
            "sums": _rounded(found.sums),
            "steps": _steps(found),
        },
        "favourites": [
            {"picture": base64.b64encode(item.picture.tobytes()).decode(), "value": _rounded(item.value)}
            for item in favourites
        ],
    }


def _steps(found: Explanation) -> list[list[Any]]:
    """The arithmetic after the products, as [what happens, number] from the top down."""
    steps = [
        ["sum of all products", found.products.sum()],
        ["bias", found.bias],
        ["before the activation: sum + bias", found.before],
    ]
    if (found.scale, found.shift) != (1.0, 0.0):
        sign = "−" if found.shift < 0 else "+"
        words = f"batch normalisation: × {found.scale:.6g} {sign} {abs(found.shift):.6g}"
        steps.append([words, found.normalised])
    steps.append([f"after the activation: {ACTIVATION_WORDS[found.activation]}", found.after])
    if found.window is not None:
        four = ", ".join(f"{value:.4f}" for value in found.window.ravel())
        steps.append(
            [f"after pooling, with its neighbours: the {POOLING_WORDS[found.pooling]} of {four}", found.pooled]
        )
    return [[words, _rounded(value)] for words, value in steps]


ACTIVATION_WORDS = {
    "sigmoid": "1 / (1 + e to the minus that)",
    "tanh": "tanh of that",
    "relu": "that, or 0 if negative",
}
POOLING_WORDS = {"average": "average", "max": "largest"}


def _rounded(values: Any) -> Any:
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()
