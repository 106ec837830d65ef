"""Drawings by code that are no digit, or no garment: a network's doubt is learned from them.

The idea is outlier exposure (Hendrycks et al. 2019, "Deep Anomaly Detection with Outlier Exposure"). Letters that look
like a digit to any eye are missing: o, l, i, z, s, b, g and q.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from lenet.model import PICTURE_SIZE
from lenet.training import strokes
from lenet.training.strokes import BOX, Hand, curve, joined, parse, polylines, render

AT_ONCE = 32
"""Drawings that share what is drawn once for many: how many strokes they have, and of how many points."""

LATTICE = 4
"""A random glyph's points lie near the crossings of so many rows and columns."""

CORNERS = 0.4
"""The probability that a random glyph's point is a corner."""

GLYPH_STROKES, GLYPH_POINTS = (1, 3), (2, 5)
"""The fewest and the most strokes of a random glyph, and points of each."""

SCRIBBLE_POINTS = (5, 25)
"""The fewest and the most points of a scribble."""

LETTERS = (
    "8,100 50,0! 92,100 / 25,62 75,62",  # A
    "90,15 50,0 10,50 50,100 90,85",  # C
    "80,5 25,10 8,60 45,100 92,80",  # C, slanted
    "12,0 12,100! 55,98 92,50 55,2 12,0",  # D
    "90,0 10,0! 10,100! 90,100 / 10,50 75,50",  # E
    "85,8 40,2 25,25 55,45 20,65 35,98 90,85",  # E, round
    "90,0 10,0! 10,100 / 10,48 70,48",  # F
    "10,0 10,100 / 90,0 90,100 / 10,50 90,50",  # H
    "70,0 70,75 40,100 10,78",  # J
    "30,0 95,0 / 70,0 70,75 40,100 10,78",  # J with a bar
    "12,0 12,100 / 88,0 15,55! 90,100",  # K
    "15,0 15,100! 90,100",  # L
    "60,20 50,0 35,30 35,80 8,95 30,85 95,95",  # L, looped
    "5,100 15,0! 50,70! 85,0! 95,100",  # M
    "10,100 10,0! 90,100! 90,0",  # N
    "15,100 15,0! 60,0 88,25 60,50 15,50",  # P
    "15,100 15,0! 60,0 88,25 60,50 15,50! 90,100",  # R
    "5,0 95,0 / 50,0 50,100",  # T
    "5,12 30,2 95,4 / 60,5 50,80 15,92",  # T, bent
    "10,0 12,70 50,100 88,70 90,0",  # U
    "5,0 50,100! 95,0",  # V
    "2,0 25,100! 50,30! 75,100! 98,0",  # W
    "8,0 92,100 / 92,0 8,100",  # X
    "8,0 50,50 / 92,0 50,50! 50,100",  # Y
    "80,15 45,5 10,50 40,95 80,60 / 82,5 82,80 98,98",  # a
    "15,20 50,0 82,25 82,100 / 82,45 35,50 12,75 40,98 82,75",  # a of two storeys
    "85,20 50,0 12,50 50,100 88,82",  # c
    "82,55 45,40 12,72 45,100 82,75 / 82,0 82,100",  # d
    "12,52 88,50! 75,8 45,0 10,50 45,100 88,85",  # e
    "5,70 60,50 70,10 40,5 20,60 45,98 98,70",  # e, slanted
    "80,5 55,0 42,20 42,100 / 15,42 75,42",  # f
    "5,65 60,20 50,0 38,20 40,100 55,90 35,60 90,60",  # f, looped
    "15,0 15,100 / 15,60 50,42 82,60 82,100",  # h
    "60,25 60,85 35,100 10,88 / 60,3 62,6",  # j
    "60,25 62,75 30,98 25,85 90,50 / 60,3 62,6",  # j, looped
    "18,0 18,100 / 80,38 20,70! 85,100",  # k
    "5,100 5,10 / 5,30 28,10 48,30 48,100 / 48,30 72,10 95,30 95,100",  # m
    "12,100 12,5 / 12,30 50,5 88,30 88,100",  # n
    "15,5 15,100 / 15,15 55,0 88,28 55,58 15,45",  # p
    "20,100 20,5 / 20,35 45,8 85,12",  # r
    "45,0 45,82 65,100 88,90 / 12,30 85,30",  # t
    "12,5 12,70 45,98 85,70 / 85,5 85,98",  # u
    "8,5 48,98! 92,5",  # v
    "2,5 25,98! 50,35! 75,98! 98,5",  # w
    "10,5 90,98 / 90,5 10,98",  # x
    "12,0 50,55 / 90,0 50,55 20,100",  # y
    "12,0 14,40 45,55 82,40 / 85,0 82,80 45,100 12,85",  # y, round
    "0,60 15,20 25,60 35,90 50,30 60,60 70,90 85,30 100,60",  # joined letters
)
"""Latin letters in the notation of ``strokes.STYLES``."""

