"""The value of the maps: what the layers made of one picture, or of two, in one compact payload."""

import base64
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.checkpoint import Checkpoint
from lenet.microscope.explain import receptive_field
from lenet.microscope.layers import Layer, Subject, differences, kernels, layers, paired, stage_name
from lenet.model import LeNet, parameter_count
from lenet.ui.view import View

MOVING_LIMIT = 20_000
"""Bytes that the whole value may take while the pen moves, as it travels: a JSON string within JSON."""

FINE = 65_535
"""Steps between a map's lowest and highest value while the pen rests: a value is right to the fifth digit."""

SPARE = 100
"""Bytes for what is added to the value last: its counts and how its cells are packed."""

COARSER = (255, 63, 31, 15, 7, 3)
"""The same while the pen moves, the finest first: as fine as the budget allows."""

NOTES = {
    "kernels": "What training has learned: the weights of each filter.",
    "before": "What the activation receives: at each place the sum of patch times kernel, plus the bias.",
    "after": "After the activation, before pooling: how strongly each filter answers at each place.",
    "pooled": "After pooling: one cell for each square of four.",
}
SCALED = "Batch normalisation has scaled and shifted each map."
FIRST_LAYER = "Each map is one learned filter slid over the picture."
LATER_LAYER = "Each map combines maps of the layer before: coarser, more about shape than about place."
SEVERAL = "A filter has one square for each map of the layer before."
UNREAD = "Where a square is empty, the filter does not read that map: the network is made of several side by side."


def maps_value(
    count: int, view: View, a: Subject | str, b: Subject | str | None = None, moving: bool = False
) -> dict[str, Any] | None:
    """What maps.js shows: the layers of ``a``, beside those of ``b`` if there is one; nothing if ``a`` is a sentence.

    ``cells`` is what ``pack`` makes of A's layers, then of those of B that A has too, unless ``withB`` is false. While
    the pen is ``moving`` they are coarser, there are no kernels, and B comes along only if it follows the pen; ``late``
    says that it should have and was too large. None says that even A alone was. A sentence in place of ``b`` stands
    beside the maps.
    """
    seen = {name: getattr(view, name) for name in ("step", "scale", "numbers", "sort", "pin", "side")}
    value = {"n": count, **seen, "note": "", "late": False}
    if isinstance(a, str):
        return value | {"a": "", "b": "", "networks": [], "withB": False, "layers": [], "cells": "", "top": 0}
    if isinstance(b, str):
        value["note"], b = b, None
    pairs = paired(a, b, view.step)
    value |= {
        "a": a.title,
        "b": b.title if b else "",
        "networks": [_about(a.network), *([_about(b.network)] if b and b.network is not a.network else [])],
        "layers": [_describe(view.step, a, one, b, two) for one, two in pairs],
    }
    if view.step != "kernels" and not moving:
        value["layers"][0]["kernels"] = _first_kernels(a.network.model)
    if b:
        value["note"] = _caution(a, b, view.step, pairs)
    mine, theirs = [one.values for one, _ in pairs], [two.values for _, two in pairs if two]
    if not moving:
        return value | {"withB": True, "cells": pack(mine + theirs, FINE), "top": FINE}
    follows = bool(theirs) and view.compare == "checkpoint"
    budget = MOVING_LIMIT - len(json.dumps(json.dumps(value))) - SPARE
    for with_b in [True, False] if follows else [False]:
        for top in COARSER:
            cells = pack(mine + theirs * with_b, top)
            if len(cells) <= budget:
                return value | {"withB": with_b, "late": follows and not with_b, "cells": cells, "top": top}
    return None


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


def _describe(step: str, a: Subject, layer: Layer, b: Subject | None, other: Layer | None) -> dict[str, Any]:
    """What the page must know of A's ``layer``, and of B's, beside its cells."""
    has_fields = not layer.strip and step != "kernels"
    described = {"name": layer.name, "number": layer.number, "strip": layer.strip, "shape": layer.values.shape}
    described |= {"title": layer.title, "note": _note(a, layer, step), "classes": layer.classes}
    if has_fields:
        described["fields"] = _fields(a.network.model, step, layer.number)
    if other is not None:
        described |= {"pair": other.values.shape, "pairClasses": other.classes}
        if has_fields and a.network is not b.network:
            described["pairFields"] = _fields(b.network.model, step, layer.number)
        if layer.comparable(other):
            apart = differences(layer.values, other.values)
            described["apart"] = [[float(f"{item.l2:.4g}"), round(item.cosine, 3)] for item in apart]
    return described


def _note(a: Subject, layer: Layer, step: str) -> str:
    """What there is to say about a layer."""
    if layer.strip:
        return ""
    if step == "kernels":
        several = "" if layer.number == 1 else SEVERAL
        unread = "" if layer.values.any((2, 3)).all() else UNREAD
        return " ".join(filter(None, [NOTES[step], several, unread]))
    scaled = SCALED if step == "before" and a.network.model.config.batch_norm else ""
    return " ".join(filter(None, [NOTES[step], scaled, FIRST_LAYER if layer.number == 1 else LATER_LAYER]))


def _fields(model: LeNet, step: str, number: int) -> dict[str, list[int]]:
    """What a cell of a layer sees of the input and of the layers before: size, stride, offset, and the side of those.

    By "input" or the layer's number.
    """
    config = model.config
    maps = config.map_sizes if step == "pooled" else config.convolved_sizes
    seen = {"input": ("input", config.input_size)}
    seen |= {str(earlier): (stage_name(config, step, earlier), maps[earlier - 1]) for earlier in range(1, number)}
    fields = {
        name: receptive_field(config, stage_name(config, step, number), stage) for name, (stage, _) in seen.items()
    }
    return {name: [field.size, field.stride, field.offset, seen[name][1]] for name, field in fields.items()}


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
    said = ["These are two networks: a number names different filters in them."]
    if not all(other for _, other in pairs) or len(pairs) != len(layers(b, step)):
        said.append("They differ in depth; what both have stands side by side.")
    elif any(layer.values.shape != other.values.shape for layer, other in pairs):
        said.append("Their layers differ in size; where they do, there is no difference channel by channel.")
    if a.network.classes == b.network.classes and step != "kernels":
        said.append("Only the logits mean the same in both.")
    return " ".join(said)


def _about(network: Checkpoint) -> str:
    """What kind of network it is, in a line."""
    config, test = network.model.config, network.metrics.get("test", {})
    parts = [
        f"{network.name}: reads {network.kind}s",
        f"{' and '.join(map(str, config.channels))} maps",
        ACTIVATION_NAMES[config.activation],
        f"{config.pooling} pooling",
        *(["batch normalisation"] if config.batch_norm else []),
        f"{parameter_count(network.model):,} parameters",
        *([f"{test['accuracy']:.1%} of the test pictures right"] if "accuracy" in test else []),
    ]
    return " · ".join(parts)


ACTIVATION_NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
