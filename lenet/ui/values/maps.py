"""The maps' value: what every layer computed, for one picture or for two, with its scales and its words."""

import base64
import re
import zlib
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from lenet.checkpoint import Checkpoint, snapshots
from lenet.microscope.activations import ACTIVATIONS, POOLINGS
from lenet.microscope.atlas import channel_means
from lenet.microscope.colours import LayerScales, Scale, scales, unread
from lenet.microscope.layers import (
    Layer,
    Pairs,
    Subject,
    differences,
    kernels,
    layers,
    most_different_first,
    paired,
    stage_name,
)
from lenet.model import LeNet, parameter_count
from lenet.ui.sentence import Sentence
from lenet.ui.values.fields import FieldValue, field_value
from lenet.ui.values.menu import accuracy_of
from lenet.ui.values.pixels import encode_picture
from lenet.ui.values.sizes import size_words
from lenet.ui.view import CHOICES, View

LEVELS = 65_535
"""Levels between a map's lowest and highest value: a value is right to the fifth digit."""

DIGITS = 6
"""Of numbers that are sent as text."""

COSINE_DECIMALS = 3

NO_SCALE = Scale(0.0, 0.0, False)
"""Of a layer without numbers."""

HASH = re.compile(r"[0-9a-f]{64}")

VERSION_LETTERS = 16
"""Of the weights' hash: enough to tell one training from the next."""

NOTES = {
    "kernels": "The weights that training has found: orange counts for, blue against.",
    "before": "Before the activation: at each place, patch times kernel plus bias. Orange is above 0, blue below.",
    "after": "After the activation: each filter's answers.",
    "pooled": "After pooling: one cell for each square of four.",
}
NORMALISED = "Before the activation: sums, scaled and shifted by batch normalisation. Orange is above 0, blue below."
FIRST_LAYER = "Below, its kernel: orange for ink, blue against."
SQUASHED = "A sigmoid makes 0.5 of 0, so empty places are not dark."
LATER_LAYER = "Each combines earlier maps: more shape, less place."
SEVERAL = "A filter has one square for each map of the layer before."
UNREAD = "Where a square is empty, the filter does not read that map: the network is made of several side by side."


class ScaleValue(TypedDict):
    """A colour scale: sequential from ``low`` to ``high``, or ``signed``, diverging, with zero in the middle.

    A signed scale has ``low`` equal to ``-high``.
    """

    low: float
    high: float
    signed: bool


class FirstKernels(TypedDict):
    """The first layer's kernels, which stand beside its maps.

    Each is ``side`` x ``side`` weights from ``-most`` to ``most``. ``cells`` holds them as bytes from 0 to 255, in
    base64.
    """

    side: int
    most: float
    cells: str


class SideValue(TypedDict):
    """A's or B's part of a layer.

    ``stage`` is the stage that puts out its numbers, or the tensor that holds a layer's kernels. ``shape`` is channels,
    tiles, height and width. ``classes`` are the names of the logits; other layers have none.
    ``own`` is each channel's own low and high where each map has a scale of its own, else empty. ``unread`` lists by
    channel the inputs that its filter does not read; it is empty when every filter reads all.

    ``fields`` says what a cell sees of the "input" and of earlier layers, by number. It is empty where cells see
    nothing: kernels and dense layers.
    """

    stage: str
    shape: tuple[int, int, int, int]
    classes: list[str]
    own: list[tuple[float, float]]
    unread: list[list[int]]
    fields: dict[str, FieldValue]


class ApartValue(TypedDict):
    """How far A and B are apart in a layer.

    ``channels`` is the L2 norm and the cosine by channel. The difference is painted from ``-most`` to ``most``, signed.
    ``order`` is the channels, the most different first.
    """

    channels: list[tuple[float, float]]
    most: float
    order: list[int]


class LayerValue(TypedDict):
    """One layer of A, with the layer of B beside it, or null.

    ``name`` is the stage's name and ``number`` the layer's, 0 for the logits. ``terms`` are the words that the title
    needs, by their keys, and ``size`` says why its maps are so large, or is "". ``scale`` is shown at the layer's head.
    It paints every map of a side that has no ``own`` ranges, and its ``signed`` holds for those too. ``apart`` is null
    where A and B cannot be compared. ``kernels`` is null except beside the first layer's maps.
    """

    name: str
    number: int
    kind: Literal["maps", "kernels", "dense"]
    title: str
    terms: list[str]
    size: str
    note: str
    scale: ScaleValue
    a: SideValue
    b: SideValue | None
    apart: ApartValue | None
    kernels: FirstKernels | None


