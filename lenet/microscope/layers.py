"""What there is to see of a network's layers, for one picture and beside another."""

from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lenet.checkpoint import Checkpoint
from lenet.model import LeNet, LeNetConfig

Stages = dict[str, NDArray[np.float32]]
"""What each stage put out for one picture, by name: (channels, height, width), or (values,) after flattening."""

PHASES = {"before": "conv", "after": "act", "pooled": "pool"}
"""The phases in which a layer shows its maps, in order, and what the names of the stages that put them out begin with.

There is one more phase, "kernels", which shows the layer's weights instead.
"""

Kind = Literal["maps", "kernels", "dense"]


def stage_name(config: LeNetConfig, phase: str, number: int) -> str:
    """The stage that puts out the maps of convolution layer ``number`` in a ``phase`` of ``PHASES``.

    With batch normalisation, the activation receives what that stage puts out, not what the convolution does.
    """
    return f"norm{number}" if phase == "before" and config.batch_norm else f"{PHASES[phase]}{number}"


@dataclass(frozen=True)
class Subject:
    """What can be looked at and compared: a network, and what its stages put out.

    ``picture`` is the (28, 28) one that the network saw, or None where only its kernels are looked at.
    ``probabilities`` are its answer by class. They are empty where there is none, as for the mean of many pictures.
    """

    title: str
    network: Checkpoint
    stages: Stages
    picture: NDArray[np.float32] | None = None
    probabilities: dict[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The likeliest class, or "" where there is no answer."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default="")


@dataclass(frozen=True)
class Layer:
    """What is shown of one layer: ``values`` is (channels, tiles, height, width).

    A channel of "maps" has one tile, its map. A channel of "kernels" has one tile for each input, the kernel that reads
    it. A "dense" layer is one channel with one tile of one row: (1, 1, 1, values).

    ``name`` is the stage's name. ``number`` is the layer's number, 0 for the logits, whose ``classes`` have names.
    """

    name: str
    number: int
    kind: Kind
    values: NDArray[np.float32]
    classes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the layer is, and how much of it there is."""
        count, tiles, height, width = self.values.shape
        if self.kind == "dense":
            return f"{f'Dense layer {self.number}' if self.number else 'Logits'} · {width} values"
        what = f"{count} × {tiles} kernels" if self.kind == "kernels" else f"{count} maps"
        return f"Layer {self.number} · {what} of {height} × {width}"

    def comparable(self, other: "Layer") -> bool:
        """Whether values at the same place in both layers can be compared."""
        return self.values.shape == other.values.shape and self.classes == other.classes


Pairs = list[tuple[Layer, Layer | None]]
"""Each layer of A, with the one of B that stands beside it."""


def layers(subject: Subject, phase: str) -> list[Layer]:
    """What a ``phase`` shows: the kernels of every convolution layer, or else their maps and then the dense layers."""
    model, stages = subject.network.model, subject.stages
    config, count = model.config, len(model.config.channels)
    if phase == "kernels":
        return [Layer(f"kernels{number}", number, "kernels", kernels(model, number)) for number in range(1, count + 1)]
    maps = [(stage_name(config, phase, number), number) for number in range(1, count + 1)]
    stage = "dense" if phase == "before" else "act"
    dense = [(f"{stage}{number}", number) for number in range(count + 1, count + 1 + len(config.hidden))]
    return [
        *(Layer(name, number, "maps", stages[name][:, None]) for name, number in maps),
        *(Layer(name, number, "dense", stages[name][None, None, None]) for name, number in dense),
        Layer("logits", 0, "dense", stages["logits"][None, None, None], subject.network.classes),
    ]


def paired(a: Subject, b: Subject | None, phase: str) -> Pairs:
    """Each layer of ``a``, and the layer of ``b`` of the same kind and number, if ``b`` has one of its own.

    Two pictures in one network have its kernels in common.
    """
    if b is None or (phase == "kernels" and a.network is b.network):
        return [(layer, None) for layer in layers(a, phase)]
    theirs = {(layer.number, layer.kind): layer for layer in layers(b, phase)}
    return [(layer, theirs.get((layer.number, layer.kind))) for layer in layers(a, phase)]


def kernels(model: LeNet, number: int) -> NDArray[np.float32]:
    """The weights of convolution layer ``number``: (channels, inputs, k, k)."""
    return cast(nn.Conv2d, model.get_submodule(f"conv{number}")).weight.detach().numpy()


@dataclass(frozen=True)
class Difference:
    """How far two maps of one channel are apart: the L2 norm of their difference, and the cosine of their angle."""

    l2: float
    cosine: float


def differences(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[Difference]:
    """Compare two arrays of maps, (channels, ...), channel by channel.

    The cosine of two empty maps is 1, and of an empty map and another one 0. Raises ValueError for unequal shapes.
    """
    if a.shape != b.shape:
        raise ValueError(f"maps of {_shape(a)} cannot be compared with maps of {_shape(b)}")
    one, other = (maps.reshape(len(maps), -1).astype(np.float64) for maps in (a, b))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    empty = ~one.any(1) & ~other.any(1)
    cosines = np.where(empty, 1.0, (one * other).sum(1) / np.where(lengths, lengths, 1))
    apart = np.linalg.norm(one - other, axis=1)
    return [Difference(float(l2), float(cosine)) for l2, cosine in zip(apart, cosines, strict=True)]


def most_different_first(apart: list[Difference]) -> list[int]:
    """The numbers of the channels, those whose maps differ most first; equal ones stay in their order."""
    return sorted(range(len(apart)), key=lambda channel: -apart[channel].l2)


def _shape(maps: NDArray[np.float32]) -> str:
    return " x ".join(map(str, maps.shape))
