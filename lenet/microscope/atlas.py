"""The atlas: what a network does with a whole test set, which the page then shows without the data set.

Training makes each class's mean activations, the pictures that each channel likes best, and some pictures for each cell
of the confusion matrix. It keeps them in the folder ``atlas`` of the checkpoint, where each file is read once.
"""

import string
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.checkpoint import FILE_LIMIT, Checkpoint
from lenet.microscope.layers import Stages
from lenet.model import PICTURE_SIZE, LeNet, LeNetConfig
from lenet.untrusted import file_of, kept_tensors, said

FOLDER = "atlas"
"""Within the folder of a checkpoint."""

DERIVED = ("norm", "flatten", "drop")
"""Stages that are left out, as their means follow from the stage before: an affine map, a reshaping, nothing at all."""

LAYERS = (1, 2)
"""The convolution layers whose channels get their favourites."""

BATCH = 100
"""Pictures at once: all stages of a wide network's activations on them fit into some 60 MB."""

FAVOURITES = 9
"""Test pictures kept for each channel."""

TESTS = "tests"
"""The file of the pictures for the cells of the confusion matrix."""

CELL_PICTURES = 4
"""Test pictures kept for each cell of the confusion matrix."""

MOST_BYTES = 4 * FILE_LIMIT
"""Of a file. Only networks that are wider than the page allows have larger ones."""

LARGEST = 1e9
"""No mean and no value comes near it."""


# What training makes


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


def cell_pictures(images: Tensor, labels: Tensor, answers: Tensor) -> dict[str, Tensor]:
    """The first test pictures of each cell of the confusion matrix, in the order of the test set.

    ``pictures`` is (N, 28, 28) uint8, ``labels`` (N, 2) uint8: the true class, and the class that the network says.
    """
    seen: Counter[tuple[int, int]] = Counter()
    chosen = []
    for number, cell in enumerate(zip(labels.tolist(), answers.tolist(), strict=True)):
        seen[cell] += 1
        if seen[cell] <= CELL_PICTURES:
            chosen.append(number)
    return {
        "pictures": (images[chosen, 0] * 255).round().byte(),
        "labels": torch.stack((labels[chosen], answers[chosen]), 1).byte(),
    }


# What the page reads


@dataclass(frozen=True)
class Favourite:
    """A test picture (28, 28) uint8 that excites a channel: its strongest activation, and the cell where that is."""

    picture: NDArray[np.uint8]
    value: float
    row: int
    column: int


def favourites_of(checkpoint: Checkpoint, layer: int, channel: int) -> list[Favourite]:
    """The test pictures that excite a channel most, best first.

    Raises FileNotFoundError when the atlas has none for the layer, ValueError when the file is damaged.
    """
    path = _path(checkpoint, f"favourites{layer}")
    found = _read(path, "picture", "value", "cell")
    pictures, values, cells = (found[name] for name in ("picture", "value", "cell"))
    count = checkpoint.model.config.channels[layer - 1]
    likes = tuple(min(number, FAVOURITES) for number in pictures.shape[1:2])
    for tensor, shape in ((pictures, (PICTURE_SIZE, PICTURE_SIZE)), (values, ()), (cells, (2,))):
        _must_be(path, tensor, (count, *likes, *shape))
    _must_be_numbers(path, values)
    if not all(tensor.dtype.kind in "uif" for tensor in (pictures, cells)):
        raise ValueError(f"{_said(path)} is damaged (its pictures or cells are no numbers); copy or train it again")
    side = checkpoint.model.config.convolved_sizes[layer - 1]
    if not ((cells >= 0) & (cells < side)).all():
        raise ValueError(
            f"{_said(path)} is damaged (a cell lies outside of a {side} x {side} map); copy or train it again"
        )
    return [
        Favourite(np.clip(np.nan_to_num(picture), 0, 255).astype(np.uint8), float(value), int(row), int(column))
        for picture, value, (row, column) in zip(pictures[channel], values[channel], cells[channel], strict=True)
    ]


def pictures_of_cell(checkpoint: Checkpoint, true: int, said: int) -> NDArray[np.uint8]:
    """Test pictures of the class ``true`` that the network takes for the class ``said``: (0 to 4, 28, 28).

    Raises FileNotFoundError when the atlas has none, ValueError when the file is damaged.
    """
    path = _path(checkpoint, TESTS)
    found = _read(path, "pictures", "labels")
    pictures, labels = found["pictures"], found["labels"]
    count = len(pictures) if pictures.ndim else 0
    _must_be(path, pictures, (count, PICTURE_SIZE, PICTURE_SIZE))
    _must_be(path, labels, (count, 2))
    if pictures.dtype != np.uint8:
        raise ValueError(
            f"{_said(path)} is damaged (its pictures are {pictures.dtype}, not bytes); copy or train it again"
        )
    return pictures[(labels == (true, said)).all(1)][:CELL_PICTURES]


