"""Picture files that cost far more than they weigh, each built by code. All are under the page's limit of 20 MB.

Pillow alone, without limits, needs the seconds and the memory that stand beside each.
"""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image

SIDE = 8_000
"""Of the large pictures, in pixels: 64 million, as many as are let in."""

TIFF_TYPES = {"short": 3, "long": 4}


def encode(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A PNG's chunk."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, bits: int, colours: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def zeros(length: int) -> bytes:
    """So many zero bytes as zlib compresses them, a thousand times smaller, without ever holding them."""
    whole, rest = zlib.compressobj(wbits=-15), zlib.compressobj(wbits=-15)
    million = whole.compress(bytes(1_000_000)) + whole.flush(zlib.Z_FULL_FLUSH)
    blocks = million * (length // 1_000_000) + rest.compress(bytes(length % 1_000_000)) + rest.flush()
    checksum = length % 65_521 << 16 | 1  # Adler's, of zeros
    return b"\x78\x9c" + blocks + struct.pack(">I", checksum)


def tiff(width: int, height: int, data: bytes, *entries: tuple[int, str, int, int]) -> bytes:
    """A TIFF of one directory; each entry is a tag, its type, how many values and the value, or where they stand.

    ``data`` stands from byte 8 on.
    """
    size = [(256, "long", 1, width), (257, "long", 1, height)]
    table = b"".join(
        struct.pack("<HHII", tag, TIFF_TYPES[kind], count, value)
        for tag, kind, count, value in sorted([*size, *entries])
    )
    directory = struct.pack("<H", len(entries) + 2) + table + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory


def gif_of_comments() -> bytes:
    """A comment of a million blocks of one byte: 12 s."""
    whole = encode(Image.new("P", (8, 8)), "GIF")
    header = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    return whole[:header] + b"\x21\xfe" + b"\x01A" * 1_000_000 + b"\0" + whole[header:]


def jpeg_of_segments() -> bytes:
    """4.7 million empty comments: 4 s, 0.4 GB."""
    whole = encode(Image.new("L", (8, 8)), "JPEG")
    return whole[:2] + b"\xff\xfe\0\x02" * 4_700_000 + whole[2:]


def png_of_chunks() -> bytes:
    """1.5 million empty chunks: 5 s."""
    return png(8, 8, 8, 0, chunk(b"abCd", b"") * 1_500_000, chunk(b"IDAT", zlib.compress(bytes(72))))


def jpeg_of_scans() -> bytes:
    """A progressive JPEG whose last scan is repeated: more than a minute."""
    whole = encode(Image.new("L", (5_000, 5_000), 90), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * (2_400_000 // (len(whole) - last)) + whole[-2:]


def tiff_of_tiles() -> bytes:
    """2.25 million tiles of one pixel: 14 s, 0.8 GB."""
    side = 1_500
    tiles = side * side
    places = struct.pack("<I", 8) * tiles  # all tiles are the same byte
    lengths = struct.pack("<I", 1) * tiles
    return tiff(
        side,
        side,
        places + lengths,
        (258, "short", 1, 8),
        (259, "short", 1, 1),
        (262, "short", 1, 1),
        (277, "short", 1, 1),
        (322, "long", 1, 1),
        (323, "long", 1, 1),
        (324, "long", tiles, 8),
        (325, "long", tiles, 8 + 4 * tiles),
    )


def float_tiff() -> bytes:
    """64 million floats: 5 s, 1.7 GB."""
    data = zeros(4 * SIDE * SIDE)
    return tiff(
        SIDE,
        SIDE,
        data,
        (258, "short", 1, 32),
        (259, "short", 1, 8),
        (262, "short", 1, 1),
        (273, "long", 1, 8),
        (277, "short", 1, 1),
        (278, "long", 1, SIDE),
        (279, "long", 1, len(data)),
        (339, "short", 1, 3),
    )


def png_of_16_bits() -> bytes:
    """64 million greys of 16 bits: 2 s, 1.6 GB."""
    return png(SIDE, SIDE, 16, 0, chunk(b"IDAT", zeros((2 * SIDE + 1) * SIDE)))


def transparent_png() -> bytes:
    """64 million transparent pixels: 2 s, 1.3 GB."""
    return png(SIDE, SIDE, 8, 6, chunk(b"IDAT", zeros((4 * SIDE + 1) * SIDE)))


def bmp_of_runs() -> bytes:
    """Runs of one pixel, which Pillow decodes in Python: 3 s."""
    side = 3_000
    runs = (b"\x01\x05" * side + b"\0\0") * side + b"\0\x01"
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + len(header) + 4 * 256
    return b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start) + header + bytes(4 * 256) + runs


def webp_canvas() -> bytes:
    """An empty canvas of 268 million pixels in a file of a hundred bytes: 2.1 GB, as soon as they are written."""
    whole = encode(Image.new("RGBA", (8, 8), (9, 9, 9, 9)), "WEBP", lossless=True)
    image = whole[whole.index(b"VP8L") :]
    frame = b"ANMF" + struct.pack("<I", 16 + len(image)) + bytes(6) + b"\7\0\0\7\0\0" + bytes(4) + image
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x12\0\0\0" + b"\xff\x3f\0\xff\x3f\0"
    parts = b"WEBP" + canvas + b"ANIM" + struct.pack("<I", 6) + bytes(6) + frame
    return b"RIFF" + struct.pack("<I", len(parts)) + parts


HOSTILE: dict[str, Callable[[], bytes]] = {
    maker.__name__: maker
    for maker in (
        gif_of_comments,
        jpeg_of_segments,
        png_of_chunks,
        jpeg_of_scans,
        tiff_of_tiles,
        float_tiff,
        png_of_16_bits,
        transparent_png,
        bmp_of_runs,
        webp_canvas,
    )
}
