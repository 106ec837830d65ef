"""Grounds drawn by code: paper, wood, cloth, carpet, tiles. Nothing is taken from a photo.

Each texture is a function of a random generator and a shape. Its values are brightnesses, mostly from 0 to 1, and 0.5
on average. The textures of a place come in two groups. A network is trained on the first group and measured on the
second, which it has never seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
"""(height, width) float32."""

Shape = tuple[int, int]
"""(height, width) in pixels."""

TURN = 2 * np.pi

FACETS = (25, 60)
"""How many flat pieces crumpled paper or cloth is broken into."""

COARSER = 3
"""Facets are found on a plane so many times smaller: the nearest of fifty points is costly to find."""


def noise(random: Generator, shape: Shape, down: float, across: float | None = None) -> Plane:
    """Smooth random values in [0, 1]: random numbers on a coarse grid, with smooth curves between them.

    The grid has ``down`` cells on the shorter side of the picture, from top to bottom, and ``across`` from left to
    right.
    """
    shorter = min(shape)
    rows, columns = (
        max(2, round(cells * length / shorter) + 1) for cells, length in zip((down, across or down), shape, strict=True)
    )
    grid = Image.fromarray(random.random((rows, columns), np.float32))
    return np.asarray(grid.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))


def octaves(random: Generator, shape: Shape, first: float, count: int = 4) -> Plane:
    """Noise at ``count`` sizes, each half as large and half as strong as the one before, in about [0, 1]."""
    planes = [noise(random, shape, first * 2**step) / 2**step for step in range(count)]
    return np.sum(planes, 0, np.float32) / (2 - 2 ** (1 - count))


def grid(shape: Shape, turn: float = 0.0) -> tuple[Plane, Plane]:
    """The coordinates of each pixel, down and across, in shorter sides from the middle, turned by an angle."""
    height, width = shape
    shorter = min(shape)
    y = ((np.arange(height, dtype=np.float32) - height / 2) / shorter)[:, None]
    x = ((np.arange(width, dtype=np.float32) - width / 2) / shorter)[None]
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return cosine * y + sine * x, cosine * x - sine * y


def turned(random: Generator, shape: Shape) -> tuple[Plane, Plane]:
    """The same at a random angle."""
    return grid(shape, random.uniform(0, TURN))


def _even(random: Generator, shape: Shape) -> Plane:
    return np.full(shape, 0.5, np.float32)


def _clouds(random: Generator, shape: Shape) -> Plane:
    return octaves(random, shape, random.uniform(2, 5))


def _relief(random: Generator, shape: Shape, height: Plane, strength: float) -> Plane:
    """A surface of the given height, lit from a side."""
    down, across = np.gradient(height)
    angle = random.uniform(0, TURN)
    slope = (np.cos(angle) * down + np.sin(angle) * across) * min(shape)
    return (0.5 + strength * slope).astype(np.float32)


def _folds(random: Generator, shape: Shape) -> Plane:
    """Long soft folds, as of a sheet: ridges where smooth noise turns."""
    turn = random.permutation([random.uniform(1, 2.5), random.uniform(3, 7)])
    ridges = sum(abs(2 * noise(random, shape, *turn * scale) - 1) / scale for scale in (1, 2))
    return _relief(random, shape, np.asarray(ridges), random.uniform(0.03, 0.07))


def _waves(random: Generator, shape: Shape) -> Plane:
    """Softly waved cloth."""
    return _relief(random, shape, octaves(random, shape, random.uniform(2, 4), 3), random.uniform(0.06, 0.14))


def _facets(random: Generator, shape: Shape) -> Plane:
    """Flat pieces with a sharp fold between them, as of crumpled paper."""
    small = (max(2, shape[0] // COARSER), max(2, shape[1] // COARSER))
    y, x = grid(small)
    count = random.integers(*FACETS)
    places = random.uniform(-0.5, 0.5, (count, 2)) * np.array(shape) / min(shape)
    distances = [(y - down) ** 2 + (x - across) ** 2 for down, across in places.astype(np.float32)]
    nearest = np.argmin(distances, 0)
    tone, down, across = random.normal(0, [[0.2], [0.6], [0.6]], (3, count)).astype(np.float32)
    plane = 0.5 + tone[nearest] + down[nearest] * (y - places[nearest, 0]) + across[nearest] * (x - places[nearest, 1])
    return resized(plane.astype(np.float32), shape)


def _quilt(random: Generator, shape: Shape) -> Plane:
    """A quilted blanket: cushions between two sets of seams."""
    a, b = turned(random, shape)
    cells = random.uniform(3, 7) * np.pi
    height = np.sqrt(abs(np.sin(cells * a) * np.sin(cells * b)))
    return 0.2 + 0.5 * height + 0.15 * _waves(random, shape)


def _grain(random: Generator, shape: Shape) -> Plane:
    """Wood cut along its length: wavy bands and fine streaks."""
    down, across = grid(shape)
    along, fine = (down, (2, 90)) if random.random() < 0.5 else (across, (90, 2))
    bands = (across if along is down else down) + 0.1 * noise(random, shape, *(cells / 30 for cells in fine))
    lines = 0.5 + 0.25 * np.sin(TURN * random.uniform(4, 12) * bands)
    return lines + 0.5 * (noise(random, shape, *fine) - 0.5)


def _rings(random: Generator, shape: Shape) -> Plane:
    """Wood with a knot: long rings around a place."""
    a, b = turned(random, shape)
    place, longer = random.uniform(-0.4, 0.4), random.uniform(2, 6)
    radius = np.hypot(a - place, b / longer) + 0.06 * noise(random, shape, 4)
    return 0.5 + 0.3 * np.sin(TURN * random.uniform(6, 16) * radius) + 0.3 * (noise(random, shape, 70) - 0.5)


def _planks(random: Generator, shape: Shape) -> Plane:
    """Boards beside each other, each with a tone of its own, and dark joints."""
    a, b = turned(random, shape)
    row, offset = np.floor(a * random.uniform(4, 9)).astype(int), random.uniform(0, 1, 32)
    board = b * random.uniform(1, 2.5) + offset[row % 32]
    tone = random.uniform(0.25, 0.75, (32, 32)).astype(np.float32)[row % 32, np.floor(board).astype(int) % 32]
    return tone + 0.25 * np.sin(TURN * (8 * a + 3 * noise(random, shape, 3))) * noise(random, shape, 30)


def _weave(random: Generator, shape: Shape) -> Plane:
    """Coarse threads, over and under each other."""
    a, b = turned(random, shape)
    threads = TURN * random.uniform(20, 60)
    return 0.5 + 0.3 * np.sin(threads * a) * np.sin(threads * b) + 0.3 * (noise(random, shape, 50) - 0.5)


def _stripes(random: Generator, shape: Shape) -> Plane:
    a, _ = turned(random, shape)
    return 0.5 + 0.4 * np.clip(3 * np.sin(TURN * random.uniform(3, 12) * a), -1, 1)


def _plaid(random: Generator, shape: Shape) -> Plane:
    """Broad bands that cross each other, in two strengths."""
    bands = [np.clip(4 * np.sin(TURN * random.uniform(2, 7) * axis), -1, 1) for axis in turned(random, shape)]
    return 0.5 + random.uniform(0.15, 0.25) * bands[0] + random.uniform(0.05, 0.25) * bands[1]


def _speckle(random: Generator, shape: Shape) -> Plane:
    """A carpet's short pile: noise of a few pixels."""
    return 0.5 + 0.7 * (noise(random, shape, 120) - 0.5) + 0.5 * (noise(random, shape, 45) - 0.5)


