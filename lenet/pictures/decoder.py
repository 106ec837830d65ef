"""A picture file's bytes -> an upright RGB picture; and the process of its own in which this is done.

What ``decode_or_end`` decodes may end the process: ``confine`` says that there is nothing in it to lose.
``python -m lenet.pictures.decoder`` answers file after file on its standard input, until that is closed. A file is
the LENGTH of its bytes and the bytes. An answer is a HEAD, and after PICTURE the RGB bytes of that size, row by row.
A file that takes too much memory or too long gets no answer: the process ends.
"""

import faulthandler
import io
import os
import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from lenet.pictures.rgb import WORKING_SIDE, to_rgb

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""The formats that are opened. Pillow's other decoders are for files that nobody photographs or draws."""

SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
"""How PNG, JPEG and GIF files begin. TIFF is missing because cameras' raw files begin alike, and BMP because its two
letters prove little.
"""

# What a file may cost

MAX_BYTES = 64 << 20
"""Bytes of a file, at most. A phone's photo of 108 million pixels has 40 million."""

MAX_PIXELS = 64_000_000
"""Pictures with more pixels are refused from their header, before anything is decoded."""

MAX_MEMORY = 130 << 20
"""Bytes for a file and what is made of it, as its header says. Python, Pillow and numpy take 30 MB more."""

MAX_DATA = 210 << 20
"""Bytes that the system lets the process have, whatever a header said. It counts 20 MB that are never touched."""

BYTES_A_PIXEL = {"1": 2, "L": 1, "P": 5, "I;16": 3, "I;16B": 3, "I": 5, "F": 5, "RGB": 4}
"""By Pillow's mode: a pixel as it was decoded and, where the two differ, as it is converted; 8 in other modes."""

TRANSPARENT_BYTES = 4
"""A pixel of a picture in which one colour is declared transparent takes so many more."""

WEBP_BYTES = 16
"""A pixel in two canvases of the decoder, in a copy, and in the picture."""

WEBP_MASK = 0x3FFF
"""A side of a WebP picture has 14 bits."""

COEFFICIENT_BYTES = 2
"""A progressive JPEG keeps the coefficients of all its components, so many bytes each, until its last scan is read."""

MAX_READS = 300_000
"""A file of millions of tiny blocks is refused after so many of them, which take 0.3 s. No picture needs as many."""

LAST_SECONDS = 2.0
"""The process ends itself when a file takes longer: whoever ends it sooner may be gone."""

STREAMS = (1, 2)
"""Where a process prints: its standard output, and that for errors. Python has no objects for those that are closed."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""The environment in which a process that decodes is started: each thread of numpy's would keep memory."""

# What is said of a file

UNREADABLE = "This file is not a picture that can be read; use PNG, JPEG, WebP, BMP, GIF or TIFF (save HEIC as JPEG)."

DAMAGED = "This picture file is damaged or incomplete; copy or download it again, or save it again as PNG."

TOO_LARGE = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller."

TOO_MUCH = "This picture takes too long or too much memory to open; make it smaller, or save it again as JPEG."

SENTENCES = (UNREADABLE, DAMAGED, TOO_LARGE, TOO_MUCH)
"""A refusal is sent as its number among these, from 1 on."""

READY = b"\n"
"""What the process sends when it can take its first file."""

LENGTH = struct.Struct(">Q")

HEAD = struct.Struct(">BHH")
"""PICTURE or the number of a sentence, width, height."""

PICTURE = 0


class Refused(ValueError):
    """A file that is not opened, and one of the SENTENCES for a person."""


