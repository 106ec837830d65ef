"""Photos put together by code: a digit on paper, or a garment on a bed, as a phone would take them.

A real picture of MNIST or Fashion-MNIST is drawn large on a ground of ``textures``, under a lamp, perhaps beside a
shadow. Because the code knows where it has put the ink or the cloth, each photo comes with its true mask.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lenet.pictures.regions import fill_holes
from lenet.training.textures import PLACES, Plane, Shape, grid, noise, turned

Colours = NDArray[np.floating]
"""(height, width, 3) in [0, 1]."""

FINER = 12
"""A data set's picture is enlarged so many times before it is laid into the photo."""

MARGIN = 0.04
"""The least distance of a digit or a garment from the photo's edge, or the page's, in shorter sides."""

INK_SHARE = 20 / 28
"""The share of an MNIST picture's height and width that a digit's ink fits into."""

CLOTH = 0.03
"""Fashion-MNIST's pixels above this belong to the garment; what they enclose does too."""

CLEAR = 0.15
"""Cloth differs from its ground by so much of the range from black to white, unless the scene makes it hard."""

INKED = 0.2
"""MNIST's pixels above this belong to the digit, where digits are set beside each other."""

APART = (4, 10)
"""The space between two digits of a number, in MNIST's pixels."""

INK_CONTRAST = {"pen": (0.55, 0.95), "pencil": (0.3, 0.5), "coloured": (0.45, 0.95), "chalk": (0.5, 0.9)}
"""How much of the paper's light the ink takes away. For chalk: how bright it is."""

LINES = (0.04, 0.09)
"""The distance of a page's printed lines, in shorter sides."""

SHADED, TABLED = 0.4, 0.25
"""So many of the mixed scenes get a shadow, and so many of the digits' get a table, beside those that have one already.
Shadows and tables look most like ink or cloth.
"""

QUALITY = (40, 96)
"""JPEG qualities of a phone's and a messenger's files."""


@dataclass(frozen=True)
class Photo:
    """A photo as a camera's file gives it, and the truth about it."""

    pixels: NDArray[np.uint8]
    """(height, width, 3) colours."""

    mask: Plane
    """(height, width) share of ink or cloth at each pixel. All 0 in a photo of nothing."""

    truth: Plane
    """(height, width) ink or cloth as bright as in the data set, 0 on the ground."""


@dataclass(frozen=True)
class Scene:
    """A kind of photo. Ranges are of uniform draws; lengths are in shorter sides of the photo."""

    places: tuple[str, ...]
    """On what the ink or the garment lies, by the names of ``PLACES``."""

    tones: tuple[str, ...]
    """Inks of ``INK_CONTRAST``, or the names of ``CLOTHS``."""

    size: tuple[float, float] = (0.3, 0.65)
    """The digit's height or the garment's longest side."""

    tables: tuple[str, ...] = ()
    """What lies around the page. Without a name the page fills the photo."""

    lines: tuple[str, ...] = ()
    """The page's printed lines: "ruled" or "squared"."""

    shadows: tuple[str, ...] = ()
    """Names of ``SHADOWS``."""

    lamp: tuple[float, float] = (0.0, 0.35)
    """How much darker the darkest corner is."""

    tilt: float = 8.0
    """How far the camera is turned at most, in degrees."""


# Where things stand


def _page(random: Generator, shape: Shape, tilt: float) -> tuple[Plane, Plane]:
    """The page's own coordinates (down, across) of each pixel, from the middle, seen at a slight angle."""
    y, x = grid(shape, np.radians(random.uniform(-tilt, tilt)))
    lean = tilt / 60 * random.uniform(-1, 1, 2).astype(np.float32)
    away = 1 + lean[0] * y + lean[1] * x
    return y / away, x / away


