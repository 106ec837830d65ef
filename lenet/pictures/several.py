"""Several digits in one picture: each by itself, in reading order, with its place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.digits import SEVERAL, from_ink
from lenet.pictures.prepare import Prepared, prepare
from lenet.pictures.regions import bounding_box, region_boxes

STACKED = 0.5
"""Two parts of one digit stand above each other: they share this part of the narrower one's columns."""

BROKEN = 0.15
"""The gap between two parts of one digit, as a share of the tallest region's height. Two lines lie farther apart."""

NEAR = 0.35
"""A small part belongs to a digit that is nearer than this share of the tallest region's height."""

MOST, FRAGMENTS = 40, 200
"""A picture with more digits, or more regions, is a page of text or a pattern; no digit is told from another there."""

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom are the first that lie outside."""


@dataclass(frozen=True)
class Found:
    """One of the digits in a picture."""

    box: Box
    """Where its ink is, in the picture's own pixels."""

    prepared: Prepared
    """The digit alone, prepared as if there were no other."""


def find_digits(picture: Image.Image | NDArray) -> tuple[Found, ...]:
    """Every digit in a picture, in reading order: line by line, each from left to right.

    Digits that touch each other are one to this function. Raises BlankPicture when there is none.
    """
    size = picture.size if isinstance(picture, Image.Image) else picture.shape[1::-1]
    return digits_of(prepare(picture, "digit"), size)


def digits_of(prepared: Prepared, size: tuple[int, int] | None = None) -> tuple[Found, ...]:
    """The same, from a picture that is prepared already. ``size`` is the (width, height) that the picture had, if the
    boxes are to be in its pixels and not in those of the steps.
    """
    ink, regions = prepared.steps["cleaned"], prepared.regions
    if regions is None:
        raise ValueError("a garment is not several digits")
    size = size or ink.shape[::-1]
    masks, found = _split(regions), []
    if len(masks) == 1 and np.array_equal(masks[0], regions > 0):
        return (Found(_box(masks[0], size), prepared),)
    for mask in _in_reading_order(masks):
        own = np.where(mask, regions, 0)
        steps, _ = from_ink(np.where(mask, ink, np.float32(0)), own)
        found.append(Found(_box(mask, size), Prepared({"picture": prepared.steps["picture"]} | steps, regions=own)))
    return tuple(found)


def _box(mask: NDArray[np.bool_], size: tuple[int, int]) -> Box:
    """The mask's box, in the pixels of a picture of that (width, height)."""
    rows, columns = bounding_box(mask)
    across, down = size[0] / mask.shape[1], size[1] / mask.shape[0]
    return (
        int(columns.start * across),
        int(rows.start * down),
        int(np.ceil(columns.stop * across)),
        int(np.ceil(rows.stop * down)),
    )


@dataclass(frozen=True)
class _Part:
    """Regions that belong to one digit, and the box around them: rows from top to bottom, columns left to right."""

    numbers: tuple[int, ...]
    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def with_(self, other: "_Part") -> "_Part":
        """Both as one."""
        return _Part(
            self.numbers + other.numbers,
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def gaps(self, other: "_Part") -> tuple[int, int]:
        """The rows and the columns between the two boxes; negative where they overlap."""
        return (
            max(self.top, other.top) - min(self.bottom, other.bottom),
            max(self.left, other.left) - min(self.right, other.right),
        )

    def is_stacked(self, other: "_Part", tallest: int) -> bool:
        """Whether the two are the upper and the lower part, or the halves, of one digit."""
        rows, columns = self.gaps(other)
        narrower = min(self.right - self.left, other.right - other.left)
        return -columns >= STACKED * narrower and rows < BROKEN * tallest


def _split(regions: NDArray[np.int32]) -> list[NDArray[np.bool_]]:
    """A mask of each digit: a tall region, with what stands above and below it, and small parts near it."""
    if not 1 < regions.max() <= FRAGMENTS:
        return [regions > 0]
    boxes = region_boxes(regions).tolist()
    parts = sorted((_Part((number,), *box) for number, box in enumerate(boxes, 1)), key=lambda part: -part.height)
    tallest = parts[0].height
    digits: list[_Part] = []
    for part in parts:
        _join(digits, part, tallest)
    if len(digits) > MOST:
        return [regions > 0]
    return [np.isin(regions, digit.numbers) for digit in digits]


def _join(digits: list[_Part], part: _Part, tallest: int) -> None:
    """Make a part a digit of its own, or add it to the one that it belongs to. A small part far from all is dropped."""
    if not digits:
        digits.append(part)
        return
    distances = [max(0, *digit.gaps(part)) for digit in digits]
    stacked = [digit.is_stacked(part, tallest) for digit in digits]
    tall = part.height >= SEVERAL * tallest
    nearest = stacked.index(True) if any(stacked) else int(np.argmin(distances))
    if any(stacked) or (not tall and distances[nearest] < NEAR * tallest):
        digits[nearest] = digits[nearest].with_(part)
    elif tall:
        digits.append(part)


def _in_reading_order(masks: list[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """Line by line from above, each from the left. A digit whose middle lies above a line's bottom is in that line."""
    boxes = {index: bounding_box(mask) for index, mask in enumerate(masks)}
    lines: list[list[int]] = []
    bottom = -1.0
    for index, (rows, _) in sorted(boxes.items(), key=lambda item: item[1][0].start + item[1][0].stop):
        if (rows.start + rows.stop) / 2 >= bottom:
            lines.append([])
            bottom = rows.stop
        lines[-1].append(index)
    return [masks[index] for line in lines for index in sorted(line, key=lambda each: boxes[each][1].start)]