class _InMouthfuls(io.BytesIO):
    """A file in memory that is refused after MAX_READS reads: a decoder may read millions of tiny blocks."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > MAX_READS:
            raise Refused(TOO_MUCH)
        return super().read(size)


def decode(data: bytes) -> Image.Image:
    """The first picture of a file, upright, as ``to_rgb`` makes it. Raises Refused, or MemoryError."""
    image = None
    try:
        if _webp_pixels(data[:30]) * WEBP_BYTES > MAX_MEMORY:
            raise Refused(TOO_MUCH)
        image = Image.open(_InMouthfuls(data), formats=FORMATS)
        _refuse_costly(image, len(data))
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return to_rgb(image)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes of their arithmetic
        raise Refused(DAMAGED if image or _begins_as_a_picture(data[:12]) else UNREADABLE) from error


def _webp_pixels(start: bytes) -> int:
    """How many pixels the first 30 bytes of a file promise if it is a WebP, which has three kinds of header; else 0.

    Its decoder takes the memory for them before it tells their number.
    """
    sizes = {
        b"VP8 ": (_number(start[26:28]) & WEBP_MASK, _number(start[28:30]) & WEBP_MASK),
        b"VP8L": (1 + (_number(start[21:25]) & WEBP_MASK), 1 + (_number(start[21:25]) >> 14 & WEBP_MASK)),
        b"VP8X": (1 + _number(start[24:27]), 1 + _number(start[27:30])),
    }
    width, height = sizes.get(start[12:16], (0, 0))
    return width * height if _is_webp(start) else 0


def _number(little_endian: bytes) -> int:
    return int.from_bytes(little_endian, "little")


def _is_webp(start: bytes) -> bool:
    return start.startswith(b"RIFF") and start[8:12] == b"WEBP"


def _refuse_costly(image: Image.Image, length: int) -> None:
    """Raise Refused where the header of a file of that length promises too many pixels, or too many bytes for them."""
    coefficients = _coefficients(image)
    image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # lets the JPEG decoder skip most of a large photo's work
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise Refused(TOO_LARGE)
    each = BYTES_A_PIXEL.get(image.mode, 8)
    if "transparency" in image.info:
        each += TRANSPARENT_BYTES
    if length + pixels * each + coefficients * COEFFICIENT_BYTES > MAX_MEMORY:
        raise Refused(TOO_MUCH)


def _coefficients(image: Image.Image) -> int:
    """How many coefficients a JPEG's decoder keeps: those of all components if it is progressive, else none."""
    if not isinstance(image, JpegImageFile) or "progressive" not in image.info:
        return 0
    densest = max(across * down for _, across, down, _ in image.layer)
    return image.width * image.height * sum(across * down for _, across, down, _ in image.layer) // max(densest, 1)


def _begins_as_a_picture(start: bytes) -> bool:
    """Whether the first 12 bytes of a file promise one of the FORMATS."""
    return start.startswith(SIGNATURES) or _is_webp(start)


def decode_or_end(data: bytes, seconds: float = LAST_SECONDS) -> Image.Image:
    """``decode``, which ends the process after so many seconds. Raises Refused or MemoryError.

    After a MemoryError nobody knows what is left in the process: it must end, too.
    """
    with _ended_when_late(seconds):
        return decode(data)


@contextmanager
def _ended_when_late(seconds: float) -> Iterator[None]:
    """The system ends the process, also where it does not return from C."""
    _end_after(seconds)
    try:
        yield
    finally:
        _end_after(0)


def _end_after(seconds: float) -> None:
    """Let the process end after so many seconds; 0 lets it live."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
    elif seconds:  # Windows; here it starts a thread, which takes longer than to decode a small picture
        faulthandler.dump_traceback_later(seconds, exit=True)
    else:
        faulthandler.cancel_dump_traceback_later()


def confine(most: int = MAX_DATA) -> None:
    """Let this process have so many bytes of data, and let what it prints go nowhere, as decoders in C print much.

    It must not have use for the system's alarm.
    """
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is stricter, and knows of the pixels that the JPEG decoder skips
    Image.init()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in STREAMS:
        os.dup2(nowhere, stream)
    try:
        import resource
    except ImportError:  # Windows, where only the header and the clock limit a file
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError):  # less is allowed already
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _answer(data: bytes) -> bytes:
    """What is sent back for a file. Raises MemoryError."""
    try:
        picture = decode_or_end(data)
        return HEAD.pack(PICTURE, *picture.size) + picture.tobytes()
    except Refused as refusal:
        return HEAD.pack(1 + SENTENCES.index(str(refusal)), 0, 0)


def _serve(files: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more. Raises MemoryError."""
    answers.write(READY)
    answers.flush()
    while length := files.read(LENGTH.size):
        answers.write(_answer(files.read(*LENGTH.unpack(length))))
        answers.flush()


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")  # what a decoder prints is no answer
    confine()
    with suppress(BrokenPipeError):  # whoever asked is gone
        _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
