"""What the browser makes of a drawing is what the server makes of it: every grey of many drawings is compared."""

import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import ROOT, real_pictures

from lenet.pictures import digits, drawing, garments, planes
from lenet.pictures.drawing import prepare_drawing, squeeze_drawing
from lenet.pictures.planes import PICTURE_SIZE, BlankPicture, resize
from lenet.ui.values.pad import GRID_SIZE
from tools import node

ENGINE = ROOT / "lenet" / "ui" / "web" / "engine" / "drawing.js"

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="asks the scripts in Node")

KINDS = ("digit", "garment", "squeezed")
"""How a drawing is prepared; squeezed is not prepared at all."""

FINER = 4
"""Strokes are drawn so many times larger and then averaged, for smooth edges."""

# Reads drawings, each as its kind, its side and its ink. Writes 1 and 784 greys for each, or 785 times 0 when blank.
PROGRAM = """
import { readFileSync, writeFileSync } from "node:fs";
const { prepareDrawing, squeezeDrawing } = await import(process.argv[1]);
const drawings = readFileSync(process.argv[2]);
const answers = [];
for (let at = 0; at < drawings.length; ) {
  const [kind, side] = drawings.subarray(at, at + 2);
  const end = at + 2 + side * side;
  const ink = new Uint8Array(drawings.subarray(at + 2, end));
  const greys = kind === 2 ? squeezeDrawing(ink, side) : prepareDrawing(ink, side, ["digit", "garment"][kind]);
  answers.push(Buffer.from(greys ? [1, ...greys] : new Array(785).fill(0)));
  at = end;
}
writeFileSync(process.argv[3], Buffer.concat(answers));
"""


class Case(NamedTuple):
    """A drawing, and the greys that the browser makes of it: (28, 28), or None where it is blank."""

    kind: str
    ink: np.ndarray
    greys: np.ndarray | None


def strokes(random: np.random.Generator, pen: float, reach: float) -> np.ndarray:
    """One to three bent strokes within a square of side ``reach``, anywhere on the pad and partly beyond its edge."""
    image = Image.new("L", (GRID_SIZE * FINER, GRID_SIZE * FINER))
    canvas = ImageDraw.Draw(image)
    corner, radius = random.uniform(-0.1 * reach, GRID_SIZE - 0.9 * reach, 2), pen * FINER / 2
    for _ in range(random.integers(1, 4)):
        points = (corner + random.uniform(0, reach, (random.integers(1, 6), 2))) * FINER
        if len(points) > 1:
            canvas.line([tuple(point) for point in points], fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.resize((GRID_SIZE, GRID_SIZE), Image.Resampling.BOX))


def bar(height: int, width: int, top: int, left: int) -> np.ndarray:
    ink = np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
    ink[top : top + height, left : left + width] = 255
    return ink


def drawn(random: np.random.Generator) -> Iterator[np.ndarray]:
    """Strokes of every size, clean, with specks, and with what an eraser has left."""
    for pen in (2, 3, 5, 7, 9, 12):
        for reach in (3, 12, 30, 60, 90, 112, 140):
            ink = strokes(random, pen, reach)
            yield ink
            specks = random.random(ink.shape) < 0.003
            yield np.maximum(ink, specks * random.integers(1, 256, ink.shape, np.uint8))
            faint = strokes(random, pen, 100) // random.integers(2, 200)
            yield np.maximum(ink, faint.astype(np.uint8))


def symmetric(random: np.random.Generator) -> Iterator[np.ndarray]:
    """Bars and rectangles of all parities, alone and in pairs: their centres and lengths end in a half."""
    for speck in (1, 9, 10, 24, 25):  # a digit's specks have under 2 % of its cells, a garment's under 5 %
        yield bar(50, 10, 20, 20) | bar(1, speck, 5, 80)
    for height in (1, 2, 3, 8, 19, 21, 56, 105, 106, 112):
        for width in (1, 2, 7, 10, 21, 27, 28, 70, 112):
            top, left = random.integers(0, GRID_SIZE + 1 - height), random.integers(0, GRID_SIZE + 1 - width)
            yield bar(height, width, top, left)
    for size in range(1, 13):
        yield bar(size, size, 10, 10) | bar(size, size, 10 + 2 * size, 10 + 2 * size) // 2