SIGNS = (
    "50,0 50,100 / 0,50 100,50",  # plus
    "5,35 95,35 / 5,65 95,65",  # equals
    "15,25 50,0 85,25 50,55 50,75 / 50,95 51,99",  # question mark
    "50,0 50,70 / 50,95 51,99",  # exclamation mark
    "35,0 25,100 / 75,0 65,100 / 5,33 95,33 / 5,66 95,66",  # number sign
    "90,100 25,25 45,0 65,20 15,75 45,100 90,55",  # ampersand
    "70,35 45,30 30,55 50,70 70,40 75,70 95,55 85,15 50,0 8,30 8,75 50,100 85,90",  # at
    "0,60 25,35 50,50 75,65 100,40",  # tilde
    "0,50 100,50 / 70,20 100,50! 70,80",  # arrow
    "50,100 50,0 / 20,30 50,0! 80,30",  # arrow up
    "50,0 80,95! 3,35! 97,35! 20,95! 50,0",  # star
    "50,0 50,100 / 7,25 93,75 / 93,25 7,75",  # asterisk
    "50,100 5,40 20,5 50,25! 80,5 95,40 50,100",  # heart
    "50,0! 95,95! 5,95! 50,0",  # triangle
    "5,5! 95,5! 95,95! 5,95! 5,5",  # square
    "50,0! 95,50! 50,100! 5,50! 50,0",  # diamond
    "10,100! 10,40! 50,0! 90,40! 90,100! 10,100",  # house
    "50,50 60,42 55,60 38,55 40,35 65,28 78,55 55,80 22,70 18,30 60,5 98,50 60,98",  # spiral
    "5,60 35,95! 95,5",  # tick
    "65,0 20,55! 75,50! 30,100",  # bolt
    "0,50 12,20 25,50 37,80 50,50 62,20 75,50 87,80 100,50",  # wave
    "0,30! 20,70! 40,30! 60,70! 80,30! 100,70",  # zigzag
    "0,50 100,50",  # dash
    "50,20 51,22 / 50,80 51,82",  # colon
    "10,50 11,52 / 50,50 51,52 / 90,50 91,52",  # dots
    "35,0 15,0! 15,100! 35,100 / 65,0 85,0! 85,100! 65,100",  # brackets
    "35,0 10,50 35,100 / 65,0 90,50 65,100",  # parentheses
    "90,0 10,100 / 25,5 10,20 25,35 40,20 25,5 / 75,65 60,80 75,95 90,80 75,65",  # per cent
    "90,5 10,5! 55,50! 10,95! 90,95",  # sum
    "10,100 10,0! 85,0",  # gamma
    "8,0 92,0 / 25,50 75,50 / 8,100 92,100",  # xi
    "10,100 10,0! 90,0! 90,100",  # pi
    "50,0 50,100 / 50,22 8,50 50,78 92,50 50,22",  # phi
    "50,0 50,100 / 5,5 10,50 50,68 90,50 95,5",  # psi
    "5,98 35,98! 10,45 50,0 90,45 65,98! 95,98",  # omega
    "95,10 60,85 25,95 8,50 25,8 60,20 95,95",  # alpha
    "10,100 10,0 / 10,60 40,75 75,55 / 75,0 78,70 95,72",  # mu
    "50,0 50,100 / 5,0 48,50! 5,100 / 95,0 52,50! 95,100",  # zhe
    "20,75 35,0! 75,0! 80,75 / 0,100 0,75! 100,75! 100,100",  # de
    "85,100 85,0! 35,0 12,25 35,50 85,50! 10,100",  # ya
    "5,0 5,100! 95,100! 95,0 / 50,0 50,100",  # sha
    "8,0 8,100 / 8,50 35,50 / 65,0 35,50 65,100 95,50 65,0",  # yu
    "10,0 10,100! 90,0! 90,100",  # i
    "50,0 45,45 5,100 / 47,40 95,100",  # ren
    "5,35 95,35 / 50,0 47,45 5,100 / 52,42 95,100",  # da
    "8,10! 92,10! 88,95! 12,95! 8,10",  # kou
    "10,25! 90,25! 90,65! 10,65! 10,25 / 50,0 50,100",  # zhong
    "5,30 95,30 / 50,0 50,100 / 48,32 5,85 / 52,32 95,85",  # mu, a tree
    "8,8! 92,8! 92,92! 8,92! 8,8 / 50,8 50,92 / 8,50 92,50",  # tian
    "50,0 50,95 35,85 / 10,25 40,30 8,85 / 90,15 55,45 95,90",  # shui
    "0,20 30,60 65,75 95,50 65,25 30,45 0,80",  # fish
    "50,50 30,15 50,0 70,15 50,50 85,30 100,50 85,70 50,50 70,85 50,100 30,85 50,50 15,70 0,50 15,30 50,50",  # flower
    "50,0 38,12 50,24 62,12 50,0 / 50,24 50,65 20,100 / 50,65 80,100 / 15,40 85,40",  # man
    "10,10 20,95! 70,95! 80,10! 10,10 / 78,30 98,35 95,60 74,65",  # cup
    "20,30 5,45 20,60 35,45 20,30 / 35,45 100,45! 100,65 / 80,45 80,62",  # key
    "50,15 50,100 / 30,30 70,30 / 8,65 30,95 50,100 70,95 92,65",  # anchor
)
"""Signs, letters of other alphabets and small pictures, in the same notation."""

