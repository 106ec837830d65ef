"""A small network that finds the ink or the cloth in a photo: which pixels are its own, and which are ground.

It is a net of convolutions that halves the picture three times and doubles it again (Ronneberger, Fischer, Brox 2015,
"U-Net"), computed with numpy alone. ``training/finding.py`` describes and trains the same network with torch, and a
test holds the two together.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load_file

from lenet.pictures.planes import EVEN, Plane, frame, luminance, resize, sliding
from lenet.pictures.regions import bounding_box, label_regions, region_sizes

WEIGHTS = Path(__file__).parent / "finders"
"""The folder of the two networks, ``digit`` and ``garment``: 8 bits a weight, and a scale for each kernel."""

SIDE = 128
"""Side of the square to which the photo is scaled for the network, in pixels."""

LEVELS = 4
"""How many sizes the network works at: 64, 32, 16 and 8 pixels."""

LEAST_SPREAD = 0.02
"""Colours are divided by their standard deviation, but never by less: an empty picture's noise is not enlarged."""

Maps = NDArray[np.float32]
"""(channels, height, width)."""


LEAST_SIDE = 48
"""A picture with a shorter side is no photo; it would only be blurred."""

DRAWN = 0.75
"""Where this share of the border is even, the picture was drawn, not photographed."""

GROUND, SAME = 0.5, 0.8
"""In a drawing at least GROUND of the pixels are ground, or at least SAME of them equal the pixel above exactly."""

SURE = 0.5
"""From here on a pixel is taken for ink or cloth."""

VIEWS: tuple[tuple[int, ...], ...] = ((), (1,), (0,), (0, 1))
"""The axes of four views: as it is, in a mirror, upside down, and both. The network was trained on all of them, and
each view errs elsewhere.
"""

PART = 0.1
"""The first look keeps regions with this share of the largest one: a digit's parts, and other digits beside it."""

CLOSER = 2.0
"""The next look is at a square so many times as long as what the last one found. From closer, a fat stroke looks like
ground.
"""

LOOKS, MUCH_CLOSER = 4, 0.7
"""There are two looks. More follow, LOOKS in all at most, where something is cut off, or where the next window is at
most MUCH_CLOSER times as long as this one.
"""

LEAST_WINDOW = 16
"""No look is at a smaller square, in pixels of the photo."""

SOFT_EDGE = 2
"""How far the soft edge of what is found reaches, in pixels of a look."""

CERTAIN = 0.86
"""Of ink the finder is this certain on average; of clouds and of the facets of crumpled paper it is less."""

UNSURE = 0.2
"""From here on a pixel may be ink, and is not taken for the ground beside it."""

MOST_REGIONS, LEAST_REGION = 40, 8
"""Only so many regions are examined, the largest first, and none with fewer pixels of a look."""

WIDER = 4.0
"""The ground is closed over so many times half a region's width: wide enough for its widest place."""

RIM = 5
"""Side of the window that grows a region by the ground beside it, in pixels of a look."""

BRIGHTER_SIDE = 75
"""The percentile of the ground beside a region from which its depth is measured: that of an edge's brighter side."""

FILLED = 0.3
"""Over a stroke, closing the ground fills at least this share of the depth; over the edge of a shadow less."""


def is_photo(colours: NDArray[np.float32]) -> bool:
    """Whether a picture was photographed: its ground is uneven, and it is large enough for the finder.

    Drawings, screenshots and the data sets' own images have an even ground, and are best found by their brightness. A
    page on a black table has an even border too, but there is little of the border's colour, or of any other, inside.
    """
    if min(colours.shape[:2]) < LEAST_SIDE:
        return False
    border = frame(colours.shape[:2])
    even = abs(colours - np.median(colours[border], 0)).max(-1) <= EVEN
    same = (colours[1:] == colours[:-1]).all(-1).mean()
    return bool(even[border].mean() < DRAWN or (even.mean() < GROUND and same < SAME))


