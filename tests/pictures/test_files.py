"""Opening picture files: what is a picture, what is refused, and what no file may cost."""

import os
import socket
import zlib

import numpy as np
import pytest
from hostile import chunk, encode, png
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support import drawing

from lenet.pictures import files as module
from lenet.pictures.decoder import SENTENCES
from lenet.pictures.files import open_picture
from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import prepare

ALIKE = 0.06
"""The mean difference of two prepared digits that a reader would call the same; another digit's is over 0.08."""


def sixteen_bits() -> Image.Image:
    return Image.fromarray(np.asarray(drawing("L")).astype(np.uint16) * 257)


def with_alpha(mode: str) -> Image.Image:
    image = drawing(mode)
    image.putalpha(Image.eval(drawing("L"), lambda value: 255 - value))
    return image


def palette_with_transparency() -> bytes:
    image = drawing("RGB").quantize(4)
    return encode(image, "PNG", transparency=int(np.asarray(image)[0, 0]))


READABLE = {
    "png": lambda: encode(drawing(), "PNG"),
    "jpeg": lambda: encode(drawing(), "JPEG", quality=90),
    "webp": lambda: encode(drawing(), "WEBP", lossless=True),
    "bmp": lambda: encode(drawing(), "BMP"),
    "tiff": lambda: encode(drawing(), "TIFF"),
    "moving gif": lambda: encode(drawing("P"), "GIF", save_all=True, append_images=[Image.new("P", (120, 100))]),
    "one bit": lambda: encode(drawing("1"), "PNG"),
    "16 bits": lambda: encode(sixteen_bits(), "PNG"),
    "16 bits, tiff": lambda: encode(sixteen_bits(), "TIFF"),
    "float to 1": lambda: encode(Image.fromarray(np.asarray(drawing("L"), np.float32) / 255), "TIFF"),
    "float to 255": lambda: encode(Image.fromarray(np.asarray(drawing("L"), np.float32)), "TIFF"),
    "cmyk": lambda: encode(drawing("CMYK"), "JPEG", quality=95),
    "grey and alpha": lambda: encode(with_alpha("L"), "PNG"),
    "colour and alpha": lambda: encode(with_alpha("RGB"), "PNG"),
    "palette with transparency": palette_with_transparency,
}


@pytest.mark.parametrize("name", READABLE)
def test_a_drawing_is_the_same_in_every_format(name):
    picture = open_picture(READABLE[name]())
    assert picture.mode == "RGB"
    assert picture.size == (120, 100)
    assert abs(prepare(picture, "digit").picture - prepare(drawing(), "digit").picture).mean() < ALIKE
    assert prepare(picture, "garment").picture.shape == (28, 28)


def a_png_with_a_broken_line() -> bytes:
    """A PNG whose chunks are whole but whose compressed pixels are not."""
    data = READABLE["png"]()
    return data[:33] + chunk(b"IDAT", zlib.compress(b"\7" * 50)) + chunk(b"IEND", b"")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""
    return png(width, height, 8, 2, chunk(b"IDAT", b""))


UNREADABLE = {
    "empty": b"",
    "text": b"seven\n",
    "html": b"<!doctype html><html><body>Sign in to this network</body></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"/>',
    "pixmap": b"P6 2 2 255 " + bytes(12),
    "beginning with a BMP's letters": b"BM, or: how I began to measure",
    "a sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(24),
}

DAMAGED = {
    "png signature": b"\x89PNG\r\n\x1a\n",
    "no pixels": png_header(0, 10),
    "no data": png_header(10, 10),
    "half a png": READABLE["png"]()[:200],
    "a broken line": a_png_with_a_broken_line(),
    "text bomb": READABLE["png"]()[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5_000_000))),
    "jpeg signature": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "half a jpeg": READABLE["jpeg"]()[:1000],
    "half a webp": READABLE["webp"]()[:60],
    "half a gif": READABLE["moving gif"]()[:60],
    "half a tiff": READABLE["tiff"]()[:20_000],
    "half a bmp": READABLE["bmp"]()[:20_000],
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_not_a_picture_is_refused_with_the_formats_that_are(name, tmp_path):
    (tmp_path / "file.png").write_bytes(UNREADABLE[name])
    for source in (UNREADABLE[name], tmp_path / "file.png", str(tmp_path / "file.png")):
        with pytest.raises(ValueError, match="use PNG, JPEG, WebP"):
            open_picture(source)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_picture_is_told_damaged(name, tmp_path):
    (tmp_path / "file.png").write_bytes(DAMAGED[name])
    for source in (DAMAGED[name], tmp_path / "file.png"):
        with pytest.raises(ValueError, match="picture file is damaged or incomplete") as refusal:
            open_picture(source)
        assert "use PNG" not in str(refusal.value)


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_a_decompression_bomb_is_refused_from_its_header(side):
    with pytest.raises(ValueError, match="more than 64 million pixels; make it smaller"):
        open_picture(png_header(side, side))


def test_a_folder_is_not_a_picture(tmp_path):
    with pytest.raises(ValueError, match="use PNG"):
        open_picture(tmp_path)


