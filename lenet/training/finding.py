"""Train the network that finds the ink or the cloth in a photo, on photos that code puts together.

Each photo is shown whole, from close up and from between, as ``pictures/finder.py`` looks at it in steps.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.pictures.finder import LEAST_SPREAD, LEVELS, SIDE
from lenet.training.photos import Photo, mixed, take

NORM_EPSILON = 1e-5
"""What batch normalisation adds to a variance, so that nothing is divided by 0."""

SMALLEST_SCALE = 1e-12
"""A kernel of zeros gets the scale of one whose largest weight is this: nothing is divided by 0."""

SIDES = (160, 420)
"""The photos' longest side, in pixels."""

EMPTY, SEVERAL = 0.18, 0.15
"""Shares of photos of nothing, and of digits' photos with two to four of them."""

CLOSE, BETWEEN = (1.15, 2.2), (2.0, 5.0)
"""How much longer the sides of a close-up, and of a look from between, are than what is in it."""

ASIDE = 0.15
"""How far, in sides, a close-up's middle lies from that of what is in it, at most."""

MARKED = 0.5
"""A pixel with this share of ink or cloth belongs to it."""


@dataclass(frozen=True)
class Plan:
    """A network and its training. ``channels`` are its maps at each of its sizes, from 64 to 8 pixels."""

    channels: tuple[int, ...] = (10, 16, 24, 28)
    photos: int = 10_000
    epochs: int = 26
    batch: int = 32
    learning_rate: float = 6e-3
    weight_decay: float = 1e-2
    seed: int = 0


class Finder(nn.Module):
    """The network of ``pictures/finder.py``, with batch normalisation while it is trained."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        before = 3
        for level, maps in enumerate(channels):
            self._add(f"down{level}", before, maps, stride=2)
            self._add(f"same{level}", maps, maps)
            before = maps
        self._add("deep", before, before, dilation=2)
        for level in reversed(range(LEVELS - 1)):
            self._add(f"up{level}", channels[level + 1], channels[level], kernel=1)
            self._add(f"merge{level}", channels[level], channels[level])
        self.head = nn.Conv2d(channels[0], 8, 1)

    def _add(self, name: str, before: int, after: int, *, kernel: int = 3, stride: int = 1, dilation: int = 1) -> None:
        padding = dilation * (kernel // 2)
        convolution = nn.Conv2d(before, after, kernel, stride, padding, dilation, bias=False)
        self.add_module(name, nn.Sequential(convolution, nn.BatchNorm2d(after, NORM_EPSILON), nn.ReLU()))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, SIDE, SIDE) standardised colours -> (N, 2, SIDE, SIDE) logits of the mask and the brightness."""
        part, kept = self.get_submodule, []
        maps = pictures
        for level in range(LEVELS):
            maps = part(f"same{level}")(part(f"down{level}")(maps))
            kept.append(maps)
        maps = maps + part("deep")(maps)
        for level in reversed(range(LEVELS - 1)):
            maps = kept[level] + F.interpolate(part(f"up{level}")(maps), scale_factor=2)
            maps = part(f"merge{level}")(maps)
        return F.pixel_shuffle(self.head(maps), 2)

    def folded(self) -> dict[str, Tensor]:
        """The weights by name, each batch normalisation made part of the convolution before it."""
        weights = {f"head.{name}": tensor for name, tensor in self.head.state_dict().items()}
        for name, block in self.named_children():
            if isinstance(block, nn.Sequential):
                values = block.state_dict()  # "0." is the convolution, "1." the normalisation
                scale = values["1.weight"] / (values["1.running_var"] + NORM_EPSILON).sqrt()
                weights[f"{name}.weight"] = values["0.weight"] * scale[:, None, None, None]
                weights[f"{name}.bias"] = values["1.bias"] - values["1.running_mean"] * scale
        return weights


