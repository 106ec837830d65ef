"""The strokes of a drawing as letters: they come from strangers."""

import re

import pytest
from support import ROOT

from lenet.ui.values.strokes import LETTERS, MOST_LETTERS, PAD_SIZE, WIDTHS, read_strokes

SEVEN = "gBGwHoGkNAjI8Q"
"""A brush of 8 hundredths, three points: (120, 100), (330, 100), (200, 370)."""

CORNERS = "iCC_bg4BIEAABC"
"""An eraser of 16 hundredths as far beside the pad as it can be, (-448, 896); then a thin brush, (0, 0) and (-1, 1)."""


@pytest.mark.parametrize("letters", [SEVEN, CORNERS, SEVEN * 3, (SEVEN * 600)[: MOST_LETTERS // 14 * 14]])
def test_strokes_are_handed_on_as_they_came(letters):
    assert read_strokes(letters) == letters


@pytest.mark.parametrize("letters", ["", None, 0, [], {}])
def test_no_strokes_are_none(letters):
    assert read_strokes(letters) == ""


@pytest.mark.parametrize(
    "letters",
    [
        SEVEN[:-1],
        SEVEN[:-2],
        SEVEN + "A",
        SEVEN + "gB",
        "gBA",
        "gBB",
        "CCAA",
        "kCCAA",
        "gBChcA",
        "gBCAi4B",
        "gBGwHoGkNAjI6xB",
        "gBC" + "g" * 9 + "A",
        "gBC____A",
        "é" + SEVEN,
        SEVEN + "\n",
        SEVEN.replace("N", "="),
        "A" * (MOST_LETTERS + 1),
        [SEVEN],
        7,
        {"a": 1},
    ],
    ids=str,
)
def test_anything_else_is_refused_with_a_sentence(letters):
    with pytest.raises(ValueError, match="reload the page"):
        read_strokes(letters)


def test_the_pad_s_size_and_its_pens_are_those_that_it_offers():
    html = (ROOT / "lenet" / "ui" / "web" / "pad.html").read_text(encoding="utf-8")
    assert f'width="{PAD_SIZE}" height="{PAD_SIZE}"' in html
    (low, high) = re.search(r'type="range" min="(\d+)" max="(\d+)" step="1"', html).groups()
    assert range(int(low), int(high) + 1) == WIDTHS


def test_letters_are_those_of_addresses():
    assert re.fullmatch(r"[\w-]{64}", LETTERS, re.ASCII)
    assert len(set(LETTERS)) == 64
