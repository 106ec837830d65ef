"""What a network does with a whole test set: each class's mean activations, and the pictures each channel likes best.

The page shows both without the data set.
"""

import torch
from torch import Tensor

from lenet.model import LeNet

DERIVED = ("norm", "flatten", "drop")
"""Stages whose means follow from the stage before: an affine map, a reshaping, nothing at all."""

LAYERS = (1, 2)
"""The convolution layers whose channels get their favourites."""

BATCH = 100
"""Pictures at once: all stages of a wide network's activations on them fit into some 60 MB."""

FAVOURITES = 9
"""Test pictures kept for each channel."""


@torch.inference_mode()
def class_means(model: LeNet, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """The mean activation of each class at each stage that is not ``DERIVED``: (classes, *stage's shape) float16."""
    model.eval()
    counts = labels.bincount(minlength=model.config.classes)
    sums: dict[str, Tensor] = {}
    for batch, targets in zip(images.split(BATCH), labels.split(BATCH), strict=True):
        for name, output in model.activations(batch).items():
            if not name.startswith(DERIVED):
                start = sums.get(name, torch.zeros(len(counts), *output.shape[1:], device=output.device))
                sums[name] = start.index_add(0, targets, output)
    return {name: (total / counts.view(-1, *[1] * (total.ndim - 1))).half() for name, total in sums.items()}


@torch.inference_mode()
def favourites(model: LeNet, images: Tensor, layer: int) -> dict[str, Tensor]:
    """The test pictures that excite each channel of convolution layer ``layer`` most, best first.

    ``index`` (channels, 9) int32 is the picture's number, ``value`` (channels, 9) float32 the map's maximum after the
    activation, ``cell`` (channels, 9, 2) uint8 its row and column, ``picture`` (channels, 9, 28, 28) uint8.
    """
    model.eval()
    maxima = []
    for batch in images.split(BATCH):
        maps = model.activations(batch)[f"act{layer}"]
        width = maps.shape[-1]
        maxima.append(maps.flatten(2).max(2))
    values, cells = (torch.cat([part[number] for part in maxima]) for number in range(2))
    value, index = values.topk(min(FAVOURITES, len(images)), dim=0)
    cell = cells.gather(0, index)
    return {
        "index": index.T.int(),
        "value": value.T.contiguous(),
        "cell": torch.stack((cell // width, cell % width), -1).transpose(0, 1).byte(),
        "picture": (images[index.T.flatten(), 0] * 255).round().byte().view(*index.T.shape, *images.shape[-2:]),
    }
