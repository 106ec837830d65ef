"""Random variation of a training batch, drawn anew for each picture."""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

ELASTIC_GRID = 5
"""Side of the coarse grid of random displacements that an elastic warp interpolates, in points."""


@dataclass(frozen=True)
class Augmentation:
    """How far each picture may be varied; each value is the bound of a uniform draw, and 0 leaves that variation out.

    rotation and shear in degrees, scale as a share (0.1: 0.9 to 1.1 times, each axis on its own), shift and warp in
    pixels, stroke as the largest share of one dilation or erosion, flip as the probability of a left-right mirror.
    """

    rotation: float = 0.0
    shear: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    warp: float = 0.0
    stroke: float = 0.0
    flip: float = 0.0

    def __call__(self, pictures: Tensor, generator: Generator) -> Tensor:
        """(N, 1, H, W) in [0, 1] -> the same shape and range, varied."""
        if self.stroke:
            pictures = self._vary_stroke(pictures, generator)
        return F.grid_sample(pictures, self._grid(pictures, generator), align_corners=False)

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
        mirror = torch.where(torch.rand(count, generator=generator) < self.flip, -1.0, 1.0)
        cosine, sine = angle.cos(), angle.sin()
        affine = torch.zeros(count, 2, 3)
        affine[:, 0, 0] = mirror * cosine * scale[:, 0]
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


def _uniform(shape: tuple[int, ...], bound: float, generator: Generator) -> Tensor:
    """Uniform draws from -bound to bound."""
    return (torch.rand(shape, generator=generator) * 2 - 1) * bound


DIGITS = Augmentation(rotation=12, shear=15, scale=0.12, shift=1.5, warp=1.2, stroke=0.8)
"""People's pens: width, slant, aspect and wobble vary; a mirrored digit is not a digit."""

GARMENTS = Augmentation(rotation=4, scale=0.08, shift=1.5, flip=0.5)
"""Product photos: mirrored half the time, else nearly as they are."""

BY_KIND = {"digit": DIGITS, "garment": GARMENTS}