FACES = (
    "50,0 5,50 50,100 95,50 50,0 / 33,35 34,38 / 66,35 67,38 / 25,62 50,80 75,62",  # smiling
    "50,0 5,50 50,100 95,50 50,0 / 33,30 33,45 / 66,30 66,45 / 20,60 50,85 80,60",  # its eyes strokes
    "50,0 5,50 50,100 95,50 50,0 / 30,35 31,36 / 70,35 71,36 / 28,72 72,72",  # in earnest
    "50,0 5,50 50,100 95,50 50,0 / 35,40 36,41 / 65,40 66,41 / 50,50 50,60 / 30,75 50,65 70,75",  # sad
)
"""Faces, in the same notation."""

TURNS: dict[int, tuple[str, ...]] = {
    1: ("quarter",),
    2: ("quarter",),
    3: ("quarter", "mirror"),
    4: ("quarter", "flip", "mirror"),
    5: ("quarter",),
    6: ("mirror",),
    7: ("quarter", "flip", "mirror"),
    8: ("quarter",),
    9: ("mirror",),
}
"""How each digit can be turned into something that is no digit. A mirrored 2 is missing: it looks like an S or a 5."""

HANDS = {
    kind: Hand(slant=math.tan(math.radians(16)), rotation=math.radians(12), width=0.85, aspect=0.5, pen=pen, box=box)
    for kind, box, pen in (("digit", BOX, (1.2, 5.0)), ("garment", PICTURE_SIZE, (1.5, 7.0)))
}
"""How outliers are written for each kind of network: a garment's picture is filled to its edges."""

ANY_WAY_UP = {kind: Hand(hand.slant, math.pi, 1.0, 0.6, hand.pen, hand.box) for kind, hand in HANDS.items()}
"""The same for scribbles, which have no upright."""


