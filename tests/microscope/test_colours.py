"""The scales of maps, and the kernels that are not read."""

import numpy as np
import pytest

from lenet.microscope.colours import Scale, scales, unread
from lenet.microscope.layers import Layer


def maps(*channels: tuple[float, float], number: int = 1) -> Layer:
    """A layer whose channels have just two cells."""
    return Layer(f"act{number}", number, "maps", np.array(channels, np.float32)[:, None, None])


def dense(*values: float) -> Layer:
    return Layer("act3", 3, "dense", np.array(values, np.float32)[None, None, None])


def test_a_layer_has_one_scale_from_its_lowest_to_its_highest_value():
    (found,) = scales([(maps((0.25, 1), (0.5, 3)), None)], "layer")
    assert found.whole == Scale(0.25, 3, False)
    assert (found.a, found.b, found.difference) == ((), (), None)


def test_with_a_negative_value_zero_is_in_the_middle():
    (found,) = scales([(maps((-0.5, 0), (1, 2)), None)], "layer")
    assert found.whole == Scale(-2, 2, True)


def test_a_and_b_share_the_scale_of_their_layer():
    (found,) = scales([(maps((0, 1)), maps((0.5, 4)))], "layer")
    assert found.whole == Scale(0, 4, False)
    assert found.difference == Scale(-3, 3, True)


def test_each_map_can_have_its_own_scale_which_is_the_same_in_b():
    (found,) = scales([(maps((0, 1), (2, 3)), maps((0.5, 4), (1, 1)))], "map")
    assert found.whole == Scale(0, 4, False)
    assert found.a == found.b == (Scale(0, 4, False), Scale(1, 3, False))


def test_maps_that_cannot_be_compared_have_their_own_scales_from_one_palette():
    """As those of a tanh network beside those of a ReLU network."""
    (found,) = scales([(maps((-0.5, 1), (0.5, 0.75)), maps((0, 4)))], "map")
    assert found.whole == Scale(-4, 4, True)
    assert found.a == (Scale(-1, 1, True), Scale(-0.75, 0.75, True))
    assert found.b == (Scale(-4, 4, True),)
    assert found.difference is None


def test_all_maps_can_share_one_scale_and_dense_layers_keep_theirs():
    pairs = [(maps((0, 1)), maps((0, 2))), (maps((-8, 0), number=2), None), (dense(1, 9), dense(-2, 3))]
    first, second, last = scales(pairs, "both")
    assert first.whole == second.whole == Scale(-8, 8, True)
    assert last.whole == Scale(-9, 9, True)
    assert scales(pairs, "map")[2] == last


@pytest.mark.parametrize("shared_by", ["map", "layer", "both"])
def test_maps_of_zeros_alone_have_a_scale(shared_by):
    (found,) = scales([(maps((0, 0)), maps((0, 0)))], shared_by)
    assert found.whole == Scale(0, 0, False)
    assert found.difference == Scale(0, 0, True)


def test_a_kernel_of_zeros_alone_is_not_read():
    kernels = np.ones((2, 3, 5, 5), np.float32)
    kernels[0, 1] = 0
    kernels[1, 2, :4] = 0
    assert unread(kernels).tolist() == [[False, True, False], [False, False, False]]


def test_the_only_input_counts_as_read():
    assert unread(np.zeros((4, 1, 5, 5))).tolist() == [[False]] * 4
