"""What there is to see of a network's layers, for one picture and beside another."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lenet.checkpoint import Checkpoint
from lenet.model import LeNet, LeNetConfig

Stages = dict[str, NDArray[np.float32]]
"""What each stage put out for one picture, by name: (channels, height, width), or (values,) after flattening."""

STEPS = {"before": "conv", "after": "act", "pooled": "pool"}
"""A layer's maps before the activation, after it and after pooling, and what their stages' names begin with."""


def stage_name(config: LeNetConfig, step: str, number: int) -> str:
    """The stage that puts out the maps of convolution layer ``number`` at ``step``; see ``STEPS``.

    With batch normalisation, what it puts out is what the activation receives.
    """
    return f"norm{number}" if step == "before" and config.batch_norm else f"{STEPS[step]}{number}"


@dataclass(frozen=True)
class Subject:
    """What can be looked at and compared: a network, and what its stages put out.

    ``picture`` is the (28, 28) one that it saw, None where only its kernels are looked at; ``probabilities`` are its
    answer by class, empty where there is none: the mean of many pictures has no answer.
    """

    title: str
    network: Checkpoint
    stages: Stages
    picture: NDArray[np.float32] | None = None
    probabilities: dict[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The likeliest class, "" where there is no answer."""
        return max(self.probabilities, key=self.probabilities.get, default="")


@dataclass(frozen=True)
class Layer:
    """What is shown of one layer: ``values`` is (channels, tiles, height, width), one tile or a kernel for each input.

    ``name`` is the stage's, ``number`` the layer's, 0 for the logits. A ``strip`` is a dense layer, (1, 1, 1, values).
    ``classes`` are the logits' names.
    """

    name: str
    number: int
    strip: bool
    values: NDArray[np.float32]
    classes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is, and how much of it."""
        count, tiles, height, width = self.values.shape
        if self.strip:
            return f"{f'Dense layer {self.number}' if self.number else 'Logits'} · {width} values"
        what = f"{count} × {tiles} kernels" if self.name.startswith("kernels") else f"{count} maps"
        return f"Layer {self.number} · {what} of {height} × {width}"

    def comparable(self, other: "Layer") -> bool:
        """Whether a value of the one and the value of the other at the same place can be compared."""
        return self.values.shape == other.values.shape and self.classes == other.classes


def layers(subject: Subject, step: str) -> list[Layer]:
    """The kernels of every convolution layer, or, at another ``step``, their maps, then the dense layers as strips."""
    model, stages = subject.network.model, subject.stages
    config, count = model.config, len(model.config.channels)
    if step == "kernels":
        return [Layer(f"kernels{number}", number, False, kernels(model, number)) for number in range(1, count + 1)]
    maps = [(stage_name(config, step, number), number) for number in range(1, count + 1)]
    kind = "dense" if step == "before" else "act"
    dense = [(f"{kind}{number}", number) for number in range(count + 1, count + 1 + len(config.hidden))]
    return [
        *(Layer(name, number, False, stages[name][:, None]) for name, number in maps),
        *(Layer(name, number, True, stages[name][None, None, None]) for name, number in dense),
        Layer("logits", 0, True, stages["logits"][None, None, None], subject.network.classes),
    ]


def paired(a: Subject, b: Subject | None, step: str) -> list[tuple[Layer, Layer | None]]:
    """Each layer of ``a``, and that of ``b`` of the same kind and number, if it has one of its own.

    Two pictures before one network have its kernels in common.
    """
    alone = b is None or (step == "kernels" and a.network is b.network)
    theirs = {} if alone else {(layer.number, layer.strip): layer for layer in layers(b, step)}
    return [(layer, theirs.get((layer.number, layer.strip))) for layer in layers(a, step)]


def kernels(model: LeNet, number: int) -> NDArray[np.float32]:
    """The weights of convolution layer ``number``: (channels, inputs, k, k)."""
    return model.get_submodule(f"conv{number}").weight.detach().numpy()


@dataclass(frozen=True)
class Difference:
    """How far two maps of one channel are apart: the L2 norm of their difference, and the cosine of their angle."""

    l2: float
    cosine: float


def differences(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[Difference]:
    """Compare two arrays of maps, (channels, ...), channel by channel.

    The cosine of two empty maps is 1 and of an empty and another one 0. Raises ValueError for unequal shapes.
    """
    if a.shape != b.shape:
        raise ValueError(f"maps of {_shape(a)} cannot be compared with maps of {_shape(b)}")
    a, b = (maps.reshape(len(maps), -1).astype(np.float64) for maps in (a, b))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    empty = ~a.any(1) & ~b.any(1)
    cosines = np.where(empty, 1.0, (a * b).sum(1) / np.where(lengths, lengths, 1))
    return [
        Difference(float(l2), float(cosine)) for l2, cosine in zip(np.linalg.norm(a - b, axis=1), cosines, strict=True)
    ]


def _shape(maps: NDArray) -> str:
    return " x ".join(map(str, maps.shape))
