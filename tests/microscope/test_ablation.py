import numpy as np
import pytest
import torch

from lenet.microscope.ablation import broken, even_noise
from lenet.model import LeNet, LeNetConfig

CONFIG = LeNetConfig(activation="relu", pooling="max", batch_norm=True)


@pytest.fixture
def model() -> LeNet:
    torch.manual_seed(1)
    return LeNet(CONFIG).eval()


def test_noise_has_its_size_and_is_the_same_at_every_call(model):
    noisy = broken(model, noise=0.5).state_dict()
    again = broken(model, noise=0.5).state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(noisy[name], again[name])
        if tensor.ndim > 1:
            added = (noisy[name] - tensor) / tensor.std(correction=0)
            assert float(added.std(correction=0)) == pytest.approx(0.5, abs=0.05)
            assert abs(float(added.mean())) < 0.05
        else:
            assert torch.equal(noisy[name], tensor)


def test_two_tensors_have_different_noise():
    one, other = even_noise("conv1.weight", 1000), even_noise("conv2.weight", 1000)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


def test_without_biases_every_bias_is_zero_and_the_weights_stay(model):
    bare = broken(model, biases=False).state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(bare[name], torch.zeros_like(tensor) if name.endswith("bias") else tensor)


def test_without_pooling_the_weights_stay(model):
    strided = broken(model, pooling=False)
    assert (strided.config.pooling, model.config.pooling) == ("none", "max")
    assert all(torch.equal(tensor, strided.state_dict()[name]) for name, tensor in model.state_dict().items())
