"""Digits drawn by code, in pen styles that MNIST hardly has: flagged ones, crossed sevens, hooked nines, open fours.

MNIST's writers are Americans of the 1990s. A table of strokes describes how other people write. For each picture,
proportions, slant, wobble and pen are drawn at random.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from lenet.model import PICTURE_SIZE

BOX = 20
"""Side of the box into which the ink is fitted, in pixels, as in MNIST (LeCun et al. 1998)."""

POINTS_PER_SPAN = 3
"""How many lines make the curve between two control points: enough for a smooth bow of 20 pixels."""

WOBBLE = 0.025
"""Standard deviation of each control point, in heights of the digit, in addition to the style's own freedom."""

RENDERED_AT_ONCE = 256
"""Pictures drawn in one go: the distances of their pixels to all segments fit into some 50 MB."""

FREEDOM = (6, 6)
"""How far a control point may lie from its place unless its style says otherwise, in hundredths of the unit box."""

STYLES: tuple[dict[str, tuple[float, str]], ...] = (
    {  # 0
        "closed": (1, "55,0 10,25 10,70 50,100 90,70 90,25 50,0"),
        "narrow with a curl": (1, "45,5 20,50 45,100 75,50 55,0 35,10~10,8"),
        "slashed": (0.3, "55,0 10,25 10,70 50,100 90,70 90,25 50,0 / 85,8 15,92"),
    },
    {  # 1
        "a stick": (0.5, "50,0 50,100"),
        "a long flag": (2.5, "15,42~20,15! 62,0~6,0! 62,100~6,0!"),
        "a short flag": (1, "40,22~12,8! 60,0~6,0! 60,100~6,0!"),
        "a flag and a foot": (1, "25,30~15,12! 58,0~5,0! 58,100~5,0! / 28,100~8,2 90,100~8,2"),
        "leaning with a flag": (1.5, "5,40~15,15! 72,0~6,0! 40,100~15,0!"),
        "leaning with a bent flag": (1.5, "5,45~12,15 40,20~8,8 75,0~5,2! 45,100~15,0"),
    },
    {  # 2
        "a flat foot": (2, "10,25 45,0 85,25 50,65 8,100! 95,98"),
        "a looped foot": (1, "12,20 50,0 82,25 45,75 15,98 5,85 25,80 60,97 95,88"),
        "angular": (0.4, "10,10! 80,6! 8,97! 95,97!"),
    },
    {  # 3
        "two bows": (2, "10,15 50,0 85,22 40,47~10,6! 90,73 50,100 8,86"),
        "a flat top": (1, "12,3! 85,3! 42,40! 90,68 50,100 8,88"),
        "a curled waist": (1, "15,10 60,0 80,25 45,45 38,50 50,46 88,70 50,100 10,90"),
    },
    {  # 4
        "open": (2, "30,2~12,6! 10,60~8,10! 92,60~8,10! / 68,25~10,20 62,100~10,0"),
        "closed": (1.5, "68,0! 5,66! 97,66! / 68,0 66,100~6,0"),
        "angular": (1.5, "25,0~10,6! 10,50~6,10! 80,50~6,10! / 80,0~8,6 78,100~8,0"),
        "round and open": (1, "15,5 12,40 45,52 85,42 / 88,0 78,100~10,0"),
    },
    {  # 5
        "a separate bar": (2, "28,5! 20,42! 60,38 88,68 50,100 6,90 / 28,4 92,3~12,6"),
        "one stroke": (2, "88,3! 25,3! 20,42! 62,40 88,70 45,100 6,88"),
        "like an S": (1, "85,8 45,2 22,25 55,48 85,75 45,100 10,90"),
        "angular with a long bar": (0.7, "30,5! 18,45! 80,48! 75,95! 10,97! / 30,5 98,2~12,6"),
    },
    {  # 6
        "a bow and a ring": (2, "75,0~12,6 30,30 10,70 42,100 82,78 50,52 14,72"),
        "a straight back": (1, "30,0~15,6 15,50 15,85 50,100 85,75 55,55 18,75"),
        "a small ring": (1, "85,3 35,15 8,60 30,98 70,90 60,65 20,75"),
    },
    {  # 7
        "plain": (1.5, "8,5! 90,3! 40,100~15,0!"),
        "crossed": (2, "8,5! 90,3! 40,100~15,0! / 30,50~10,8 88,48~10,8"),
        "a tick": (1, "8,22! 10,4! 90,5! 45,100~12,0!"),
        "a tick and crossed": (1, "8,20! 10,4! 90,5! 42,100~12,0! / 28,52~8,8 85,50~8,8"),
        "round": (1, "10,10 50,10 90,3! 60,50 50,100~12,0"),
        "round and crossed": (1, "12,22 25,5 78,6 72,40 50,100~12,0 / 30,52~8,8 90,50~8,8"),
    },
    {  # 8
        "one stroke": (2, "78,15 48,0 20,20 50,48 85,75 50,100 12,77 50,48 80,22 72,10"),
        "two rings": (1, "50,0~3,6 22,23 50,46~3,6 78,23 50,0~3,6 / 50,46~3,6 12,73 50,100~3,6 88,73 50,46~3,6"),
        "open at the top": (1, "90,2 35,55 15,85 50,100 78,80 40,40 20,15 50,0 80,12"),
    },
    {  # 9
        "a straight tail": (1.5, "82,14~3,3 48,0 14,25 42,50 74,38 84,12~3,3! 76,100~12,0"),
        "a hooked tail": (2, "80,14~3,3 48,0 14,25 42,50 72,40 82,14~3,3! 84,72 50,100 12,86"),
        "a small ring and a wide hook": (1.5, "72,10~3,3 48,0 28,16 48,32 66,24 74,10~3,3! 86,62 50,100 2,84~10,10"),
        "an open bow and a hook": (0.4, "80,3 20,10 25,46 72,36 86,12 80,70 45,100 8,90"),
        "angular": (0.7, "80,5~3,3! 20,10! 22,47! 78,45! / 80,5~3,3 78,70 55,100~20,3"),
    },
)
"""The styles of each digit: name -> (weight, strokes). A style of twice the weight is drawn twice as often.

The strokes have a notation of their own. "/" stands between two strokes. A stroke is a smooth curve through its points
"x,y", in hundredths of a unit box, y down. "!" makes a point a corner, and "~dx,dy" gives the bounds of the uniform
draw around it.
"""


