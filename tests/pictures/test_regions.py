"""Regions against a flood fill that is too slow and too simple to be wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lenet.pictures.regions import bounding_box, fill_holes, label_regions, region_sizes

QUICK = settings(max_examples=150, deadline=None)

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14)
MASKS = arrays(np.bool_, SHAPES)


def flood(mask, row, column, neighbours):
    """All pixels of the mask that can be walked to from one of them."""
    reached, waiting = set(), [(row, column)]
    while waiting:
        y, x = waiting.pop()
        inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]
        if inside and mask[y, x] and (y, x) not in reached:
            reached.add((y, x))
            waiting += [(y + dy, x + dx) for dy, dx in neighbours]
    return reached


EIGHT = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def flooded_regions(mask):
    """The regions as a set of sets of pixels."""
    regions, left = set(), set(zip(*np.nonzero(mask), strict=True))
    while left:
        region = frozenset(flood(mask, *min(left), EIGHT))
        regions.add(region)
        left -= region
    return regions


@QUICK
@given(MASKS)
def test_the_labels_are_the_regions_of_a_flood_fill(mask):
    labels, count = label_regions(mask)
    assert labels.shape == mask.shape
    assert np.array_equal(labels > 0, mask)
    regions = {frozenset(zip(*np.nonzero(labels == number), strict=True)) for number in range(1, count + 1)}
    assert regions == flooded_regions(mask)
    assert len(regions) == count


@QUICK
@given(MASKS)
def test_the_sizes_add_up_to_the_picture(mask):
    labels, count = label_regions(mask)
    sizes = region_sizes(labels)
    assert sizes.sum() == mask.size
    assert sorted(sizes[1:]) == sorted(len(region) for region in flooded_regions(mask))
    assert region_sizes(labels, mask)[1:].tolist() == sizes[1:].tolist()


@QUICK
@given(MASKS)
def test_a_hole_is_ground_that_cannot_be_reached_from_outside(mask):
    outside = flood(~np.pad(mask, 1), 0, 0, EIGHT)
    filled = np.array([[(y + 1, x + 1) not in outside for x in range(mask.shape[1])] for y in range(mask.shape[0])])
    assert np.array_equal(fill_holes(mask), filled)


@QUICK
@given(MASKS.filter(np.any))
def test_the_bounding_box_holds_the_mask_and_nothing_to_spare(mask):
    rows, columns = bounding_box(mask)
    box = mask[rows, columns]
    assert box.sum() == mask.sum()
    assert all(side.any() for side in (box[0], box[-1], box[:, 0], box[:, -1]))


@QUICK
@given(MASKS, st.integers(0, 3))
def test_turning_the_mask_turns_its_regions(mask, turns):
    assert label_regions(np.rot90(mask, turns))[1] == label_regions(mask)[1]
    assert np.array_equal(fill_holes(np.rot90(mask, turns)), np.rot90(fill_holes(mask), turns))


def test_pixels_that_touch_at_a_corner_are_one_region():
    assert label_regions(np.eye(5, dtype=bool))[1] == 1


def test_a_run_at_a_rows_end_is_not_joined_to_the_next_rows_start():
    mask = np.zeros((2, 5), bool)
    mask[0, 4] = mask[1, 0] = True
    assert label_regions(mask)[1] == 2


def test_an_empty_mask_has_no_regions():
    labels, count = label_regions(np.zeros((4, 3), bool))
    assert count == 0
    assert not labels.any()
    assert not fill_holes(np.zeros((4, 3), bool)).any()


@pytest.mark.parametrize("opening", [False, True])
def test_a_ring_is_filled_only_while_it_is_closed(opening):
    ring = np.ones((7, 7), bool)
    ring[2:5, 2:5] = False
    ring[0:2, 3] = not opening
    assert fill_holes(ring)[3, 3] == (not opening)
