import numpy as np
import pytest
import torch

from lenet.microscope.saliency import input_gradient, occlusion


def probability(model, picture, number):
    with torch.inference_mode():
        return model(torch.from_numpy(picture)[None, None]).softmax(1)[0, number].item()


@pytest.fixture
def five(digits) -> np.ndarray:
    return digits[5].astype(np.float32) / 255


@pytest.mark.parametrize("network", ["classic", "modern"])
def test_occlusion_agrees_with_covering_by_hand(network, five, request):
    model = request.getfixturevalue(network).model
    found = occlusion(model, five, 5)
    before = probability(model, five, 5)
    for row, column in [(0, 0), (13, 12), (27, 3)]:
        falls = []
        for top in range(max(0, row - 4), min(23, row) + 1):
            for left in range(max(0, column - 4), min(23, column) + 1):
                covered = five.copy()
                covered[top : top + 5, left : left + 5] = 0
                falls.append(before - probability(model, covered, 5))
        assert found[row, column] == pytest.approx(np.mean(falls), abs=1e-5)


def test_covering_empty_ground_changes_nothing(modern, five):
    found = occlusion(modern.model, five, 5)
    assert abs(found[:2, :2]).max() < 1e-6
    assert found.max() > 0.05


@pytest.mark.parametrize("number", [5, 6])
def test_the_gradient_agrees_with_finite_differences(classic, five, number):
    model = classic.model
    found = input_gradient(model, five, number)

    def logit(picture):
        with torch.inference_mode():
            return model(torch.from_numpy(picture)[None, None])[0, number].item()

    assert found.shape == five.shape
    for row, column in [tuple(np.unravel_index(abs(found).argmax(), found.shape)), (14, 14), (9, 20)]:
        step = np.zeros_like(five)
        step[row, column] = 0.01
        expected = (logit(five + step) - logit(five - step)) / 0.02
        assert found[row, column] == pytest.approx(expected, abs=0.02 * float(abs(found).max()))


def test_the_gradient_leaves_the_network_as_it_was(modern, five):
    input_gradient(modern.model, five, 5)
    assert all(parameter.grad is None for parameter in modern.model.parameters())
