"""Any Pillow picture -> its colours in 8 bits on an opaque ground, no larger than is looked at."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from lenet.pictures.planes import MIN_CONTRAST

WORKING_SIDE = 512
"""Longest side at which a picture is analysed, in pixels. More pixels only cost time."""

BAND_PIXELS = 1 << 20
"""What needs many bytes a pixel is computed for so many pixels at a time, so that a large picture needs few."""


def to_rgb(picture: Image.Image) -> Image.Image:
    """In mode RGB, no side longer than WORKING_SIDE, transparency flattened. The given picture may be changed."""
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    if picture.has_transparency_data and not _is_opaque(picture):
        picture = _flatten(picture)
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return picture.convert("RGB")


def is_ready(picture: Image.Image) -> bool:
    """Whether nothing is left to do for ``to_rgb``."""
    return picture.mode == "RGB" and max(picture.size) <= WORKING_SIDE and not picture.has_transparency_data


def _bands(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture in bands of rows, each with the number of its first row."""
    rows = max(1, BAND_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float greys to 8 bits. Pillow's own conversion would clip them."""
    top = max(_values(band).max() for _, band in _bands(picture))
    full = next(limit for limit in (1, 255, 65_535, top) if top <= limit)
    greys = np.empty((picture.height, picture.width), np.uint8)
    for row, band in _bands(picture):
        greys[row : row + band.height] = np.round(_values(band) / full * 255)
    return Image.fromarray(greys)


def _values(picture: Image.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(picture, np.float64), posinf=0).clip(0)


def _is_opaque(picture: Image.Image) -> bool:
    """Whether nothing shows through, as in most screenshots."""
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255)


def _flatten(picture: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, or on black if it hardly shows on white, as white chalk would not."""
    flat = Image.new("RGB", picture.size)
    for ground in ("white", "black"):
        greys: list[int] = []  # the darkest and the brightest of each band
        for row, band in _bands(picture):
            laid = Image.alpha_composite(Image.new("RGBA", band.size, ground), band.convert("RGBA")).convert("RGB")
            flat.paste(laid, (0, row))
            grey = np.asarray(laid.convert("L"))
            greys += [int(grey.min()), int(grey.max())]
        if np.ptp(greys) >= MIN_CONTRAST * 255:
            break
    return flat
