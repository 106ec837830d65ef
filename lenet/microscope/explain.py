"""Why a cell has its value: what it sees, its arithmetic, and what the test set says about its channel."""

import string
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch import nn

from lenet.microscope.atlas import DERIVED
from lenet.microscope.layers import Stages
from lenet.model import POOL_SIZE, LeNet, LeNetConfig

LETTERS, DIGITS = string.ascii_lowercase, string.digits
"""A stage's name is its kind and its layer's number."""

MAPS = ("conv", "norm", "act", "pool")
"""What the names of the stages that put out maps begin with, in the order in which a layer has them."""


@dataclass(frozen=True)
class Field:
    """Which cells of an earlier stage a cell depends on: cell i on those from i * stride + offset, ``size`` in a row.

    The same holds for rows and columns. Cells outside the map are padding.
    """

    size: int
    stride: int
    offset: int


def receptive_field(config: LeNetConfig, stage: str, onto: str = "input") -> Field:
    """What a cell of ``stage`` sees of the stage ``onto``: the recurrence of Dumoulin and Visin 2016, section 4.

    Raises ValueError when ``stage`` is no map that comes after ``onto``.
    """
    size, stride, offset = 1, 1, 0
    passed = onto == "input"
    for number in range(1, len(config.channels) + 1):
        for step in MAPS:
            name = f"{step}{number}"
            if passed and step == "conv":
                size += (config.kernel_sizes[number - 1] - 1) * stride
                offset -= config.paddings[number - 1] * stride
            elif passed and step == "pool":
                size += (POOL_SIZE - 1) * stride
                stride *= POOL_SIZE
            if passed and name == stage:
                return Field(size, stride, offset)
            passed |= name == onto
    raise ValueError(f"{stage!r} is no map of this network that comes after {onto!r}")


@dataclass(frozen=True)
class Explanation:
    """The arithmetic behind one cell, in float64: each value follows from those above it.

    ``patch`` (inputs, k, k) is what the kernel lies on, zero where it overhangs; ``kernel`` (inputs, k, k) its weights;
    ``products`` theirs, cell by cell. ``before`` is the sum of all products plus ``bias``. With batch normalisation
    ``normalised`` is ``before * scale + shift``; without, scale is 1 and shift 0. ``after`` is the activation of that.
    ``window`` (2, 2) holds the activations that are pooled together with this one, into ``pooled``; both are None where
    the pooling leaves a last odd row or column out.

    ``row`` and ``column`` are the convolution's cell; behind a pooled cell, the strongest of its window.
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
    pooling: str
    window: NDArray[np.float64] | None
    pooled: float | None

    @property
    def sums(self) -> NDArray[np.float64]:
        """(inputs,): the sum of the products in each input map."""
        return self.products.sum((1, 2))


def explain(model: LeNet, stages: Stages, stage: str, channel: int, row: int, column: int) -> Explanation:
    """Explain the cell at ``row``, ``column`` of map ``channel`` of ``stage`` (one of ``MAPS``), counted from 0.

    ``stages`` is what ``model`` put out. Raises ValueError when there is no such cell.
    """
    value_at(stages, stage, channel, row, column)  # there is such a cell
    step, layer = stage.rstrip(DIGITS), int(stage.lstrip(LETTERS))
    if step == "pool":
        window = _window(stages, layer, channel, row, column)
        down, across = np.unravel_index(window.argmax(), window.shape)
        row, column = POOL_SIZE * row + int(down), POOL_SIZE * column + int(across)
    window = _window(stages, layer, channel, row // POOL_SIZE, column // POOL_SIZE)
    convolution = model.get_submodule(f"conv{layer}")
    patch = _patch(stages, layer, convolution, row, column)
    kernel = convolution.weight[channel].detach().numpy().astype(np.float64)
    bias = convolution.bias[channel].item()
    products = patch * kernel
    before = products.sum() + bias
    scale, shift = (float(values[channel]) for values in _normalisation(model, layer))
    normalised = before * scale + shift
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
        activation=model.config.activation,
        after=float(ACTIVATIONS[model.config.activation](normalised)),
        pooling=model.config.pooling,
        window=window,
        pooled=None if window is None else float(POOLINGS[model.config.pooling](window)),
    )


ACTIVATIONS = {
    "sigmoid": lambda value: 1 / (1 + np.exp(-value)),
    "tanh": np.tanh,
    "relu": lambda value: max(value, 0.0),
}
POOLINGS = {"average": np.mean, "max": np.max}
"""The formulas of the model's stages, by the same names."""


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
    rows, columns = (slice(POOL_SIZE * at, POOL_SIZE * (at + 1)) for at in (row, column))
    window = stages[f"act{layer}"][channel, rows, columns].astype(np.float64)
    return window if window.shape == (POOL_SIZE, POOL_SIZE) else None