def _laid(picture: Plane, page: tuple[Plane, Plane], middle: NDArray, size: float) -> Plane:
    """A picture with the height ``size`` on the page, around a place of it; 0 beyond the picture."""
    height, width = picture.shape
    row, column = (
        np.floor((axis - place) / size * height + length / 2).astype(np.int32)
        for axis, place, length in zip(page, middle, picture.shape, strict=True)
    )
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    return np.where(inside, picture[row.clip(0, height - 1), column.clip(0, width - 1)], 0).astype(np.float32)


def _somewhere(random: Generator, reach: NDArray, size: NDArray) -> NDArray[np.float32]:
    """A place (down, across) for something of ``size`` (height, width) within ``reach`` from the middle."""
    free = np.maximum(reach - size / 2 - MARGIN, 0)
    return random.uniform(-free, free).astype(np.float32)


def _enlarged(picture: Plane) -> Plane:
    height, width = (FINER * length for length in picture.shape)
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)


def _row(random: Generator, pictures: Sequence[Plane]) -> Plane:
    """Digits beside each other, as somebody writes a number: (28, width), cut to their ink and set apart again."""
    parts = []
    for picture in pictures:
        columns = np.flatnonzero(picture.max(0) > INKED)
        apart = np.zeros((len(picture), int(random.integers(*APART))), np.float32)
        parts += [np.roll(picture[:, columns[0] : columns[-1] + 1], random.integers(-2, 3), 0), apart]
    return np.hstack(parts[:-1])


# Light


def _lamp(random: Generator, shape: Shape, strength: float) -> Plane:
    """How bright each pixel is lit: a slope, a lamp's pool or the dark corners of a lens."""
    y, x = turned(random, shape)
    place = random.uniform(-0.4, 0.4, 2).astype(np.float32)
    far = (y - place[0]) ** 2 + (x - place[1]) ** 2
    dark = {0: y + 0.5, 1: 1 - np.exp(-far / random.uniform(0.1, 0.5)), 2: 2 * (y * y + x * x)}[int(random.integers(3))]
    return (1 - strength * dark).clip(0.05, 1.3)


def _straight(random: Generator, shape: Shape, held_out: bool) -> Plane:
    y, _ = turned(random, shape)
    return y + np.float32(random.uniform(-0.35, 0.35))


def _wavy(random: Generator, shape: Shape, held_out: bool) -> Plane:
    y, x = turned(random, shape)
    if held_out:
        edge = 0.35 * (noise(random, shape, random.uniform(2, 6)) - 0.5)
    else:
        edge = sum(random.uniform(0.02, 0.07) * np.sin(random.uniform(5, 22) * x + random.uniform(0, 6)) for _ in "ab")
    return y + edge + np.float32(random.uniform(-0.3, 0.3))


def _hand(random: Generator, shape: Shape, held_out: bool) -> Plane:
    """A hand's or an arm's shadow: the palm and, in photos that are held out, four fingers."""
    y, x = turned(random, shape)
    y, x = y + np.float32(random.uniform(-0.2, 0.2)), x + np.float32(random.uniform(-0.2, 0.2))
    if not held_out:
        arm = np.hypot(np.maximum(y - 0.1, 0), x) - random.uniform(0.08, 0.2)
        return np.minimum(arm, np.hypot(y, x) - random.uniform(0.15, 0.3))
    palm = np.hypot((y - 0.25).clip(0), x) - 0.16
    spread = random.uniform(0.05, 0.09)
    fingers = [
        np.hypot(y - y.clip(-0.12 - 0.04 * number % 3, 0.3), x - (number - 1.5) * spread * (1.6 - y)) - 0.03
        for number in range(4)
    ]
    return np.minimum.reduce([palm, *fingers])


def _window(random: Generator, shape: Shape, held_out: bool) -> Plane:
    """The shadow of a window's bars, or of a shelf's edge."""
    y, x = turned(random, shape)
    wide = random.uniform(0.02, 0.08)
    bar = abs(y - np.float32(random.uniform(-0.3, 0.3))) - wide
    return np.minimum(bar, abs(x - np.float32(random.uniform(-0.3, 0.3))) - wide) if held_out else bar