@dataclass(frozen=True)
class Hand:
    """How a figure is written. The draws are uniform.

    ``slant`` (x per y) and ``rotation`` (radians) are bounds. ``width`` is the middle of the widths, in heights of the
    figure, and ``aspect`` bounds the logarithm of its change. ``pen`` is the thinnest and the widest pen, in pixels.
    The ink is fitted into a square of ``box`` pixels.
    """

    slant: float = math.tan(math.radians(12))
    rotation: float = math.radians(6)
    width: float = 0.7
    aspect: float = 0.2
    pen: tuple[float, float] = (1.2, 4.2)  # MNIST's strokes average 2.6
    box: int = BOX


DIGITS = Hand()
"""How people write digits."""


@dataclass(frozen=True)
class Stroke:
    """The control points of a stroke and the bounds of their draws, both (points, 2), in unit boxes.

    A corner is a point followed by its copy: between them the curve has no length. ``again``, (points,), marks copies.
    """

    places: Tensor
    freedom: Tensor
    again: Tensor


def parse(strokes: str) -> list[Stroke]:
    """Read the notation of ``STYLES``."""
    return [_parse_stroke(text.split()) for text in strokes.split("/")]


def _parse_stroke(points: list[str]) -> Stroke:
    rows = []
    for point in points:
        place, _, spread = point.rstrip("!").partition("~")
        pair = [float(number) / 100 for number in place.split(",")]
        bounds = [float(number) / 100 for number in spread.split(",") if number] or [bound / 100 for bound in FREEDOM]
        rows.append((pair, bounds, False))
        if point.endswith("!"):
            rows.append((pair, bounds, True))
    places, freedom, again = (torch.tensor(column) for column in zip(*rows, strict=True))
    return Stroke(places, freedom, again)


