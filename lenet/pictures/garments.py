"""Garments as Zalando prepared Fashion-MNIST's: the longest side fitted to the picture, the garment centred, the white
ground made black (Xiao, Rasul, Vollgraf 2017, figure 1).
"""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.finder import SURE, look
from lenet.pictures.planes import (
    EVEN,
    GREY_LEVEL,
    PICTURE_SIZE,
    BlankPicture,
    Plane,
    Unfound,
    fit,
    frame,
    in_greys,
    luminance,
    otsu,
    paste,
    refuse_without_contrast,
    resize,
    shrink,
    sliding,
    standing_out,
)
from lenet.pictures.regions import bounding_box, fill_holes, label_regions, region_sizes

TRUSTED = 0.4
"""The share of the border that is surely ground; the rest may be garment."""

TRIMMINGS = 4
"""Rounds of fitting the ground and dropping what does not fit. One round alone costs five points under a vignette."""

CORNER = 0.05
"""Side of a corner that is taken for ground, as a share of the picture's. Fashion-MNIST's makers looked there too."""

ODD_CORNER = 0.2
"""A corner that differs from the median corner by more than this share of the range from black to white is covered."""

STRONG = 0.5
"""Cloth differs from the ground by this share of Otsu's threshold; the pale parts of a garment lie below the whole."""

NOISE_PERCENTILE = 75
"""The percentile of the border's differences from the ground that counts as noise. The rest may be garment."""

SMALLEST_GARMENT = 0.002
"""What the finder takes for cloth is none where its largest region has a smaller share of the photo's pixels."""

AGREED, SMOOTH = 0.7, 0.95
"""The finder and the constants have found the same garment where they share so much of what either found. Where this
share of the ground is as even as a drawing's, but for its light, the constants' outline is finer.
"""

DARKEST, PALEST = 2, 98
"""The percentiles of the brightness of a photo's cloth that count as its darkest and its palest part."""

WHITE = 1.1
"""White cloth would be so many times as bright as a garment's palest part, in a photo."""

RIM = 0.025
"""How far from its outline a photographed garment's pixels may be part ground, in its longest sides. They get no
brighter than the cloth beside them: a dark ground would draw a bright line around a pale shirt.
"""

SCRAP = 0.05
"""A region smaller than this share of the largest is not part of the garment."""

_SOUGHT = "No garment was found: an object that differs from its ground was looked for, but"

NO_OBJECT = Unfound(
    even=f"{_SOUGHT} the whole picture looks like ground.",
    restless=f"{_SOUGHT} nothing stands out clearly from the grain or pattern of the ground.",
    tiny=f"{_SOUGHT} the largest thing is too small; cut the picture closer.",
    scattered=f"{_SOUGHT} there are only many separate things, as in a pattern.",
)


def prepare_garment(colours: NDArray[np.float32], *, photo: bool = False) -> tuple[dict[str, Plane], tuple[()], None]:
    """(height, width, 3) colours in [0, 1] -> the steps by name, the last one ``network``; no warnings, no regions.

    In a ``photo`` the finder looks for the cloth.
    Raises BlankPicture when nothing differs from the ground.
    """
    refuse_without_contrast(colours)
    grey = luminance(colours)
    if photo:
        return {"picture": grey} | _from_photo(colours, grey), (), None
    ground, mask = _by_constants(colours)
    return {"picture": grey} | from_cloth(_cloth(grey, ground, mask), mask), (), None


def _by_constants(colours: NDArray[np.float32]) -> tuple[Plane, NDArray[np.bool_]]:
    """The ground's brightness everywhere, and the garment: what differs from the ground.

    Raises BlankPicture when nothing does.
    """
    ground = _backdrop(colours)
    return luminance(ground), _cloth_mask(abs(colours - ground).max(-1))


def _from_photo(colours: NDArray[np.float32], grey: Plane) -> dict[str, Plane]:
    """The steps from the cloth that the finder has found, or from the constants' where the ground is smooth.

    Raises BlankPicture when the finder has found none, with the reason that the constants give.
    """
    found = _found(colours)
    if not found.any():
        _by_constants(colours)
        raise BlankPicture(NO_OBJECT.restless)
    with suppress(BlankPicture):
        ground, mask = _by_constants(colours)
        even = (abs(grey - ground) <= EVEN)[~mask]
        if even.sum() >= SMOOTH * even.size and (found & mask).sum() >= AGREED * (found | mask).sum():
            return from_cloth(_cloth(grey, ground, mask), mask)
    return from_cloth(_photographed(grey, found), found)