def _blinds(random: Generator, shape: Shape, held_out: bool) -> Plane:
    """The shadows of a few slats, bars or legs beside each other, which may end in the photo."""
    y, x = turned(random, shape)
    apart, wide, count = random.uniform(0.08, 0.2), random.uniform(0.2, 0.35), int(random.integers(2, 6))
    first = np.float32(random.uniform(-0.4, 0.1))
    slats = (abs((y - first) / apart - np.round((y - first) / apart).clip(0, count)) - wide) * apart
    end = x - np.float32(random.uniform(-0.1, 0.9))
    return np.maximum(slats, end)


def _round(random: Generator, shape: Shape, held_out: bool) -> Plane:
    """The shadow of a cup, a bottle or a plate: an ellipse."""
    y, x = turned(random, shape)
    place, longer = random.uniform(-0.4, 0.4, 2).astype(np.float32), np.float32(random.uniform(1, 3))
    return np.hypot(y - place[0], (x - place[1]) / longer) - np.float32(random.uniform(0.08, 0.3))


def _cornered(random: Generator, shape: Shape, held_out: bool) -> Plane:
    """The shadow of a box, a book or a phone: what lies inside of a few lines."""
    sides = [_straight(random, shape, held_out) for _ in range(int(random.integers(2, 5)))]
    return np.maximum.reduce(sides)


SHADOWS: dict[str, Callable[[Generator, Shape, bool], Plane]] = {
    "straight": _straight,
    "wavy": _wavy,
    "hand": _hand,
    "window": _window,
}
"""Shadows by the shape of their edge: a plane that is negative in the shadow."""


MORE_SHADOWS = {"blinds": _blinds, "round": _round, "cornered": _cornered}
"""Shadows that only the photos of a training have."""


def _shadow(random: Generator, shape: Shape, name: str, held_out: bool) -> Plane:
    """How much of the light a shadow leaves; its edge is hard or a little soft."""
    field = (SHADOWS | MORE_SHADOWS)[name](random, shape, held_out)
    depth, soft = random.uniform(0.4, 0.75), random.choice([0.003, 0.01, 0.04])
    return (depth + (1 - depth) * (field / soft + 0.5).clip(0, 1)).astype(np.float32)


# Ink


def _stroke(random: Generator, picture: Plane) -> Plane:
    """A digit of MNIST as a pen would draw it large: its edge made sharp, its stroke thinner or thicker."""
    level = random.uniform(0.3, 0.62)
    return ((_enlarged(picture) - level) * 5 + 0.5).clip(0, 1).astype(np.float32)


def _inked(random: Generator, paper: Colours, ink: Plane, tone: str) -> Colours:
    """The paper with ink on it, or the board with chalk."""
    strength = random.uniform(*INK_CONTRAST[tone])
    if tone in ("chalk", "pencil"):
        ink = ink * (1 - random.uniform(0.1, 0.5) * noise(random, ink.shape, 90))
    if tone == "chalk":
        return paper + ink[..., None] * (np.maximum(strength, paper) - paper)
    taken = np.full(3, strength)
    if tone == "coloured":
        taken = strength * random.permutation([1.0, random.uniform(0.2, 1), random.uniform(0, 0.5)])
    return (paper * (1 - ink[..., None] * taken)).astype(np.float32)


def _printed(random: Generator, paper: Colours, page: tuple[Plane, Plane], name: str, held_out: bool) -> Colours:
    """The page with its printed lines: pale, thin, evenly apart."""
    apart, width = random.uniform(*LINES), random.uniform(0.02, 0.06)
    lines = [page[0]] if name == "ruled" else list(page)
    print_ = np.max([abs((axis / apart) % 1 - 0.5) > 0.5 - width for axis in lines], 0).astype(np.float32)
    if held_out and name == "ruled":
        print_ = np.maximum(print_, abs(page[1] + 0.38) < width * apart)  # the line along the margin
    taken = random.uniform(0.08, 0.3) * random.uniform(0.3, 1, 3)
    return (paper * (1 - print_[..., None] * taken)).astype(np.float32)


