"""Digits as LeCun prepared MNIST's: the ink is fitted into a box of 20 x 20 pixels, and its centre of mass is moved to
the centre of the picture (http://yann.lecun.com/exdb/mnist).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.finder import SURE, look
from lenet.pictures.planes import (
    EVEN,
    GREY_LEVEL,
    BlankPicture,
    Plane,
    Unfound,
    edged,
    fit,
    frame,
    in_greys,
    luminance,
    otsu,
    paste,
    percentile,
    refuse_without_contrast,
    resize,
    shrink,
    sliding,
    standing_out,
)
from lenet.pictures.regions import bounding_box, framed, kept_regions, label_regions, region_boxes, region_sizes

FromColours = tuple[dict[str, Plane], tuple[str, ...], NDArray[np.int32]]
"""The preparation steps by name, the warnings, and the regions of ink, as in ``Prepared``."""

INK_BOX = 20
"""Side of the box that MNIST fits a digit's ink into, in pixels."""

CENTRE_OF_MASS = 14.0
"""Where MNIST puts the centre of mass, a 0-based index on both axes (measured on all 70,000 images: 14.0 +- 0.29)."""

# From colours to ink

COLOUR_GAIN = 1.5
"""A single colour channel is used when its spread is this many times luminance's, as for yellow ink on white."""

NEIGHBOURHOOD = 0.3
"""Side of a neighbourhood as a share of the shorter side. It reads the polarity of 3,000 MNIST images rightly."""

BALANCED = 1e-6
"""Where bright things outweigh dark ones by a smaller share, as on a chessboard, only rounding would tell which do."""

DRAWN = 0.75
"""Where this share of the border is even and nothing is brighter, the picture was drawn, not photographed."""

GROUND_WINDOWS = (0.06, 0.1, 0.17, 0.3, 0.5)
"""Windows that close the ground, as shares of the shorter side: from a thin pen to the fattest digit in MNIST."""

SETTLED = 1.2
"""A window was wide enough when the next wider one finds less than this many times its ink."""

# From ink to the digit's pixels

FAINT = 0.2
"""The soft edge of what the finder has found: from this certainty on, a pixel may be ink."""

NOISE_PERCENTILE = 98
"""The percentile of the ground's ink that counts as noise. Almost all of the paper's texture lies below it."""

APART = 6.5
"""Ink is this many standard deviations of the ground from it. Noise split by its own threshold reaches five."""

SPECK = 0.02
"""A region smaller than this share of the largest is a speck."""

PAGE_EDGE = 0.02
"""Regions along the border are dropped only if another has this share of the largest region's strong pixels."""

HUGGING = 1.25
"""A region that touches the border for more than this many square roots of its area is a page's edge, a shadow or a
finger. A stroke crosses the border and does not lie along it.
"""

PEN = 0.5
"""Pixels above this share of the strongest ink are the pen's own; the rest are its soft edge."""

INK_LEVEL = 90
"""The percentile of the pen's pixels that counts as full ink."""

# The stroke's width

STROKE = 0.5
"""A pixel is part of a stroke from this share of full ink on."""

THIN_STROKE = 1.05
"""Strokes thinner than this are thickened to it: the width of a thin MNIST stroke, in pixels of the 20 x 20 box."""

THICKEN_SIDE = 5 * INK_BOX
"""Longest side at which strokes are thickened, in pixels: a fifth of a box pixel is fine enough."""

# Doubts

MOSTLY_INK = 0.5
"""A picture with a larger share of ink is doubted. MNIST's fullest image has 0.44."""

SEVERAL = 0.4
"""Two regions side by side, each at least this share as tall as all the ink, are two digits."""

SEVERAL_DIGITS = "There seem to be several digits; the network reads one at a time."

_SOUGHT = "No digit was found: dark or light strokes on an even ground were looked for, but"

NO_STROKES = Unfound(
    even=f"{_SOUGHT} there are only wide light and dark areas, or lines along the edge.",
    restless=f"{_SOUGHT} nothing stands out clearly from the grain, pattern or shading of the ground.",
    tiny=f"{_SOUGHT} the largest mark is too small; draw larger, or cut the picture closer.",
    scattered=f"{_SOUGHT} there are only many separate marks, as in a pattern.",
)