def _pile(random: Generator, shape: Shape) -> Plane:
    """A long pile that lies to one side in some places and to the other in others."""
    lying = noise(random, shape, 5)
    one, other = noise(random, shape, 30, 140), noise(random, shape, 140, 30)
    return 0.5 + 0.8 * (np.where(lying > 0.5, one, other) - 0.5) + 0.3 * (lying - 0.5)


def _loops(random: Generator, shape: Shape) -> Plane:
    """Rows of loops."""
    a, b = turned(random, shape)
    rows = TURN * random.uniform(12, 30)
    return 0.5 + 0.25 * np.sin(rows * a) * abs(np.sin(rows * b / 2)) + 0.3 * (noise(random, shape, 60) - 0.5)


def _joints(axis: Plane, tiles: float, width: float) -> NDArray[np.bool_]:
    return abs((axis * tiles) % 1 - 0.5) > 0.5 - width


def _tiles(random: Generator, shape: Shape) -> Plane:
    """Square tiles with darker or lighter joints."""
    a, b = grid(shape, random.uniform(-0.2, 0.2))
    count, width, joint = random.uniform(2, 6), random.uniform(0.015, 0.04), random.choice([0.1, 0.9])
    gap = _joints(a, count, width) | _joints(b, count, width)
    return np.where(gap, joint, 0.45 + 0.2 * noise(random, shape, 3)).astype(np.float32)