def draw(count: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """``count`` digits as (count, 1, 28, 28) float32 pictures, ink 1.0 on ground 0.0, and (count,) int64 labels."""
    pictures, labels = [], []
    for digit, styles in enumerate(STYLES):
        share = len(range(digit, count, len(STYLES)))
        weights, strokes = zip(*styles.values(), strict=True)
        chosen = torch.multinomial(
            torch.tensor(weights, dtype=torch.float32), share, replacement=True, generator=generator
        )
        for number in chosen.unique().tolist():
            for part in chosen[chosen == number].split(RENDERED_AT_ONCE):
                pictures.append(render(polylines(parse(strokes[number]), len(part), generator), generator))
        labels.append(torch.full((share,), digit))
    order = torch.randperm(count, generator=generator)
    return torch.cat(pictures)[order], torch.cat(labels)[order]


def polylines(strokes: list[Stroke], count: int, generator: Generator) -> Tensor:
    """Draw ``count`` figures as line segments: (count, segments, 2 ends, 2), in heights of the figure, centred at 0."""
    segments = []
    for stroke in strokes:
        free = torch.rand((count, len(stroke.places), 2), generator=generator) * 2 - 1
        points = stroke.places + free * stroke.freedom - 0.5
        copies = stroke.again.nonzero()[:, 0]
        points[:, copies] = points[:, copies - 1]
        corner = stroke.again | stroke.again.roll(-1)
        wobble = WOBBLE * torch.randn(points.shape, generator=generator)
        segments.append(curve(points + wobble * ~corner[:, None]))
    return torch.cat(segments, 1)


def curve(points: Tensor) -> Tensor:
    """(count, n, 2) control points -> the segments of the smooth curve through them, (count, segments, 2 ends, 2)."""
    return joined(_through(points))


def joined(points: Tensor) -> Tensor:
    """(count, n, 2) points -> the straight segments between them, (count, n - 1, 2 ends, 2)."""
    return torch.stack((points[:, :-1], points[:, 1:]), 2)


def _through(points: Tensor) -> Tensor:
    """Points on a Catmull-Rom spline: (count, n, 2) control points -> (count, POINTS_PER_SPAN * (n - 1) + 1, 2)."""
    padded = torch.cat((points[:, :1], points, points[:, -1:]), 1)
    spans = points.shape[1] - 1
    where = torch.linspace(0, spans, POINTS_PER_SPAN * spans + 1)
    span = where.floor().long().clamp(max=spans - 1)
    t = (where - span)[:, None]
    before, start, end, after = (padded[:, span + shift] for shift in range(4))
    return start + 0.5 * t * (
        end - before + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before))
    )


def render(segments: Tensor, generator: Generator, hand: Hand = DIGITS) -> Tensor:
    """Draw each figure with a slant and a pen of its own, fitted as MNIST's digits are: (count, 1, 28, 28)."""
    count = len(segments)
    slant, rotation, aspect = (
        bound * (torch.rand(count, generator=generator) * 2 - 1) for bound in (hand.slant, hand.rotation, hand.aspect)
    )
    width = (aspect + math.log(hand.width)).exp()
    cosine, sine = rotation.cos(), rotation.sin()
    turn = torch.stack((cosine * width, sine * width, slant - sine, cosine), 1).view(count, 1, 2, 2)
    segments = segments @ turn
    thinnest, widest = hand.pen
    pen = thinnest + (widest - thinnest) * torch.rand((count, 1, 1, 1), generator=generator)
    extent = (segments.amax((1, 2)) - segments.amin((1, 2))).amax(1).view(count, 1, 1, 1)
    segments = segments * (hand.box - pen) / extent
    lengths = (segments[:, :, 1] - segments[:, :, 0]).norm(dim=2, keepdim=True)
    middle = (segments.mean(2) * lengths).sum(1) / lengths.sum(1)
    segments = segments - middle.view(count, 1, 1, 2)
    return (0.5 + pen / 2 - _distance(segments)).clamp(0, 1).view(count, 1, PICTURE_SIZE, PICTURE_SIZE)


def _distance(segments: Tensor) -> Tensor:
    """Distance of each pixel's centre from the nearest of (count, segments, 2, 2): (count, 784, 1, 1).

    The origin of the segments lies at pixel 14, 14, where MNIST has the centre of mass.
    """
    axis = torch.arange(PICTURE_SIZE) - PICTURE_SIZE / 2
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).view(1, -1, 1, 2)
    start, along = segments[:, None, :, 0], (segments[:, :, 1] - segments[:, :, 0])[:, None]
    share = ((pixels - start) * along).sum(-1, keepdim=True) / (along.square().sum(-1, keepdim=True) + 1e-9)
    return (pixels - start - share.clamp(0, 1) * along).norm(dim=-1).amin(-1).view(len(segments), -1, 1, 1)