def rounded(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Folded weights as the file has them: a kernel's ``weight``, from -127 to 127 in 8 bits, times its ``scale``."""
    tensors = {}
    for name, tensor in weights.items():
        if name.endswith(".weight"):
            scale = tensor.abs().amax((1, 2, 3)).clamp(SMALLEST_SCALE) / 127
            tensors[name.replace(".weight", ".scale")] = scale
            tensor = (tensor / scale[:, None, None, None]).round().to(torch.int8)
        tensors[name] = tensor.contiguous()
    return tensors


def standardised(pictures: Tensor) -> Tensor:
    """(N, SIDE, SIDE, 3) bytes -> (N, 3, SIDE, SIDE), each with the mean 0 and the standard deviation 1."""
    colours = pictures.permute(0, 3, 1, 2).float() / 255
    mean = colours.mean((1, 2, 3), keepdim=True)
    return (colours - mean) / colours.std((1, 2, 3), correction=0, keepdim=True).clamp(LEAST_SPREAD)


# The photos


def photographs(kind: str, images: NDArray[np.uint8], count: int, seed: int, *, held_out: bool) -> Iterator[Photo]:
    """Photos of (N, 28, 28) images in all kinds of mixed scenes."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        number = 1
        if random.random() < EMPTY:
            number = 0
        elif kind == "digit" and random.random() < SEVERAL:
            number = int(random.integers(2, 5))
        pictures = [images[random.integers(len(images))].astype(np.float32) / 255 for _ in range(number)]
        side = int(random.integers(*SIDES))
        yield take(random, kind, mixed(random, kind), pictures, side=side, held_out=held_out)


def samples(photos: Iterator[Photo], seed: int) -> tuple[Tensor, Tensor]:
    """Each photo whole, from close up and from between: (N, SIDE, SIDE, 3) colours and (N, 2, SIDE, SIDE) mask and
    truth, bytes.
    """
    random = np.random.default_rng(seed)
    colours, answers = [], []
    for photo in photos:
        for box in (None, _close(random, photo.mask, CLOSE), _close(random, photo.mask, BETWEEN)):
            colours.append(torch.from_numpy(_scaled(photo.pixels, box)))
            planes = [np.round(plane * 255).astype(np.uint8) for plane in (photo.mask, photo.truth)]
            answers.append(torch.from_numpy(np.stack([_scaled(plane, box) for plane in planes])))
    return torch.stack(colours), torch.stack(answers)


def _scaled(pixels: NDArray[np.uint8], box: tuple[int, int, int, int] | None) -> NDArray[np.uint8]:
    """A part of a picture, scaled as ``pictures`` does it."""
    part = Image.fromarray(pixels).crop(box) if box else Image.fromarray(pixels)
    resampling = Image.Resampling.BILINEAR
    return np.array(part.resize((SIDE, SIDE), resampling))


def _close(
    random: np.random.Generator, mask: NDArray[np.float32], longer: tuple[float, float]
) -> tuple[int, int, int, int]:
    """The (left, top, right, bottom) of a close-up: around what is in the photo, or anywhere in one of nothing."""
    rows, columns = np.nonzero(mask > MARKED)
    if not len(rows):
        rows, columns = (random.integers(0, length, 2) for length in mask.shape)
    ends = np.array([[each.min(), each.max() + 1] for each in (columns, rows)])
    side = max(8.0, float(np.ptp(ends, 1).max()) * random.uniform(*longer))
    middle = ends.mean(1) + side * random.uniform(-ASIDE, ASIDE, 2)
    low = np.maximum(middle - side / 2, 0).astype(int)
    high = np.minimum(middle + side / 2, mask.shape[::-1]).astype(int)
    high = np.maximum(high, low + 1)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


# Training


def loss(outputs: Tensor, answers: Tensor) -> Tensor:
    """How far the mask and, where there is ink or cloth, its brightness are from the truth."""
    mask, truth = answers[:, 0], answers[:, 1]
    pixels = F.binary_cross_entropy_with_logits(outputs[:, 0], mask)
    found = outputs[:, 0].sigmoid()
    shared = 2 * (found * mask).sum((1, 2)) + 1
    overlap = shared / (found.sum((1, 2)) + mask.sum((1, 2)) + 1)
    brightness = F.binary_cross_entropy_with_logits(outputs[:, 1], truth, mask)
    return pixels + 0.2 * (1 - overlap).mean() + brightness


def train(kind: str, images: NDArray[np.uint8], plan: Plan) -> Iterator[tuple[Finder, dict[str, float]]]:
    """Train a network and yield it after each epoch, with the epoch's mean loss."""
    torch.manual_seed(plan.seed)
    colours, answers = samples(photographs(kind, images, plan.photos, plan.seed, held_out=False), plan.seed)
    model = Finder(plan.channels).to(memory_format=torch.channels_last)  # a step takes three quarters of the time
    optimizer = torch.optim.AdamW(model.parameters(), plan.learning_rate, weight_decay=plan.weight_decay)
    steps = plan.epochs * (len(colours) // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.learning_rate, steps)
    for epoch in range(plan.epochs):
        total, start = 0.0, time.perf_counter()
        batches = torch.randperm(len(colours))[: steps // plan.epochs * plan.batch].split(plan.batch)
        for batch in batches:
            pictures, truth = _varied(standardised(colours[batch]), answers[batch].float() / 255)
            optimizer.zero_grad()
            with torch.autocast(pictures.device.type, torch.bfloat16):  # a step takes three fifths of the time
                outputs = model.train()(pictures)
            error = loss(outputs.float(), truth)
            error.backward()
            optimizer.step()
            schedule.step()
            total += error.item()
        seconds = time.perf_counter() - start
        yield model.eval(), {"epoch": epoch, "loss": total / len(batches), "seconds": seconds}


def _varied(pictures: Tensor, answers: Tensor) -> tuple[Tensor, Tensor]:
    """The batch, mirrored, upside down and with its colours exchanged, at random."""
    turned = [side for side in (-1, -2) if torch.rand(()) < 0.5]
    pictures, answers = pictures.flip(turned), answers.flip(turned)
    return pictures[:, torch.randperm(3)], answers


@torch.inference_mode()
def score(model: nn.Module, colours: Tensor, answers: Tensor) -> dict[str, float]:
    """How well the masks of held-out photos are found: the overlap with the truth, and photos of nothing left empty."""
    found = torch.cat([model(standardised(part))[:, 0] > 0 for part in colours.split(64)])
    true = answers[:, 0] > 127
    both, either = (found & true).sum((1, 2)), (found | true).sum((1, 2))
    filled = true.any(2).any(1)
    return {
        "overlap": float((both / either.clamp(1))[filled].mean()),
        "empty": float((~found.any(2).any(1))[~filled].float().mean()),
    }