def _on_table(paper: Colours, page: tuple[Plane, Plane], table: Colours, reach: NDArray) -> Colours:
    """The page on a table, with a little shadow along its edge."""
    out = np.maximum(abs(page[0]) - reach[0], abs(page[1]) - reach[1])[..., None]
    return np.where(out < 0, paper, table * (0.6 + 0.4 * (out / 0.03).clip(0, 1))).astype(np.float32)


Evenly = tuple[Colours, Plane, Plane]
"""What is to be photographed, evenly lit: its colours, the mask and the truth of ``Photo``."""


def _digits(random: Generator, shape: Shape, scene: Scene, pictures: Sequence[Plane], held_out: bool) -> Evenly:
    """A page with a digit, or with several in a row."""
    page = _page(random, shape, scene.tilt)
    paper = PLACES[random.choice(scene.places)](random, shape, held_out=held_out)
    if scene.lines:
        paper = _printed(random, paper, page, random.choice(scene.lines), held_out)
    half = np.array(shape) / min(shape) / 2
    reach = half * random.uniform(0.6, 0.85, 2) if scene.tables else half
    ink = np.zeros(shape, np.float32)
    if pictures:
        stroke = _stroke(random, pictures[0] if len(pictures) == 1 else _row(random, pictures))
        filled = np.array([INK_SHARE, INK_SHARE if len(pictures) == 1 else stroke.shape[1] / stroke.shape[0]])
        height = min(random.uniform(*scene.size) / INK_SHARE, *(2 * (reach - 2 * MARGIN) / filled))
        ink = _laid(stroke, page, _somewhere(random, reach, filled * height), height)
        paper = _inked(random, paper, ink, random.choice(scene.tones))
    if scene.tables:
        table = PLACES[random.choice(scene.tables)](random, shape, held_out=held_out)
        paper = _on_table(paper, page, table, reach)
    return paper, ink, ink


# Cloth


def _natural(random: Generator, cloth: Plane, ground: float) -> Plane:
    """As in the shop: what is bright in Fashion-MNIST is dark cloth."""
    return random.uniform(0.7, 0.95) * (1 - random.uniform(0.75, 0.92) * cloth)


def _pale(random: Generator, cloth: Plane, ground: float) -> Plane:
    """The same garment in a pale colour: its folds and prints are darker than the rest still, but less so."""
    return random.uniform(0.85, 1) * (1 - random.uniform(0.25, 0.5) * cloth)


def _any(random: Generator, cloth: Plane, ground: float) -> Plane:
    """Cloth that differs from its ground, mostly as in the shop."""
    order = [_natural, _pale] if random.random() < 0.65 else [_pale, _natural]
    made = [make(random, cloth, ground) for make in order]
    differs = [abs(float(np.median(each[cloth > CLOTH])) - ground) for each in made]
    return made[0] if differs[0] >= CLEAR else made[int(np.argmax(differs))]


def _light(random: Generator, cloth: Plane, ground: float) -> Plane:
    """Pale cloth, a little darker than its ground."""
    return ground * random.uniform(0.85, 0.93) - random.uniform(0.2, 0.4) * cloth


def _black(random: Generator, cloth: Plane, ground: float) -> Plane:
    """Black cloth, with just enough light on it."""
    return ground * random.uniform(0.5, 0.65) * (1 - random.uniform(0.5, 0.8) * cloth)


CLOTHS: dict[str, Callable[[Generator, Plane, float], Plane]] = {"any": _any, "light": _light, "black": _black}
"""What a garment looks like, from Fashion-MNIST's brightness of it and the ground's brightness."""


