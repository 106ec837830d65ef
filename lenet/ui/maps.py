"""The value of the maps: what the layers made of one picture, or of two, in one compact payload."""

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.explain import receptive_field
from lenet.layers import STEPS, Layer, Subject, differences, kernels, layers, paired
from lenet.model import LeNet
from lenet.ui.view import View

MOVING_BUDGET = 15_500
"""Bytes of base64 that the cells may take while the pen moves; all that is said beside them stays under 4,500."""

FINE = 65_535
"""Steps between a map's lowest and highest value while the pen rests: a value is right to the fifth digit."""

COARSER = (255, 63, 31, 15, 7, 3)
"""The same while the pen moves, the finest first: as fine as the budget allows."""

NOTES = {
    "kernels": "What training has learned: the weights of each filter, one square for each map that it reads.",
    "before": "What the convolution puts out: the sum of patch times kernel, plus the bias.",
    "after": "After the activation, before pooling: how strongly each filter answers at each place.",
    "pooled": "After pooling: one cell for each square of four.",
}
FIRST_LAYER = "Each map is one learned filter slid over the picture."
LATER_LAYER = "Each map combines maps of the layer before: coarser, more about shape than about place."
UNREAD = "Where a square is empty, the filter does not read that map: the network is made of several side by side."


def maps_value(
    count: int, view: View, a: Subject | str, b: Subject | str | None = None, moving: bool = False
) -> dict[str, Any]:
    """What maps.js shows: the layers of ``a``, beside those of ``b`` if there is one; nothing if ``a`` is a sentence.

    ``cells`` is what ``pack`` makes of A's layers, then of those of B that A has too, unless ``withB`` is false. While
    the pen is ``moving`` they are coarser, there are no kernels, and B comes along only if it follows the pen. A
    sentence in place of ``b`` stands beside the maps.
    """
    seen = {name: getattr(view, name) for name in ("step", "scale", "numbers", "sort", "pin", "side")}
    value = {"n": count, **seen, "note": ""}
    if isinstance(a, str):
        return value | {"a": "", "b": "", "withB": False, "layers": [], "cells": "", "top": 0}
    if isinstance(b, str):
        value["note"], b = b, None
    pairs = paired(a, b, view.step)
    follows = not moving or view.compare == "checkpoint"
    values = [layer.values for layer, _ in pairs]
    others = [layer.values for _, layer in pairs if layer] if follows else []
    cells, top = _pack_within(values + others, MOVING_BUDGET) if moving else (pack(values + others, FINE), FINE)
    if moving and others and len(cells) > MOVING_BUDGET:
        follows = False  # two wide networks: B waits until the pen rests
        cells, top = _pack_within(values, MOVING_BUDGET)
    described = [_describe(a.network.model, view.step, *pair) for pair in pairs]
    if view.step != "kernels" and not moving:
        described[0]["kernels"] = _first_kernels(a.network.model)
    if b:
        value["note"] = _caution(a, b, view.step, pairs)
    return value | {
        "a": a.title,
        "b": b.title if b else "",
        "withB": follows,
        "layers": described,
        "cells": cells,
        "top": top,
    }


def pack(layers: list[NDArray[np.float32]], top: int) -> str:
    """(channels, tiles, height, width) arrays -> base64 of zlib of the lowest value of each channel, then the highest,
    as float32, then all cells, from 0 at their channel's lowest to ``top`` at its highest; little-endian, a byte each
    if ``top`` is less than 256, else two.
    """
    rows = [maps.reshape(len(maps), -1) for maps in layers]
    lows = np.concatenate([row.min(1) for row in rows]).astype("<f4")
    highs = np.concatenate([row.max(1) for row in rows]).astype("<f4")
    kind = np.uint8 if top < 256 else "<u2"
    cells = [_steps(row, top).astype(kind).tobytes() for row in rows]
    return base64.b64encode(zlib.compress(b"".join([lows.tobytes(), highs.tobytes(), *cells]), 1)).decode()


def _steps(rows: NDArray[np.float32], top: int) -> NDArray[np.float32]:
    low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
    return np.round((rows - low) * (top / np.maximum(high - low, 1e-30)))


def _pack_within(layers: list[NDArray[np.float32]], budget: int) -> tuple[str, int]:
    """The finest packing that the budget allows, and its number of steps; the coarsest of all may still exceed it."""
    for top in COARSER:
        cells = pack(layers, top)
        if len(cells) <= budget:
            break
    return cells, top


def _describe(model: LeNet, step: str, layer: Layer, other: Layer | None) -> dict[str, Any]:
    """What the page must know of a layer beside its cells."""
    described = {"name": layer.name, "number": layer.number, "strip": layer.strip, "shape": layer.values.shape}
    described |= {"title": layer.title, "note": _note(layer, step), "classes": layer.classes}
    if not layer.strip and step != "kernels":
        described["fields"] = _fields(model, step, layer.number)
    if other is not None:
        described |= {"pair": other.values.shape, "pairClasses": other.classes}
        if layer.comparable(other):
            apart = differences(layer.values, other.values)
            described["apart"] = [[float(f"{item.l2:.4g}"), round(item.cosine, 3)] for item in apart]
    return described


def _note(layer: Layer, step: str) -> str:
    """What there is to say about a layer."""
    if layer.strip:
        return ""
    if step == "kernels" and not layer.values.any((2, 3)).all():
        return f"{NOTES[step]} {UNREAD}"
    return f"{NOTES[step]} {FIRST_LAYER if layer.number == 1 else LATER_LAYER}"


def _fields(model: LeNet, step: str, number: int) -> dict[str, list[int]]:
    """What a cell of a layer sees of each picture shown before it, by name: size, stride, offset, and its side."""
    config, name = model.config, f"{STEPS[step]}{number}"
    sides = {"input": config.input_size}
    for earlier in range(1, number):
        pooled = config.map_sizes[earlier - 1]
        before = (config.input_size, *config.map_sizes)[earlier - 1]
        convolved = before + 2 * config.paddings[earlier - 1] - config.kernel_sizes[earlier - 1] + 1
        sides[f"{STEPS[step]}{earlier}"] = pooled if step == "pooled" else convolved
    fields = {onto: receptive_field(config, name, onto) for onto in sides}
    return {onto: [field.size, field.stride, field.offset, sides[onto]] for onto, field in fields.items()}


def _first_kernels(model: LeNet) -> dict[str, Any]:
    """The first layer's kernels, which stand beside its maps: on one scale, zero in the middle, a byte each."""
    weights = kernels(model, 1)
    most = float(abs(weights).max())
    steps = np.round((weights / max(most, 1e-30) + 1) * 127.5).astype(np.uint8)
    return {"side": weights.shape[-1], "most": most, "cells": base64.b64encode(steps.tobytes()).decode()}


def _caution(a: Subject, b: Subject, step: str, pairs: list[tuple[Layer, Layer | None]]) -> str:
    """What keeps the channels of A and B from being compared one by one."""
    if a.network is b.network:
        return "One network, one set of kernels: they are the same for A and B." if step == "kernels" else ""
    if not all(other for _, other in pairs) or len(pairs) != len(layers(b, step)):
        return "The networks differ in depth; what both have stands side by side."
    if any(layer.values.shape != other.values.shape for layer, other in pairs):
        return "The networks' layers differ in size; where they do, there is no difference channel by channel."
    said = "These are two networks: a number names different filters in them."
    return f"{said} Only the logits mean the same in both." if a.network.classes == b.network.classes else said
