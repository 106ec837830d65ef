import io

import numpy as np
import pytest
from PIL import Image
from support import seen

from lenet.microscope import sheet as sheets
from lenet.microscope.colours import DIVERGING, SEQUENTIAL, colours
from lenet.microscope.layers import Subject, differences
from lenet.microscope.sheet import sheet


def drawn(*arguments, **options) -> np.ndarray:
    """The sheet's pixels, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(sheet(*arguments, **options))))


def numbered(pixels: np.ndarray) -> np.ndarray:
    """Each colour once, as one number: a set of tuples takes seconds for a sheet."""
    return np.unique(pixels.reshape(-1, 3).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32))


@pytest.mark.parametrize("phase", ["before", "after", "pooled", "kernels"])
@pytest.mark.parametrize("name", ["classic", "modern"])
def test_a_sheet_shows_the_picture_and_every_layer_in_its_colours(name, phase, digits, request):
    a = seen(request.getfixturevalue(name), digits[8])
    image = drawn(a, phase=phase)
    assert image.shape[1:] == (sheets.WIDTH, 3)
    top = sheets.MARGIN + 3 * sheets.LINE
    picture = image[top : top + sheets.PICTURE_SIDE, sheets.MARGIN : sheets.MARGIN + sheets.PICTURE_SIDE, 0]
    assert np.array_equal(picture[4::8, 4::8], np.round(a.picture * 255))
    palette = colours(DIVERGING if phase in ("before", "kernels") else SEQUENTIAL)
    assert len(np.intersect1d(numbered(image), numbered(palette))) > 100
    assert len(list(sheets._strips(a, None, phase, "layer", sort=False))) == (2 if phase == "kernels" else 5)


def test_a_map_on_the_sheet_has_the_colours_of_its_values(digits, classic):
    a = seen(classic, digits[8])
    image, strip = drawn(a), next(sheets._strips(a, None, "after", "layer", sort=False))
    top = sheets.MARGIN + 3 * sheets.LINE + sheets.PICTURE_SIDE + 2 * sheets.LINE + 6
    (width, height), left = strip.cell, sheets.MARGIN + strip.cell[0] + sheets.GAP
    places = np.arange(28) * width // 28 + width // 56
    shown = image[top : top + height, left : left + width][places][:, places]
    wanted = np.round((strip.maps[1] - strip.low[1]) / (strip.high[1] - strip.low[1]) * 255).astype(int)
    assert np.array_equal(shown, colours(SEQUENTIAL)[wanted])


def test_a_sheet_has_b_and_the_difference_beside_a(digits, classic):
    a, b = seen(classic, digits[3]), seen(classic, digits[8], "kept")
    strips = list(sheets._strips(a, b, "after", "layer", sort=False))
    assert drawn(a, b).shape[0] > 2 * drawn(a).shape[0] - 300
    assert [strip.title.split(" · ")[0] for strip in strips] == ["A: this picture", "B: kept", "A − B"] * 5
    assert np.array_equal(strips[2].maps, a.stages["act1"] - b.stages["act1"])
    assert (strips[0].low[0], strips[0].high[0]) == (strips[1].low[0], strips[1].high[0])
    assert strips[2].low[0] == -strips[2].high[0]


def test_the_channels_that_differ_most_come_first_on_request(digits, classic):
    a, b = seen(classic, digits[3]), seen(classic, digits[8])
    order = np.argsort([-item.l2 for item in differences(a.stages["act2"], b.stages["act2"])])
    strips = list(sheets._strips(a, b, "after", "layer", sort=True))[3:6]
    assert np.array_equal(strips[1].maps, b.stages["act2"][order])
    numbers, l2s, _ = zip(*(label.split("\n") for label in strips[2].labels), strict=True)
    assert [int(number) - 1 for number in numbers] == order.tolist()
    lengths = [float(words.removeprefix("L2 ")) for words in l2s]
    assert lengths == sorted(lengths, reverse=True)


def test_where_nothing_differs_the_difference_is_the_middle_of_the_palette(digits, classic):
    a = seen(classic, digits[3])
    strip = list(sheets._strips(a, a, "after", "layer", sort=True))[2]
    assert strip.signed
    middle = tuple(colours(DIVERGING)[128])
    assert (drawn(a, a) == middle).all(-1).sum() > 6 * 128 * 128


def test_layers_that_cannot_be_compared_stand_side_by_side_without_a_difference(digits, classic, modern):
    strips = list(sheets._strips(seen(classic, digits[3]), seen(modern, digits[3]), "after", "map", sort=True))
    assert [strip.title.split(":")[0] for strip in strips[:4]] == ["A", "B"] * 2
    assert [len(strip.maps) for strip in strips[:2]] == [6, modern.model.config.channels[0]]


def test_a_class_s_mean_has_a_picture_and_no_answer(digits, classic):
    b = seen(classic, digits[8])
    mean = Subject("mean of 8", classic, b.stages, b.picture)
    assert mean.label == ""
    assert drawn(seen(classic, digits[3]), mean).shape[1] == sheets.WIDTH


@pytest.mark.parametrize(("scale", "shared"), [("map", False), ("layer", True), ("both", True)])
def test_a_sheet_s_scale_is_the_one_that_was_chosen(digits, modern, scale, shared):
    first, second, *_ = sheets._strips(seen(modern, digits[3]), None, "after", scale, sort=False)
    assert (np.ptp(first.high) == 0) == shared
    assert (first.high[0] == second.high[0]) == (scale == "both")
    assert first.high.max() >= first.maps.max()


@pytest.mark.parametrize("phase", ["before", "after", "pooled"])
def test_the_same_map_of_a_and_of_b_has_one_scale_when_each_map_has_its_own(digits, classic, phase):
    a, b = seen(classic, digits[3]), seen(classic, digits[8])
    mine, theirs, _, *_ = sheets._strips(a, b, phase, "map", sort=False)
    assert np.array_equal([mine.low, mine.high], [theirs.low, theirs.high])
    assert mine.signed == theirs.signed == (phase == "before")
    assert np.ptp(mine.high) > 0
    for strip in (mine, theirs):
        assert (strip.maps.min((1, 2)) >= strip.low).all()
        assert (strip.maps.max((1, 2)) <= strip.high).all()


def test_a_sheet_of_kernels_is_the_weights_with_gaps(digits, classic):
    _, second = sheets._strips(seen(classic, digits[3]), None, "kernels", "layer", sort=False)
    weights = classic.model.conv2.weight.detach().numpy()
    assert second.maps.shape == (16, 11, 17)  # six kernels of 5 x 5, three in a row, a gap between them
    assert np.array_equal(second.maps[:, 6:11, 6:11], weights[:, 4])
    assert np.isnan(second.maps[:, 5]).all()


def test_palettes_begin_and_end_with_their_stops():
    for stops in (SEQUENTIAL, DIVERGING):
        found = colours(stops)
        assert found.shape == (256, 3)
        assert ["#" + bytes(found[at]).hex() for at in (0, -1)] == [stops[0], stops[-1]]


def test_the_diverging_palette_is_grey_in_the_middle():
    low, high = colours(DIVERGING)[[127, 128]].astype(int)
    assert abs(low - high).max() <= 3
    assert np.ptp(low) <= 4
