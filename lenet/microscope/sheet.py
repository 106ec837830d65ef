"""The sheet: all that the page shows, as one picture to keep. What the network saw and says, every layer, its scale."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lenet.microscope.colours import DIVERGING, SEQUENTIAL, Scale, colours, scales, unread
from lenet.microscope.layers import Difference, Layer, Subject, differences, most_different_first, paired

WIDTH, MARGIN, GAP, LINE = 1_200, 24, 8, 18
"""In pixels: the sheet's width, its border, the space between maps, the height of a line of text."""

MAP_SIDES = {12: 128, 24: 88}
"""Side of a map in pixels, by the largest number of maps for which it is used; more maps are ``SMALL_MAP`` wide."""

SMALL_MAP, BAR_HEIGHT = 64, 22
"""Side of one map of many, and height of a dense layer, in pixels."""

PICTURE_SIDE = 224
"""Side of the picture that the network saw, in pixels: eight for each of the picture's own."""

PLAIN = str.maketrans("×−", "x-")
"""Signs that Pillow's own font lacks, and what stands for them."""

INK, QUIET, OF_A, OF_B = "#111827", "#566173", "#2563eb", "#7c3aed"


def sheet(
    a: Subject, b: Subject | None = None, phase: str = "after", scale: str = "layer", *, sort: bool = False
) -> bytes:
    """A PNG of ``a``'s picture, probabilities and layers, beside those of ``b`` if there is one.

    ``phase`` is one of ``layers.PHASES`` or "kernels". One scale belongs to each "map", to each "layer" or to "both"
    convolution layers. With ``sort`` the channels that differ most between the two come first.
    """
    strips = list(_strips(a, b, phase, scale, sort=sort))
    height = MARGIN * 2 + LINE * 3 + PICTURE_SIDE + sum(strip.height for strip in strips)
    image = Image.new("RGB", (WIDTH, height), "white")
    canvas = ImageDraw.Draw(image)
    canvas.font = ImageFont.load_default(13)
    canvas.text((MARGIN, MARGIN), f"LeNet Lab · {a.network.name} · {phase}", INK)
    top = MARGIN + LINE * 2
    left = _draw_pictures(image, canvas, _sides(a, b), top)
    _draw_bars(canvas, a, b, left, top + LINE)
    top += LINE + PICTURE_SIDE
    for strip in strips:
        _draw_strip(image, canvas, strip, top)
        top += strip.height
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _sides(a: Subject, b: Subject | None) -> list[tuple[str, Subject]]:
    return [("", a)] if b is None else [("A", a), ("B", b)]


@dataclass(frozen=True)
class Strip:
    """One layer as it is drawn: ``maps`` is (channels, height, width), NaN where nothing is painted.

    ``whole`` is the scale at its head. ``low`` and ``high`` (channels,) are the ends of each channel's scale, which are
    each map's ``own`` or those of the whole. ``labels`` are the lines below each channel. A ``dense`` layer is one
    channel of (1, values).
    """

    title: str
    dense: bool
    maps: NDArray[np.float32]
    whole: Scale
    own: bool
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    labels: list[str]

    @property
    def signed(self) -> bool:
        """Whether zero is in the middle of the colours."""
        return self.whole.signed

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a channel's picture, in pixels; a dense layer takes a line."""
        if self.dense:
            return WIDTH - 2 * MARGIN, BAR_HEIGHT
        side = next((side for most, side in MAP_SIDES.items() if len(self.maps) <= most), SMALL_MAP)
        return side, round(side * self.maps.shape[1] / self.maps.shape[2])

    @property
    def columns(self) -> int:
        """Channels in a row."""
        return (WIDTH - 2 * MARGIN + GAP) // (self.cell[0] + GAP)

    @property
    def row_height(self) -> int:
        """Of a row of channels with their labels, in pixels."""
        return self.cell[1] + LINE * max(len(label.split("\n")) for label in self.labels) + 2

    @property
    def height(self) -> int:
        """Of the whole strip, in pixels."""
        return LINE * 3 + math.ceil(len(self.maps) / self.columns) * self.row_height

    def ordered(self, order: list[int]) -> "Strip":
        """The same strip with its channels in another order."""
        labels = [self.labels[channel] for channel in order]
        return replace(self, maps=self.maps[order], low=self.low[order], high=self.high[order], labels=labels)


def _strips(a: Subject, b: Subject | None, phase: str, scale: str, *, sort: bool) -> Iterator[Strip]:
    """A's layers, each with B's and, where the two can be compared, their difference."""
    pairs = paired(a, b, phase)
    for (layer, other), found in zip(pairs, scales(pairs, scale), strict=True):
        named = b is not None and (other is not None or phase != "kernels")  # common kernels are neither A's nor B's
        strips = [_strip(layer, found.whole, found.a, title=f"A: {a.title} · {layer.title}" if named else layer.title)]
        if b is not None and other is not None:
            strips.append(_strip(other, found.whole, found.b, title=f"B: {b.title} · {other.title}"))
        if other is None or found.difference is None:
            yield from strips
            continue
        apart = differences(layer.values, other.values)
        strips.append(_difference(layer, other, found.difference, apart))
        order = most_different_first(apart) if sort else list(range(len(apart)))
        yield from (strip.ordered(order) for strip in strips)


def _strip(layer: Layer, whole: Scale, own: tuple[Scale, ...], *, title: str) -> Strip:
    """One layer of A or of B; its channels have the ``whole`` scale if they have none of their ``own``."""
    by_channel = own or [whole] * len(layer.values)
    low, high = (np.array(ends) for ends in zip(*((item.low, item.high) for item in by_channel), strict=True))
    maps = _flat(layer.values, unread(layer.values))
    return Strip(title, layer.kind == "dense", maps, whole, bool(own), low, high, _numbers(layer))


