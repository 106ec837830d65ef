"""The colours of the maps, the same on the page and in the sheets that are taken away. Safe for colour-blind people."""

import numpy as np
from numpy.typing import NDArray

SEQUENTIAL = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
"""For values that cannot be negative: viridis (S. van der Walt and N. Smith, CC0) in equal steps."""

DIVERGING = ("#08306b", "#2f79b5", "#86bcdc", "#f7f7f7", "#fdae6b", "#e06a10", "#7f2704")
"""For signed values: blue below zero, orange above, grey in the middle."""

LEVELS = 256


def colours(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """(256, 3): the palette with ``stops`` at equal distances, straight in between."""
    fixed = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops])
    at = np.linspace(0, len(stops) - 1, LEVELS)
    channels = [np.interp(at, range(len(stops)), fixed[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, -1)).astype(np.uint8)
