"""Grey planes: scaling, sliding windows, thresholds, and finding what stands out from its ground.

Digits and garments are both prepared with these functions.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.regions import label_regions, region_sizes

Plane = NDArray[np.float32]
"""(height, width) float32."""

PICTURE_SIZE = 28
"""Side of the picture that the network sees, in pixels: that of MNIST and Fashion-MNIST."""

GREY_LEVEL = 1 / 255
"""One of the 256 greys, on the range from black to white. Nothing is divided by less."""

EVEN = 2 / 255
"""The ground of a drawing or a cut-out differs from itself by no more than two grey levels; a photo's differs more."""

MIN_CONTRAST = 0.06
"""Ink must differ from its ground by this share of the range from black to white; less is the paper's texture."""

ANALYSIS_SIDE = 128
"""Side at which ground and polarity are judged, in pixels. Averaging removes the sensor's noise and is fast."""

BORDER = 0.06
"""The width, as a share of the side, of the border in which the ground is looked for."""

OTSU_BINS = 128
"""Bins of the histogram from which a threshold is chosen: each is two grey levels wide."""

BIN_CENTRES = (np.arange(OTSU_BINS) + 0.5) / OTSU_BINS

SOFT_EDGE = 2
"""A strong pixel's blurred edge reaches this far, in pixels. Only beyond it is the ground's noise measured."""

FAINTEST = 1 / 512
"""Half a grey level: on a clean ground all ink counts, as it did when MNIST was made."""

NOISE_GAIN = 2.0
"""Faint ink counts as ink when it is this many times stronger than the ground's noise."""

BLANK_GAIN = 2.5
"""Where even the strongest ink is less than this many times as strong as the noise, all of it is noise."""

SMALLEST = 1e-4
"""A largest region with a smaller share of the picture's pixels is sensor noise; small digits have three times that."""

COHERENT = 0.1
"""Where no region has this share of the strong pixels, they are the paper's texture."""

KEEP_SCALE = 0.06
"""A change of scale by a smaller share than this is not made: it would only blur."""

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in luminance: ITU-R BT.601, as Pillow converts to grey."""

BLANK = "The picture is blank; draw something, or choose a picture in which one thing stands out."

FAINT = "The picture is nearly blank: its brightest and darkest parts hardly differ; choose one with more contrast."


class BlankPicture(ValueError):
    """There is nothing in the picture to recognise. The message tells a person what was looked for."""


@dataclass(frozen=True)
class Unfound:
    """What a person is told when nothing is found in a picture: one sentence for each reason."""

    even: str
    """Nothing differs from the ground."""

    restless: str
    """What differs is no stronger than the ground's noise."""

    tiny: str
    """The largest thing is too small."""

    scattered: str
    """What differs is many small things."""


def refuse_without_contrast(picture: NDArray[np.float32]) -> None:
    """Raise BlankPicture when a picture's brightest and darkest values hardly differ.

    The picture is (height, width), or (height, width, 3) with each colour judged by itself.
    """
    contrast = np.ptp(picture, axis=(0, 1)).max()
    if contrast < MIN_CONTRAST:
        raise BlankPicture(BLANK if contrast <= EVEN else FAINT)


def luminance(colours: NDArray[np.float32]) -> Plane:
    """(height, width, 3) colours -> their grey (height, width)."""
    return colours @ np.array(LUMA, np.float32)


def in_greys(picture: Plane) -> Plane:
    """Round to 256 greys, which the data sets have too. A picture can then be kept as bytes without a loss."""
    return np.divide(np.round(picture * np.float32(255)), 255, dtype=np.float32)


def resize(plane: Plane, height: int, width: int, resampling: Image.Resampling = Image.Resampling.BOX) -> Plane:
    """Scale to (height, width): a smaller pixel is the mean of those it covers, a larger plane is interpolated."""
    if plane.shape == (height, width):
        return plane
    if height > plane.shape[0] or width > plane.shape[1]:
        resampling = Image.Resampling.BILINEAR  # a mean over less than one pixel would be a mosaic
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.array(image.resize((width, height), resampling), np.float32)


def shrink(grey: Plane) -> Plane:
    """Make each side at most ANALYSIS_SIDE long. The two sides are scaled apart, so the aspect may change."""
    return resize(grey, *(min(length, ANALYSIS_SIDE) for length in grey.shape))