class FrameValue(TypedDict):
    """A phase that is not shown: what will stand around its numbers. Its scales and distances mean nothing."""

    note: str
    layers: list[LayerValue]


class PartValue(TypedDict):
    """Something about a network, in words, and the key of the word that it needs."""

    text: str
    term: str


class NetworkValue(TypedDict):
    """A network that the browser can compute with: its files are at ``/networks/<name>/``.

    ``version`` changes when the files do. ``means`` are what its maps have on average after the activation, by layer,
    where the checkpoint has an atlas. ``epochs`` are those after which its weights are at ``snapshots/``.
    """

    name: str
    kind: Literal["digit", "garment"]
    classes: list[str]
    version: str
    means: list[list[float]]
    epochs: list[int]


class AlteredValue(TypedDict):
    """How A's network differs from the trained one: it is of an earlier ``epoch``, or broken; see ``View``."""

    noise: int
    biases: bool
    pooling: bool
    epoch: int | None


class MapsValue(TypedDict):
    """What the page shows of all layers.

    ``drawing`` and ``revision`` say which drawing and which view it answers. ``phase``, ``scale``, ``numbers``,
    ``sort``, ``pin``, ``side``, ``off``, ``instead`` and what is ``altered`` are the view's. ``note`` is a sentence
    beside the maps. ``a`` and ``b`` are titles; ``b`` is "" when there is only A. ``words`` says what the networks
    are, part by part.

    The browser can compute all numbers by itself. ``network`` is A's; ``other`` is B's where B is the same picture in
    another network, so that both follow the pen, else null. ``pictures`` are what A's network saw and what B's did,
    PICTURE_SIZE x PICTURE_SIZE bytes in base64. One is "" where there is none, and where the numbers are no network's
    answer to it. ``phases`` are the frames of the phases that are not shown. ``mark`` is what ``frame_mark`` makes; the
    browser sends it back in a ``painted_mark`` when it has painted these layers by itself.

    ``cells`` is what ``pack`` makes of A's layers and of B's, or "" where there is no picture. The layers are then
    empty frames, whose scales and distances mean nothing.
    """

    drawing: int
    revision: int
    phase: str
    scale: str
    numbers: bool
    sort: bool
    pin: tuple[int, int, int, int] | None
    side: Literal["a", "b"]
    off: list[tuple[int, int]]
    instead: str
    altered: AlteredValue
    note: str
    a: str
    b: str
    words: list[list[PartValue]]
    network: NetworkValue | None
    other: NetworkValue | None
    prepared: bool
    mark: str
    pictures: tuple[str, str]
    layers: list[LayerValue]
    phases: dict[str, FrameValue]
    cells: str


def maps_value(
    drawing: int,
    revision: int,
    view: View,
    a: Subject | Sentence,
    b: Subject | Sentence | None = None,
    *,
    lit: bool = True,
) -> MapsValue:
    """The layers of ``a``, beside those of ``b`` if there is one; no layers if ``a`` is a sentence.

    A sentence in place of ``b`` stands beside the maps. Layers that are not ``lit`` are empty frames, without cells.
    """
    value = _no_layers(drawing, revision, view)
    if isinstance(a, Sentence):
        return value
    absent = ""
    if isinstance(b, Sentence):
        absent, b = b.text, None
    pairs = paired(a, b, view.phase)
    value["a"], value["b"] = a.title, b.title if b else ""
    value["words"] = [about(a.network), *([about(b.network)] if b and b.network is not a.network else [])]
    value["mark"] = frame_mark(a, b)
    value["network"] = _network(a.network)
    value["other"] = _network(b.network) if b and view.compare == "checkpoint" else None
    value["note"] = absent or _caution(a, b, view.phase, pairs)
    value["layers"] = _layers(view.phase, a, b, pairs, scales(pairs, view.scale))
    value["phases"] = {phase: _frame(phase, a, b, absent) for phase in CHOICES["phase"] if phase != view.phase}
    value["pictures"] = (_seen_picture(a), _seen_picture(b))
    if lit:
        value["cells"] = pack([one.values for one, _ in pairs] + [two.values for _, two in pairs if two])
    return value


def _no_layers(drawing: int, revision: int, view: View) -> MapsValue:
    return {
        "drawing": drawing,
        "revision": revision,
        "phase": view.phase,
        "scale": view.scale,
        "numbers": view.numbers,
        "sort": view.sort,
        "pin": view.pin,
        "side": "b" if view.side == "b" else "a",
        "off": list(view.off),
        "instead": view.instead,
        "altered": {"noise": view.noise, "biases": view.biases, "pooling": view.pooling, "epoch": view.epoch},
        "note": "",
        "a": "",
        "b": "",
        "words": [],
        "network": None,
        "other": None,
        "prepared": view.prepare,
        "mark": "",
        "pictures": ("", ""),
        "layers": [],
        "phases": {},
        "cells": "",
    }


