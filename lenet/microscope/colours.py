"""What gives a cell its colour: the palettes, the scale of each map, and which kernels stay empty.

The page and the sheets that are taken away paint by what is decided here. The palettes are safe for colour-blind
people.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet.microscope.layers import Layer, Pairs

SEQUENTIAL = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
"""For values that are never negative: viridis (S. van der Walt and N. Smith, CC0) at equal distances."""

DIVERGING = ("#08306b", "#2f79b5", "#86bcdc", "#f7f7f7", "#fdae6b", "#e06a10", "#7f2704")
"""For signed values: blue below zero, orange above, grey in the middle."""

LEVELS = 256
"""Colours of a palette."""


def colours(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """(256, 3): the palette with ``stops`` at equal distances, straight in between."""
    fixed = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops])
    at = np.linspace(0, len(stops) - 1, LEVELS)
    channels = [np.interp(at, range(len(stops)), fixed[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, -1)).astype(np.uint8)


@dataclass(frozen=True)
class Scale:
    """Which values the colours of a palette stand for: from ``low`` to ``high``.

    A ``signed`` scale is painted with ``DIVERGING`` and has zero in its middle: ``low`` is ``-high``. Any other is
    painted with ``SEQUENTIAL``.
    """

    low: float
    high: float
    signed: bool


@dataclass(frozen=True)
class LayerScales:
    """The scales of one layer.

    ``whole`` stands at the layer's head. It paints all maps, unless each has a scale of its own: then ``a`` and ``b``
    hold these by channel, and are empty otherwise. ``difference`` paints A - B, and is None where there is none.
    """

    whole: Scale
    a: tuple[Scale, ...]
    b: tuple[Scale, ...]
    difference: Scale | None


def scales(pairs: Pairs, shared_by: str) -> list[LayerScales]:
    """The scales of each layer of A and of the layer of B beside it.

    A scale is shared by one "map", by one "layer", A's and B's, or by "both" convolution layers. Where A's maps can be
    compared with B's, a map of A and the same map of B share one in any case. Dense layers always have one each.

    A scale at the head is signed when one of the values that share it is negative. All maps below it are signed then
    too: maps that stand together are painted from one palette, also a tanh network's beside a ReLU network's.
    """
    together = [layer for pair in pairs for layer in pair if layer is not None and layer.kind != "dense"]
    return [_layer_scales(one, other, shared_by, together) for one, other in pairs]


def _layer_scales(one: Layer, other: Layer | None, shared_by: str, together: list[Layer]) -> LayerScales:
    beside = [one] if other is None else [one, other]
    whole = _whole(together if shared_by == "both" and one.kind != "dense" else beside)
    comparable = other is not None and one.comparable(other)
    a: tuple[Scale, ...] = ()
    b: tuple[Scale, ...] = ()
    if shared_by == "map" and one.kind != "dense":
        a = _own(beside if comparable else [one], signed=whole.signed)
        if other is not None:
            b = a if comparable else _own([other], signed=whole.signed)
    return LayerScales(whole, a, b, _difference(one, other) if other is not None and comparable else None)


def _whole(sharing: list[Layer]) -> Scale:
    """The one scale of all layers in ``sharing``."""
    low = float(min(layer.values.min() for layer in sharing))
    high = float(max(layer.values.max() for layer in sharing))
    return _scale(low, high, signed=low < 0)


def _own(sharing: list[Layer], *, signed: bool) -> tuple[Scale, ...]:
    """A scale for each channel, which the layers in ``sharing`` have in common."""
    lows = np.min([layer.values.min((1, 2, 3)) for layer in sharing], 0)
    highs = np.max([layer.values.max((1, 2, 3)) for layer in sharing], 0)
    return tuple(_scale(float(low), float(high), signed=signed) for low, high in zip(lows, highs, strict=True))


def _difference(one: Layer, other: Layer) -> Scale:
    most = float(abs(one.values - other.values).max())
    return _scale(-most, most, signed=True)


def _scale(low: float, high: float, *, signed: bool) -> Scale:
    most = max(-low, high)
    return Scale(-most, most, True) if signed else Scale(low, high, False)


def unread(tiles: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(channels, inputs): where a filter does not read an input, because all weights of that kernel are exactly 0.

    ``tiles`` are the kernels, (channels, inputs, k, k). An only input counts as read; a map is an only tile.
    """
    return ~tiles.any((2, 3)) & (tiles.shape[1] > 1)
