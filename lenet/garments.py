"""Garments as Zalando prepared Fashion-MNIST's: the longest side fitted to 28, centred, the white ground made black
(Xiao, Rasul, Vollgraf 2017, fig. 1).
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.planes import (
    EVEN,
    FIELD,
    Plane,
    Unfound,
    fit,
    frame,
    luminance,
    otsu,
    paste,
    refuse_without_contrast,
    resize,
    shrink,
    standing_out,
)
from lenet.regions import bounding_box, fill_holes

_SOUGHT = "No garment was found: an object that differs from its ground was looked for, but"

NO_OBJECT = Unfound(
    even=f"{_SOUGHT} the whole picture looks like ground.",
    restless=f"{_SOUGHT} nothing stands out clearly from the grain or pattern of the ground.",
    tiny=f"{_SOUGHT} the largest thing is too small; cut the picture closer.",
    scattered=f"{_SOUGHT} there are only many separate things, as in a pattern.",
)


def prepare_garment(colours: NDArray[np.float32]) -> tuple[dict[str, Plane], tuple[str, ...]]:
    """(height, width, 3) colours in [0, 1] -> the steps by name, the last one ``network``, and no warnings.

    Raises BlankPicture when nothing differs from the ground.
    """
    refuse_without_contrast(colours)
    grey, ground = luminance(colours), _backdrop(colours)
    difference = abs(colours - ground).max(-1)
    mask = _cloth_mask(difference)
    cloth = _cloth(grey, luminance(ground), mask)
    box = fit(cloth[bounding_box(mask)], FIELD)
    box /= max(box.max(), 1 / 255)  # every Fashion-MNIST image reaches full brightness
    height, width = box.shape
    field = paste(box, ((height - 1) / 2, (width - 1) / 2), centre=(FIELD - 1) / 2)
    return {"picture": grey, "cloth": cloth, "box": box, "network": field}, ()


def _backdrop(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's colour everywhere, (height, width, 3): quadratic surfaces through the border.

    Least trimmed squares, begun at the blend of the corners, because a garment may reach the border.
    """
    small = np.stack([shrink(colours[..., channel]) for channel in range(3)], axis=-1)
    down, across = (np.linspace(-1, 1, length, dtype=np.float32) for length in small.shape[:2])
    y, x = np.meshgrid(down, across, indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)
    border = frame(x.shape)
    places, seen = terms[border], small[border]
    fitted = _corner_ground(small)[border]
    for _ in range(TRIMMINGS):
        misfit = abs(seen - fitted).max(-1)
        trusted = misfit <= max(np.quantile(misfit, TRUSTED), EVEN)
        surface = np.linalg.lstsq(places[trusted], seen[trusted], rcond=None)[0]
        fitted = places @ surface
    ground = (terms @ surface).clip(0, 1)
    bilinear = Image.Resampling.BILINEAR
    return np.stack([resize(ground[..., channel], *colours.shape[:2], bilinear) for channel in range(3)], axis=-1)


TRUSTED = 0.4
"""The share of the border that is surely ground; the rest may be garment."""

TRIMMINGS = 4
"""Rounds of trimming and fitting; one round costs five points under a vignette."""


def _corner_ground(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's colour everywhere, (height, width, 3): a blend of the corners, without one that stands out."""
    height, width, _ = colours.shape
    rows, columns = max(1, round(CORNER * height)), max(1, round(CORNER * width))
    top, bottom = colours[:rows], colours[-rows:]
    patches = [top[:, :columns], top[:, -columns:], bottom[:, :columns], bottom[:, -columns:]]
    corners = np.stack([np.median(patch, (0, 1)) for patch in patches])
    typical = np.median(corners, 0)
    corners = np.where((abs(corners - typical).max(-1) > ODD_CORNER)[:, None], typical, corners).reshape(2, 2, 3)
    down, across = np.linspace(0, 1, height)[:, None, None], np.linspace(0, 1, width)[None, :, None]
    left, right = (corners[0, side] * (1 - down) + corners[1, side] * down for side in (0, 1))
    return (left * (1 - across) + right * across).astype(np.float32)


CORNER = 0.05
"""Side of a corner that is taken for ground, as a share of the picture's; Fashion-MNIST's makers looked there too."""

ODD_CORNER = 0.2
"""A corner that differs by more from the median corner, on the range from black to white, is covered by something."""


def _cloth_mask(difference: Plane) -> NDArray[np.bool_]:
    """The garment: the large regions that differ from the ground, with their holes filled."""
    labels, sizes = standing_out(
        difference, otsu(difference) / 2, unrest=75, unfound=NO_OBJECT, where=frame(difference.shape)
    )
    return fill_holes((sizes >= SCRAP * sizes.max())[labels])


SCRAP = 0.05
"""A region smaller than this share of the largest is not part of the garment."""


def _cloth(grey: Plane, ground: Plane, mask: NDArray[np.bool_]) -> Plane:
    """Brightness as Fashion-MNIST has it: the ground black, cloth the brighter the more it differs from the ground."""
    darker = np.median((ground - grey)[mask]) > 0
    cloth = (ground - grey) / ground.clip(1 / 255) if darker else (grey - ground) / (1 - ground).clip(1 / 255)
    return np.where(mask, cloth.clip(0, 1), 0).astype(np.float32)