def frame_mark(a: Subject, b: Subject | Sentence | None) -> str:
    """Which networks the layers show. It changes when a network is trained again."""
    networks = [subject.network for subject in (a, b) if isinstance(subject, Subject)]
    return " ".join(f"{network.name}:{_version(network)}" for network in networks)


def painted_mark(drawing: int, revision: int, mark: str) -> str:
    """What the browser sends when it has painted a frame with this ``mark`` for a drawing and a view."""
    return f"{drawing} {revision} {mark}"


def _seen_picture(subject: Subject | None) -> str:
    """The picture that the subject's numbers are a network's answer to, or ""."""
    if subject is None or subject.picture is None or not subject.probabilities:
        return ""
    return encode_picture(subject.picture)


def _version(network: Checkpoint) -> str:
    """The hash of the weights, as far as its metrics have one: anyone can have written them."""
    found = network.metrics.get("weights_sha256")
    return found[:VERSION_LETTERS] if isinstance(found, str) and HASH.fullmatch(found) else ""


def _network(network: Checkpoint) -> NetworkValue:
    return {
        "name": network.name,
        "kind": "digit" if network.kind == "digit" else "garment",
        "classes": list(network.classes),
        "version": _version(network),
        "means": means_of(network),
        "epochs": snapshots(network),
    }


def means_of(network: Checkpoint) -> list[list[float]]:
    """What the network's maps have on average after the activation, by layer; empty for one without an atlas."""
    try:
        return [[_short(mean) for mean in means] for means in channel_means(network)]
    except (ValueError, OSError):
        return []


# The cells


def pack(arrays: list[NDArray[np.float32]]) -> str:
    """Arrays of (channels, tiles, height, width) as base64 of zlib, little-endian.

    First stands the lowest value of each channel and then the highest, as float32. Then come all cells in two bytes
    each, from 0 at their channel's lowest to ``LEVELS`` at its highest.
    """
    rows = [values.reshape(len(values), -1) for values in arrays]
    lows = np.concatenate([row.min(1) for row in rows]).astype("<f4")
    highs = np.concatenate([row.max(1) for row in rows]).astype("<f4")
    cells = [_levelled(row).astype("<u2").tobytes() for row in rows]
    return base64.b64encode(zlib.compress(b"".join([lows.tobytes(), highs.tobytes(), *cells]), 1)).decode()


