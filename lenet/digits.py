"""Digits as LeCun prepared MNIST's: the ink fitted into a 20 x 20 box, its centre of mass brought to the centre of the
28 x 28 field (http://yann.lecun.com/exdb/mnist).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.planes import (
    EVEN,
    BlankPicture,
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
    sliding,
    standing_out,
)
from lenet.regions import bounding_box, label_regions, region_sizes

INK_BOX = 20
"""Side of the box that MNIST fits a digit's ink into, in pixels."""

CENTRE_OF_MASS = 14.0
"""Where MNIST puts the centre of mass, a 0-based index on both axes (measured on all 70,000 images: 14.0 +- 0.29)."""

_SOUGHT = "No digit was found: dark or light strokes on an even ground were looked for, but"

NO_STROKES = Unfound(
    even=f"{_SOUGHT} there are only wide light and dark areas, or lines along the edge.",
    restless=f"{_SOUGHT} nothing stands out clearly from the grain, pattern or shading of the ground.",
    tiny=f"{_SOUGHT} the largest mark is too small; draw larger, or cut the picture closer.",
    scattered=f"{_SOUGHT} there are only many separate marks, as in a pattern.",
)


def prepare_digit(colours: NDArray[np.float32]) -> tuple[dict[str, Plane], tuple[str, ...]]:
    """(height, width, 3) colours in [0, 1] -> the steps by name, the last one ``network``, and the warnings.

    Raises BlankPicture when there is no ink.
    """
    grey = _most_contrasting(colours)
    ink = _ink(grey)
    mask = _ink_mask(ink)
    level = np.percentile(ink[mask & (ink > ink[mask].max() / 2)], INK_LEVEL)
    cleaned = np.where(mask, (ink / level).clip(0, 1), 0).astype(np.float32)
    box = _thicken(cleaned[bounding_box(mask)])
    box = fit(box, INK_BOX)
    box /= box.max()  # every MNIST image reaches full ink
    field = paste(box, _centre_of_mass(box), CENTRE_OF_MASS)
    return {"picture": grey, "ink": ink, "cleaned": cleaned, "box": box, "network": field}, _doubts(mask)


INK_LEVEL = 90
"""The percentile of the pen's pixels that counts as full ink."""

COLOUR_GAIN = 1.5
"""A single colour channel is used when its spread exceeds luminance's by this factor (yellow ink on white, say)."""


def _most_contrasting(colours: NDArray[np.float32]) -> Plane:
    """Luminance, or the one channel in which the ink shows far better."""
    grey = luminance(colours)
    channel = colours[..., np.argmax(colours.std((0, 1)))]
    return channel if channel.std() > COLOUR_GAIN * grey.std() else grey


def _ink(grey: Plane) -> Plane:
    """The share of light that the pen took away at each pixel, on any ground, bright or dark, evenly lit or not.

    Raises BlankPicture when there is hardly any contrast.
    """
    refuse_without_contrast(grey)
    if _is_ink_bright(grey):
        grey = 1 - grey
    ground = np.maximum(_ground(grey), grey)
    return (ground - grey) / np.maximum(ground, 1 / 255)


def _is_ink_bright(grey: Plane) -> bool:
    """Whether thin things are brighter than what surrounds them.

    The sign of the third moment of each pixel's difference from its neighbourhood's mean. Strokes are few pixels that
    differ much. Slow light differs little, and the edge of a shadow or of the page differs both ways alike.
    """
    small = shrink(grey)
    window = _odd(NEIGHBOURHOOD * min(small.shape))
    return float(((small - _sliding_mean(small, window)) ** 3).sum()) > 0


NEIGHBOURHOOD = 0.3
"""Side of a neighbourhood as a share of the shorter side; on 3,000 MNIST images this reads every polarity right."""


def _odd(length: float) -> int:
    """The odd window nearest above a length in pixels, at least 3."""
    return max(3, round(length) | 1)


def _ground(grey: Plane) -> Plane:
    """The bright paper without the dark strokes: of one brightness in a drawing, a grey closing in a photo.

    A window just wide enough follows a shadow's edge; one that is too narrow leaves the strokes' middle in the ground.
    So the windows grow until one adds hardly any ink, and the next is taken, because junctions are wider than strokes.
    """
    small = shrink(grey)
    brightest = small.max()
    if (small[frame(small.shape)] >= brightest - EVEN).mean() > DRAWN:
        return np.full_like(grey, brightest)
    margin = 0 if small.shape == grey.shape else 2  # a darker ground by one pixel, lest scaling up make ink of a step
    ink, settled = 0.0, False
    for window in sorted({_odd(share * min(small.shape)) for share in GROUND_WINDOWS}):
        closed = sliding(sliding(small, window, np.maximum), window + margin, np.minimum, **SLOPE)
        if settled:
            break
        before, ink = ink, ((1 - small / closed.clip(1 / 255)) ** 2).sum()
        settled = ink < SETTLED * before
    return resize(closed, *grey.shape, Image.Resampling.BILINEAR)


DRAWN = 0.75
"""Where this share of the border is even and nothing is brighter, the picture was drawn, not photographed."""

GROUND_WINDOWS = (0.06, 0.1, 0.17, 0.3, 0.5)
"""The closing's windows as shares of the shorter side: from a thin pen's stroke to the fattest digit in MNIST."""

