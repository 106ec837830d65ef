"""Any picture -> what the network sees, step by step.

Digits are prepared as LeCun prepared MNIST: the ink fitted into a 20 x 20 box, its centre of mass brought to the
centre of the 28 x 28 field (http://yann.lecun.com/exdb/mnist). Garments are prepared as Zalando prepared
Fashion-MNIST: the longest side fitted to 28, centred, the white ground made black (Xiao, Rasul, Vollgraf 2017, fig. 1).

One pure function serves the pen, the photo and the data set's own images.
"""

import io
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lenet.regions import bounding_box, fill_holes, label_regions, region_sizes

Plane = NDArray[np.float32]
"""(height, width) float32."""

FIELD = 28
"""Side of the prepared picture, in pixels."""

INK_BOX = 20
"""Side of the box that MNIST fits a digit's ink into, in pixels."""

CENTRE_OF_MASS = 14.0
"""Where MNIST puts the centre of mass, a 0-based index on both axes (measured on all 70,000 images: 14.0 +- 0.29)."""

WORKING_SIDE = 512
"""Longest side at which a picture is analysed, in pixels; more only costs time."""

MAX_PIXELS = 64_000_000
"""Larger pictures are refused from their header, before anything is decoded."""

UNREADABLE = "This file is not a picture that can be read; use PNG, JPEG, WebP, BMP, GIF or TIFF."

TOO_LARGE = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller."

MIN_CONTRAST = 0.06
"""Ink must differ from its ground by this share of the range from black to white; less is paper texture."""

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""The formats that are opened; Pillow's other decoders are for files that nobody photographs or draws."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")


class BlankPicture(ValueError):
    """There is nothing in the picture to recognise."""

    def __init__(self):
        super().__init__("The picture is blank; draw something, or choose a picture with more contrast.")


@dataclass(frozen=True)
class Prepared:
    """A picture on its way to the network.

    ``steps`` holds each stage by name, in order, as (height, width) float32 in [0, 1]; the last one, ``network``, is
    28 x 28 with ink (or cloth) 1.0 on ground 0.0. ``warnings`` are sentences for a person.
    """

    steps: dict[str, Plane]
    warnings: tuple[str, ...] = ()

    @property
    def picture(self) -> Plane:
        """(28, 28): what the network sees."""
        return self.steps["network"]


def open_picture(source: Path | str | bytes) -> Image.Image:
    """Open a picture file, or the bytes of one, upright (EXIF).

    Raises FileNotFoundError, or ValueError when it cannot be read or is too large, with a sentence for a person.
    """
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS)
        image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # lets the JPEG decoder skip most of a large photo's work
        if image.width * image.height <= MAX_PIXELS:
            image.load()
            return ImageOps.exif_transpose(image)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no file '{source}'; check its name and folder.") from error
    except Image.DecompressionBombError as error:
        raise ValueError(TOO_LARGE) from error
    except (OSError, SyntaxError, EOFError, ValueError) as error:
        raise ValueError(UNREADABLE) from error
    raise ValueError(TOO_LARGE)


def prepare(picture: Image.Image | NDArray, kind: str) -> Prepared:
    """Prepare a picture for a network that looks at ``kind``: "digit" or "garment".

    An array is (height, width), uint8 or float in [0, 1]. The picture may be of any size, colour and polarity.

    Raises BlankPicture when there is nothing to see.
    """
    colours = _colours(picture)
    return {"digit": _prepare_digit, "garment": _prepare_garment}[kind](colours)


def _colours(picture: Image.Image | NDArray) -> NDArray[np.float32]:
    """(height, width, 3) float32 in [0, 1], no side longer than WORKING_SIDE, transparency laid on white."""
    if isinstance(picture, np.ndarray):
        grey = picture if picture.dtype == np.uint8 else np.round(picture * 255).clip(0, 255).astype(np.uint8)
        picture = Image.fromarray(grey)
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        picture = _flatten(picture.convert("RGBA"))
    picture = picture.convert("RGB")
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return np.asarray(picture, np.float32) / 255


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit, 32-bit and float greys -> 8 bits; Pillow's own conversion would clip instead of scaling."""
    values = np.nan_to_num(np.asarray(picture, np.float64), posinf=0).clip(0)
    top = values.max()
    full = next(limit for limit in (1, 255, 65_535, top) if top <= limit)
    return Image.fromarray(np.round(values / full * 255).astype(np.uint8))


