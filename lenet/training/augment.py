"""Random variation of training pictures; each picture gets a draw of its own."""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

ELASTIC_GRID = 5
"""Side, in points, of the coarse grid of random displacements between which an elastic warp interpolates."""

ERASED = (3, 8)
"""Least and largest side of an erased rectangle, in pixels."""


@dataclass(frozen=True)
class Augmentation:
    """How far each picture may be varied. Each value bounds a uniform draw, and 0 leaves that variation out.

    rotation and shear are in degrees, shift and warp in pixels. scale is a share: 0.1 means 0.9 to 1.1 times, drawn for
    each axis. stroke is the largest share of one dilation or erosion. step is a shift by whole pixels, which does not
    blur. flip is the probability of a left-right mirror. erase is the probability that a rectangle is covered with one
    random grey (Zhong et al. 2020).
    """

    rotation: float = 0.0
    shear: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    warp: float = 0.0
    stroke: float = 0.0
    step: int = 0
    flip: float = 0.0
    erase: float = 0.0

    def __call__(self, pictures: Tensor, generator: Generator) -> Tensor:
        """(N, 1, H, W) in [0, 1] -> the same shape and range, varied; ``generator`` is on the pictures' device."""
        if self.stroke:
            pictures = self._vary_stroke(pictures, generator)
        if self.rotation or self.shear or self.scale or self.shift or self.warp:
            # Bicubic keeps the pictures as sharp as those that the network will be asked about. It can pass 0 and 1.
            grid = self._grid(pictures, generator)
            pictures = F.grid_sample(pictures, grid, mode="bicubic", align_corners=False).clamp(0, 1)
        if self.flip:
            mirrored = _random(len(pictures), generator) < self.flip
            pictures = torch.where(mirrored.view(-1, 1, 1, 1), pictures.flip(-1), pictures)
        if self.step:
            pictures = self._step(pictures, generator)
        if self.erase:
            pictures = self._erase(pictures, generator)
        return pictures

    def _vary_stroke(self, pictures: Tensor, generator: Generator) -> Tensor:
        """Blend each picture with its dilation (thicker) or its erosion (thinner)."""
        share = _uniform((len(pictures), 1, 1, 1), self.stroke, generator)
        thicker = F.max_pool2d(pictures, 3, stride=1, padding=1)
        thinner = -F.max_pool2d(-pictures, 3, stride=1, padding=1)
        return torch.lerp(pictures, torch.where(share > 0, thicker, thinner), share.abs())

    def _grid(self, pictures: Tensor, generator: Generator) -> Tensor:
        """Where each output pixel reads its input: (N, H, W, 2), in grid_sample's coordinates from -1 to 1."""
        count, _, height, width = pictures.shape
        pixel = 2 / width
        angle = _uniform((count,), math.radians(self.rotation), generator)
        shear = _uniform((count,), math.tan(math.radians(self.shear)), generator)
        scale = 1 + _uniform((count, 2), self.scale, generator)
        cosine, sine = angle.cos(), angle.sin()
        affine = torch.zeros(count, 2, 3, device=pictures.device)
        affine[:, 0, 0] = cosine * scale[:, 0]
        affine[:, 0, 1] = shear - sine
        affine[:, 1, 0] = sine
        affine[:, 1, 1] = cosine * scale[:, 1]
        affine[:, :, 2] = _uniform((count, 2), self.shift * pixel, generator)
        grid = F.affine_grid(affine, list(pictures.shape), align_corners=False)
        if self.warp:
            coarse = _uniform((count, 2, ELASTIC_GRID, ELASTIC_GRID), self.warp * pixel, generator)
            field = F.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=True)
            grid = grid + field.permute(0, 2, 3, 1)
        return grid

    def _step(self, pictures: Tensor, generator: Generator) -> Tensor:
        """Shift each picture by whole pixels: cut it out of a copy with an empty border."""
        count, _, height, width = pictures.shape
        padded = F.pad(pictures, (self.step,) * 4)[:, 0]
        down, right = (_whole((count, 1), 0, 2 * self.step, generator) for _ in range(2))
        rows = down + torch.arange(height, device=pictures.device)
        columns = right + torch.arange(width, device=pictures.device)
        number = torch.arange(count, device=pictures.device)
        return padded[number[:, None, None], rows[:, :, None], columns[:, None, :]].unsqueeze(1)

    def _erase(self, pictures: Tensor, generator: Generator) -> Tensor:
        """Cover a rectangle of some pictures with one grey. The rectangle may lie partly outside the picture."""
        count, _, height, width = pictures.shape
        covered = (_random(count, generator) < self.erase).view(-1, 1, 1)
        for axis, length in ((2, height), (1, width)):
            side = _whole((count, 1), *ERASED, generator)
            first = _whole((count, 1), -ERASED[0], length - ERASED[0], generator)
            index = torch.arange(length, device=pictures.device)
            covered = covered & ((index >= first) & (index < first + side)).unsqueeze(axis)
        return torch.where(covered.unsqueeze(1), _random((count, 1, 1, 1), generator), pictures)


def _random(shape: int | tuple[int, ...], generator: Generator) -> Tensor:
    """Uniform draws from 0 to 1, on the generator's device."""
    return torch.rand(shape, generator=generator, device=generator.device)


def _whole(shape: tuple[int, ...], low: int, high: int, generator: Generator) -> Tensor:
    """Uniform draws of whole numbers from ``low`` to ``high``, both included."""
    return torch.randint(low, high + 1, shape, generator=generator, device=generator.device)


def _uniform(shape: tuple[int, ...], bound: float, generator: Generator) -> Tensor:
    """Uniform draws from -bound to bound."""
    return (_random(shape, generator) * 2 - 1) * bound


DIGITS = Augmentation(rotation=10, shear=12, scale=0.1, shift=1.5, warp=1.2, stroke=0.7)
"""Pens differ in width, slant, aspect and wobble. Digits are never mirrored: a mirrored digit is no digit."""

GARMENTS = Augmentation(step=1, flip=0.5, erase=0.4)
"""Product photos are mirrored half the time, shifted by whole pixels, which keeps their texture, and partly hidden."""

BY_KIND = {"digit": DIGITS, "garment": GARMENTS}
