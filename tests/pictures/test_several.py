"""Several digits in one picture: found one by one, in reading order."""

import numpy as np
import pytest
from PIL import Image
from support import real_pictures

from lenet import find_digits
from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import prepare
from lenet.pictures.regions import label_regions
from lenet.pictures.several import MOST, _split

DIGITS = real_pictures("digit")


def page(*lines: tuple[int, ...], cell: int = 40, size: int = 28) -> np.ndarray:
    """Lines of example digits on an empty page: digit i of the row stands at column i * cell."""
    field = np.zeros((cell * len(lines), cell * max(map(len, lines))), np.uint8)
    for row, line in enumerate(lines):
        for column, digit in enumerate(line):
            picture = np.asarray(Image.fromarray(DIGITS[digit]).resize((size, size)))
            field[row * cell : row * cell + size, column * cell : column * cell + size] = picture
    return field


def cells(found, cell: int = 40) -> list[tuple[int, int]]:
    """The (row, column) of the cell in which the middle of each digit's box lies."""
    return [((top + bottom) // 2 // cell, (left + right) // 2 // cell) for left, top, right, bottom in _boxes(found)]


def _boxes(found):
    return [each.box for each in found]


def test_digits_come_in_reading_order_line_by_line():
    found = find_digits(page((3, 1, 7), (8, 2)))
    assert cells(found) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]


@pytest.mark.parametrize("number", range(10))
def test_each_digit_is_prepared_as_if_it_were_alone(number):
    pair = find_digits(page((number, (number + 4) % 10)))
    alone = prepare(page((number,)), "digit").picture
    assert len(pair) == 2
    assert abs(pair[0].prepared.picture - alone).max() < 0.01


def test_a_box_is_in_the_pixels_of_the_picture_that_was_given():
    small = page((3, 7))
    large = Image.fromarray(small).resize((small.shape[1] * 20, small.shape[0] * 20), Image.Resampling.NEAREST)
    for box, enlarged in zip(_boxes(find_digits(small)), _boxes(find_digits(large)), strict=True):
        assert np.allclose(np.array(box) * 20, enlarged, atol=40)


@pytest.mark.parametrize("number", range(30))
def test_one_digit_is_one(number):
    assert len(find_digits(DIGITS[number])) == 1


def test_a_stroke_above_its_digit_belongs_to_it():
    five = np.zeros((100, 100), np.uint8)
    five[20:26, 40:70] = 255
    five[30:80, 40:46] = 255
    five[74:80, 40:60] = 255
    assert len(find_digits(five)) == 1


def test_a_blank_page_has_none():
    with pytest.raises(BlankPicture):
        find_digits(np.zeros((50, 50), np.uint8))


def test_a_page_of_marks_is_not_taken_apart():
    marks = np.zeros((300, 300), np.bool_)
    for number in range(MOST + 1):
        row, column = divmod(number, 10)
        marks[row * 50 + 10 : row * 50 + 40, column * 30 + 10 : column * 30 + 14] = True
    assert len(_split(label_regions(marks)[0])) == 1
    assert len(_split(label_regions(marks[:50])[0])) == 10
