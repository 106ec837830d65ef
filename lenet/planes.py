"""Grey planes: scaling, sliding windows, thresholds, and what stands out from its ground.

Digits and garments are both prepared with these.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.regions import label_regions, region_sizes

Plane = NDArray[np.float32]
"""(height, width) float32."""

FIELD = 28
"""Side of the prepared picture, in pixels."""

MIN_CONTRAST = 0.06
"""Ink must differ from its ground by this share of the range from black to white; less is paper texture."""


BLANK = "The picture is blank; draw something, or choose a picture in which one thing stands out."

FAINT = "The picture is nearly blank: its brightest and darkest parts hardly differ; choose one with more contrast."


class BlankPicture(ValueError):
    """There is nothing in the picture to recognise; the message says to a person what was looked for."""


@dataclass(frozen=True)
class Unfound:
    """What a person is told when nothing is found in a picture, by the reason."""

    even: str
    """Nothing differs from the ground."""

    restless: str
    """What differs is no stronger than the ground's own unrest."""

    tiny: str
    """The largest thing is too small."""

    scattered: str
    """What differs is many small things."""


def refuse_without_contrast(picture: NDArray[np.float32]) -> None:
    """Raise BlankPicture when the brightest and darkest pixels, (height, width) or in colours, hardly differ."""
    contrast = np.ptp(picture, axis=(0, 1)).max()
    if contrast < MIN_CONTRAST:
        raise BlankPicture(BLANK if contrast <= EVEN else FAINT)


def luminance(colours: NDArray[np.float32]) -> Plane:
    """ITU-R BT.601, as Pillow's own conversion to grey."""
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


def resize(plane: Plane, height: int, width: int, filter=Image.Resampling.BOX) -> Plane:
    """Scale to (height, width), by the mean of the pixels covered or, upwards, by interpolation."""
    if plane.shape == (height, width):
        return plane
    if height > plane.shape[0] or width > plane.shape[1]:
        filter = Image.Resampling.BILINEAR  # a mean over less than a pixel is a mosaic
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.array(image.resize((width, height), filter), np.float32)


def shrink(grey: Plane) -> Plane:
    """No side longer than ANALYSIS_SIDE, the aspect given up where need be."""
    return resize(grey, *(min(length, ANALYSIS_SIDE) for length in grey.shape))


ANALYSIS_SIDE = 128
"""Side at which ground and polarity are judged, in pixels: averaging removes the sensor's noise, and it is fast."""


def frame(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The mask of a picture's border, BORDER wide."""
    rows, columns = (max(1, round(BORDER * length)) for length in shape)
    mask = np.ones(shape, np.bool_)
    mask[rows:-rows, columns:-columns] = False
    return mask


BORDER = 0.06
"""The border's width as a share of the side."""

EVEN = 2 / 255
"""Two grey levels: a drawing's or a cut-out's ground differs no more from itself, a photo's does."""


def sliding(plane: NDArray, window: int, extreme: np.ufunc, mode: str = "edge", **padding) -> NDArray:
    """The running maximum or minimum over a square window (odd side): doubling reaches n pixels in log2(n) steps."""
    for axis in (0, 1):
        lines = np.pad(np.moveaxis(plane, axis, 0), [(window // 2, window // 2), (0, 0)], mode=mode, **padding)
        reach = 1
        while reach < window:
            step = min(reach, window - reach)
            lines = extreme(lines[:-step], lines[step:])
            reach += step
        plane = np.moveaxis(lines, 0, axis)
    return plane


def otsu(plane: Plane) -> float:
    """The threshold in [0, 1] that splits the values into the two most separate classes (Otsu 1979)."""
    histogram, edges = np.histogram(plane, 128, (0, 1))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(histogram)[:-1]
    above = plane.size - below
    sum_below = np.cumsum(histogram * centres)[:-1]
    sum_above = (histogram * centres).sum() - sum_below
    between = below * above * (sum_below / np.maximum(below, 1) - sum_above / np.maximum(above, 1)) ** 2
    return float(edges[1 + np.argmax(between)])


def standing_out(
    plane: Plane, threshold: float, unrest: float, unfound: Unfound, where=True
) -> tuple[NDArray[np.int32], NDArray]:
    """Number the regions that stand out: connected pixels above the noise, some of them above ``threshold``.

    The noise is the percentile ``unrest`` of the ground, taken only from the pixels ``where``.
    Returns the labels and the strong pixels of each, the ground's set to -1 so that it is never chosen.
    Raises BlankPicture with a sentence of ``unfound`` when nothing stands out.
    """
    strong = plane >= max(threshold, MIN_CONTRAST)
    if not strong.any():
        raise BlankPicture(unfound.even)
    clear = where & ~sliding(strong, 5, np.maximum)  # two pixels from any strong one: neither ink nor its soft edge
    noise = np.percentile(plane[clear], unrest) if clear.any() else 0.0
    if plane.max() < BLANK_GAIN * noise:
        raise BlankPicture(unfound.restless)
    labels, _ = label_regions(plane > min(max(NOISE_GAIN * noise, FAINTEST), plane[strong].min()))
    sizes = region_sizes(labels, strong)
    if sizes.max() < COHERENT * strong.sum():
        raise BlankPicture(unfound.scattered)
    if sizes.max() < SMALLEST * plane.size:
        raise BlankPicture(unfound.tiny)
    sizes[sizes == 0] = -1
    sizes[0] = -1
    return labels, sizes


FAINTEST = 1 / 512
"""Half a grey level: on a clean ground all ink counts, as it did when MNIST was made."""

NOISE_GAIN = 2.0
"""Faint ink counts down to this many times the ground's own unrest."""

BLANK_GAIN = 2.5
"""Ink that is not this many times stronger than the ground's unrest is unrest too."""

SMALLEST = 1e-4
"""A largest region with a smaller share of the picture's pixels is sensor noise; small digits have three times that."""

COHERENT = 0.1
"""Where no region has this share of the strong pixels, they are the paper's texture."""


def fit(plane: Plane, side: int) -> Plane:
    """Scale to a longest side of ``side`` pixels, the aspect kept, each new pixel the mean of those it covers."""
    height, width = plane.shape
    scale = side / max(height, width)
    if abs(scale - 1) < KEEP_SCALE and max(height, width) <= side:
        return plane.copy()
    return resize(plane, max(1, round(height * scale)), max(1, round(width * scale)))


KEEP_SCALE = 0.06
"""A change of scale smaller than this is left undone: it would only blur."""


def paste(box: Plane, anchor: tuple[float, float], centre: float) -> Plane:
    """Put ``box`` on the empty field, inside it, so that its ``anchor`` (row, column) comes nearest to ``centre``."""
    field = np.zeros((FIELD, FIELD), np.float32)
    top, left = (
        min(max(int(np.floor(centre - point + 0.5)), 0), FIELD - length)
        for point, length in zip(anchor, box.shape, strict=True)
    )
    field[top : top + box.shape[0], left : left + box.shape[1]] = box
    return field
