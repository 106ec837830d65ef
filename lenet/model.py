"""LeNet as a list of named stages, and the configuration that builds it.

The layers are numbered through the whole network: ``conv1``, ``act1``, ``pool1``, ``conv2``, ..., ``dense3``,
``act3``, ``dense4``, ``act4``, ``logits``. The output of each stage is found by the stage's name.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from reprlib import repr as brief
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PICTURE_SIZE = 28
"""Side of the picture every model receives, in pixels (MNIST's and Fashion-MNIST's)."""

SIZES = {"channels": (1, 65_536), "kernel_sizes": (1, 512), "paddings": (0, 512), "hidden": (1, 65_536)}
"""The least and the largest entry of each list of sizes in a configuration."""

MOST_LAYERS = 16
"""Entries of a list of sizes."""

MOST_CLASSES, MOST_SIDE, FARTHEST = 1_000, 256, 1e6
"""Classes; pixels of the picture's side that the first layer gets; and how large its mean and std may be."""

MOST_PARAMETERS, MOST_NUMBERS, MOST_PRODUCTS = 10_000_000, 2_000_000, 500_000_000
"""Parameters, numbers that the stages put out for one picture, and multiply-adds for it: what any machine can hold and
compute in a second. Configurations come from strangers, too.
"""

POOL_SIZE = 2
"""Side and stride of every pooling window, in pixels (LeCun et al. 1998, section II.B)."""


class Subsample(nn.Module):
    """No pooling, only its stride: (..., H, W) -> (..., H // size, W // size), the first value of each square."""

    def __init__(self, size: int):
        super().__init__()
        self.size = size

    def forward(self, maps: Tensor) -> Tensor:
        height, width = (side // self.size * self.size for side in maps.shape[-2:])
        return maps[..., : height : self.size, : width : self.size]


ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
POOLINGS = {"average": nn.AvgPool2d, "max": nn.MaxPool2d, "none": Subsample}
INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "pytorch": lambda weight: nn.init.kaiming_uniform_(weight, a=math.sqrt(5)),
    "xavier": nn.init.xavier_uniform_,
    "kaiming": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
}
"""PyTorch's default; the book's choice (Glorot and Bengio 2010); and the one for ReLU (He et al. 2015)."""