def _levelled(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
    return np.round((rows - low) * (LEVELS / np.maximum(high - low, 1e-30)))


# The layers


def _frame(phase: str, a: Subject, b: Subject | None, absent: str) -> FrameValue:
    """A phase that is not shown. ``absent`` says why there is no B, or is ""."""
    pairs = paired(a, b, phase)
    layers = _layers(phase, a, b, pairs, [_unscaled(*pair) for pair in pairs])
    return {"note": absent or _caution(a, b, phase, pairs), "layers": layers}


def _unscaled(layer: Layer, other: Layer | None) -> LayerScales:
    comparable = other is not None and layer.comparable(other)
    return LayerScales(NO_SCALE, (), (), NO_SCALE if comparable else None)


def _layers(phase: str, a: Subject, b: Subject | None, pairs: Pairs, all_scales: list[LayerScales]) -> list[LayerValue]:
    """What the page must know of the layers beside their cells."""
    values: list[LayerValue] = [
        {
            "name": layer.name,
            "number": layer.number,
            "kind": layer.kind,
            "title": layer.title,
            "terms": _terms(layer, phase),
            "size": size_words(a.network.model.config, layer.number, phase) if layer.kind == "maps" else "",
            "note": _note(a, layer, phase),
            "scale": {"low": _short(found.whole.low), "high": _short(found.whole.high), "signed": found.whole.signed},
            "a": _side(a, layer, found.a, phase),
            "b": _side(b, other, found.b, phase) if b and other else None,
            "apart": _apart(layer, other, found),
            "kernels": None,
        }
        for (layer, other), found in zip(pairs, all_scales, strict=True)
    ]
    if phase != "kernels":
        values[0]["kernels"] = _first_kernels(a.network.model)
    return values


def _side(subject: Subject, layer: Layer, own: tuple[Scale, ...], phase: str) -> SideValue:
    channels, tiles, height, width = layer.values.shape
    empty = unread(layer.values)
    return {
        "stage": f"conv{layer.number}.weight" if layer.kind == "kernels" else layer.name,
        "shape": (channels, tiles, height, width),
        "classes": list(layer.classes),
        "own": [(_short(scale.low), _short(scale.high)) for scale in own],
        "unread": [np.flatnonzero(inputs).tolist() for inputs in empty] if empty.any() else [],
        "fields": _fields(subject.network.model, phase, layer.number) if layer.kind == "maps" else {},
    }


def _apart(layer: Layer, other: Layer | None, found: LayerScales) -> ApartValue | None:
    """How far the two are apart, where they can be compared."""
    if other is None or found.difference is None:
        return None
    if found.difference is NO_SCALE:
        return {"channels": [], "most": 0.0, "order": []}
    apart = differences(layer.values, other.values)
    return {
        "channels": [(_short(item.l2), round(item.cosine, COSINE_DECIMALS)) for item in apart],
        "most": _short(found.difference.high),
        "order": most_different_first(apart),
    }


def _short(value: float) -> float:
    """A number without digits that would only take room in the text; 0 rather than -0."""
    return float(f"{value:.{DIGITS}g}") + 0.0


def _terms(layer: Layer, phase: str) -> list[str]:
    """The words that a layer's title needs."""
    if layer.kind == "kernels":
        return ["phase-kernels"]
    if layer.kind == "dense":
        return ["dense"] if layer.number else ["logits", "probability"]
    return ["pooling", "field"] if phase == "pooled" else ["convolution", "field"]


def _note(a: Subject, layer: Layer, phase: str) -> str:
    """What there is to say about a layer."""
    if layer.kind == "dense":
        return ""
    if layer.kind == "kernels":
        several = "" if layer.number == 1 else SEVERAL
        return " ".join(filter(None, [NOTES[phase], several, UNREAD if unread(layer.values).any() else ""]))
    config = a.network.model.config
    if phase == "before":
        return NORMALISED if config.batch_norm else NOTES[phase]
    first = SQUASHED if config.activation == "sigmoid" else FIRST_LAYER
    return f"{NOTES[phase]} {first if layer.number == 1 else LATER_LAYER}"


def _fields(model: LeNet, phase: str, number: int) -> dict[str, FieldValue]:
    """What a cell of a layer's maps sees of the "input" and of the layers before, by number."""
    config = model.config
    maps = config.map_sizes if phase == "pooled" else config.convolved_sizes
    seen = {"input": ("input", config.input_size)}
    seen |= {str(earlier): (stage_name(config, phase, earlier), maps[earlier - 1]) for earlier in range(1, number)}
    own = stage_name(config, phase, number)
    return {name: field_value(config, own, stage, side) for name, (stage, side) in seen.items()}


def _first_kernels(model: LeNet) -> FirstKernels:
    weights = kernels(model, 1)
    most = float(abs(weights).max())
    levels = np.round((weights / max(most, 1e-30) + 1) * 127.5).astype(np.uint8)
    return {"side": weights.shape[-1], "most": _short(most), "cells": base64.b64encode(levels.tobytes()).decode()}


# The words


def _caution(a: Subject, b: Subject | None, phase: str, pairs: Pairs) -> str:
    """What keeps the channels of A and B from being compared one by one."""
    if b is None:
        return ""
    if a.network is b.network:
        return "One network, one set of kernels: they are the same for A and B." if phase == "kernels" else ""
    said = ["These are two networks: a number names different filters in them."]
    if not all(other for _, other in pairs) or len(pairs) != len(layers(b, phase)):
        said.append("They differ in depth; what both have stands side by side.")
    elif any(other and layer.values.shape != other.values.shape for layer, other in pairs):
        said.append("Their layers differ in size; where they do, there is no difference channel by channel.")
    if a.network.classes == b.network.classes and phase != "kernels":
        said.append("Only the logits mean the same in both.")
    return " ".join(said)


def about(network: Checkpoint) -> list[PartValue]:
    """What kind of network it is."""
    config, accuracy = network.model.config, accuracy_of(network.metrics)
    parts = [
        ("checkpoint", f"{network.name}: reads {network.kind}s"),
        ("convolution", f"{' and '.join(map(str, config.channels))} maps"),
        (config.activation, ACTIVATIONS[config.activation].name),
        (f"pooling-{config.pooling}", f"{POOLINGS[config.pooling].name} pooling"),
        *([("normalisation", "batch normalisation")] if config.batch_norm else []),
        ("parameters", f"{parameter_count(network.model):,} parameters"),
        *([("accuracy", f"{accuracy:.1%} of the test pictures right, as trained")] if accuracy is not None else []),
    ]
    return [{"text": text, "term": term} for term, text in parts]
