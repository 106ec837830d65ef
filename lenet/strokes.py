"""Digits drawn by code, in pen styles that MNIST hardly has: flagged ones, crossed sevens, hooked nines, open fours.

MNIST's writers are Americans of the 1990s. What other hands do is written here as a table of strokes, and every
picture draws its own proportions, slant, wobble and pen.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

FIELD, BOX = 28, 20
"""Side of the picture and of the box that the ink is fitted into, in pixels, as MNIST's own (LeCun et al. 1998)."""

POINTS = 12
"""Points that a stroke is sampled at: enough for a smooth bow of 20 pixels."""

SLANT, ROTATION, ASPECT = math.tan(math.radians(12)), math.radians(6), 0.2
"""Bounds of the uniform draws of slant (x per y), rotation in radians and the logarithm of width over height."""

WOBBLE = 0.025
"""Standard deviation of each control point, in heights of the digit, on top of the style's own freedom."""

PEN = (1.2, 4.2)
"""Widths of the pen in pixels; MNIST's strokes average 2.6."""

RENDERED_AT_ONCE = 256
"""Pictures drawn in one go: their distances to all segments fit into some 50 MB."""


@dataclass(frozen=True)
class Style:
    """A way to write a digit: strokes of control points (x, y, freedom of x, freedom of y) in a unit box, y down.

    A point's freedom is the bound of a uniform draw around it. A stroke is a smooth curve through its points; a point
    given twice is a corner.
    """

    strokes: tuple[tuple[tuple[float, float, float, float], ...], ...]
    weight: float = 1.0


def _at(x: float, y: float, dx: float = 0.06, dy: float = 0.06) -> tuple[float, float, float, float]:
    return x, y, dx, dy


def _corners(*points: tuple[float, float, float, float]) -> tuple[tuple[float, float, float, float], ...]:
    """A stroke of straight lines: every point twice."""
    return tuple(point for point in points for _ in range(2))


def _style(*strokes, weight: float = 1.0) -> Style:
    return Style(strokes, weight)