def _found(colours: NDArray[np.float32]) -> NDArray[np.bool_]:
    """What the finder takes for the garment, with its holes filled; nothing where it is too small."""
    sure = look(colours, "garment")
    labels, _ = label_regions(sure >= SURE)
    sizes = region_sizes(labels)
    sizes[0] = 0
    large = sizes >= max(SCRAP * sizes.max(), 1)
    return fill_holes(large[labels]) & (sizes.max() >= SMALLEST_GARMENT * sure.size)


def _quadratic(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """(height, width, 6): at each pixel the terms of a quadratic function of its place."""
    down, across = (np.linspace(-1, 1, length, dtype=np.float32) for length in shape)
    y, x = np.meshgrid(down, across, indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)


def from_cloth(cloth: Plane, mask: NDArray[np.bool_]) -> dict[str, Plane]:
    """The garment's brightness, 0 outside its ``mask`` -> the steps that follow, by name.

    The mask must not be empty. ``web/engine/drawing.js`` repeats this, and a test holds it to the last grey.
    """
    box = fit(cloth[bounding_box(mask)], PICTURE_SIZE)
    box = in_greys(box / max(box.max(), GREY_LEVEL))  # every Fashion-MNIST image reaches full brightness
    height, width = box.shape
    picture = paste(box, ((height - 1) / 2, (width - 1) / 2), centre=(PICTURE_SIZE - 1) / 2)
    return {"cloth": cloth, "box": box, "network": picture}


def _backdrop(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's colour everywhere, (height, width, 3): a quadratic surface through the border for each colour.

    The garment may reach the border. So the fit starts from the blend of the corners and drops, round after round,
    the pixels that fit worst (least trimmed squares).
    """
    small = np.stack([shrink(colours[..., channel]) for channel in range(3)], axis=-1)
    terms = _quadratic(small.shape[:2])
    border = frame(small.shape[:2])
    places, seen = terms[border], small[border]
    fitted = _corner_ground(small)[border]
    for _ in range(TRIMMINGS):
        misfit = abs(seen - fitted).max(-1)
        trusted = misfit <= max(np.quantile(misfit, TRUSTED), EVEN)
        surface = np.linalg.lstsq(places[trusted], seen[trusted], rcond=None)[0]
        fitted = places @ surface
    ground = (terms @ surface).clip(0, 1)
    height, width, _ = colours.shape
    bilinear = Image.Resampling.BILINEAR
    return np.stack([resize(ground[..., channel], height, width, bilinear) for channel in range(3)], axis=-1)


def _corner_ground(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """A first guess of the ground's colour everywhere, (height, width, 3): the corners, blended into each other.

    A corner that stands out from the others is covered, and the median corner takes its place.
    """
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


def _cloth_mask(difference: Plane) -> NDArray[np.bool_]:
    """The garment: the large regions that differ from the ground, with their holes filled."""
    labels, sizes = standing_out(
        difference,
        STRONG * otsu(difference),
        noise_percentile=NOISE_PERCENTILE,
        unfound=NO_OBJECT,
        where=frame(difference.shape),
    )
    return fill_holes((sizes >= SCRAP * sizes.max())[labels])


def _photographed(grey: Plane, mask: NDArray[np.bool_]) -> Plane:
    """The brightness that Fashion-MNIST would give a photographed garment: the darker the cloth, the brighter.

    The data set's pictures are negatives of a shop's photos. So a pale shirt has bright folds, on whatever it lies.
    """
    rows, columns = bounding_box(mask)
    reach = max(1, round(RIM * max(rows.stop - rows.start, columns.stop - columns.start)))
    inner = sliding(mask, 2 * reach + 1, np.minimum)
    inner = inner if inner.any() else mask
    darkest, palest = np.percentile(grey[inner], (DARKEST, PALEST))
    cloth = ((WHITE * palest - grey) / max(WHITE * palest - darkest, GREY_LEVEL)).clip(0, 1)
    beside = sliding(np.where(inner, cloth, 0), 4 * reach + 1, np.maximum)
    cloth = np.where(beside > 0, np.minimum(cloth, beside), cloth)
    return np.where(mask, cloth, 0).astype(np.float32)


def _cloth(grey: Plane, ground: Plane, mask: NDArray[np.bool_]) -> Plane:
    """The garment's brightness as Fashion-MNIST has it.

    The ground is black. Cloth is the brighter, the more it differs from its ground, be it darker or lighter.
    """
    darker = np.median((ground - grey)[mask]) > 0
    cloth = (ground - grey) / ground.clip(GREY_LEVEL) if darker else (grey - ground) / (1 - ground).clip(GREY_LEVEL)
    return np.where(mask, cloth.clip(0, 1), 0).astype(np.float32)
