"""Any picture -> what the network sees, step by step.

A file is opened and turned upright. Any picture is flattened and then prepared as its kind needs.

One pure function, ``prepare``, serves the pen, the photo and the data sets' own images.
"""

import io
import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lenet.pictures.digits import prepare_digit
from lenet.pictures.finder import is_photo
from lenet.pictures.garments import prepare_garment
from lenet.pictures.planes import MIN_CONTRAST, PICTURE_SIZE, Plane, in_greys, luminance, resize

WORKING_SIDE = 512
"""Longest side at which a picture is analysed, in pixels. More pixels only cost time."""

MAX_PIXELS = 64_000_000
"""Pictures with more pixels are refused from their header, before anything is decoded."""

warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # MAX_PIXELS is stricter than Pillow's

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""The formats that are opened. Pillow's other decoders are for files that nobody photographs or draws."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""How the names of such files end."""

SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
"""How PNG, JPEG and GIF files begin. TIFF is missing because cameras' raw files begin alike, and BMP because its two
letters prove little.
"""

READ_AT_ONCE = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""Opening never waits for a pipe's other end. Windows lacks the flag for it, and its folders hold no pipes."""

NOT_A_FILE = "This is a folder, a pipe or a device, not a picture file; use PNG, JPEG, WebP, BMP, GIF or TIFF."

UNREADABLE = "This file is not a picture that can be read; use PNG, JPEG, WebP, BMP, GIF or TIFF (save HEIC as JPEG)."

DAMAGED = "This picture file is damaged or incomplete; copy or download it again, or save it again as PNG."

BY_KIND = {"digit": prepare_digit, "garment": prepare_garment}

TOO_LARGE = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller."


@dataclass(frozen=True)
class Prepared:
    """A picture on its way to the network.

    ``steps`` holds each preparation step by name, in order, as (height, width) float32 in [0, 1]. The last one,
    ``network``, is 28 x 28 with ink or cloth 1.0 on ground 0.0. ``warnings`` are sentences for a person.
    """

    steps: dict[str, Plane]
    warnings: tuple[str, ...] = ()

    @property
    def picture(self) -> Plane:
        """(28, 28): what the network sees."""
        return self.steps["network"]


def open_picture(source: Path | str | bytes) -> Image.Image:
    """Open a picture file, or the bytes of one, and turn it upright as its EXIF data says.

    Raises FileNotFoundError when there is no such file, and ValueError when it cannot be read or is too large. Both
    carry a sentence for a person.
    """
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source))
    with _open_file(source) as file:
        return _decode(file)


def _open_file(path: Path | str) -> BinaryIO:
    """Open a regular file and nothing else: a pipe may never answer, and a device may never end."""
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            descriptor = os.open(path, READ_AT_ONCE)
            if stat.S_ISREG(os.fstat(descriptor).st_mode):  # by now the path may name something else
                return os.fdopen(descriptor, "rb")
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(f"There is no file '{path}'; check its name and folder.") from error
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        raise ValueError(f"The file '{path}' cannot be opened; check its name and permissions.") from error
    raise ValueError(NOT_A_FILE)


def _decode(file: BinaryIO) -> Image.Image:
    """Read the first picture of an open file and turn it upright. Raises ValueError with a sentence for a person."""
    start, image = b"", None
    try:
        start = file.read(12) or b""  # None where the system would have to wait
        file.seek(0)
        image = Image.open(file, formats=FORMATS)
        image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # lets the JPEG decoder skip most of a large photo's work
        if image.width * image.height <= MAX_PIXELS:
            image.load()
            return ImageOps.exif_transpose(image)
    except Image.DecompressionBombError as error:
        raise ValueError(TOO_LARGE) from error
    except (OSError, SyntaxError, EOFError, ValueError) as error:
        raise ValueError(DAMAGED if image or _begins_as_a_picture(start) else UNREADABLE) from error
    raise ValueError(TOO_LARGE)


def _begins_as_a_picture(start: bytes) -> bool:
    """Whether the first 12 bytes of a file promise one of the FORMATS."""
    return start.startswith(SIGNATURES) or (start.startswith(b"RIFF") and start.endswith(b"WEBP"))


def prepare(picture: Image.Image | NDArray, kind: str, *, finder: bool = True) -> Prepared:
    """Prepare a picture for a network that reads ``kind``: "digit" or "garment".

    An array is (height, width), uint8 or float in [0, 1]. The picture may have any size, colour and polarity. Without
    the ``finder`` a photo is prepared as a drawing is.

    Raises BlankPicture when nothing of the kind is found.
    """
    colours = _colours(picture)
    steps, doubts = BY_KIND[kind](colours, photo=finder and is_photo(colours))
    return Prepared(steps, doubts)


def squeeze(picture: Image.Image | NDArray) -> Prepared:
    """Squeeze the whole picture to 28 x 28 and keep its brightness: what a network gets without any preparation."""
    grey = luminance(_colours(picture))
    return Prepared({"picture": grey, "network": in_greys(resize(grey, PICTURE_SIZE, PICTURE_SIZE))})


def _colours(picture: Image.Image | NDArray) -> NDArray[np.float32]:
    """(height, width, 3) float32 in [0, 1], no side longer than WORKING_SIDE, transparency flattened."""
    if isinstance(picture, np.ndarray):
        grey = picture if picture.dtype == np.uint8 else np.round(picture * 255).clip(0, 255).astype(np.uint8)
        picture = Image.fromarray(grey)
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        picture = _flatten(picture.convert("RGBA"))
    picture = picture.convert("RGB")
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return np.divide(np.asarray(picture), 255, dtype=np.float32)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float greys to 8 bits. Pillow's own conversion would clip them."""
    values = np.nan_to_num(np.asarray(picture, np.float64), posinf=0).clip(0)
    top = values.max()
    full = next(limit for limit in (1, 255, 65_535, top) if top <= limit)
    return Image.fromarray(np.round(values / full * 255).astype(np.uint8))


def _flatten(picture: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, or on black if it hardly shows on white, as white chalk would not."""
    for ground in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture).convert("RGB")
        if np.ptp(np.asarray(flat.convert("L"))) >= MIN_CONTRAST * 255:
            break
    return flat
