"""Where in the picture the answer comes from: what happens when a part is covered, and the gradient of the answer."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.model import Constants, LeNet

PATCH = 5
"""Side of the square that is covered, in pixels: as wide as a kernel, wider than a stroke."""

BATCH = 192
"""Covered pictures in one forward pass."""


@torch.inference_mode()
def occlusion(
    model: LeNet, picture: NDArray[np.float32], number: int, off: Constants | None = None
) -> NDArray[np.float32]:
    """How much the probability of class ``number`` falls where the (28, 28) ``picture`` is covered with ground.

    (28, 28): each pixel has the mean fall over all ``PATCH`` x ``PATCH`` squares that cover it. It is negative where
    covering makes the class likelier. Maps may be ``off``. Zeiler and Fergus 2014, section 4.2.
    """
    plain = torch.from_numpy(picture)[None, None]
    covers = _squares(*picture.shape)
    without = torch.cat([_probability(model, batch, number, off) for batch in (plain * ~covers).split(BATCH)])
    falls = _probability(model, plain, number, off) - without
    return ((covers * falls.view(-1, 1, 1, 1)).sum(0) / covers.sum(0))[0].numpy()


def input_gradient(
    model: LeNet, picture: NDArray[np.float32], number: int, off: Constants | None = None
) -> NDArray[np.float32]:
    """How fast the logit of class ``number`` rises with each pixel of the (28, 28) ``picture``: (28, 28).

    Maps may be ``off``. Simonyan, Vedaldi and Zisserman 2014, section 3, but with the sign kept.
    """
    pixels = torch.from_numpy(picture)[None, None].requires_grad_()
    logit = model.activations(pixels, off)["logits"][0, number]
    return torch.autograd.grad(logit, pixels)[0][0, 0].numpy()


def _squares(height: int, width: int) -> Tensor:
    """(places, 1, height, width): for every place where a square fits, true on that square."""
    rows, columns = (_runs(length) for length in (height, width))
    return (rows[:, None, :, None] & columns[None, :, None, :]).flatten(0, 1).unsqueeze(1)


def _runs(length: int) -> Tensor:
    """(places, length): for every place where ``PATCH`` cells in a row fit, true on those cells."""
    first, cell = torch.arange(length - PATCH + 1)[:, None], torch.arange(length)
    return (cell >= first) & (cell < first + PATCH)


def _probability(model: LeNet, pictures: Tensor, number: int, off: Constants | None) -> Tensor:
    """(N,): the probability of class ``number`` for each picture."""
    return model.activations(pictures, off)["logits"].softmax(1)[:, number]