def draw(
    count: int, kind: str, images: Tensor, labels: Tensor, generator: Generator
) -> tuple[Tensor, dict[str, slice]]:
    """``count`` pictures that are no digit or no garment, (count, 1, 28, 28) float32, and where each family of them is.

    ``images`` and ``labels`` are the training pictures; digits are turned and laid over each other.
    """
    families = DIGITLESS if kind == "digit" else GARMENTLESS
    total = sum(share for share, _ in families.values())
    pictures, places, start = [], {}, 0
    for number, (name, (share, make)) in enumerate(families.items(), start=1):
        wanted = count - start if number == len(families) else round(count * share / total)
        made = make(wanted, kind, generator) if make else turned(wanted, images, labels, generator)
        pictures.append(made)
        places[name] = slice(start, start + len(made))
        start += len(made)
    return torch.cat(pictures), places


def written(table: tuple[str, ...]) -> Callable[[int, str, Generator], Tensor]:
    """The family of the figures in a ``table``, each drawn equally often."""

    def make(count: int, kind: str, generator: Generator) -> Tensor:
        return _in_parts(
            count,
            len(table),
            lambda number, size: polylines(parse(table[number]), size, generator),
            HANDS[kind],
            generator,
        )

    return make


def digits(count: int, kind: str, generator: Generator) -> Tensor:
    """Digits, which are no garments."""
    return written(tuple(style for styles in strokes.STYLES for _, style in styles.values()))(count, kind, generator)


