"""A drawing on the pad: what is known of it is not guessed, and the data sets' own pictures stay as they are."""

import numpy as np
import pytest
from support import real_pictures

from lenet.pictures.drawing import prepare_drawing
from lenet.pictures.planes import BlankPicture
from lenet.ui.values.pad import GRID_SIZE

CELLS = GRID_SIZE // 28


def bar(height: int, width: int, top: int = 20, left: int = 50) -> np.ndarray:
    """A filled rectangle on the pad."""
    ink = np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
    ink[top : top + height, left : left + width] = 255
    return ink


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_a_picture_of_the_data_set_comes_through_the_pad_unchanged(kind):
    for picture in real_pictures(kind):
        ink = picture.repeat(CELLS, 0).repeat(CELLS, 1)
        apart = abs(prepare_drawing(ink, kind).picture - picture / 255)
        assert apart.mean() < 0.01
        assert apart.max() < 0.1


def test_the_steps_are_named_and_the_picture_has_256_greys():
    prepared = prepare_drawing(bar(70, 9), "digit")
    assert list(prepared.steps) == ["picture", "cleaned", "box", "network"]
    greys = prepared.picture * 255
    assert abs(greys - np.round(greys)).max() < 1e-4
    assert list(prepare_drawing(bar(70, 40), "garment").steps) == ["picture", "cloth", "box", "network"]


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_where_it_is_drawn_does_not_matter(kind):
    ink = bar(50, 8)
    ink[20:28, 50:80] = 255
    first = prepare_drawing(ink, kind).picture
    for down, across in [(-20, -50), (42, 32), (3, -7)]:
        assert np.array_equal(prepare_drawing(np.roll(ink, (down, across), (0, 1)), kind).picture, first)


def test_a_digit_fills_a_box_of_20_and_stands_at_the_centre():
    rows, columns = np.nonzero(prepare_drawing(bar(70, 35), "digit").picture)
    assert rows.max() - rows.min() == 19
    assert abs(rows.mean() - 14) <= 0.5
    assert columns.max() - columns.min() == 9
    assert abs(columns.mean() - 14) <= 0.5


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_a_pad_that_is_mostly_ink_is_not_read_inverted(kind):
    ink = np.full((GRID_SIZE, GRID_SIZE), 255, np.uint8)
    ink[40:70, 40:70] = 0
    prepared = prepare_drawing(ink, kind)
    assert prepared.picture.mean() > 0.4
    assert prepared.picture[14, 14] == 0
    assert bool(prepared.warnings) == (kind == "digit")


def test_a_speck_is_dropped_and_a_second_stroke_is_not():
    clean = bar(70, 9)
    speckled = clean.copy()
    speckled[100:102, 100:102] = 255
    assert np.array_equal(prepare_drawing(speckled, "digit").picture, prepare_drawing(clean, "digit").picture)
    crossed = clean | bar(9, 20, top=40, left=80)
    assert not np.array_equal(prepare_drawing(crossed, "digit").picture, prepare_drawing(clean, "digit").picture)


def test_a_hairline_is_made_as_thick_as_the_data_set_s_thinnest():
    hairline, stroke = prepare_drawing(bar(90, 1), "digit").picture, prepare_drawing(bar(90, 6), "digit").picture
    assert hairline.sum() == pytest.approx(stroke.sum(), rel=0.35)


@pytest.mark.parametrize("level", [0, 1, 127])
@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_what_an_eraser_has_left_is_blank(kind, level):
    with pytest.raises(BlankPicture, match="hardly any ink"):
        prepare_drawing(bar(70, 9) // 255 * level, kind)


def test_two_digits_side_by_side_are_doubted():
    assert "several digits" in prepare_drawing(bar(70, 9) | bar(70, 9, left=80), "digit").warnings[0]
