"""What the page shows as one picture to keep: what the network saw and says, and every layer with its scale."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lenet.microscope.colours import DIVERGING, SEQUENTIAL, colours
from lenet.microscope.layers import STEPS, Layer, Subject, differences, paired

WIDTH, MARGIN, GAP, LINE = 1_200, 24, 8, 18
"""Of the sheet, in pixels: its width, its border, the space between maps, the height of a line of text."""

MAP_SIDES = {12: 128, 24: 88}
"""Side of a map in pixels, by the largest number of maps for which it is used; more maps are ``SMALL_MAP`` wide."""

SMALL_MAP, BAR_HEIGHT = 64, 22
"""Side of one map of many, and height of a dense layer, in pixels."""

PICTURE_SIDE = 224
"""Of what the network saw, in pixels: eight for each of its own."""

PLAIN = str.maketrans("×−", "x-")
"""Pillow's own font has neither sign."""

INK, QUIET, OF_A, OF_B = "#111827", "#566173", "#2563eb", "#7c3aed"


def sheet(a: Subject, b: Subject | None = None, step: str = "after", scale: str = "layer", sort: bool = False) -> bytes:
    """A PNG of ``a``'s picture, probabilities and layers, beside those of ``b`` if there is one.

    ``step`` is one of ``layers.STEPS`` or "kernels"; one ``scale`` belongs to each "map", each "layer" or to "both".
    With ``sort`` the channels in which the two differ most come first.
    """
    strips = list(_strips(a, b, step, scale, sort))
    height = MARGIN * 2 + LINE * 3 + PICTURE_SIDE + sum(strip.height for strip in strips)
    image = Image.new("RGB", (WIDTH, height), "white")
    canvas = ImageDraw.Draw(image)
    canvas.font = ImageFont.load_default(13)
    canvas.text((MARGIN, MARGIN), f"LeNet Lab · {a.network.name} · {step}", INK)
    top, left = MARGIN + LINE * 2, MARGIN
    for side, subject in _sides(a, b):
        if subject.picture is None:
            continue
        says = f"{subject.label} ({subject.probabilities[subject.label]:.1%})" if subject.label else ""
        canvas.text((left, top), " · ".join(filter(None, [side, subject.title if b else "", says])), INK)
        seen = Image.fromarray(np.round(subject.picture * 255).clip(0, 255).astype(np.uint8))
        image.paste(seen.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.NEAREST), (left, top + LINE))
        left += PICTURE_SIDE + MARGIN
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
    """One layer: (channels, height, width) ``maps``, NaN where there is nothing, from ``low`` to ``high`` by channel.

    ``signed`` values have zero in the middle of their colours. ``labels`` are the lines below each channel. A ``dense``
    layer is one channel of (1, values).
    """

    title: str
    dense: bool
    signed: bool
    maps: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    labels: list[str]

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

    def ordered(self, order: NDArray[np.int64] | slice) -> "Strip":
        """The channels in another order."""
        labels = np.array(self.labels)[order].tolist()
        return replace(self, maps=self.maps[order], low=self.low[order], high=self.high[order], labels=labels)


def _strips(a: Subject, b: Subject | None, step: str, scale: str, sort: bool) -> Iterator[Strip]:
    """A's layers, each with B's and, where the two can be compared, their difference."""
    pairs = paired(a, b, step)
    every = [layer for pair in pairs for layer in pair if layer and not layer.strip]
    for layer, other in pairs:
        both = [item for item in (layer, other) if item]
        apart = differences(layer.values, other.values) if other and layer.comparable(other) else []
        order = np.argsort([-item.l2 for item in apart], kind="stable") if sort and apart else slice(None)
        for (side, subject), item in zip(_sides(a, b), both, strict=False):
            named = side and (other or step in STEPS)  # kernels in common are neither A's nor B's
            title = f"{side}: {subject.title} · {item.title}" if named else item.title
            alone = scale == "map" and not item.strip
            sharing = every if scale == "both" and not item.strip else [item] if alone and not apart else both
            low, high = _ends(item, sharing, alone)
            strip = Strip(title, item.strip, low.min() < 0, _flat(item), low, high, _numbers(item))
            yield strip.ordered(order) if apart else strip
        if apart:
            most = np.full(len(apart), abs(layer.values - other.values).max())
            said = [f"L2 {item.l2:.3g}\ncos {item.cosine:.2f}" for item in apart]
            labels = [f"{number}\n{words}".strip() for number, words in zip(_numbers(layer), said, strict=True)]
            apart_maps = _flat(layer) - _flat(other)
            strip = Strip(f"A − B · {layer.title}", layer.strip, True, apart_maps, -most, most, labels)
            yield strip.ordered(order)