def others(random: np.random.Generator) -> Iterator[np.ndarray]:
    """Noise, pads that are mostly ink, and pads that are blank or nearly so."""
    shape = (GRID_SIZE, GRID_SIZE)
    for share in (0.0005, 0.01, 0.1, 0.3, 0.6, 1):
        yield np.where(random.random(shape) < share, random.integers(0, 256, shape), 0).astype(np.uint8)
    for _ in range(10):
        yield 255 - strokes(random, 6, 60)
    for level in (0, 1, 127, 128, 255):
        yield np.full(shape, level, np.uint8)
        yield bar(60, 8, 20, 50) // 255 * np.uint8(level)
    for level in (1, 5, 127):
        yield bar(60, 60, 20, 20) // 255 * np.uint8(level) | bar(2, 2, 100, 100)  # the pen's own ink is a speck


def drawings() -> list[tuple[str, np.ndarray]]:
    """All of them, as (kind, ink); some are as small as a picture, 28 x 28."""
    random = np.random.default_rng(0)
    pads = [*symmetric(random), *others(random), *drawn(random)]
    pads += [random.integers(0, 256, (PICTURE_SIZE, PICTURE_SIZE), np.uint8) for _ in range(5)]
    cells = GRID_SIZE // PICTURE_SIZE
    for kind in ("digit", "garment"):
        pads += [picture.repeat(cells, 0).repeat(cells, 1) for picture in real_pictures(kind)]
        pads += list(real_pictures(kind)[:10])
    return [(kind, ink) for ink in pads for kind in KINDS]


def in_node(asked: list[tuple[str, np.ndarray]], folder) -> list[Case]:
    """What the browser's engine makes of them, in one process."""
    into, out = folder / "drawings", folder / "greys"
    into.write_bytes(b"".join(bytes([KINDS.index(kind), len(ink)]) + ink.tobytes() for kind, ink in asked))
    command = [NODE, "--input-type=module", "--eval", PROGRAM, ENGINE.as_uri(), into, out]
    subprocess.run(command, check=True, timeout=60)
    answers = np.fromfile(out, np.uint8).reshape(len(asked), 1 + PICTURE_SIZE**2)
    pictures = [answer[1:].reshape(PICTURE_SIZE, PICTURE_SIZE) if answer[0] else None for answer in answers]
    return [Case(kind, ink, greys) for (kind, ink), greys in zip(asked, pictures, strict=True)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> list[Case]:
    return in_node(drawings(), tmp_path_factory.mktemp("drawings"))


def is_repeated(case: Case) -> bool:
    """Whether the server makes the same of the drawing: the same greys, or nothing as well."""
    try:
        squeezed = case.kind == "squeezed"
        picture = (squeeze_drawing(case.ink) if squeezed else prepare_drawing(case.ink, case.kind)).picture
    except BlankPicture:
        return case.greys is None
    return case.greys is not None and np.array_equal(np.round(picture * 255), case.greys)


def test_every_grey_of_every_drawing_is_the_same(cases):
    assert len(cases) >= 500
    assert {case.greys is None for case in cases if case.kind == "digit"} == {True, False}
    assert [number for number, case in enumerate(cases) if not is_repeated(case)] == []


# Constants and functions of Python, each replaced by one that is a little different.
CHANGES = [
    (drawing, "PEN", 127),
    (drawing, "SPECK", 0.021),
    (drawing, "SCRAP", 0.051),
    (drawing, "KEEP_SCALE", 0.07),
    (planes, "KEEP_SCALE", 0.03),
    (digits, "INK_BOX", 19),
    (digits, "CENTRE_OF_MASS", 13.999),
    (digits, "STROKE", 0.51),
    (digits, "THIN_STROKE", 1.0),
    (digits, "THICKEN_SIDE", 90),
    (garments, "GREY_LEVEL", 1 / 254),
    (planes, "round", lambda length: int(length + 0.5)),  # halves up
    (planes.np, "round", lambda greys: np.floor(greys + 0.5)),
    (planes, "resize", lambda plane, height, width: resize(plane, height, width, Image.Resampling.BILINEAR)),
]


@pytest.mark.parametrize(("module", "name", "changed"), CHANGES, ids=[name for _, name, _ in CHANGES])
def test_the_drawings_notice_when_one_rule_changes_a_little(cases, monkeypatch, module, name, changed):
    monkeypatch.setattr(module, name, changed, raising=False)
    assert not all(is_repeated(case) for case in cases)


def test_one_grey_that_differs_by_one_is_noticed(cases):
    case = next(case for case in cases if case.greys is not None)
    assert is_repeated(case)
    greys = case.greys.copy()
    greys[14, 14] ^= 1
    assert not is_repeated(case._replace(greys=greys))
