"""Why a cell has its value: which cells of earlier stages it sees, and the arithmetic that makes it."""

import string
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet.microscope.activations import ACTIVATIONS, POOLINGS
from lenet.microscope.layers import Stages
from lenet.model import POOL_SIZE, LeNet, LeNetConfig

LETTERS, DIGITS = string.ascii_lowercase, string.digits
"""The name of a stage is its kind in letters, then the number of its layer in digits."""

MAPS = ("conv", "norm", "act", "pool")
"""The kinds of stages that put out maps, in the order in which a layer has them."""


@dataclass(frozen=True)
class Field:
    """Which cells of an earlier stage a cell depends on.

    Cell i of a row depends on ``size`` cells in a row, from i * ``stride`` + ``offset`` on. The same holds for columns.
    Cells outside the map are padding.
    """

    size: int
    stride: int
    offset: int


def receptive_field(config: LeNetConfig, stage: str, onto: str = "input") -> Field:
    """What a cell of ``stage`` sees of the stage ``onto``, by the recurrence of Dumoulin and Visin 2016, section 4.

    Raises ValueError when ``stage`` puts out no maps or does not come after ``onto``.
    """
    size, stride, offset = 1, 1, 0
    passed = onto == "input"
    for number in range(1, len(config.channels) + 1):
        for kind in MAPS:
            name = f"{kind}{number}"
            if passed and kind == "conv":
                size += (config.kernel_sizes[number - 1] - 1) * stride
                offset -= config.paddings[number - 1] * stride
            elif passed and kind == "pool":
                size += (POOL_SIZE - 1) * stride
                stride *= POOL_SIZE
            if passed and name == stage:
                return Field(size, stride, offset)
            passed |= name == onto
    raise ValueError(f"{stage!r} is no map of this network that comes after {onto!r}")


@dataclass(frozen=True)
class Explanation:
    """The arithmetic behind one cell, in float64: each value follows from those above it.

    ``patch`` (inputs, k, k) is what the kernel lies on; it is zero beyond the border. ``kernel`` (inputs, k, k) are the
    weights, ``products`` (inputs, k, k) patch times kernel, cell by cell. ``before`` is the sum of all products plus
    ``bias``. ``normalised`` is ``before * scale + shift``: without batch normalisation scale is 1 and shift 0.
    ``after`` is the activation of that. ``window`` (2, 2) holds this activation and those that are pooled with it, into
    ``pooled``. Both are None in a last odd row or column, which pooling leaves out.

    ``output`` is what the network has in this place after its activation: ``after``, unless the map is switched off.
    ``row`` and ``column`` are the cell of the convolution. Behind a pooled cell it is the strongest of its window.
    """

    layer: int
    channel: int
    row: int
    column: int
    patch: NDArray[np.float64]
    kernel: NDArray[np.float64]
    products: NDArray[np.float64]
    bias: float
    before: float
    scale: float
    shift: float
    normalised: float
    activation: str
    after: float
    output: float
    pooling: str
    window: NDArray[np.float64] | None
    pooled: float | None

    @property
    def sums(self) -> NDArray[np.float64]:
        """(inputs,): the sum of the products over each input map."""
        return self.products.sum((1, 2))