def _garment(random: Generator, shape: Shape, scene: Scene, pictures: Sequence[Plane], held_out: bool) -> Evenly:
    """A garment on its ground."""
    ground = PLACES[random.choice(scene.places)](random, shape, held_out=held_out)
    if not pictures:
        nothing = np.zeros(shape, np.float32)
        return ground, nothing, nothing
    (picture,) = pictures
    page = _page(random, shape, scene.tilt)
    size = random.uniform(*scene.size)
    middle = _somewhere(random, np.array(shape) / min(shape) / 2, np.full(2, size))
    whole = fill_holes(picture > CLOTH)
    lighter, share = _to_its_edge(picture, whole)
    outline = ((_enlarged(share) - 0.5) * 4 + 0.5).clip(0, 1).astype(np.float32)
    mask, cloth = (_laid(each, page, middle, size) for each in (outline, _enlarged(lighter)))
    cloth = np.where(mask > 0, cloth, 0)
    grey = CLOTHS[random.choice(scene.tones)](random, cloth, float(ground.mean()))
    colour: Colours = grey[..., None] * (1 + 0.25 * random.uniform(-0.5, 0.5, 3))
    colour = colour + 0.05 * (noise(random, shape, 100) - 0.5)[..., None]
    below = _blurred(np.roll(mask, random.integers(1, 6, 2), (0, 1)), 0.02 * min(shape))
    ground = ground * (1 - random.uniform(0, 0.4) * below[..., None])
    return (ground + mask[..., None] * (colour - ground)).astype(np.float32), mask, cloth


def _to_its_edge(picture: Plane, whole: NDArray[np.bool_]) -> tuple[Plane, Plane]:
    """The garment as bright at its edge as just inside, and the share of cloth at each pixel.

    Fashion-MNIST's edge pixels are part ground: so much darker than those inside as they have less cloth.
    """
    lighter, inner = picture, whole
    for axis in (0, 1):
        shifts = [-1, 0, 1]
        lighter = np.max([np.roll(lighter, shift, axis) for shift in shifts], 0)
        inner = np.min([np.roll(inner, shift, axis) for shift in shifts], 0)
    share = np.where(inner, 1, whole * picture / lighter.clip(CLOTH)).astype(np.float32)
    return np.where(inner, picture, lighter), share


# The camera


def _blurred(plane: Plane, radius: float) -> Plane:
    """The plane out of focus."""
    image = Image.fromarray(np.round(plane * 255).clip(0, 255).astype(np.uint8))
    return np.divide(np.asarray(image.filter(ImageFilter.GaussianBlur(radius))), 255, dtype=np.float32)


def _taken(random: Generator, colours: Colours) -> NDArray[np.uint8]:
    """The file that a phone makes of what it sees: exposure, a colour cast, blur, noise, JPEG."""
    exposure = random.uniform(0.75, 1.08) * (1 + 0.08 * random.uniform(-1, 1, 3))
    seen = Image.fromarray(np.round(colours * exposure * 255).clip(0, 255).astype(np.uint8))
    seen = seen.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.004 * min(colours.shape[:2]) + 0.3)))
    grain = random.choice([0.004, 0.012, 0.03]) * random.standard_normal((*colours.shape[:2], 1), np.float32)
    noisy = np.round(np.asarray(seen) + 255 * grain).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=int(random.integers(*QUALITY)))
    return np.asarray(Image.open(file))