@pytest.mark.timeout(10)
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "seven.png")
    with pytest.raises(ValueError, match="a folder, a pipe or a device, not a picture file; use PNG"):
        open_picture(tmp_path / "seven.png")


@pytest.mark.timeout(10)
def test_a_pipe_that_is_open_already_is_refused_at_once():
    reading, writing = os.pipe()
    try:
        for descriptor in (reading, writing):
            with pytest.raises(ValueError, match="a pipe or a device"):
                open_picture(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty", "/dev/ptmx"])
def test_a_device_is_not_a_picture(path):
    with pytest.raises(ValueError, match="a pipe or a device"):
        open_picture(path)


@pytest.mark.timeout(10)
def test_a_socket_is_not_a_picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("seven.png")
        with pytest.raises(ValueError, match="a pipe or a device"):
            open_picture("seven.png")


@pytest.mark.timeout(10)
def test_a_file_that_turns_into_a_pipe_while_it_is_opened_is_refused_at_once(tmp_path, monkeypatch):
    path = tmp_path / "seven.png"
    path.write_bytes(READABLE["png"]())
    regular = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(module.os, "stat", lambda path: regular)
    opened = len(os.listdir("/proc/self/fd"))
    with pytest.raises(ValueError, match="a pipe or a device"):
        open_picture(path)
    assert len(os.listdir("/proc/self/fd")) == opened


def test_a_file_that_cannot_be_read_to_its_end_is_a_sentence():
    with pytest.raises(ValueError, match="not a picture that can be read"):
        open_picture("/proc/self/mem")  # the system's answer is that of a failing disk


def test_a_file_of_too_many_bytes_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1_000)
    (tmp_path / "large.png").write_bytes(READABLE["png"]() + bytes(1_000))
    for source in (tmp_path / "large.png", READABLE["png"]() + bytes(1_000)):
        with pytest.raises(ValueError, match="The file has more than 64 MB; make the picture smaller"):
            open_picture(source)


def test_a_link_to_a_picture_is_opened(tmp_path):
    (tmp_path / "seven.png").write_bytes(READABLE["png"]())
    (tmp_path / "link.png").symlink_to(tmp_path / "seven.png")
    assert open_picture(tmp_path / "link.png").size == (120, 100)


@pytest.mark.parametrize("name", ["a\0b.png", "n" * 300 + ".png"])
def test_a_name_that_no_file_can_have_is_a_sentence(name):
    with pytest.raises(ValueError, match="cannot be opened; check its name and permissions"):
        open_picture(name)


def test_a_file_inside_a_file_is_missing(tmp_path):
    (tmp_path / "seven.png").write_bytes(READABLE["png"]())
    with pytest.raises(FileNotFoundError, match="There is no file"):
        open_picture(tmp_path / "seven.png" / "eight.png")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file '.*nothing\.png'; check"):
        open_picture(tmp_path / "nothing.png")


def damage(data: bytes, damages: list[tuple[float, int]], kept: float) -> bytes:
    """Overwrite bytes at shares of the length, then keep the first share of the file."""
    damaged = bytearray(data)
    for place_, value in damages:
        damaged[int(place_ * len(damaged))] = value
    return bytes(damaged[: int(kept * len(damaged))])


def check_hostile(data: bytes) -> None:
    """A file is read or refused with one of the sentences; nothing else may happen."""
    try:
        picture = open_picture(data)
    except ValueError as refusal:
        assert str(refusal) in SENTENCES
        return
    for kind in ("digit", "garment"):
        try:
            prepare(picture, kind)
        except BlankPicture as blank:
            assert str(blank).endswith(".")


FEW_DAMAGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8)
IN_THE_HEADER = st.lists(st.tuples(st.floats(0, 0.02), st.integers(0, 255)), min_size=1, max_size=8)


def damaged_files() -> st.SearchStrategy[bytes]:
    """Pictures with some bytes overwritten, anywhere or in the header, and perhaps cut."""
    files = st.sampled_from(sorted(READABLE)).map(lambda name: READABLE[name]())
    return st.builds(damage, files, FEW_DAMAGES | IN_THE_HEADER, st.floats(0.2, 1) | st.just(1.0))


def forged_files() -> st.SearchStrategy[bytes]:
    """What begins as a picture does and goes on with anything."""
    starts = st.sampled_from([READABLE[name]()[:length] for name in sorted(READABLE) for length in (4, 12, 33, 60)])
    return st.builds(bytes.__add__, starts, st.binary(max_size=400))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(["png", "jpeg", "webp", "moving gif", "16 bits, tiff", "bmp"]),
    FEW_DAMAGES,
    st.floats(0.2, 1),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name, damages, kept):
    check_hostile(damage(READABLE[name](), damages, kept))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(damaged_files() | forged_files())
def test_a_hostile_file_is_read_or_refused_and_nothing_else(data):
    check_hostile(data)


@pytest.mark.slow
@settings(max_examples=3_000, deadline=5_000)
@pytest.mark.timeout(900)
@given(damaged_files() | forged_files())
def test_of_thousands_of_hostile_files_none_is_more_than_read_or_refused(data):
    check_hostile(data)