STYLES: tuple[tuple[Style, ...], ...] = (
    (  # 0: closed, narrow, closed with a curl, slashed
        _style((_at(0.55, 0), _at(0.1, 0.25), _at(0.1, 0.7), _at(0.5, 1), _at(0.9, 0.7), _at(0.9, 0.25), _at(0.5, 0))),
        _style(
            (_at(0.45, 0.05), _at(0.2, 0.5), _at(0.45, 1), _at(0.75, 0.5), _at(0.55, 0), _at(0.35, 0.1, 0.1, 0.08)),
        ),
        _style(
            (_at(0.55, 0), _at(0.1, 0.25), _at(0.1, 0.7), _at(0.5, 1), _at(0.9, 0.7), _at(0.9, 0.25), _at(0.5, 0)),
            (_at(0.85, 0.08), _at(0.15, 0.92)),
            weight=0.3,
        ),
    ),
    (  # 1: a stick, a long flag, a short flag, a flag and a foot, leaning with a straight and a bent flag
        _style((_at(0.5, 0), _at(0.5, 1)), weight=0.5),
        _style(_corners(_at(0.15, 0.42, 0.2, 0.15), _at(0.62, 0, 0.06, 0), _at(0.62, 1, 0.06, 0)), weight=2.5),
        _style(_corners(_at(0.4, 0.22, 0.12, 0.08), _at(0.6, 0, 0.06, 0), _at(0.6, 1, 0.06, 0))),
        _style(
            _corners(_at(0.25, 0.3, 0.15, 0.12), _at(0.58, 0, 0.05, 0), _at(0.58, 1, 0.05, 0)),
            (_at(0.28, 1, 0.08, 0.02), _at(0.9, 1, 0.08, 0.02)),
        ),
        _style(_corners(_at(0.05, 0.4, 0.15, 0.15), _at(0.72, 0, 0.06, 0), _at(0.4, 1, 0.15, 0)), weight=1.5),
        _style(
            (_at(0.05, 0.45, 0.12, 0.15), _at(0.4, 0.2, 0.08, 0.08), *_corners(_at(0.75, 0, 0.05, 0.02)))
            + (_at(0.45, 1, 0.15, 0),),
            weight=1.5,
        ),
    ),
    (  # 2: a flat foot, a looped foot, angular
        _style(
            (_at(0.1, 0.25), _at(0.45, 0), _at(0.85, 0.25), _at(0.5, 0.65), *_corners(_at(0.08, 1)), _at(0.95, 0.98)),
            weight=2,
        ),
        _style(
            (_at(0.12, 0.2), _at(0.5, 0), _at(0.82, 0.25), _at(0.45, 0.75), _at(0.15, 0.98), _at(0.05, 0.85))
            + (_at(0.25, 0.8), _at(0.6, 0.97), _at(0.95, 0.88)),
        ),
        _style(_corners(_at(0.1, 0.1), _at(0.8, 0.06), _at(0.08, 0.97), _at(0.95, 0.97)), weight=0.4),
    ),
    (  # 3: two bows, a flat top, a curled waist
        _style(
            (_at(0.1, 0.15), _at(0.5, 0), _at(0.85, 0.22), *_corners(_at(0.4, 0.47, 0.1)), _at(0.9, 0.73))
            + (_at(0.5, 1), _at(0.08, 0.86)),
            weight=2,
        ),
        _style(
            (*_corners(_at(0.12, 0.03), _at(0.85, 0.03), _at(0.42, 0.4)), _at(0.9, 0.68), _at(0.5, 1), _at(0.08, 0.88)),
        ),
        _style(
            (_at(0.15, 0.1), _at(0.6, 0), _at(0.8, 0.25), _at(0.45, 0.45), _at(0.38, 0.5), _at(0.5, 0.46))
            + (_at(0.88, 0.7), _at(0.5, 1), _at(0.1, 0.9)),
        ),
    ),
    (  # 4: open, closed, angular in one stroke, with a high open left side
        _style(
            _corners(_at(0.3, 0.02, 0.12), _at(0.1, 0.6, 0.08, 0.1), _at(0.92, 0.6, 0.08, 0.1)),
            (_at(0.68, 0.25, 0.1, 0.2), _at(0.62, 1, 0.1, 0)),
            weight=2,
        ),
        _style(
            _corners(_at(0.68, 0), _at(0.05, 0.66), _at(0.97, 0.66)), (_at(0.68, 0), _at(0.66, 1, 0.06, 0)), weight=1.5
        ),
        _style(
            _corners(_at(0.25, 0, 0.1), _at(0.1, 0.5, 0.06, 0.1), _at(0.8, 0.5, 0.06, 0.1)),
            (_at(0.8, 0, 0.08), _at(0.78, 1, 0.08, 0)),
            weight=1.5,
        ),
        _style(
            (_at(0.15, 0.05), _at(0.12, 0.4), _at(0.45, 0.52), _at(0.85, 0.42)),
            (_at(0.88, 0), _at(0.78, 1, 0.1, 0)),
        ),
    ),
    (  # 5: a separate bar, one stroke, like an S, a long bar
        _style(
            (*_corners(_at(0.28, 0.05), _at(0.2, 0.42)), _at(0.6, 0.38), _at(0.88, 0.68), _at(0.5, 1), _at(0.06, 0.9)),
            (_at(0.28, 0.04), _at(0.92, 0.03, 0.12)),
            weight=2,
        ),
        _style(
            (*_corners(_at(0.88, 0.03), _at(0.25, 0.03), _at(0.2, 0.42)), _at(0.62, 0.4), _at(0.88, 0.7), _at(0.45, 1))
            + (_at(0.06, 0.88),),
            weight=2,
        ),
        _style(
            (_at(0.85, 0.08), _at(0.45, 0.02), _at(0.22, 0.25), _at(0.55, 0.48), _at(0.85, 0.75), _at(0.45, 1))
            + (_at(0.1, 0.9),),
        ),
        _style(
            _corners(_at(0.3, 0.05), _at(0.18, 0.45), _at(0.8, 0.48), _at(0.75, 0.95), _at(0.1, 0.97)),
            (_at(0.3, 0.05), _at(0.98, 0.02, 0.12)),
            weight=0.7,
        ),
    ),
    (  # 6: a bow and a loop, a straight back, a small loop
        _style(
            (_at(0.75, 0, 0.12), _at(0.3, 0.3), _at(0.1, 0.7), _at(0.42, 1), _at(0.82, 0.78), _at(0.5, 0.52))
            + (_at(0.14, 0.72),),
            weight=2,
        ),
        _style(
            (_at(0.3, 0, 0.15), _at(0.15, 0.5), _at(0.15, 0.85), _at(0.5, 1), _at(0.85, 0.75), _at(0.55, 0.55))
            + (_at(0.18, 0.75),),
        ),
        _style(
            (_at(0.85, 0.03), _at(0.35, 0.15), _at(0.08, 0.6), _at(0.3, 0.98), _at(0.7, 0.9), _at(0.6, 0.65))
            + (_at(0.2, 0.75),),
        ),
    ),
    (  # 7: plain, crossed, a tick at the bar, crossed with a tick, round, round and crossed
        _style(_corners(_at(0.08, 0.05), _at(0.9, 0.03), _at(0.4, 1, 0.15, 0)), weight=1.5),
        _style(
            _corners(_at(0.08, 0.05), _at(0.9, 0.03), _at(0.4, 1, 0.15, 0)),
            (_at(0.3, 0.5, 0.1, 0.08), _at(0.88, 0.48, 0.1, 0.08)),
            weight=2,
        ),
        _style(_corners(_at(0.08, 0.22), _at(0.1, 0.04), _at(0.9, 0.05), _at(0.45, 1, 0.12, 0))),
        _style(
            _corners(_at(0.08, 0.2), _at(0.1, 0.04), _at(0.9, 0.05), _at(0.42, 1, 0.12, 0)),
            (_at(0.28, 0.52, 0.08, 0.08), _at(0.85, 0.5, 0.08, 0.08)),
        ),
        _style((_at(0.1, 0.1), _at(0.5, 0.1), *_corners(_at(0.9, 0.03)), _at(0.6, 0.5), _at(0.5, 1, 0.12, 0))),
        _style(
            (_at(0.12, 0.22), _at(0.25, 0.05), _at(0.78, 0.06), _at(0.72, 0.4), _at(0.5, 1, 0.12, 0)),
            (_at(0.3, 0.52, 0.08, 0.08), _at(0.9, 0.5, 0.08, 0.08)),
        ),
    ),
    (  # 8: one stroke, two rings, open at the top
        _style(
            (
                _at(0.78, 0.15),
                _at(0.48, 0),
                _at(0.2, 0.2),
                _at(0.5, 0.48),
                _at(0.85, 0.75),
                _at(0.5, 1),
                _at(0.12, 0.77),
            )
            + (_at(0.5, 0.48), _at(0.8, 0.22), _at(0.72, 0.1)),
            weight=2,
        ),
        _style(
            (_at(0.5, 0, 0.03), _at(0.22, 0.23), _at(0.5, 0.46, 0.03), _at(0.78, 0.23), _at(0.5, 0, 0.03)),
            (_at(0.5, 0.46, 0.03), _at(0.12, 0.73), _at(0.5, 1, 0.03), _at(0.88, 0.73), _at(0.5, 0.46, 0.03)),
        ),
        _style(
            (
                _at(0.9, 0.02),
                _at(0.35, 0.55),
                _at(0.15, 0.85),
                _at(0.5, 1),
                _at(0.78, 0.8),
                _at(0.4, 0.4),
                _at(0.2, 0.15),
            )
            + (_at(0.5, 0), _at(0.8, 0.12)),
        ),
    ),
    (  # 9: a straight tail, a hooked tail, a small ring and a wide hook, an open bow with a hook, angular
        _style(
            (_at(0.82, 0.14, 0.03, 0.03), _at(0.48, 0), _at(0.14, 0.25), _at(0.42, 0.5), _at(0.74, 0.38))
            + (*_corners(_at(0.84, 0.12, 0.03, 0.03)), _at(0.76, 1, 0.12, 0)),
            weight=1.5,
        ),
        _style(
            (_at(0.8, 0.14, 0.03, 0.03), _at(0.48, 0), _at(0.14, 0.25), _at(0.42, 0.5), _at(0.72, 0.4))
            + (*_corners(_at(0.82, 0.14, 0.03, 0.03)), _at(0.84, 0.72), _at(0.5, 1), _at(0.12, 0.86)),
            weight=2,
        ),
        _style(
            (_at(0.72, 0.1, 0.03, 0.03), _at(0.48, 0), _at(0.28, 0.16), _at(0.48, 0.32), _at(0.66, 0.24))
            + (*_corners(_at(0.74, 0.1, 0.03, 0.03)), _at(0.86, 0.62), _at(0.5, 1), _at(0.02, 0.84, 0.1, 0.1)),
            weight=1.5,
        ),
        _style(
            (_at(0.8, 0.03), _at(0.2, 0.1), _at(0.25, 0.46), _at(0.72, 0.36), _at(0.86, 0.12), _at(0.8, 0.7))
            + (_at(0.45, 1), _at(0.08, 0.9)),
            weight=0.4,
        ),
        _style(
            _corners(_at(0.8, 0.05, 0.03, 0.03), _at(0.2, 0.1), _at(0.22, 0.47), _at(0.78, 0.45)),
            (_at(0.8, 0.05, 0.03, 0.03), _at(0.78, 0.7), _at(0.55, 1, 0.2, 0.03)),
            weight=0.7,
        ),
    ),
)
"""The styles of each digit; a digit's styles come up in proportion to their weights."""