def take(
    random: Generator,
    kind: str,
    scene: Scene,
    pictures: Sequence[Plane],
    *,
    side: int,
    held_out: bool,
) -> Photo:
    """Take a photo of a (28, 28) picture of a garment, of one or more of digits, or of the scene without any.

    The photo's longest side is ``side`` pixels at most. ``held_out`` chooses the textures and edges of shadows that no
    training has seen.
    """
    height, width = (int(side * share) for share in random.permutation([1.0, random.uniform(0.72, 1)]))
    shape = (height, width)
    make = {"digit": _digits, "garment": _garment}[kind]
    colours, mask, truth = make(random, shape, scene, pictures, held_out)
    light = _lamp(random, shape, random.uniform(*scene.lamp))
    if scene.shadows:
        light = light * _shadow(random, shape, random.choice(scene.shadows), held_out)
    return Photo(_taken(random, colours * light[..., None]), mask, truth)


def mixed(random: Generator, kind: str) -> Scene:
    """A scene that takes each of its traits from another one: what a network is trained on."""
    scenes = list(SCENES[kind].values())
    traits = {field.name: getattr(scenes[random.integers(len(scenes))], field.name) for field in fields(Scene)}
    if random.random() < SHADED:
        traits["shadows"] = (*SHADOWS, *MORE_SHADOWS)
    if kind == "digit" and random.random() < TABLED:
        traits["tables"] = TABLES
    # Chalk needs a board, and black cloth a dark ground: the ground and what lies on it come from one scene.
    ground = scenes[random.integers(len(scenes))]
    return Scene(**traits | {"places": ground.places, "tones": ground.tones})


PAPERS = ("paper", "grey paper")
TABLES = ("wood", "cloth", "dark table")
SMALL = (0.09, 0.17)
LAMP = (0.45, 0.75)
BEDS = ("bed",)

SCENES: dict[str, dict[str, Scene]] = {
    "digit": {
        "paper": Scene(PAPERS, ("pen",)),
        "pencil and coloured ink": Scene(("paper",), ("pencil", "coloured")),
        "under a lamp": Scene(("paper",), ("pen", "coloured"), lamp=LAMP),
        "ruled or squared": Scene(("paper",), ("pen", "coloured"), lines=("ruled", "squared")),
        "crumpled": Scene(("crumpled paper",), ("pen",)),
        "straight shadow": Scene(PAPERS, ("pen", "coloured"), shadows=("straight", "window")),
        "wavy shadow": Scene(PAPERS, ("pen", "coloured"), shadows=("wavy",)),
        "a hand's shadow": Scene(PAPERS, ("pen", "coloured"), shadows=("hand",)),
        "on a table": Scene(PAPERS, ("pen", "coloured"), (0.2, 0.45), tables=TABLES),
        "table and shadow": Scene(PAPERS, ("pen",), (0.2, 0.45), tables=TABLES, shadows=tuple(SHADOWS)),
        "small": Scene(PAPERS, ("pen", "coloured"), SMALL),
        "small, beside a wavy shadow": Scene(("paper",), ("pen",), SMALL, shadows=("wavy", "hand")),
        "chalk on a board": Scene(("board",), ("chalk",)),
        "tilted": Scene(PAPERS, ("pen", "coloured"), tilt=16),
    },
    "garment": {
        "on white": Scene(("white",), ("any",), (0.55, 0.9)),
        "light on light": Scene(("white",), ("light",), (0.55, 0.9)),
        "on a bed": Scene(BEDS, ("any",), (0.5, 0.85)),
        "on wood": Scene(("wood",), ("any",), (0.5, 0.85)),
        "on tiles": Scene(("tiles",), ("any",), (0.5, 0.85)),
        "on a carpet": Scene(("carpet",), ("any",), (0.5, 0.85)),
        "on cloth": Scene(("cloth",), ("any",), (0.5, 0.85)),
        "under a lamp": Scene(("white", "bed", "dark table"), ("any",), (0.5, 0.85), lamp=LAMP),
        "beside a shadow": Scene(("white", "bed", "wood"), ("any",), (0.5, 0.85), shadows=tuple(SHADOWS)),
        "black on dark": Scene(("dark",), ("black",), (0.5, 0.85), lamp=(0.0, 0.2)),
    },
}
"""The kinds of photo, by what is on them and by name."""