def prepare_digit(colours: NDArray[np.float32], *, photo: bool = False) -> FromColours:
    """(height, width, 3) colours in [0, 1] -> the steps by name, the last one ``network``, the warnings, the regions.

    In a ``photo`` the finder looks for the ink.
    Raises BlankPicture when there is no ink.
    """
    grey = _most_contrasting(colours)
    refuse_without_contrast(grey)
    if photo:
        return _from_photo(grey, look(colours, "digit"))
    ink = _ink(grey)
    regions = _ink_regions(ink)
    mask = regions > 0
    drawn = ink[mask]
    level = percentile(drawn[drawn > PEN * drawn.max()], INK_LEVEL)
    steps, warnings = from_ink(np.where(mask, (ink / level).clip(0, 1), 0).astype(np.float32), regions)
    return {"picture": grey, "ink": ink} | steps, warnings, regions


def _from_photo(grey: Plane, ink: Plane) -> FromColours:
    """The steps from the ink that the finder has found, the warnings and the regions.

    Raises BlankPicture when it has found none, with the reason that the constants give.
    """
    labels, _ = label_regions(ink >= FAINT)
    sizes = region_sizes(labels, ink >= SURE)
    sizes[0] = 0
    if not sizes.any():
        _ink_regions(_ink(grey))
        raise BlankPicture(NO_STROKES.restless)
    regions = kept_regions(labels, (sizes > 0) & (sizes >= SPECK * sizes.max()))
    steps, warnings = from_ink(np.where(regions > 0, ink, np.float32(0)), regions)
    return {"picture": grey, "ink": ink} | steps, warnings, regions


def from_ink(ink: Plane, regions: NDArray[np.int32]) -> tuple[dict[str, Plane], tuple[str, ...]]:
    """The digit's ink, 0 outside its ``regions`` -> the steps that follow, by name, and the warnings.

    There must be a region. ``web/engine/drawing.js`` repeats this, and a test holds it to the last grey.
    """
    mask = regions > 0
    part = bounding_box(mask)
    box = fit(_thicken(ink[part]), INK_BOX)
    box = in_greys(box / box.max())  # every MNIST image reaches full ink
    picture = paste(box, _centre_of_mass(box), CENTRE_OF_MASS)
    return {"cleaned": ink, "box": box, "network": picture}, _warnings(float(mask.mean()), regions[part])


def _most_contrasting(colours: NDArray[np.float32]) -> Plane:
    """Luminance, or one colour channel where the ink shows far better in it."""
    grey = luminance(colours)
    if (colours[..., :2] == colours[..., 1:]).all():
        return grey  # there are no colours
    channel = colours[..., np.argmax(colours.std((0, 1)))]
    return channel if channel.std() > COLOUR_GAIN * grey.std() else grey


def _ink(grey: Plane) -> Plane:
    """The share of light that the pen took away at each pixel. The ground may be bright or dark, evenly lit or not."""
    if _is_ink_bright(grey):
        grey = 1 - grey
    ground = np.maximum(_ground(grey), grey)
    return (ground - grey) / ground.clip(GREY_LEVEL)


def _is_ink_bright(grey: Plane) -> bool:
    """Whether thin things are brighter than what surrounds them.

    The answer is the sign of the third moment of each pixel's difference from its neighbourhood's mean. Strokes are
    few pixels that differ much. Slowly changing light differs little. The edge of a shadow or of the page differs both
    ways alike.
    """
    small = shrink(grey)
    window = _odd(NEIGHBOURHOOD * min(small.shape))
    differences = small - _sliding_mean(small, window)
    cubes = differences * differences * differences  # ``** 3`` takes ten times as long
    return float(cubes.sum()) > BALANCED * float(abs(cubes).sum())


def _odd(length: float) -> int:
    """The nearest odd window that is at least as long as ``length`` rounded, in pixels. It is never under 3."""
    return max(3, round(length) | 1)