def class_mean(checkpoint: Checkpoint, number: int) -> Stages:
    """What each stage of the network puts out on average for the class ``number``.

    Flattening and dropout are left out: they repeat the stage before. Raises FileNotFoundError when the atlas is not
    there or lacks a stage, ValueError when it is damaged.
    """
    stages = Stages()
    for name, stage in checkpoint.model.named_children():
        if name.startswith("norm"):  # the mean of an affine map is that map of the mean
            before = torch.from_numpy(stages[name.replace("norm", "conv")])
            with torch.inference_mode():
                stages[name] = stage(before[None])[0].numpy()
        elif not name.startswith(DERIVED):
            stages[name] = _class_means(checkpoint, name)[number]
    return stages


def channel_means(checkpoint: Checkpoint) -> list[NDArray[np.float32]]:
    """What the channels of each convolution layer put out on average: (channels,) after the activation, by layer.

    It is the mean over the cells and over the test pictures, each class counting alike. Raises FileNotFoundError when
    the atlas is not there or lacks a stage, ValueError when it is damaged.
    """
    config = checkpoint.model.config
    return [_class_means(checkpoint, f"act{layer + 1}").mean((0, 2, 3)) for layer in range(len(config.channels))]


def _class_means(checkpoint: Checkpoint, stage: str) -> NDArray[np.float32]:
    """What a stage that is not ``DERIVED`` puts out on average for each class: (classes, *stage's shape)."""
    config, path = checkpoint.model.config, _path(checkpoint, stage)
    means = _read(path, "mean")["mean"]
    _must_be(path, means, (config.classes, *_shape(config, stage)))
    _must_be_numbers(path, means)
    return means.astype(np.float32)


def _path(checkpoint: Checkpoint, name: str) -> Path:
    """A file of the atlas. Raises FileNotFoundError when it is not there, ValueError when it is no file."""
    if checkpoint.folder is not None:
        file = f"{FOLDER}/{name}.safetensors"
        with suppress(FileNotFoundError):
            file_of(checkpoint.folder, file)
            return checkpoint.folder / file
    raise FileNotFoundError(f"{checkpoint.name} has no {name} in its atlas; training writes one")


def _said(path: Path) -> str:
    """A file of the atlas as sentences name it."""
    return said(path.parent.parent, f"{FOLDER}/{path.name}")


def _read(path: Path, *parts: str) -> dict[str, NDArray]:
    """The tensors of one file, ``parts`` among them. Raises ValueError when it is damaged."""
    found = kept_tensors(path.parent.parent, f"{FOLDER}/{path.name}", MOST_BYTES)
    if missing := set(parts) - set(found):
        raise ValueError(f"{_said(path)} is damaged (it has no {', '.join(sorted(missing))}); copy or train it again")
    return found


def _must_be(path: Path, tensor: NDArray, shape: tuple[int, ...]) -> None:
    if tensor.shape != shape:
        raise ValueError(f"{_said(path)} is damaged (it holds {tensor.shape}, not {shape}); copy or train it again")


def _must_be_numbers(path: Path, tensor: NDArray) -> None:
    """Raise ValueError where a tensor holds what no network puts out."""
    if tensor.dtype.kind not in "uif" or not (np.abs(tensor.astype(np.float64)) <= LARGEST).all():
        raise ValueError(f"{_said(path)} is damaged (it holds no numbers up to {LARGEST:,.0f}); copy or train it again")


def _shape(config: LeNetConfig, stage: str) -> tuple[int, ...]:
    """What a stage that is not ``DERIVED`` puts out for one picture: (channels, height, width) or (values,)."""
    if stage == "input":
        return 1, config.input_size, config.input_size
    if stage == "logits":
        return (config.classes,)
    number, layers = int(stage.lstrip(string.ascii_lowercase)), len(config.channels)
    if number > layers:
        return (config.hidden[number - layers - 1],)
    side = (config.map_sizes if stage.startswith("pool") else config.convolved_sizes)[number - 1]
    return config.channels[number - 1], side, side