def glyphs(count: int, kind: str, generator: Generator) -> Tensor:
    """Figures of no alphabet: a few strokes through random points of a lattice."""

    def segments(_: int, size: int) -> Tensor:
        return torch.cat([_glyph_stroke(size, generator) for _ in range(_whole(GLYPH_STROKES, generator))], 1)

    return _in_parts(count, -(-count // AT_ONCE), segments, HANDS[kind], generator)


def _glyph_stroke(count: int, generator: Generator) -> Tensor:
    """The segments of one stroke of ``count`` random glyphs, some of its points corners."""
    points = _whole(GLYPH_POINTS, generator)
    places = torch.randint(LATTICE, (count, points, 2), generator=generator) / (LATTICE - 1)
    places = places + 0.1 * (2 * _random((count, points, 2), generator) - 1)
    repeats = 1 + (torch.rand(points, generator=generator) < CORNERS).long()
    return curve(places.repeat_interleave(repeats, 1))


def scribbles(count: int, kind: str, generator: Generator) -> Tensor:
    """Lines without a plan: through random points, to and fro, in loops, as a walk, as a shaky bow."""
    makers = (_tangle, _to_and_fro, _loops, _walk, _bow)
    return _in_parts(
        count,
        -(-count // AT_ONCE),
        lambda number, size: makers[number % len(makers)](size, generator),
        ANY_WAY_UP[kind],
        generator,
    )


def _tangle(count: int, generator: Generator) -> Tensor:
    return curve(_random((count, _whole(SCRIBBLE_POINTS, generator), 2), generator))


def _to_and_fro(count: int, generator: Generator) -> Tensor:
    turns = 2 * _whole((3, 14), generator)
    points = torch.stack((torch.linspace(0, 1, turns), torch.arange(turns) % 2), 1)
    return joined(points + 0.12 * torch.randn((count, turns, 2), generator=generator))


def _loops(count: int, generator: Generator) -> Tensor:
    """Loops along a line; without the line's progress they would be zeros."""
    rounds, progress, tempo = (
        _between((count, 1), low, high, generator) for low, high in ((2, 6), (0.1, 0.5), (0.8, 1.2))
    )
    angle = torch.linspace(0, 2 * math.pi, 40) * rounds
    return joined(torch.stack((progress * angle / 2 + angle.cos(), (tempo * angle).sin()), -1))


def _walk(count: int, generator: Generator) -> Tensor:
    return joined(torch.randn((count, _whole((12, 70), generator), 2), generator=generator).cumsum(1))


def _bow(count: int, generator: Generator) -> Tensor:
    angle = torch.linspace(0, 1, 14) * _between((count, 1), -3, 3, generator)
    bow = torch.stack((angle.cos(), angle.sin()), -1)
    return joined(bow + _between((count, 14, 2), -0.2, 0.2, generator))


def silhouettes(count: int, kind: str, generator: Generator) -> Tensor:
    """Filled shapes with a texture: for each row a left and a right edge, often mirror images, some with a gap."""
    across = torch.linspace(-1, 1, PICTURE_SIZE)
    right = _profile(count, 0.1, 1, generator)
    mirrored = _random((count, 1), generator) < 0.6
    left = torch.where(mirrored, right, _profile(count, 0.1, 1, generator))
    gapped = (_random((count, 1), generator) < 0.4) & (
        torch.arange(PICTURE_SIZE) > 3 + 10 * _random((count, 1), generator)
    )
    gap = _profile(count, 0, 0.35, generator) * gapped
    filled = (across < right[..., None]) & (across > -left[..., None]) & (across.abs() >= gap[..., None])
    lying = (_random((count, 1, 1), generator) < 0.4).expand_as(filled)
    filled = torch.where(lying, filled.transpose(1, 2), filled)
    return _fitted((filled * _texture(count, generator))[:, None], generator)


def blobs(count: int, kind: str, generator: Generator) -> Tensor:
    """Filled ellipses with a soft edge: what a single dot of the pen becomes when it is enlarged to a digit."""
    axis = torch.arange(PICTURE_SIZE) - PICTURE_SIZE / 2
    one = (count, 1, 1)
    down, across = (_between(one, 0.6, 1, generator) for _ in "yx")
    far = ((axis[:, None] / down) ** 2 + (axis / across) ** 2).sqrt()
    edge = (BOX / 2 - far) / _between(one, 0.8, 4, generator) + 0.5
    return edge.clamp(0, 1)[:, None]


def _profile(count: int, low: float, high: float, generator: Generator) -> Tensor:
    """An edge's distance from the middle in each row: (count, 28), straight between six random ones."""
    knots = _between((count, 1, 6), low, high, generator)
    return F.interpolate(knots, size=PICTURE_SIZE, mode="linear", align_corners=True)[:, 0]


def _texture(count: int, generator: Generator) -> Tensor:
    """Greys of cloth, the lightest 1: (count, 28, 28), with a gradient, stripes, folds and grain."""
    down = torch.linspace(-1, 1, PICTURE_SIZE).view(1, -1, 1)
    one = (count, 1, 1)
    grey = _between(one, 0.25, 1, generator) + down * _between(one, -0.3, 0.3, generator)
    striped = 0.4 * (_random(one, generator) < 0.3)
    grey = grey + striped * torch.sin(down * _between(one, 5, 35, generator))
    folds = torch.randn((count, 1, 8, 8), generator=generator)
    folds = F.interpolate(folds, size=PICTURE_SIZE, mode="bicubic")[:, 0]
    grey = grey + 0.25 * _random(one, generator) * folds
    grain = torch.randn((count, PICTURE_SIZE, PICTURE_SIZE), generator=generator)
    grey = (grey + 0.15 * _random(one, generator) * grain).clamp(0.05, 1)
    return grey / grey.amax((1, 2), keepdim=True)


def _fitted(pictures: Tensor, generator: Generator) -> Tensor:
    """Each picture squeezed to a random shape whose longer side is that of a digit, its mass in the middle."""
    count = len(pictures)
    sides = _between((count, 2), 0.35, 1, generator)
    sides = sides / sides.amax(1, keepdim=True) * BOX / PICTURE_SIZE
    affine = torch.zeros(count, 2, 3)
    affine[:, 0, 0], affine[:, 1, 1] = (1 / sides).unbind(1)
    grid = F.affine_grid(affine, list(pictures.shape), align_corners=False)
    pictures = F.grid_sample(pictures, grid, align_corners=False).clamp(0, 1)
    axis, mass = torch.arange(PICTURE_SIZE), pictures.sum((1, 2, 3)).clamp(min=1)
    down, right = ((pictures.sum((1, side)) * axis).sum(1) / mass for side in (3, 2))
    middle = PICTURE_SIZE / 2
    shifts = torch.stack((middle - down, middle - right), 1).round().long().tolist()
    return torch.stack([picture.roll(tuple(shift), (1, 2)) for picture, shift in zip(pictures, shifts, strict=True)])


def clouds(count: int, kind: str, generator: Generator) -> Tensor:
    """Pictures of nothing: soft light and dark with grain, to the edges."""
    coarse = torch.rand((count, 1, 4, 4), generator=generator)
    light = F.interpolate(coarse, size=PICTURE_SIZE, mode="bicubic").clamp(0, 1)
    grain = torch.randn((count, 1, PICTURE_SIZE, PICTURE_SIZE), generator=generator)
    return (light + 0.2 * _random((count, 1, 1, 1), generator) * grain).clamp(0, 1)


def turned(count: int, images: Tensor, labels: Tensor, generator: Generator) -> Tensor:
    """Digits that are none any more: turned as ``TURNS`` says, and every fifth laid over another one."""
    chosen = torch.randint(len(images), (2, count), generator=generator)
    pictures = images[chosen[0]].clone()
    over = pictures.roll((-3, 4), (2, 3)).maximum(images[chosen[1]].roll((3, -4), (2, 3)))
    ways = {"quarter": lambda x: x.rot90(1, (2, 3)), "flip": lambda x: x.flip(2), "mirror": lambda x: x.flip(3)}
    laid_over = torch.arange(count) % 5 == 0
    for digit in range(10):
        which = labels[chosen[0]] == digit
        own = TURNS.get(digit, ())
        for number, way in enumerate(own):
            part = which & (torch.arange(count) // 5 % len(own) == number)
            pictures[part] = ways[way](pictures[part])
        if not own:
            laid_over |= which
    pictures[laid_over] = over[laid_over]
    return pictures


def _in_parts(
    count: int,
    parts: int,
    segments: Callable[[int, int], Tensor],
    hand: Hand,
    generator: Generator,
) -> Tensor:
    """``count`` pictures of the ``segments`` that each of the ``parts`` draws for so many of them, in random order."""
    pictures = []
    for number in range(parts):
        size = len(range(number, count, parts))
        for start in range(0, size, strokes.RENDERED_AT_ONCE):
            lines = segments(number, min(strokes.RENDERED_AT_ONCE, size - start))
            pictures.append(render(lines, generator, hand))
    return torch.cat(pictures)[torch.randperm(count, generator=generator)]


def _random(shape: tuple[int, ...], generator: Generator) -> Tensor:
    return torch.rand(shape, generator=generator)


def _between(shape: tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    return low + (high - low) * _random(shape, generator)


def _whole(bounds: tuple[int, int], generator: Generator) -> int:
    """A whole number within ``bounds``, both included."""
    return int(torch.randint(bounds[0], bounds[1] + 1, (1,), generator=generator))


Family = tuple[float, Callable[[int, str, Generator], Tensor] | None]
"""How often a family is drawn in comparison to the others, and its maker; None turns training pictures."""

DIGITLESS: dict[str, Family] = {
    "letters": (4, written(LETTERS)),
    "signs": (2, written(SIGNS)),
    "faces": (0.8, written(FACES)),
    "glyphs": (2, glyphs),
    "scribbles": (3, scribbles),
    "silhouettes": (4, silhouettes),
    "blobs": (0.3, blobs),
    "turned digits": (1.5, None),
}
"""What is no digit."""

GARMENTLESS: dict[str, Family] = {
    "digits": (3, digits),
    "letters": (3, written(LETTERS)),
    "signs": (2, written(SIGNS)),
    "glyphs": (2, glyphs),
    "scribbles": (3, scribbles),
    "clouds": (1, clouds),
}
"""What is no garment. A silhouette could be one."""