def explain(model: LeNet, stages: Stages, stage: str, channel: int, row: int, column: int) -> Explanation:
    """Explain the cell at ``row``, ``column`` of map ``channel`` of ``stage`` (one of ``MAPS``), counted from 0.

    ``stages`` is what ``model`` put out. Raises ValueError when there is no such cell.
    """
    value_at(stages, stage, channel, row, column)  # refuses a cell that is not there
    kind, layer = stage.rstrip(DIGITS), int(stage.lstrip(LETTERS))
    if kind == "pool":
        row, column = _strongest(stages, layer, channel, row, column)
    window = _window(stages, layer, channel, row // POOL_SIZE, column // POOL_SIZE)
    convolution = cast(nn.Conv2d, model.get_submodule(f"conv{layer}"))
    patch = _patch(stages, layer, convolution, row, column)
    kernel = convolution.weight[channel].detach().numpy().astype(np.float64)
    bias = cast(Tensor, convolution.bias)[channel].item()
    products = patch * kernel
    before = products.sum() + bias
    scale, shift = (float(values[channel]) for values in _normalisation(model, layer))
    normalised = before * scale + shift
    activation, pooling = model.config.activation, model.config.pooling
    return Explanation(
        layer=layer,
        channel=channel,
        row=row,
        column=column,
        patch=patch,
        kernel=kernel,
        products=products,
        bias=bias,
        before=before,
        scale=scale,
        shift=shift,
        normalised=normalised,
        activation=activation,
        after=float(ACTIVATIONS[activation].formula(normalised)),
        output=float(stages[f"act{layer}"][channel, row, column]),
        pooling=pooling,
        window=window,
        pooled=None if window is None else float(POOLINGS[pooling].formula(window)),
    )


@dataclass(frozen=True)
class DenseExplanation:
    """The arithmetic behind one value of a dense layer, in float64.

    ``inputs`` (n,) is what the stage before put out, and ``weights`` (n,) are the value's own. ``before`` is the sum of
    inputs times weights plus ``bias``. ``after`` is the activation of that, or None for a logit, which has none.
    """

    inputs: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    before: float
    activation: str
    after: float | None

    @property
    def products(self) -> NDArray[np.float64]:
        """(n,): what each input adds to the sum."""
        return self.inputs * self.weights


def explain_dense(model: LeNet, stages: Stages, stage: str, index: int) -> DenseExplanation:
    """Explain the value ``index``, from 0, of the dense ``stage``: "logits", or "dense" with the layer's number.

    ``stages`` is what ``model`` put out. Raises ValueError when there is no such value.
    """
    dense = dict(model.named_children()).get(stage)
    if not isinstance(dense, nn.Linear) or not 0 <= index < dense.out_features:
        raise ValueError(f"This network has no value {index + 1} in {stage}.")
    inputs = stages[stage_before(model.config, stage)].ravel().astype(np.float64)
    weights = dense.weight[index].detach().numpy().astype(np.float64)
    bias, activation = dense.bias[index].item(), model.config.activation
    before = float(inputs @ weights) + bias
    after = None if stage == "logits" else float(ACTIVATIONS[activation].formula(before))
    return DenseExplanation(inputs, weights, bias, before, activation, after)


def stage_before(config: LeNetConfig, stage: str) -> str:
    """The stage whose output the dense ``stage`` reads."""
    count = len(config.channels)
    number = count + 1 + len(config.hidden) if stage == "logits" else int(stage.lstrip(LETTERS))
    if number == count + 1:
        return "flatten"
    return f"drop{number - 1}" if config.dropout else f"act{number - 1}"


def value_at(stages: Stages, stage: str, channel: int, row: int, column: int) -> float:
    """The value of a cell of a map, all counted from 0. Raises ValueError when there is no such cell."""
    known = [name for name, values in stages.items() if values.ndim == 3 and name.startswith(MAPS)]
    layer = stage.lstrip(LETTERS)
    if stage not in known:
        last = max((int(name.lstrip(LETTERS)) for name in known), default="none")
        raise ValueError(
            f"There are no maps of {f'layer {layer}' if layer else stage} here; the last with maps is {last}."
        )
    shape = stages[stage].shape
    for what, index, count in zip(("map", "row", "column"), (channel, row, column), shape, strict=True):
        if not 0 <= index < count:
            raise ValueError(f"Layer {layer} has no {what} {index + 1} here; it has {count}.")
    return float(stages[stage][channel, row, column])


def _window(stages: Stages, layer: int, channel: int, row: int, column: int) -> NDArray[np.float64] | None:
    """(2, 2): the activations that the pooled cell at ``row``, ``column`` pools; None where there is no such cell."""
    window = _square(stages, layer, channel, row, column)
    return window if window.shape == (POOL_SIZE, POOL_SIZE) else None


def _strongest(stages: Stages, layer: int, channel: int, row: int, column: int) -> tuple[int, int]:
    """Row and column of the strongest activation that the pooled cell at ``row``, ``column`` pools."""
    window = _square(stages, layer, channel, row, column)
    down, across = np.unravel_index(window.argmax(), window.shape)
    return POOL_SIZE * row + int(down), POOL_SIZE * column + int(across)


def _square(stages: Stages, layer: int, channel: int, row: int, column: int) -> NDArray[np.float64]:
    """The activations in the square that pooling makes one cell of; smaller than (2, 2) where the map ends."""
    rows, columns = (slice(POOL_SIZE * at, POOL_SIZE * (at + 1)) for at in (row, column))
    return stages[f"act{layer}"][channel, rows, columns].astype(np.float64)


def _patch(stages: Stages, layer: int, convolution: nn.Conv2d, row: int, column: int) -> NDArray[np.float64]:
    """(inputs, k, k): what the kernel lies on when it makes the cell, padded with zeros."""
    inputs = stages["input" if layer == 1 else f"pool{layer - 1}"].astype(np.float64)
    padding, side = int(convolution.padding[0]), convolution.kernel_size[0]
    padded = np.pad(inputs, [(0, 0), (padding, padding), (padding, padding)])
    return padded[:, row : row + side, column : column + side]


def _normalisation(model: LeNet, layer: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(channels,) twice: what batch normalisation multiplies each map by in evaluation, and what it then adds.

    These are 1 and 0 in a network without it. Ioffe and Szegedy 2015, algorithm 2.
    """
    if not model.config.batch_norm:
        channels = model.config.channels[layer - 1]
        return np.ones(channels), np.zeros(channels)
    norm = cast(nn.BatchNorm2d, model.get_submodule(f"norm{layer}"))
    state = norm.state_dict()
    mean, variance, weight, bias = (
        state[name].numpy().astype(np.float64) for name in ("running_mean", "running_var", "weight", "bias")
    )
    scale = weight / np.sqrt(variance + norm.eps)
    return scale, bias - mean * scale
