"""A picture file, whoever sent it -> its picture, or a sentence for a person, in less than two seconds."""

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from lenet.pictures.decoder import MAX_BYTES, UNREADABLE, decode_or_end
from lenet.pictures.processes import DECODERS

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""How the names of the files end that are opened."""

READ_AT_ONCE = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""Opening never waits for a pipe's other end. Windows lacks the flag for it, and its folders hold no pipes."""

PART = 1 << 16
"""Bytes that are read at a time. Python takes memory for so many, however few there are."""

SOON = 1.0
"""Seconds in which a file is opened by ``open_picture_or_end``."""

NOT_A_FILE = "This is a folder, a pipe or a device, not a picture file; use PNG, JPEG, WebP, BMP, GIF or TIFF."

TOO_HEAVY = f"The file has more than {MAX_BYTES >> 20} MB; make the picture smaller, or save it as JPEG."


def open_picture(source: Path | str | bytes) -> Image.Image:
    """Open a picture file, or the bytes of one: upright as its EXIF data says, in RGB, and no larger than is looked at.

    Raises FileNotFoundError when there is no such file, and ValueError when it cannot be read or costs too much. Both
    carry a sentence for a person.
    """
    with _opened(source) as file, DECODERS.one() as decoder:
        return decoder.decode(_read(file))


def open_picture_or_end(source: Path | str | bytes) -> Image.Image:
    """``open_picture`` in this process, which is ``confine``d, in a third of the time. A late file ends it.

    A sentence is then said by ``open_picture``. Raises MemoryError too; the process must then end.
    """
    with _opened(source) as file:
        return decode_or_end(_read(file), SOON)


def _opened(source: Path | str | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else _open_file(source)


def _read(file: BinaryIO) -> bytes:
    """The bytes of an open file. Raises ValueError with a sentence."""
    data = bytearray()
    try:
        while part := file.read(PART):  # None where the system would have to wait
            data += part
            if len(data) > MAX_BYTES:
                raise ValueError(TOO_HEAVY)
    except OSError as error:
        raise ValueError(UNREADABLE) from error
    return bytes(data)


def _open_file(path: Path | str) -> BinaryIO:
    """Open a regular file and nothing else: a pipe may never answer, and a device may never end."""
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            descriptor = os.open(path, READ_AT_ONCE)
            if stat.S_ISREG(os.fstat(descriptor).st_mode):  # by now the path may name something else
                return os.fdopen(descriptor, "rb", buffering=0)
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(f"There is no file '{path}'; check its name and folder.") from error
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        raise ValueError(f"The file '{path}' cannot be opened; check its name and permissions.") from error
    raise ValueError(NOT_A_FILE)