SETTLED = 1.2
"""A window that finds less than this many times the ink of the one before was wide enough."""

SLOPE = {"mode": "reflect", "reflect_type": "odd"}
"""Padding that goes on as the plane does at its edge; a flat one would make ink of the dark end of a slope of light."""


def _sliding_mean(plane: Plane, window: int) -> Plane:
    """The running mean over a square window (odd side)."""
    for axis in (0, 1):
        lines = np.pad(np.moveaxis(plane, axis, 0), [(window // 2 + 1, window // 2), (0, 0)], mode="edge")
        total = np.cumsum(lines, 0, dtype=np.float64)
        plane = np.moveaxis((total[window:] - total[:-window]) / window, 0, axis)
    return plane


def _ink_mask(ink: Plane) -> NDArray[np.bool_]:
    """The pixels that belong to the digit: connected ink, down to the noise, without specks and page edges.

    Raises BlankPicture when the ink is no more than the paper's texture.
    """
    threshold = otsu(ink)
    labels, sizes = standing_out(ink, threshold, unrest=98, unfound=NO_STROKES)
    strong, weak = ink[ink >= threshold], ink[ink < threshold]
    if weak.size and strong.mean() - weak.mean() < APART * weak.std():
        raise BlankPicture(NO_STROKES.restless)
    edges = _hugs_border(labels)
    if sizes[~edges].max() > PAGE_EDGE * sizes.max():
        sizes[edges] = -1
    return (sizes >= SPECK * sizes.max())[labels]


APART = 6.5
"""Ink is this many standard deviations of the ground from it; noise split in two by its own threshold reaches five."""

SPECK = 0.02
"""A region smaller than this share of the largest is a speck."""

PAGE_EDGE = 0.02
"""Regions along the border are dropped only if another has this share of the largest region's strong pixels."""

HUGGING = 1.25
"""A region whose contact with the border is longer than this many square roots of its area is a page edge, a shadow or
a finger: strokes cross the border, they do not lie along it."""


def _hugs_border(labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether each region, the ground first, lies along the border."""
    areas = region_sizes(labels)
    frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = np.bincount(frame, minlength=len(areas))
    hugs = contact > HUGGING * np.sqrt(areas)
    hugs[0] = False
    return hugs


def _thicken(ink: Plane) -> Plane:
    """Give a stroke that would come out thinner than MNIST's the width of a thin MNIST stroke."""
    height, width = ink.shape
    area, perimeter = (ink >= 0.5).sum(), _perimeter(ink >= 0.5)
    scale = INK_BOX / max(height, width)
    missing = THIN_STROKE - 2 * area / max(perimeter, 1) * scale
    if missing <= 0:
        return ink
    fine = THICKEN_SIDE / max(height, width)
    radius = round(missing / 2 * THICKEN_SIDE / INK_BOX)
    ink = np.pad(resize(ink, max(1, round(height * fine)), max(1, round(width * fine))), radius)
    for step in range(radius):
        ink = _dilate(ink, diagonal=step % 2 == 1)
    return ink


THIN_STROKE = 1.05
"""Strokes thinner than this are thickened to it, in pixels of the 20 x 20 box."""

THICKEN_SIDE = 5 * INK_BOX
"""Longest side at which strokes are thickened, in pixels: a fifth of a box pixel is fine enough."""


def _perimeter(mask: NDArray[np.bool_]) -> int:
    """The number of pixel edges between mask and ground."""
    padded = np.pad(mask, 1)
    return int((padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum())


def _dilate(ink: Plane, diagonal: bool) -> Plane:
    """One pixel wider; crosses and squares in turn make an octagon, nearly a round pen."""
    if diagonal:
        return sliding(ink, 3, np.maximum)
    padded = np.pad(ink, 1)
    return np.maximum.reduce([ink, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])


def _centre_of_mass(ink: Plane) -> tuple[float, float]:
    """(row, column), 0-based."""
    mass = ink.sum()
    return tuple(float((ink.sum(1 - axis) * np.arange(ink.shape[axis])).sum() / mass) for axis in (0, 1))


def _doubts(mask: NDArray[np.bool_]) -> tuple[str, ...]:
    """What makes the answer about a digit doubtful, as sentences."""
    doubts = []
    rows, columns = bounding_box(mask)
    if mask.mean() > MOSTLY_INK:
        doubts.append("Most of the picture is ink; a digit is a thin line on an empty ground.")
    elif _is_several(mask[rows, columns]):
        doubts.append("There seem to be several digits; the network reads one at a time.")
    return tuple(doubts)


MOSTLY_INK = 0.5
"""MNIST's fullest image has 44 % ink."""

SEVERAL = 0.4
"""Side by side, two regions each this share as tall as the whole are two digits."""


def _is_several(mask: NDArray[np.bool_]) -> bool:
    """Whether two tall regions stand side by side without overlapping in any column."""
    labels, count = label_regions(mask)
    spans = []
    for number in range(1, count + 1):
        rows, columns = bounding_box(labels == number)
        if rows.stop - rows.start >= SEVERAL * len(mask):
            spans.append((columns.start, columns.stop))
    spans.sort()
    return any(right[0] >= left[1] for left, right in pairwise(spans))
