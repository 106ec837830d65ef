"""What each activation and each pooling computes: its name, its formula and its words, in one table each.

The keys are those of ``lenet.model``, which builds the stages that do the same in a network.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Activation:
    """One activation: its ``name`` as people write it, and what it makes of a number, as ``formula`` and in ``words``.

    In the words, "that number" is the one before the activation.
    """

    name: str
    formula: Callable[[float], float]
    words: str


@dataclass(frozen=True)
class Pooling:
    """One pooling: its ``name``, and what it makes of a window of cells, as ``formula`` and in one of ``words``."""

    name: str
    formula: Callable[[NDArray[np.float64]], float]
    words: str


ACTIVATIONS = {
    "sigmoid": Activation("sigmoid", lambda value: 1 / (1 + np.exp(-value)), "1 / (1 + e to the minus that number)"),
    "tanh": Activation("tanh", np.tanh, "tanh of that number"),
    "relu": Activation("ReLU", lambda value: max(value, 0.0), "negative numbers become 0"),
}

POOLINGS = {
    "average": Pooling("average", np.mean, "average"),
    "max": Pooling("max", np.max, "largest"),
    "none": Pooling("no", lambda window: window[0, 0], "first"),
}