def _numbers(layer: Layer) -> list[str]:
    return [""] if layer.strip else [str(number + 1) for number in range(len(layer.values))]


def _flat(layer: Layer) -> NDArray[np.float32]:
    """(channels, height, width): a channel's tiles, its kernels, in a square with gaps between them.

    A kernel of zeros alone, which reads nothing, is a gap too.
    """
    channels, tiles, height, width = layer.values.shape
    columns = math.ceil(math.sqrt(tiles))
    rows = math.ceil(tiles / columns)
    square = np.full((channels, rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, np.float32)
    for number in range(tiles):
        y, x = number // columns * (height + 1), number % columns * (width + 1)
        cells = layer.values[:, number]
        read = (tiles == 1) | cells.any((1, 2), keepdims=True)
        square[:, y : y + height, x : x + width] = np.where(read, cells, np.nan)
    return square


def _ends(layer: Layer, sharing: list[Layer], alone: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The lowest and the highest value of each channel's scale; a signed one has zero in its middle.

    All layers in ``sharing`` have one scale, or, if each channel stands ``alone``, one for each channel.
    """
    if alone:
        low = np.min([item.values.min((1, 2, 3)) for item in sharing], 0)
        high = np.max([item.values.max((1, 2, 3)) for item in sharing], 0)
    else:
        low = np.full(len(layer.values), min(item.values.min() for item in sharing))
        high = np.full(len(layer.values), max(item.values.max() for item in sharing))
    if low.min() < 0:
        high = np.maximum(-low, high)
        low = -high
    return low, high


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
    """The channels with their labels, and the title with the scale beside it."""
    palette = colours(DIVERGING if strip.signed else SEQUENTIAL)
    right = WIDTH - MARGIN
    canvas.text((MARGIN, top + LINE), strip.title.translate(PLAIN), INK)
    shared = np.ptp(strip.low) == np.ptp(strip.high) == 0
    canvas.text((right, top + LINE), f"{strip.high.max():.3g}", INK, anchor="ra")
    image.paste(Image.fromarray(palette[None].repeat(12, 0)).resize((140, 12)), (right - 200, top + LINE + 2))
    within = "" if shared else "each map its own, within "
    canvas.text((right - 208, top + LINE), f"{within}{strip.low.min() + 0:.3g}", INK, anchor="ra")
    low, span = strip.low[:, None, None], (strip.high - strip.low)[:, None, None]
    empty, middle = np.isnan(strip.maps), 0.5 if strip.signed else 0.0
    shares = np.divide(np.nan_to_num(strip.maps) - low, span, out=np.full(strip.maps.shape, middle), where=span > 0)
    indices = np.round(shares * 255).clip(0, 255).astype(np.uint8)
    pixels = np.where(empty[..., None], 255, palette[indices]).astype(np.uint8)
    width, height = strip.cell
    for number, (cells, label) in enumerate(zip(pixels, strip.labels, strict=True)):
        row, column = divmod(number, strip.columns)
        x, y = MARGIN + column * (width + GAP), top + LINE * 2 + 6 + row * strip.row_height
        image.paste(Image.fromarray(cells).resize((width, height), Image.Resampling.NEAREST), (x, y))
        canvas.multiline_text((x + width // 2, y + height + 1), label, QUIET, anchor="ma", align="center")