def _ground(grey: Plane) -> Plane:
    """The bright paper without the dark strokes: one brightness in a drawing, a grey closing in a photo.

    A window just wide enough follows a shadow's edge. A narrower one leaves the strokes' middle in the ground. So the
    windows grow until one adds hardly any ink. Then the next one is taken, because junctions are wider than strokes.
    """
    small = shrink(grey)
    brightest = small.max()
    if (small[frame(small.shape)] >= brightest - EVEN).mean() > DRAWN:
        return np.full_like(grey, brightest)
    # Dark ground is made one pixel wider, or enlarging would turn a step of brightness into ink.
    margin = 0 if small.shape == grey.shape else 2
    ink, settled = 0.0, False
    for window in sorted({_odd(share * min(small.shape)) for share in GROUND_WINDOWS}):
        # At its edge the plane goes on as it rises or falls; a flat edge would turn the dark end of a slope into ink.
        closed = sliding(sliding(small, window, np.maximum), window + margin, np.minimum, slope=True)
        if settled:
            break
        before, ink = ink, ((1 - small / closed.clip(GREY_LEVEL)) ** 2).sum()
        settled = ink < SETTLED * before
    height, width = grey.shape
    return resize(closed, height, width, Image.Resampling.BILINEAR)


def _sliding_mean(plane: Plane, window: int) -> NDArray[np.float64]:
    """The running mean over a square window with an odd side."""
    mean = plane.astype(np.float64)
    for _ in ("down", "across"):
        total = np.cumsum(edged(mean, window // 2 + 1, window // 2), 0)
        mean = ((total[window:] - total[:-window]) / window).T
    return mean


def _ink_regions(ink: Plane) -> NDArray[np.int32]:
    """The regions that belong to the digit: connected ink, down to the noise, without specks and page edges.

    Raises BlankPicture when the ink is no more than the paper's texture.
    """
    threshold = otsu(ink)
    labels, sizes = standing_out(ink, threshold, noise_percentile=NOISE_PERCENTILE, unfound=NO_STROKES)
    strong, weak = ink[ink >= threshold], ink[ink < threshold]
    if weak.size and strong.mean() - weak.mean() < APART * weak.std():
        raise BlankPicture(NO_STROKES.restless)
    edges = _hugs_border(labels)
    if sizes[~edges].max() > PAGE_EDGE * sizes.max():
        sizes[edges] = -1
    return kept_regions(labels, sizes >= SPECK * sizes.max())


def _hugs_border(labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether each region lies along the border. The ground comes first and never does."""
    areas = region_sizes(labels)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = np.bincount(rim, minlength=len(areas))
    hugs = contact > HUGGING * np.sqrt(areas)
    hugs[0] = False
    return hugs


def _thicken(ink: Plane) -> Plane:
    """Widen strokes that would come out thinner than a thin MNIST stroke to that stroke's width."""
    height, width = ink.shape
    area, perimeter = (ink >= STROKE).sum(), _perimeter(ink >= STROKE)
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


def _perimeter(mask: NDArray[np.bool_]) -> int:
    """The number of pixel edges between the mask and its ground."""
    padded = framed(mask)
    return int((padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum())


def _dilate(ink: Plane, *, diagonal: bool) -> Plane:
    """Make ink one pixel wider, by a square (``diagonal``) or by a cross.

    Crosses and squares in turn make an octagon, which is nearly a round pen.
    """
    if diagonal:
        return sliding(ink, 3, np.maximum)
    padded = framed(ink)
    return np.maximum.reduce([ink, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])


def _centre_of_mass(ink: Plane) -> tuple[float, float]:
    """The mean place of the ink, (row, column), 0-based. Greys are summed as whole numbers, so that none is rounded."""
    greys = np.round(ink * 255).astype(np.int64)
    mass = greys.sum()
    row, column = (float((greys.sum(1 - axis) * np.arange(ink.shape[axis])).sum() / mass) for axis in (0, 1))
    return row, column


def _warnings(share: float, regions: NDArray[np.int32]) -> tuple[str, ...]:
    """What makes an answer about this digit doubtful, as sentences, from the ink's share of the picture's pixels and
    from the part of the picture that has the ink.
    """
    if share > MOSTLY_INK:
        return ("Most of the picture is ink; a digit is a thin line on an empty ground.",)
    if _is_several(regions):
        return (SEVERAL_DIGITS,)
    return ()


def _is_several(regions: NDArray[np.int32]) -> bool:
    """Whether two tall regions stand side by side and share no column."""
    if regions.max() == 1:
        return False
    boxes = region_boxes(regions)
    tall = boxes[boxes[:, 1] - boxes[:, 0] >= SEVERAL * len(regions)]
    spans = sorted((left, right) for _, _, left, right in tall.tolist())
    return any(right[0] >= left[1] for left, right in pairwise(spans))