@dataclass(frozen=True)
class LeNetConfig:
    """Everything that decides a LeNet's architecture. The defaults are the book's network.

    ``channels``, ``kernel_sizes`` and ``paddings`` have one entry for each convolution layer, ``hidden`` one for each
    dense layer before the last. Pictures are resized to ``input_size`` pixels; then each pixel x becomes
    ``(x - mean) / std``.

    Raises ValueError when the values do not describe a network.
    """

    channels: tuple[int, ...] = (6, 16)
    kernel_sizes: tuple[int, ...] = (5, 5)
    paddings: tuple[int, ...] = (2, 0)
    activation: str = "sigmoid"
    pooling: str = "average"
    batch_norm: bool = False
    dropout: float = 0.0
    hidden: tuple[int, ...] = (120, 84)
    classes: int = 10
    input_size: int = PICTURE_SIZE
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        for name, (least, most) in SIZES.items():
            object.__setattr__(self, name, _sizes(name, getattr(self, name), least, most))  # JSON has lists only
        if not len(self.channels) == len(self.kernel_sizes) == len(self.paddings) > 0:
            raise ValueError(
                "channels, kernel_sizes and paddings need one entry for each convolution layer, not "
                f"{self.channels}, {self.kernel_sizes} and {self.paddings}"
            )
        for name, known in (("activation", ACTIVATIONS), ("pooling", POOLINGS)):
            if not isinstance(value := getattr(self, name), str) or value not in known:
                raise ValueError(f"{name} is {brief(value)}; it can be {', '.join(known)}")
        if type(self.batch_norm) is not bool:
            raise ValueError(f"batch_norm must be true or false, not {brief(self.batch_norm)}")
        for name, most in (("classes", MOST_CLASSES), ("input_size", MOST_SIDE)):
            if not _is_whole(getattr(self, name), 1, most):
                raise ValueError(f"{name} must be a whole number from 1 to {most:,}, not {brief(getattr(self, name))}")
        self._check_numbers()
        self._check_sizes()
        self._check_cost()

    def _check_numbers(self) -> None:
        """Raise ValueError where dropout, mean or std is no number that a network can have."""
        if not _is_number(self.dropout, 0, 1) or self.dropout == 1:
            raise ValueError(f"dropout must be a number from 0 to below 1, not {brief(self.dropout)}")
        if not _is_number(self.mean, -FARTHEST, FARTHEST):
            raise ValueError(f"mean must be a number from {-FARTHEST:,.0f} to {FARTHEST:,.0f}, not {brief(self.mean)}")
        if not _is_number(self.std, 1 / FARTHEST, FARTHEST):
            raise ValueError(f"std must be a number above 0, at most {FARTHEST:,.0f}, not {brief(self.std)}")

    def _check_sizes(self) -> None:
        """Raise ValueError where a kernel does not fit into the maps that reach it, or leaves too little to pool."""
        side = self.input_size
        for number, made in enumerate(self.convolved_sizes, start=1):
            kernel_size, padding = self.kernel_sizes[number - 1], self.paddings[number - 1]
            if made < POOL_SIZE:
                raise ValueError(
                    f"convolution {number} does not fit: of the {side} x {side} maps that reach it, a {kernel_size} x "
                    f"{kernel_size} kernel with padding {padding} makes {made} x {made}, and pooling needs "
                    f"{POOL_SIZE} x {POOL_SIZE}; a smaller kernel, more padding or fewer layers would fit"
                )
            side = made // POOL_SIZE

    def _check_cost(self) -> None:
        """Raise ValueError for a network that is too large to be held or computed."""
        for what, asked, most in zip(
            ("parameters", "numbers for one picture", "multiply-adds for one picture"),
            self.cost,
            (MOST_PARAMETERS, MOST_NUMBERS, MOST_PRODUCTS),
            strict=True,
        ):
            if asked > most:
                raise ValueError(f"this network would have {asked:,} {what}; at most {most:,} are possible")

    @property
    def cost(self) -> tuple[int, int, int]:
        """About how many parameters, numbers for one picture and multiply-adds; nothing is built for it.

        Biases, normalisation and what follows a stage in the same shape are left out.
        """
        parameters, numbers, products, inputs = 0, self.input_size**2, 0, 1
        layers = zip(self.channels, self.kernel_sizes, self.convolved_sizes, strict=True)
        for channels, kernel_size, side in layers:
            weights = channels * inputs * kernel_size**2
            parameters, products = parameters + weights, products + weights * side**2
            numbers, inputs = numbers + channels * side**2, channels
        inputs *= self.map_sizes[-1] ** 2
        for size in (*self.hidden, self.classes):
            parameters, products = parameters + inputs * size, products + inputs * size
            numbers, inputs = numbers + size, size
        return parameters, numbers, products

    @property
    def convolved_sizes(self) -> tuple[int, ...]:
        """Side of each convolution layer's maps before pooling, in cells."""
        sizes, side = [], self.input_size
        for kernel_size, padding in zip(self.kernel_sizes, self.paddings, strict=True):
            sizes.append(_convolved(side, kernel_size, padding))
            side = sizes[-1] // POOL_SIZE
        return tuple(sizes)

    @property
    def map_sizes(self) -> tuple[int, ...]:
        """Side of each convolution layer's maps after pooling, in cells."""
        return tuple(side // POOL_SIZE for side in self.convolved_sizes)


def _sizes(name: str, values: Any, least: int, most: int) -> tuple[int, ...]:
    """A list of sizes. Raises ValueError for what is none."""
    if not isinstance(values, list | tuple) or len(values) > MOST_LAYERS:
        raise ValueError(f"{name} must be a list of at most {MOST_LAYERS} whole numbers, not {brief(values)}")
    for value in values:
        if not _is_whole(value, least, most):
            raise ValueError(f"{name} must be whole numbers from {least} to {most:,}, not {brief(value)}")
    return tuple(values)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_number(value: Any, least: float, most: float) -> bool:
    return type(value) in (int, float) and least <= value <= most


def _convolved(side: int, kernel_size: int, padding: int) -> int:
    """Side of the maps after a convolution of square maps, in cells; 0 when the kernel is larger than the maps."""
    return max(side + 2 * padding - kernel_size + 1, 0)


class Standardise(nn.Module):
    """The first stage: (N, 1, H, W) pictures in [0, 1] -> (N, 1, size, size), resized and standardised."""

    def __init__(self, size: int, mean: float, std: float):
        super().__init__()
        self.size, self.mean, self.std = size, mean, std

    def forward(self, pictures: Tensor) -> Tensor:
        if pictures.shape[-1] != self.size:
            pictures = F.interpolate(pictures, size=(self.size, self.size), mode="bilinear", antialias=True)
        return (pictures - self.mean) / self.std


def stages(config: LeNetConfig) -> OrderedDict[str, nn.Module]:
    """The stages of the network that ``config`` describes, in the order in which a picture passes them."""
    activation, pooling = ACTIVATIONS[config.activation], POOLINGS[config.pooling]
    net: OrderedDict[str, nn.Module] = OrderedDict()
    net["input"] = Standardise(config.input_size, config.mean, config.std)
    inputs = 1
    layers = zip(config.channels, config.kernel_sizes, config.paddings, strict=True)
    for number, (channels, kernel_size, padding) in enumerate(layers, start=1):
        # Batch normalisation subtracts this bias again; the batchnorm recipe's document keeps it, and so do we.
        net[f"conv{number}"] = nn.Conv2d(inputs, channels, kernel_size, padding=padding)
        if config.batch_norm:
            net[f"norm{number}"] = nn.BatchNorm2d(channels)
        net[f"act{number}"] = activation()
        net[f"pool{number}"] = pooling(POOL_SIZE)
        inputs = channels
    net["flatten"] = nn.Flatten()
    inputs *= config.map_sizes[-1] ** 2
    for number, size in enumerate(config.hidden, start=len(config.channels) + 1):
        net[f"dense{number}"] = nn.Linear(inputs, size)
        net[f"act{number}"] = activation()
        if config.dropout:
            net[f"drop{number}"] = nn.Dropout(config.dropout)
        inputs = size
    net["logits"] = nn.Linear(inputs, config.classes)
    return net


Channel = tuple[int, int]
"""A map of a network: its convolution layer, counted from 1, and its number, counted from 0."""

Constants = Mapping[Channel, float]
"""Maps that are switched off, and the value that each is set to."""


class LeNet(nn.Sequential):
    """(N, 1, 28, 28) float32 pictures, ink 1.0 on ground 0.0 -> (N, classes) logits."""

    def __init__(self, config: LeNetConfig | None = None):
        self.config = config or LeNetConfig()
        super().__init__(stages(self.config))

    def activations(self, pictures: Tensor, off: Constants | None = None) -> dict[str, Tensor]:
        """The output of every stage for ``pictures``, by the stage's name and in order; the last one is the logits.

        A map that is ``off`` has the given value everywhere after its activation, whatever the picture is. Nothing is
        stored in the model, so threads can share it.
        """
        outputs = {}
        for name, stage in self.named_children():
            pictures = stage(pictures)
            if constants := {
                channel: value for (layer, channel), value in (off or {}).items() if name == f"act{layer}"
            }:
                pictures = pictures.clone()
                for channel, value in constants.items():
                    pictures[:, channel] = value
            outputs[name] = pictures
        return outputs


class Members(nn.ModuleList):
    """LeNets of one configuration that are trained together and answer together: an ensemble.

    In training, (N, 1, 28, 28) pictures -> (members, N, classes) logits. In evaluation, the members' mean:
    (N, classes).
    """

    def forward(self, pictures: Tensor) -> Tensor:
        logits = torch.stack([member(pictures) for member in self])
        return logits if self.training else logits.mean(0)


def join(members: Members) -> LeNet:
    """The one LeNet, as wide as all members together, that gives the mean of their logits.

    Each member keeps its own channels and features: the weights between those of two members are zero.
    """
    config = cast(LeNet, members[0]).config
    channels, hidden = (tuple(len(members) * size for size in sizes) for sizes in (config.channels, config.hidden))
    joined = LeNet(replace(config, channels=channels, hidden=hidden))
    parts = zip(*(member.state_dict().values() for member in members), strict=True)
    joined.load_state_dict({name: _joined(name, part) for name, part in zip(joined.state_dict(), parts, strict=True)})
    return joined


def _joined(name: str, parts: tuple[Tensor, ...]) -> Tensor:
    """Join one tensor of all members. The members share the picture and the logits, and nothing in between."""
    stage = name.split(".")[0]
    if stage == "logits":
        return torch.stack(parts).mean(0) if parts[0].ndim == 1 else torch.cat(parts, 1) / len(parts)
    if parts[0].ndim == 0:  # how many batches batch normalisation has seen
        return parts[0]
    if parts[0].ndim == 1 or stage == "conv1":
        return torch.cat(parts)
    outputs, inputs, *kernel = parts[0].shape
    whole = parts[0].new_zeros(len(parts) * outputs, len(parts) * inputs, *kernel)
    for number, part in enumerate(parts):
        whole[number * outputs : (number + 1) * outputs, number * inputs : (number + 1) * inputs] = part
    return whole


def parameter_count(model: nn.Module) -> int:
    """How many numbers of ``model`` training may change."""
    return sum(parameter.numel() for parameter in model.parameters())


def initialise(model: nn.Module, scheme: str) -> None:
    """Draw all weights except the biases by a scheme of ``INITIALISATIONS``. Raises ValueError for an unknown one."""
    if scheme not in INITIALISATIONS:
        raise ValueError(f"initialisation is {scheme!r}; it can be {', '.join(INITIALISATIONS)}")
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            INITIALISATIONS[scheme](module.weight)


@dataclass(frozen=True)
class StageSummary:
    """One stage: its name, its layer's class, (channels, height, width) or (features,), parameters, multiply-adds."""

    name: str
    layer: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


def summarise(model: LeNet) -> list[StageSummary]:
    """The output shape and the cost of each stage for one picture; only convolutions and dense layers are counted."""
    outputs = model.eval().activations(torch.zeros(1, 1, PICTURE_SIZE, PICTURE_SIZE))
    rows = []
    for name, stage in model.named_children():
        shape = tuple(outputs[name].shape[1:])
        cells = math.prod(shape[1:])  # a kernel is applied once in every cell of a map, a dense layer once
        weights = stage.weight.numel() if isinstance(stage, nn.Conv2d | nn.Linear) else 0
        rows.append(StageSummary(name, type(stage).__name__, shape, parameter_count(stage), weights * cells))
    return rows
