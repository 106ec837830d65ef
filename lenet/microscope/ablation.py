"""A network with something broken, to see what it was good for: noise on its weights, no biases, no pooling.

``engine/ablation.js`` does the same in the browser.
"""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from lenet.model import LeNet

HASH_STEP, HASH_FACTORS, HASH_SHIFTS = 0x9E3779B1, (0x85EBCA6B, 0xC2B2AE35), (16, 13, 16)
"""Of a 32-bit hash of an index: the finaliser of MurmurHash3 (Austin Appleby), from steps of the golden ratio."""

NAME_FACTOR = 31
"""Of the hash of a tensor's name, so that no two tensors have the same noise."""


def broken(model: LeNet, *, noise: float = 0.0, biases: bool = True, pooling: bool = True) -> LeNet:
    """A copy of ``model`` with ``noise`` on the weights, and without ``biases`` or ``pooling`` where they are False.

    The noise is even, has a mean of 0, and its standard deviation is ``noise`` times that of the weights of its tensor.
    It is the same at every call. Without biases, what batch normalisation adds is 0, too. Without pooling, the first
    value of each square stays.
    """
    config = model.config if pooling else replace(model.config, pooling="none")
    copy = LeNet(config)
    copy.load_state_dict({name: _changed(name, tensor, noise, biases) for name, tensor in model.state_dict().items()})
    return copy.eval()


def _changed(name: str, tensor: torch.Tensor, noise: float, biases: bool) -> torch.Tensor:
    if name.endswith(".bias") and not biases:
        return torch.zeros_like(tensor)
    if not noise or tensor.ndim < 2:  # the factors of batch normalisation are no weights
        return tensor
    weights = tensor.numpy().astype(np.float64)
    added = noise * weights.std() * even_noise(name, weights.size).reshape(weights.shape)
    return torch.from_numpy((weights + added).astype(np.float32))


def even_noise(name: str, count: int) -> NDArray[np.float64]:
    """(count,): numbers spread evenly, with a mean of 0 and a standard deviation of 1, the same for the same name."""
    start = 0
    for letter in name.encode():
        start = (start * NAME_FACTOR + letter) % 2**32
    mixed = np.arange(count, dtype=np.uint32) * np.uint32(HASH_STEP) + np.uint32(start)
    for shift, factor in zip(HASH_SHIFTS, (*HASH_FACTORS, 1), strict=True):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    return (mixed / 2**31 - 1) * np.sqrt(3)