def _patch(stages: Stages, layer: int, convolution: nn.Conv2d, row: int, column: int) -> NDArray[np.float64]:
    """(inputs, k, k): what the kernel lies on when it makes the cell, padded with zeros."""
    inputs = stages["input" if layer == 1 else f"pool{layer - 1}"].astype(np.float64)
    padding, side = convolution.padding[0], convolution.kernel_size[0]
    padded = np.pad(inputs, [(0, 0), (padding, padding), (padding, padding)])
    return padded[:, row : row + side, column : column + side]


def _normalisation(model: LeNet, layer: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(channels,) twice: what batch normalisation, in evaluation, multiplies each map by and adds to it.

    1 and 0 without it; Ioffe and Szegedy 2015, algorithm 2.
    """
    if not model.config.batch_norm:
        channels = model.config.channels[layer - 1]
        return np.ones(channels), np.zeros(channels)
    norm = model.get_submodule(f"norm{layer}")
    mean, variance, weight, bias = (
        values.detach().numpy().astype(np.float64)
        for values in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    )
    scale = weight / np.sqrt(variance + norm.eps)
    return scale, bias - mean * scale


@dataclass(frozen=True)
class Favourite:
    """A test picture (28, 28) uint8 that excites a channel: its strongest activation and where that is."""

    picture: NDArray[np.uint8]
    value: float
    row: int
    column: int


def favourites(folder: Path, layer: int, channel: int) -> list[Favourite]:
    """The test pictures that excite a channel most, best first, from the atlas in a checkpoint's ``folder``.

    Raises FileNotFoundError when the atlas has none for the layer, ValueError when the file is damaged.
    """
    parts = ("picture", "value", "cell")
    found = _read_atlas(folder, f"favourites{layer}", *parts)
    if any(channel >= len(found[name]) for name in parts):
        raise ValueError(f"{folder / 'atlas'} is damaged: layer {layer} has no map {channel + 1}; train it again")
    return [
        Favourite(picture, float(value), int(row), int(column))
        for picture, value, (row, column) in zip(*(found[name][channel] for name in parts), strict=True)
    ]


def class_mean(folder: Path, model: LeNet, number: int) -> Stages:
    """What each stage of ``model`` puts out on average for the class ``number``, from the atlas in its ``folder``.

    Without flattening and dropout, which repeat the stage before. Raises FileNotFoundError when the atlas is
    not there or lacks a stage, ValueError when it is damaged.
    """
    stages = {}
    for name, _ in model.named_children():
        if name.startswith("norm"):  # the mean of an affine map is that map of the mean
            layer = int(name.removeprefix("norm"))
            scale, shift = (values[:, None, None] for values in _normalisation(model, layer))
            stages[name] = (stages[f"conv{layer}"] * scale + shift).astype(np.float32)
        elif not name.startswith(DERIVED):
            means = _read_atlas(folder, name, "mean")["mean"]
            if number >= len(means):
                raise ValueError(f"{folder / 'atlas'} is damaged: {name} has {len(means)} classes; train it again")
            stages[name] = means[number].astype(np.float32)
    return stages


def _read_atlas(folder: Path, name: str, *parts: str) -> dict[str, NDArray]:
    """The tensors of one file, ``parts`` among them."""
    path = folder / "atlas" / f"{name}.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"{folder.name} has no {path.stem} in its atlas; training writes one")
    try:
        found = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged ({error}); copy or train it again") from error
    if missing := set(parts) - set(found):
        raise ValueError(f"{path} is damaged (it has no {', '.join(sorted(missing))}); copy or train it again")
    return found