def look(colours: NDArray[np.float32], kind: str) -> Plane:
    """Look at a whole photo, and then closer at what is in it: (height, width), how surely each pixel is ink or cloth.

    It is 0 where nothing is found, and outside of what was looked at closely.
    """
    shape = colours.shape[:2]
    mask = np.zeros(shape, np.float32)
    window = (slice(0, shape[0]), slice(0, shape[1]))
    for number in range(LOOKS):
        seen = _scaled(colours[window])
        sure = certainty(seen, kind)
        found = _strokes(luminance(seen), sure) if kind == "digit" else sure >= SURE
        if not found.any():
            return mask
        closer = _window(_large_regions(found), window, shape)
        settled = not _is_cut(found, window, shape) and _length(closer) > MUCH_CLOSER * _length(window)
        if number == LOOKS - 1 or (number and settled):
            break
        window = closer
    if kind == "garment" or sure[found].mean() >= CERTAIN:
        mask[window] = resize(sure * _grown(found), *mask[window].shape)
    return mask


def certainty(colours: NDArray[np.float32], kind: str) -> Plane:
    """(SIDE, SIDE, 3) colours in [0, 1] -> how surely each pixel is ink or cloth: the mean of four views."""
    return np.mean([np.flip(find(np.flip(colours, axes), kind)[0], axes) for axes in VIEWS], 0)


Window = tuple[slice, slice]
"""Rows and columns of a photo."""


def _is_cut(found: NDArray[np.bool_], window: Window, shape: tuple[int, int]) -> bool:
    """Whether what was found goes on beyond a window's edge, which is not the photo's."""
    rows, columns = window
    return bool(
        (rows.start > 0 and found[0].any())
        or (rows.stop < shape[0] and found[-1].any())
        or (columns.start > 0 and found[:, 0].any())
        or (columns.stop < shape[1] and found[:, -1].any())
    )


def _length(window: Window) -> int:
    return max(part.stop - part.start for part in window)


def _grown(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What was found, with its soft edge."""
    return sliding(found, 2 * SOFT_EDGE + 1, np.maximum)


def _strokes(grey: Plane, mask: Plane) -> NDArray[np.bool_]:
    """Those regions of the mask that are strokes. The others are edges, as of a shadow: they have a dark and a bright
    side, while a stroke has the same ground on both.
    """
    sure, near = mask >= SURE, mask >= UNSURE
    labels, count = label_regions(sure)
    sizes = region_sizes(labels)
    strokes = np.zeros(count + 1, np.bool_)
    for number in np.argsort(-sizes[1:])[:MOST_REGIONS] + 1:
        if sizes[number] >= LEAST_REGION:
            strokes[number] = _is_stroke(grey, labels == number, near)
    return strokes[labels]


def _is_stroke(grey: Plane, region: NDArray[np.bool_], near: NDArray[np.bool_]) -> bool:
    """Whether closing the ground over a region fills its depth: over a stroke it does, over an edge it does not.

    ``near`` are the pixels that may be ink, of this region or another.
    """
    perimeter = sum(int((np.diff(region, axis=axis)).sum()) for axis in (0, 1))
    reach = int(WIDER * region.sum() / max(perimeter, 1)) + 2
    part = tuple(slice(max(0, each.start - 2 * reach), each.stop + 2 * reach) for each in bounding_box(region))
    grey, region, near = grey[part], region[part], near[part]
    ground = grey[sliding(region, RIM, np.maximum) & ~sliding(near, RIM - SOFT_EDGE, np.maximum)]
    if not ground.size:
        return False
    if np.median(ground) < np.median(grey[region]):
        grey, ground = 1 - grey, 1 - ground
    window = 2 * reach + 1
    closed = sliding(sliding(grey, window, np.maximum), window, np.minimum)
    depth = np.percentile(ground, BRIGHTER_SIDE) - np.median(grey[region])
    return bool(np.median((closed - grey)[region]) >= FILLED * max(depth, LEAST_SPREAD))


def _scaled(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The photo as a square of SIDE; its aspect changes."""
    image = Image.fromarray(np.round(colours * 255).astype(np.uint8))
    return np.divide(np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)), 255, dtype=np.float32)