def draw(count: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """``count`` digits as (count, 1, 28, 28) float32 pictures, ink 1.0 on ground 0.0, and (count,) int64 labels."""
    pictures, labels = [], []
    for digit, styles in enumerate(STYLES):
        share = len(range(digit, count, len(STYLES)))
        weights = torch.tensor([style.weight for style in styles])
        chosen = torch.multinomial(weights, share, replacement=True, generator=generator)
        for number in chosen.unique().tolist():
            for part in chosen[chosen == number].split(RENDERED_AT_ONCE):
                pictures.append(_render(_polylines(styles[number], len(part), generator), generator))
        labels.append(torch.full((share,), digit))
    order = torch.randperm(count, generator=generator)
    return torch.cat(pictures)[order], torch.cat(labels)[order]


def _polylines(style: Style, count: int, generator: Generator) -> Tensor:
    """The segments of ``count`` digits: (count, segments, 2 ends, 2), in heights of the digit, centred at 0."""
    segments = []
    for stroke in style.strokes:
        placed = torch.tensor(stroke)
        free = torch.rand((count, len(stroke), 2), generator=generator) * 2 - 1
        points = placed[:, :2] + free * placed[:, 2:] - 0.5
        twice = (placed[1:] == placed[:-1]).all(1).tolist()
        for number in [number for number, same in enumerate(twice, start=1) if same]:
            points[:, number] = points[:, number - 1]  # a corner stays one point
        points = points + WOBBLE * torch.randn(points.shape, generator=generator) * _once(twice)
        curve = _through(points)
        segments.append(torch.stack((curve[:, :-1], curve[:, 1:]), 2))
    return torch.cat(segments, 1)


def _once(twice: list[bool]) -> Tensor:
    """1 for a point of its own, 0 for both copies of a corner: (points, 1)."""
    corner = torch.tensor([a or b for a, b in zip([False, *twice], [*twice, False], strict=True)])
    return (~corner).float()[:, None]


def _through(points: Tensor) -> Tensor:
    """A Catmull-Rom spline through (count, n, 2) control points, sampled: (count, POINTS * (n - 1) // 2 + 1, 2)."""
    padded = torch.cat((points[:, :1], points, points[:, -1:]), 1)
    spans = points.shape[1] - 1
    where = torch.linspace(0, spans, max(POINTS * spans // 4, 1) + 1)
    span = where.floor().long().clamp(max=spans - 1)
    t = (where - span)[:, None]
    before, start, end, after = (padded[:, span + shift] for shift in range(4))
    return start + 0.5 * t * (
        end - before + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before))
    )


def _render(segments: Tensor, generator: Generator) -> Tensor:
    """Give each digit its slant and its pen, fit it as MNIST's were and draw it: (count, 1, 28, 28)."""
    count = len(segments)
    slant, rotation, aspect = (
        bound * (torch.rand(count, generator=generator) * 2 - 1) for bound in (SLANT, ROTATION, ASPECT)
    )
    width = (aspect + math.log(0.7)).exp()
    cosine, sine = rotation.cos(), rotation.sin()
    turn = torch.stack((cosine * width, sine * width, slant - sine, cosine), 1).view(count, 1, 2, 2)
    segments = segments @ turn
    pen = PEN[0] + (PEN[1] - PEN[0]) * torch.rand((count, 1, 1, 1), generator=generator)
    extent = (segments.amax((1, 2)) - segments.amin((1, 2))).amax(1).view(count, 1, 1, 1)
    segments = segments * (BOX - pen) / extent
    lengths = (segments[:, :, 1] - segments[:, :, 0]).norm(dim=2, keepdim=True)
    middle = (segments.mean(2) * lengths).sum(1) / lengths.sum(1)
    segments = segments - middle.view(count, 1, 1, 2)
    return (0.5 + pen / 2 - _distance(segments)).clamp(0, 1).view(count, 1, FIELD, FIELD)


def _distance(segments: Tensor) -> Tensor:
    """From each pixel's centre to the nearest of (count, segments, 2, 2), origin at index 14: (count, 784, 1, 1)."""
    axis = torch.arange(FIELD) - FIELD / 2
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).view(1, -1, 1, 2)
    start, along = segments[:, None, :, 0], (segments[:, :, 1] - segments[:, :, 0])[:, None]
    share = ((pixels - start) * along).sum(-1, keepdim=True) / (along.square().sum(-1, keepdim=True) + 1e-9)
    return (pixels - start - share.clamp(0, 1) * along).norm(dim=-1).amin(-1).view(len(segments), -1, 1, 1)
