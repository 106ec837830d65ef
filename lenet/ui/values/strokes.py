"""The strokes of a drawing as letters: short enough for a link. The browser draws them; here they are only checked.

A letter holds five bits of a number and says whether more follow, the lowest bits first. Numbers with a sign become
0, -1, 1, -2, ... -> 0, 1, 2, 3, ... A stroke is 2 * width + 1 for the eraser or + 0 for the brush, the count of its
points, its first point, and from each point the step to the next one. ``web/pad/strokes.js`` writes and reads the same.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The alphabet of addresses."""

BITS, MOST_BITS = 5, 15
"""Bits in a letter, and in the longest number."""

MOST_LETTERS = 8_000
"""Of all strokes together: some 4,000 points. A drawing of more strokes is carried as ink."""

PAD_SIZE = 448
"""Side of the pad, in pixels of its canvas; points lie on whole ones."""

BESIDE = 448
"""Pixels beside the pad in which a pen that has left it is followed."""

WIDTHS = range(2, 17)
"""Widths of the pen, in hundredths of the pad's side; ``pad.html`` offers them."""


def read_strokes(letters: Any) -> str:
    """The strokes that a browser or a link holds, or "" where there are none.

    Raises ValueError, with a sentence, when they are not what ``web/pad.js`` sends.
    """
    if not letters:
        return ""
    if not isinstance(letters, str) or len(letters) > MOST_LETTERS:
        raise ValueError("The pad sent strokes of the wrong size; reload the page.")
    try:
        numbers = _numbers(letters)
        for tool in numbers:
            _check_stroke(tool, numbers)
    except ValueError as error:
        raise ValueError("The pad sent strokes that cannot be read; reload the page.") from error
    return letters


def _check_stroke(tool: int, numbers: Iterator[int]) -> None:
    """Take the rest of a stroke from ``numbers``. Raises ValueError when it is none."""
    count = next(numbers, 0)
    if tool >> 1 not in WIDTHS or count < 1:
        raise ValueError("no stroke")
    steps = list(islice(numbers, 2 * count))
    if len(steps) < 2 * count:
        raise ValueError("cut short")
    for way in (steps[::2], steps[1::2]):
        place = 0
        for step in way:
            place += step
            if not -BESIDE <= place <= PAD_SIZE + BESIDE:
                raise ValueError("beside the pad")


def _numbers(letters: str) -> Iterator[int]:
    """The numbers that the letters hold. Raises ValueError where there are other letters, or a number is too long."""
    number = shift = 0
    for letter in letters:
        if shift >= MOST_BITS:
            raise ValueError("too long a number")
        more, bits = divmod(LETTERS.index(letter), 1 << BITS)
        number |= bits << shift
        shift += BITS
        if not more:
            yield -(number + 1 >> 1) if number & 1 else number >> 1
            number = shift = 0
    if shift:
        raise ValueError("cut short")