def _large_regions(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    labels, _ = label_regions(mask)
    sizes = region_sizes(labels)
    sizes[0] = 0
    return (sizes >= PART * sizes.max())[labels] & mask


def _window(mask: NDArray[np.bool_], window: Window, shape: tuple[int, int]) -> Window:
    """The part of a photo of that shape to look at next: a square around what the mask of a window shows."""
    ends = [
        [each.start + (each.stop - each.start) * edge / SIDE for edge in (part.start, part.stop)]
        for part, each in zip(bounding_box(mask), window, strict=True)
    ]
    reach = max(LEAST_WINDOW, CLOSER * max(stop - start for start, stop in ends)) / 2
    rows, columns = (
        slice(max(0, int((start + stop) / 2 - reach)), min(length, int((start + stop) / 2 + reach) + 1))
        for (start, stop), length in zip(ends, shape, strict=True)
    )
    return rows, columns


def standardised(colours: NDArray[np.float32]) -> Maps:
    """(SIDE, SIDE, 3) colours -> (3, SIDE, SIDE) with the mean 0 and the standard deviation 1."""
    spread = max(float(colours.std()), LEAST_SPREAD)
    return np.ascontiguousarray(((colours - colours.mean()) / spread).transpose(2, 0, 1), np.float32)


def find(colours: NDArray[np.float32], kind: str) -> tuple[Plane, Plane]:
    """(SIDE, SIDE, 3) colours in [0, 1] -> two (SIDE, SIDE) planes in [0, 1].

    The first says how surely a pixel is ink or cloth. The second is the brightness that the data set would have there,
    which was learned with the first. Preparing does not use it: garments are read better by the photo's own brightness.
    """
    weights = _weights(kind)
    maps, kept = standardised(colours), []
    for level in range(LEVELS):
        maps = _relu(_convolve(maps, weights, f"down{level}", stride=2))
        maps = _relu(_convolve(maps, weights, f"same{level}"))
        kept.append(maps)
    maps = maps + _relu(_convolve(maps, weights, "deep", dilation=2))
    for level in reversed(range(LEVELS - 1)):
        wider = _relu(_convolve(maps, weights, f"up{level}"))
        maps = kept[level] + wider.repeat(2, 1).repeat(2, 2)
        maps = _relu(_convolve(maps, weights, f"merge{level}"))
    mask, brightness = 1 / (1 + np.exp(-_shuffled(_convolve(maps, weights, "head")).clip(-30, 30)))
    return mask, brightness


@cache
def _weights(kind: str) -> dict[str, Maps]:
    weights: dict[str, Maps] = load_file(WEIGHTS / f"{kind}.safetensors")
    for name in [name for name in weights if name.endswith(".weight")]:
        scale = weights[name.replace(".weight", ".scale")]
        weights[name] = weights[name] * scale[:, None, None, None]
    return weights


def _convolve(maps: Maps, weights: dict[str, Maps], name: str, *, stride: int = 1, dilation: int = 1) -> Maps:
    """A convolution with a bias; the picture is padded with zeros so that it keeps its size, or halves it."""
    kernels, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    reach = dilation * (kernels.shape[-1] - 1)
    padded = np.pad(maps, ((0, 0), (reach // 2,) * 2, (reach // 2,) * 2))
    windows = sliding_window_view(padded, (reach + 1, reach + 1), (1, 2))
    windows = windows[:, ::stride, ::stride, ::dilation, ::dilation]
    channels, height, width, *_ = windows.shape
    columns = windows.transpose(0, 3, 4, 1, 2).reshape(-1, height * width)
    return (kernels.reshape(len(kernels), -1) @ columns + bias[:, None]).reshape(-1, height, width)


def _relu(maps: Maps) -> Maps:
    return np.maximum(maps, 0)


def _shuffled(maps: Maps) -> Maps:
    """(4 * planes, height, width) -> (planes, 2 * height, 2 * width): four maps are every second row and column."""
    count, height, width = maps.shape
    return maps.reshape(count // 4, 2, 2, height, width).transpose(0, 3, 1, 4, 2).reshape(-1, 2 * height, 2 * width)