@lru_cache(maxsize=8)
def frame(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The mask of a picture's border, BORDER wide; it cannot be written to. ``shape`` is (height, width)."""
    rows, columns = (max(1, round(BORDER * length)) for length in shape)
    mask = np.ones(shape, np.bool_)
    mask[rows:-rows, columns:-columns] = False
    mask.flags.writeable = False
    return mask


def sliding(plane: NDArray, window: int, extreme: np.ufunc, *, slope: bool = False) -> NDArray:
    """The running maximum or minimum (``extreme``) over a square window with an odd side.

    Beyond its edge the plane has the edge's value or, with ``slope``, goes on rising or falling as it does at the edge.
    The reach is doubled at each step, so that n pixels take log2(n) steps.
    """
    for _ in ("down", "across"):
        lines = _extend(plane, window // 2, slope=slope)
        reach = 1
        while reach < window:
            step = min(reach, window - reach)
            lines = extreme(lines[:-step], lines[step:])
            reach += step
        plane = lines.T
    return plane


def edged(lines: NDArray, before: int, after: int) -> NDArray:
    """Repeat the first line ``before`` times before it and the last ``after`` times after it.

    ``np.pad`` does the same, and takes ten times as long for a small picture.
    """
    return np.concatenate([lines[:1].repeat(before, 0), lines, lines[-1:].repeat(after, 0)])


def _extend(lines: NDArray, length: int, *, slope: bool) -> NDArray:
    """Add ``length`` lines before the first and after the last, equal to them or continuing their slope."""
    if slope:
        return np.pad(lines, [(length, length), (0, 0)], mode="reflect", reflect_type="odd")
    return edged(lines, length, length)


def otsu(plane: Plane) -> float:
    """The threshold in [0, 1] that splits the values into the two most separate classes (Otsu 1979)."""
    bins = (plane.ravel() * OTSU_BINS).astype(np.intp)  # exact, because the number of bins is a power of two
    histogram = np.bincount(np.minimum(bins, OTSU_BINS - 1), minlength=OTSU_BINS)
    below = np.cumsum(histogram)
    sums = np.cumsum(histogram * BIN_CENTRES)
    above, sums_above = below[-1] - below, sums[-1] - sums
    between = below * above * (sums / np.maximum(below, 1) - sums_above / np.maximum(above, 1)) ** 2
    return float(np.argmax(between[:-1]) + 1) / OTSU_BINS


def percentile(values: NDArray[np.floating], percent: float) -> float:
    """The value below which ``percent`` of the values lie, interpolated: ``np.percentile`` in a tenth of the time."""
    place = (values.size - 1) * percent / 100
    low = int(place)
    high = min(low + 1, values.size - 1)
    part = np.partition(values.ravel(), (low, high))
    return float(part[low] + (part[high] - part[low]) * (place - low))


def standing_out(
    plane: Plane,
    threshold: float,
    *,
    noise_percentile: float,
    unfound: Unfound,
    where: NDArray[np.bool_] | bool = True,
) -> tuple[NDArray[np.int32], NDArray]:
    """Number the regions that stand out: connected pixels above the noise, at least one of them above ``threshold``.

    The noise is the ``noise_percentile`` of the ground's values, taken only from the pixels ``where``.
    Returns the labels and each region's count of pixels above the threshold. The count is -1 for the ground and for
    regions without such a pixel, so that they are never chosen.
    Raises BlankPicture with a sentence of ``unfound`` when nothing stands out.
    """
    strong = plane >= max(threshold, MIN_CONTRAST)
    if not strong.any():
        raise BlankPicture(unfound.even)
    clear = where & ~sliding(strong, 2 * SOFT_EDGE + 1, np.maximum)
    noise = percentile(plane[clear], noise_percentile) if clear.any() else 0.0
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


def fit(plane: Plane, side: int) -> Plane:
    """Scale the longest side to ``side`` pixels and keep the aspect. Each new pixel is the mean of those it covers."""
    height, width = plane.shape
    scale = side / max(height, width)
    if abs(scale - 1) < KEEP_SCALE and max(height, width) <= side:
        return plane.copy()
    return resize(plane, max(1, round(height * scale)), max(1, round(width * scale)))


def paste(box: Plane, anchor: tuple[float, float], centre: float) -> Plane:
    """Put a box on an empty picture so that its ``anchor`` (row, column) comes as near to ``centre`` as whole pixels
    allow. All of the box stays inside the picture.
    """
    picture = np.zeros((PICTURE_SIZE, PICTURE_SIZE), np.float32)
    top, left = (
        min(max(int(np.floor(centre - point + 0.5)), 0), PICTURE_SIZE - length)
        for point, length in zip(anchor, box.shape, strict=True)
    )
    picture[top : top + box.shape[0], left : left + box.shape[1]] = box
    return picture
