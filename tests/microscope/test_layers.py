"""What there is to see of a network, and how far two of them are apart."""

import numpy as np
import pytest
import torch
from support import seen
from torch.nn import functional as F

from lenet.microscope.layers import differences, layers, paired


def test_each_layer_has_a_title_with_its_shape(classic, digits):
    subject = seen(classic, digits[3])
    assert [layer.title for layer in layers(subject, "pooled")] == [
        "Layer 1 · 6 maps of 14 × 14",
        "Layer 2 · 16 maps of 5 × 5",
        "Dense layer 3 · 120 values",
        "Dense layer 4 · 84 values",
        "Logits · 10 values",
    ]
    assert [layer.title for layer in layers(subject, "kernels")] == [
        "Layer 1 · 6 × 1 kernels of 5 × 5",
        "Layer 2 · 16 × 6 kernels of 5 × 5",
    ]


def test_layers_are_paired_by_name_and_compared_where_they_mean_the_same(classic, modern, digits):
    a, b = seen(classic, digits[3]), seen(modern, digits[3])
    assert [one.comparable(other) for one, other in paired(a, b, "after")] == [False] * 4 + [True]
    assert all(one.comparable(other) for one, other in paired(a, seen(classic, digits[8]), "before"))
    assert [other for _, other in paired(a, None, "after")] == [None] * 5


def test_two_pictures_before_one_network_have_its_kernels_in_common(classic, modern, digits):
    a, b = seen(classic, digits[3]), seen(classic, digits[8])
    assert [other for _, other in paired(a, b, "kernels")] == [None] * 2
    assert all(other for _, other in paired(a, seen(modern, digits[3]), "kernels"))


def test_the_difference_of_maps_is_l2_and_cosine_by_channel():
    a = np.array([[[3.0, 4.0]], [[1.0, 0.0]], [[0.0, 0.0]], [[0.0, 0.0]], [[2.0, 2.0]]], np.float32)
    b = np.array([[[0.0, 0.0]], [[0.0, 1.0]], [[0.0, 0.0]], [[1.0, 0.0]], [[1.0, 1.0]]], np.float32)
    found = differences(a, b)
    assert [item.l2 for item in found] == pytest.approx([5, 2**0.5, 0, 1, 2**0.5])
    assert [item.cosine for item in found] == pytest.approx([0, 0, 1, 0, 1])


def test_the_difference_agrees_with_torch(modern, digits):
    a, b = (seen(modern, digits[number]).stages["act2"] for number in (3, 8))
    found = differences(a, b)
    flat = [torch.from_numpy(maps).flatten(1) for maps in (a, b)]
    dead = [not (one.any() or other.any()) for one, other in zip(*flat, strict=True)]
    expected = torch.where(torch.tensor(dead), 1.0, F.cosine_similarity(*flat))
    assert [item.cosine for item in found] == pytest.approx(expected.tolist(), abs=1e-5)
    assert [item.l2 for item in found] == pytest.approx((flat[0] - flat[1]).norm(dim=1).tolist(), rel=1e-5)


def test_maps_of_different_shapes_are_not_compared():
    with pytest.raises(ValueError, match="6 x 28 x 28 cannot be compared with maps of 16 x 28 x 28"):
        differences(np.zeros((6, 28, 28)), np.zeros((16, 28, 28)))