def _flatten(picture: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, or on black where white would swallow it (chalk on nothing)."""
    for ground in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture).convert("RGB")
        darkest, brightest = flat.convert("L").getextrema()
        if brightest - darkest >= MIN_CONTRAST * 255:
            break
    return flat


# Digits


def _prepare_digit(colours: NDArray[np.float32]) -> Prepared:
    grey = _most_contrasting(colours)
    ink = _ink(grey)
    mask = _ink_mask(ink)
    level = np.percentile(ink[mask & (ink > ink[mask].max() / 2)], INK_LEVEL)
    cleaned = np.where(mask, (ink / level).clip(0, 1), 0).astype(np.float32)
    box = _thicken(cleaned[bounding_box(mask)])
    box = _fit(box, INK_BOX)
    box /= box.max()  # every MNIST image reaches full ink
    field = _paste(box, _centre_of_mass(box))
    return Prepared({"picture": grey, "ink": ink, "cleaned": cleaned, "box": box, "network": field}, _doubts(mask))


INK_LEVEL = 90
"""The percentile of the pen's pixels that counts as full ink."""

COLOUR_GAIN = 1.5
"""A single colour channel is used when its spread exceeds luminance's by this factor (yellow ink on white, say)."""


def _most_contrasting(colours: NDArray[np.float32]) -> Plane:
    """Luminance, or the one channel in which the ink shows far better."""
    luminance = _luminance(colours)
    channel = colours[..., np.argmax(colours.std((0, 1)))]
    return channel if channel.std() > COLOUR_GAIN * luminance.std() else luminance


def _luminance(colours: NDArray[np.float32]) -> Plane:
    """ITU-R BT.601, as Pillow's own conversion to grey."""
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


def _ink(grey: Plane) -> Plane:
    """The share of light that the pen took away at each pixel, on any ground, bright or dark, evenly lit or not.

    Raises BlankPicture when there is hardly any contrast.
    """
    if np.ptp(grey) < MIN_CONTRAST:
        raise BlankPicture
    if _is_ink_bright(grey):
        grey = 1 - grey
    ground = np.maximum(_ground(grey), grey)
    return (ground - grey) / np.maximum(ground, 1 / 255)


def _is_ink_bright(grey: Plane) -> bool:
    """Whether thin things are brighter than what surrounds them.

    The sign of the third moment of each pixel's difference from its neighbourhood's mean. Strokes are few pixels that
    differ much. Slow light differs little, and the edge of a shadow or of the page differs both ways alike.
    """
    small = _shrink(grey)
    window = _odd(NEIGHBOURHOOD * min(small.shape))
    return float(((small - _sliding_mean(small, window)) ** 3).sum()) > 0


NEIGHBOURHOOD = 0.3
"""Side of a neighbourhood as a share of the shorter side; on 3,000 MNIST images this reads every polarity right."""

ANALYSIS_SIDE = 128
"""Side at which ground and polarity are judged, in pixels: averaging removes the sensor's noise, and it is fast."""


def _shrink(grey: Plane) -> Plane:
    """No side longer than ANALYSIS_SIDE, the aspect given up where need be."""
    return _resize(grey, *(min(length, ANALYSIS_SIDE) for length in grey.shape))


def _odd(length: float) -> int:
    """The odd window nearest above a length in pixels, at least 3."""
    return max(3, round(length) | 1)


def _ground(grey: Plane) -> Plane:
    """The bright paper without the dark strokes: of one brightness in a drawing, a grey closing in a photo.

    A window just wide enough follows a shadow's edge; one that is too narrow leaves the strokes' middle in the ground.
    So the windows grow until one adds hardly any ink, and the next is taken, because junctions are wider than strokes.
    """
    small = _shrink(grey)
    brightest = small.max()
    if (small[_border(small.shape)] >= brightest - EVEN).mean() > DRAWN:
        return np.full_like(grey, brightest)
    margin = 0 if small.shape == grey.shape else 2  # a darker ground by one pixel, lest scaling up make ink of a step
    ink, settled = 0.0, False
    for window in sorted({_odd(share * min(small.shape)) for share in GROUND_WINDOWS}):
        closed = _sliding(_sliding(small, window, np.maximum), window + margin, np.minimum, **SLOPE)
        if settled:
            break
        before, ink = ink, ((1 - small / closed.clip(1 / 255)) ** 2).sum()
        settled = ink < SETTLED * before
    return _resize(closed, *grey.shape, Image.Resampling.BILINEAR)


EVEN = 2 / 255
"""Two grey levels: a drawing's or a cut-out's ground differs no more from itself, a photo's does."""

DRAWN = 0.75
"""Where this share of the border is even and nothing is brighter, the picture was drawn, not photographed."""

GROUND_WINDOWS = (0.06, 0.1, 0.17, 0.3, 0.5)
"""The closing's windows as shares of the shorter side: from a thin pen's stroke to the fattest digit in MNIST."""

SETTLED = 1.2
"""A window that finds less than this many times the ink of the one before was wide enough."""

SLOPE = {"mode": "reflect", "reflect_type": "odd"}
"""Padding that goes on as the plane does at its edge; a flat one would make ink of the dark end of a slope of light."""


def _sliding(plane: NDArray, window: int, extreme: np.ufunc, mode: str = "edge", **padding) -> NDArray:
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
    threshold = _otsu(ink)
    labels, sizes = _regions(ink, threshold, unrest=98)
    strong, weak = ink[ink >= threshold], ink[ink < threshold]
    if weak.size and strong.mean() - weak.mean() < APART * weak.std():
        raise BlankPicture
    edges = _hugs_border(labels)
    if sizes[~edges].max() > PAGE_EDGE * sizes.max():
        sizes[edges] = -1
    return (sizes >= SPECK * sizes.max())[labels]


APART = 6.5
"""Ink is this many standard deviations of the ground from it; noise split in two by its own threshold reaches five."""


def _regions(plane: Plane, threshold: float, unrest: float, where=True) -> tuple[NDArray[np.int32], NDArray]:
    """Number the regions that stand out: connected pixels above the noise, some of them above ``threshold``.

    The noise is the percentile ``unrest`` of the ground, taken only from the pixels ``where``.
    Returns the labels and the strong pixels of each, the ground's set to -1 so that it is never chosen.
    Raises BlankPicture when nothing stands out.
    """
    strong = plane >= max(threshold, MIN_CONTRAST)
    if not strong.any():
        raise BlankPicture
    clear = where & ~_sliding(strong, 5, np.maximum)  # two pixels from any strong one: neither ink nor its soft edge
    noise = np.percentile(plane[clear], unrest) if clear.any() else 0.0
    if plane.max() < BLANK_GAIN * noise:
        raise BlankPicture
    labels, _ = label_regions(plane > min(max(NOISE_GAIN * noise, FAINTEST), plane[strong].min()))
    sizes = region_sizes(labels, strong)
    if sizes.max() < max(SMALLEST * plane.size, COHERENT * strong.sum()):
        raise BlankPicture
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


def _otsu(plane: Plane) -> float:
    """The threshold in [0, 1] that splits the values into the two most separate classes (Otsu 1979)."""
    histogram, edges = np.histogram(plane, 128, (0, 1))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(histogram)[:-1]
    above = plane.size - below
    sum_below = np.cumsum(histogram * centres)[:-1]
    sum_above = (histogram * centres).sum() - sum_below
    between = below * above * (sum_below / np.maximum(below, 1) - sum_above / np.maximum(above, 1)) ** 2
    return float(edges[1 + np.argmax(between)])


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
    ink = np.pad(_resize(ink, max(1, round(height * fine)), max(1, round(width * fine))), radius)
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
        return _sliding(ink, 3, np.maximum)
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


# Garments


def _prepare_garment(colours: NDArray[np.float32]) -> Prepared:
    grey, ground = _luminance(colours), _backdrop(colours)
    difference = abs(colours - ground).max(-1)
    mask = _cloth_mask(difference)
    cloth = _cloth(grey, _luminance(ground), mask)
    box = _fit(cloth[bounding_box(mask)], FIELD)
    box /= max(box.max(), 1 / 255)  # every Fashion-MNIST image reaches full brightness
    height, width = box.shape
    field = _paste(box, ((height - 1) / 2, (width - 1) / 2), centre=(FIELD - 1) / 2)
    return Prepared({"picture": grey, "cloth": cloth, "box": box, "network": field})


CORNER = 0.05
"""Side of a corner that is taken for ground, as a share of the picture's; Fashion-MNIST's makers looked there too."""


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


ODD_CORNER = 0.2
"""A corner that differs by more from the median corner, on the range from black to white, is covered by something."""


def _backdrop(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's colour everywhere, (height, width, 3): quadratic surfaces through the border.

    Least trimmed squares, begun at the blend of the corners, because a garment may reach the border.
    """
    small = np.stack([_shrink(colours[..., channel]) for channel in range(3)], axis=-1)
    down, across = (np.linspace(-1, 1, length, dtype=np.float32) for length in small.shape[:2])
    y, x = np.meshgrid(down, across, indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)
    border = _border(x.shape)
    places, seen = terms[border], small[border]
    fitted = _corner_ground(small)[border]
    for _ in range(TRIMMINGS):
        misfit = abs(seen - fitted).max(-1)
        trusted = misfit <= max(np.quantile(misfit, TRUSTED), EVEN)
        surface = np.linalg.lstsq(places[trusted], seen[trusted], rcond=None)[0]
        fitted = places @ surface
    ground = (terms @ surface).clip(0, 1)
    bilinear = Image.Resampling.BILINEAR
    return np.stack([_resize(ground[..., channel], *colours.shape[:2], bilinear) for channel in range(3)], axis=-1)


TRUSTED = 0.4
"""The share of the border that is surely ground; the rest may be garment."""

TRIMMINGS = 4
"""Rounds of trimming and fitting; one round costs five points under a vignette."""


def _cloth_mask(difference: Plane) -> NDArray[np.bool_]:
    """The garment: the large regions that differ from the ground, with their holes filled."""
    labels, sizes = _regions(difference, _otsu(difference) / 2, unrest=75, where=_border(difference.shape))
    return fill_holes((sizes >= SCRAP * sizes.max())[labels])


SCRAP = 0.05
"""A region smaller than this share of the largest is not part of the garment."""


def _cloth(grey: Plane, ground: Plane, mask: NDArray[np.bool_]) -> Plane:
    """Brightness as Fashion-MNIST has it: the ground black, cloth the brighter the more it differs from the ground."""
    darker = np.median((ground - grey)[mask]) > 0
    cloth = (ground - grey) / ground.clip(1 / 255) if darker else (grey - ground) / (1 - ground).clip(1 / 255)
    return np.where(mask, cloth.clip(0, 1), 0).astype(np.float32)


# Both


BORDER = 0.06
"""The border's width as a share of the side."""


def _border(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The frame of the picture."""
    rows, columns = (max(1, round(BORDER * length)) for length in shape)
    border = np.ones(shape, np.bool_)
    border[rows:-rows, columns:-columns] = False
    return border


KEEP_SCALE = 0.06
"""A change of scale smaller than this is left undone: it would only blur."""


def _fit(plane: Plane, side: int) -> Plane:
    """Scale to a longest side of ``side`` pixels, the aspect kept, each new pixel the mean of those it covers."""
    height, width = plane.shape
    scale = side / max(height, width)
    if abs(scale - 1) < KEEP_SCALE and max(height, width) <= side:
        return plane.copy()
    return _resize(plane, max(1, round(height * scale)), max(1, round(width * scale)))


def _resize(plane: Plane, height: int, width: int, filter=Image.Resampling.BOX) -> Plane:
    if plane.shape == (height, width):
        return plane
    if height > plane.shape[0] or width > plane.shape[1]:
        filter = Image.Resampling.BILINEAR  # a mean over less than a pixel is a mosaic
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.array(image.resize((width, height), filter), np.float32)


def _paste(box: Plane, anchor: tuple[float, float], centre: float = CENTRE_OF_MASS) -> Plane:
    """Put ``box`` on the empty field, inside it, so that its ``anchor`` (row, column) comes nearest to ``centre``."""
    field = np.zeros((FIELD, FIELD), np.float32)
    top, left = (
        min(max(int(np.floor(centre - point + 0.5)), 0), FIELD - length)
        for point, length in zip(anchor, box.shape, strict=True)
    )
    field[top : top + box.shape[0], left : left + box.shape[1]] = box
    return field