def _difference(layer: Layer, other: Layer, scale: Scale, apart: list[Difference]) -> Strip:
    """A - B, with how far the two are apart below each channel; a kernel is empty if neither of the two is read."""
    said = [f"L2 {item.l2:.3g}\ncos {item.cosine:.2f}" for item in apart]
    labels = [f"{number}\n{words}".strip() for number, words in zip(_numbers(layer), said, strict=True)]
    plain = _strip(layer, scale, (), title=f"A − B · {layer.title}")
    maps = _flat(layer.values - other.values, unread(layer.values) & unread(other.values))
    return replace(plain, maps=maps, labels=labels)


def _numbers(layer: Layer) -> list[str]:
    return [""] if layer.kind == "dense" else [str(number + 1) for number in range(len(layer.values))]


def _flat(values: NDArray[np.float32], empty: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(channels, height, width): a channel's tiles, its kernels, in a square with gaps of NaN between them.

    A tile that is ``empty`` (channels, tiles) is a gap too.
    """
    channels, tiles, height, width = values.shape
    columns = math.ceil(math.sqrt(tiles))
    rows = math.ceil(tiles / columns)
    square = np.full((channels, rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, np.float32)
    cells = np.where(empty[:, :, None, None], np.nan, values)
    for number in range(tiles):
        y, x = number // columns * (height + 1), number % columns * (width + 1)
        square[:, y : y + height, x : x + width] = cells[:, number]
    return square


def _draw_pictures(image: Image.Image, canvas: ImageDraw.ImageDraw, sides: list[tuple[str, Subject]], top: int) -> int:
    """What the networks saw and said, side by side; returns where the space to the right of them begins."""
    left = MARGIN
    for side, subject in sides:
        if subject.picture is None:
            continue
        says = f"{subject.label} ({subject.probabilities[subject.label]:.1%})" if subject.label else ""
        canvas.text((left, top), " · ".join(filter(None, [side, subject.title if side else "", says])), INK)
        seen = Image.fromarray(np.round(subject.picture * 255).clip(0, 255).astype(np.uint8))
        image.paste(seen.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.NEAREST), (left, top + LINE))
        left += PICTURE_SIDE + MARGIN
    return left


def _draw_bars(canvas: ImageDraw.ImageDraw, a: Subject, b: Subject | None, left: int, top: int) -> None:
    """The probabilities, B's as a thin line below A's where it has the same classes."""
    height = PICTURE_SIDE / len(a.probabilities)
    track = WIDTH - MARGIN - left - 250
    others = b.probabilities if b else {}
    for number, (name, p) in enumerate(a.probabilities.items()):
        y = top + number * height
        canvas.text((left, y + 3), name, INK)
        canvas.rectangle((left + 120, y + 4, left + 120 + max(1, p * track), y + height - 8), fill=OF_A)
        canvas.text((WIDTH - MARGIN - 60, y + 3), f"{p:.1%}", OF_A, anchor="ra")
        if name in others:
            canvas.rectangle((left + 120, y + height - 7, left + 120 + others[name] * track, y + height - 5), fill=OF_B)
            canvas.text((WIDTH - MARGIN, y + 3), f"{others[name]:.1%}", OF_B, anchor="ra")


def _draw_strip(image: Image.Image, canvas: ImageDraw.ImageDraw, strip: Strip, top: int) -> None:
    """The title with the scale beside it, then the channels with their labels."""
    canvas.text((MARGIN, top + LINE), strip.title.translate(PLAIN), INK)
    _draw_scale(image, canvas, strip, top + LINE)
    width, height = strip.cell
    for number, (cells, label) in enumerate(zip(_pixels(strip), strip.labels, strict=True)):
        row, column = divmod(number, strip.columns)
        x, y = MARGIN + column * (width + GAP), top + LINE * 2 + 6 + row * strip.row_height
        image.paste(Image.fromarray(cells).resize((width, height), Image.Resampling.NEAREST), (x, y))
        canvas.multiline_text((x + width // 2, y + height + 1), label, QUIET, anchor="ma", align="center")


def _draw_scale(image: Image.Image, canvas: ImageDraw.ImageDraw, strip: Strip, top: int) -> None:
    """The palette at the right border, between the ends of the whole scale."""
    right = WIDTH - MARGIN
    bar = Image.fromarray(_palette(strip)[None].repeat(12, 0)).resize((140, 12))
    image.paste(bar, (right - 200, top + 2))
    canvas.text((right, top), f"{strip.whole.high:.3g}", INK, anchor="ra")
    within = "each map its own, within " if strip.own else ""
    canvas.text((right - 208, top), f"{within}{strip.whole.low + 0:.3g}", INK, anchor="ra")  # + 0: -0 would be "-0"


def _palette(strip: Strip) -> NDArray[np.uint8]:
    return colours(DIVERGING if strip.signed else SEQUENTIAL)


def _pixels(strip: Strip) -> NDArray[np.uint8]:
    """(channels, height, width, 3): each cell in its colour, white where there is none."""
    low, span = strip.low[:, None, None], (strip.high - strip.low)[:, None, None]
    empty, middle = np.isnan(strip.maps), 0.5 if strip.signed else 0.0
    shares = np.divide(np.nan_to_num(strip.maps) - low, span, out=np.full(strip.maps.shape, middle), where=span > 0)
    indices = np.round(shares * 255).clip(0, 255).astype(np.uint8)
    return np.where(empty[..., None], 255, _palette(strip)[indices]).astype(np.uint8)