def _slabs(random: Generator, shape: Shape) -> Plane:
    """Long slabs of veined stone at any angle."""
    a, b = turned(random, shape)
    count, width, joint = random.uniform(1.5, 4), random.uniform(0.01, 0.03), random.choice([0.15, 0.85])
    shifted = b * count / 2 + 0.5 * (np.floor(a * count) % 2)
    gap = _joints(a + 0.5 / count, count, width) | _joints(shifted, 1, width / 2)
    return np.where(gap, joint, _marble(random, shape)).astype(np.float32)


def _marble(random: Generator, shape: Shape) -> Plane:
    a, _ = turned(random, shape)
    veins = abs(np.sin(np.pi * (random.uniform(1, 3) * a + 2.5 * octaves(random, shape, 3))))
    return 0.35 + 0.3 * np.sqrt(veins)


def resized(plane: Plane, shape: Shape) -> Plane:
    """The plane, enlarged smoothly."""
    return np.asarray(Image.fromarray(plane).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


Texture = Callable[[Generator, Shape], Plane]


@dataclass(frozen=True)
class Place:
    """Where a page or a garment lies: its textures, how strong they are, and its colours.

    ``bright`` bounds the mean brightness and ``contrast`` the texture's share of it, from white to black. ``tint`` is
    how far red, green and blue may lie apart.
    """

    seen: tuple[Texture, ...]
    held_out: tuple[Texture, ...]
    bright: tuple[float, float]
    contrast: tuple[float, float]
    tint: float

    def __call__(self, random: Generator, shape: Shape, *, held_out: bool) -> NDArray[np.float32]:
        """A surface of the place: (height, width, 3) colours in [0, 1]."""
        textures = self.held_out if held_out else self.seen
        plane = textures[random.integers(len(textures))](random, shape) - 0.5
        colour = random.uniform(*self.bright) + self.tint * random.uniform(-0.5, 0.5, 3)
        shade = random.uniform(*self.contrast) * (1 + self.tint * random.uniform(-0.5, 0.5, 3))
        return (colour * (1 + 2 * plane[..., None] * shade)).clip(0, 1).astype(np.float32)


PLACES = {
    "paper": Place((_even, _clouds), (_even, _speckle), (0.75, 0.98), (0.005, 0.03), 0.06),
    "grey paper": Place((_clouds, _speckle), (_even, _marble), (0.45, 0.75), (0.01, 0.05), 0.15),
    "crumpled paper": Place((_folds, _waves), (_facets,), (0.7, 0.95), (0.06, 0.16), 0.06),
    "board": Place((_clouds, _even), (_marble,), (0.08, 0.3), (0.05, 0.15), 0.12),
    "wood": Place((_grain,), (_rings, _planks), (0.2, 0.7), (0.08, 0.3), 0.25),
    "cloth": Place((_weave, _stripes), (_plaid, _loops), (0.2, 0.8), (0.05, 0.3), 0.25),
    "dark table": Place((_even, _clouds), (_marble, _rings), (0.05, 0.2), (0.02, 0.1), 0.05),
    "white": Place((_even, _clouds), (_even, _marble), (0.8, 0.99), (0.0, 0.03), 0.03),
    "bed": Place((_folds, _waves), (_facets, _quilt), (0.4, 0.95), (0.05, 0.2), 0.2),
    "tiles": Place((_tiles,), (_slabs,), (0.35, 0.9), (0.06, 0.25), 0.12),
    "carpet": Place((_speckle,), (_pile, _loops), (0.15, 0.7), (0.08, 0.3), 0.25),
    "dark": Place((_even, _folds, _speckle), (_marble, _pile), (0.2, 0.38), (0.03, 0.12), 0.1),
}
"""The places of a photo, by name."""
