"""One table says what each activation and each pooling is; it must say so of all, and the same as the model."""

import numpy as np
import pytest
import torch

from lenet import model
from lenet.microscope.activations import ACTIVATIONS, POOLINGS


def test_every_activation_and_every_pooling_of_the_model_is_described():
    assert set(ACTIVATIONS) == set(model.ACTIVATIONS)
    assert set(POOLINGS) == set(model.POOLINGS)
    for described in (*ACTIVATIONS.values(), *POOLINGS.values()):
        assert described.name
        assert described.words


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_formula_of_an_activation_is_the_model_s(name):
    values = np.linspace(-4, 4, 17)
    expected = model.ACTIVATIONS[name]()(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose([ACTIVATIONS[name].formula(value) for value in values], expected, atol=1e-12)


@pytest.mark.parametrize("name", POOLINGS)
def test_the_formula_of_a_pooling_is_the_model_s(name):
    window = np.array([[1.0, -2.0], [0.5, 4.0]])
    expected = model.POOLINGS[name](2)(torch.from_numpy(window)[None]).item()
    assert POOLINGS[name].formula(window) == pytest.approx(expected)
