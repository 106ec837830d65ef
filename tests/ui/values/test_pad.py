"""What the drawing pad sends, and what is put on it."""

import base64
import re

import numpy as np
import pytest
from support import ROOT, drawn, ink_of, put

from lenet.ui.values.pad import GRID_SIZE, MOST_COUNTED, Drawing, count, drawing_number, put_value, read_ink


def grid_of(ink: np.ndarray) -> str:
    """What pad.js sends for a drawing."""
    return base64.b64encode(ink.astype(np.uint8).tobytes()).decode()


def test_a_drawing_arrives_as_it_was_sent():
    ink = np.arange(GRID_SIZE**2).reshape(GRID_SIZE, GRID_SIZE) % 256
    assert np.array_equal(read_ink(grid_of(ink)), ink)


def test_an_emptied_pad_counts_on():
    emptied = put({"drawing": 8, "grid": "drawn"}, None)
    assert ink_of(emptied) is None
    assert drawing_number(emptied) == 9


@pytest.mark.parametrize("grid", ["", None, 0, [], {}])
def test_an_empty_pad_is_no_picture(grid):
    assert read_ink(grid) is None


def test_a_pad_without_ink_is_no_picture():
    assert read_ink(grid_of(np.zeros((GRID_SIZE, GRID_SIZE)))) is None
    assert Drawing().followed_by(np.zeros((28, 28), np.uint8)).ink is None


@pytest.mark.parametrize(
    "grid",
    ["AAAA", "A" * 10_000_000, "!" * 16_728, "A" * 16_728 + "\n", ["A"] * 16_728, {"a": 1}, 7, "é" * 16_728],
    ids=["short", "long", "no base64", "newline", "list", "object", "number", "accents"],
)
def test_anything_else_from_a_browser_is_refused_with_a_sentence(grid):
    with pytest.raises(ValueError, match="reload the page"):
        read_ink(grid)


@pytest.mark.parametrize(
    ("value", "number"), [({"drawing": 7}, 7), ({}, 0), (None, 0), ({"drawing": "7"}, 0), ([], 0), ("text", 0), (5, 0)]
)
def test_the_number_is_carried_back_or_zero(value, number):
    assert drawing_number(value) == number


@pytest.mark.parametrize("number", [-1, MOST_COUNTED, 10**30, True, 2.0, "3", None, [1]])
def test_what_cannot_be_counted_is_zero(number):
    assert count(number) == 0


def test_script_and_server_agree_on_the_grid():
    scripts = [path.read_text() for path in (ROOT / "lenet" / "ui" / "web").rglob("*.js")]
    (size,) = {size for script in scripts for size in re.findall(r"const GRID_SIZE = (\d+);", script)}
    assert int(size) == GRID_SIZE


def test_an_example_on_the_pad_is_seen_as_it_is(digits, modern):
    value = put_value(Drawing(5).followed_by(digits[4]))
    assert value == {"drawing": 6, "grid": grid_of(digits[4].repeat(4, 0).repeat(4, 1)), "strokes": "", "put": True}
    through_the_pad = drawn(modern, value).prepared.picture
    apart = abs(through_the_pad - digits[4] / 255)
    assert apart.mean() < 0.01
    assert apart.max() < 0.1
