"""A prediction as files that other programs and people read: npz, csv, a sheet of pictures."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lenet.checkpoint import Checkpoint
from lenet.explain import STEPS, Subject
from lenet.palettes import DIVERGING, SEQUENTIAL, colours
from lenet.predict import Prediction


def npz(checkpoint: Checkpoint, prediction: Prediction) -> bytes:
    """The prepared picture and every stage's output as numpy arrays, by name; see ``Prediction`` for shapes.

    ``checkpoint`` and ``weights_sha256`` say which network it was.
    """
    file = io.BytesIO()
    np.savez_compressed(
        file,
        checkpoint=checkpoint.name,
        weights_sha256=checkpoint.metrics.get("weights_sha256", ""),
        picture=prediction.prepared.picture,
        **prediction.activations,
    )
    return file.getvalue()


def write_csv_header(classes: Iterable[str], file: TextIO) -> None:
    """Write the names of the columns: the file, the label, each class."""
    csv.writer(file).writerow(["file", "label", *classes])


def write_csv_row(name: str, prediction: Prediction, file: TextIO) -> None:
    """Write one picture's line: its file name, its label, each class's probability."""
    csv.writer(file).writerow([name, prediction.label, *(f"{p:.6f}" for p in prediction.probabilities.values())])


def probabilities(prediction: Prediction) -> bytes:
    """The classes and their probabilities as a CSV table of two columns."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["class", "probability"])
    writer.writerows((name, f"{p:.6f}") for name, p in prediction.probabilities.items())
    return file.getvalue().encode()


SHEET_WIDTH, MARGIN, GAP, LINE = 1_200, 24, 8, 18
"""Of the sheet, in pixels: its width, its border, the space between maps, the height of a line of text."""

MAP_SIDES = {12: 128, 24: 88}
"""Side of a map in pixels, by the largest number of maps for which it is used; more maps are ``SMALL_MAP`` wide."""

SMALL_MAP = 60

PICTURE_SIDE = 224
"""Of what the network saw, in pixels: eight for each of its own."""

INK, QUIET, BAR = "#111827", "#566173", "#2563eb"


def sheet(
    checkpoint: Checkpoint, prediction: Prediction, step: str = "after", scale: str = "layer", b: Subject | None = None
) -> bytes:
    """A PNG of the picture, the probabilities and every convolution layer with its scale, beside ``b`` if there is one.

    ``step`` is one of ``explain.STEPS`` or "kernels"; one ``scale`` belongs to each "map", each "layer" or to "both".
    """
    a = Subject(checkpoint.name, checkpoint.model, checkpoint.classes, prediction.activations)
    strips = list(_strips(a, b, step, scale))
    height = MARGIN * 2 + LINE * 2 + PICTURE_SIDE + sum(_layer_height(strip.maps) for strip in strips)
    image = Image.new("RGB", (SHEET_WIDTH, height), "white")
    canvas = ImageDraw.Draw(image)
    canvas.font = ImageFont.load_default(13)
    sure = f"{prediction.probabilities[prediction.label]:.1%}"
    canvas.text((MARGIN, MARGIN), f"LeNet Lab · {checkpoint.name} · {prediction.label} ({sure})", INK)
    top = MARGIN + LINE * 2
    seen = Image.fromarray(np.round(prediction.prepared.picture * 255).astype(np.uint8))
    image.paste(seen.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.NEAREST), (MARGIN, top))
    _draw_bars(canvas, prediction, MARGIN * 2 + PICTURE_SIDE, top)
    top += PICTURE_SIDE
    for strip in strips:
        _draw_strip(image, canvas, strip, top)
        top += _layer_height(strip.maps)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


@dataclass(frozen=True)
class Strip:
    """One layer's (channels, height, width) maps, NaN where there is nothing, from ``low`` to ``high`` by channel."""

    title: str
    maps: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]


def _strips(a: Subject, b: Subject | None, step: str, scale: str) -> Iterator[Strip]:
    """The convolution layers of A, each with B's and their difference where both have the same maps."""
    layers = [(number, _maps(a, step, number)) for number in range(1, len(a.model.config.channels) + 1)]
    others = {} if b is None else {number: _maps(b, step, number) for number, _ in layers if _has(b, number)}
    every = [maps for _, maps in layers] + list(others.values())
    for number, mine in layers:
        pair = [mine, *([others[number]] if number in others else [])]
        for subject, maps in zip((a, b), pair, strict=False):
            ends = _ends(maps, pair, every, scale)
            side = f"{'A' if subject is a else 'B'}: {subject.title} · " if b else ""
            size = f" of {maps.shape[1]} x {maps.shape[2]}" if step in STEPS else ""
            yield Strip(f"{side}Layer {number}, {step} · {len(maps)}{size}", maps, *ends)
        if len(pair) == 2 and mine.shape == pair[1].shape:
            difference = mine - pair[1]
            yield Strip(f"A - B · Layer {number}", difference, *_ends(difference, [difference], [difference], "layer"))


def _has(subject: Subject, number: int) -> bool:
    return number <= len(subject.model.config.channels)


def _maps(subject: Subject, step: str, number: int) -> NDArray[np.float32]:
    """A layer's (channels, height, width) maps; of its kernels, each channel's in a square with gaps between them."""
    if step in STEPS:
        return subject.stages[f"{STEPS[step]}{number}"]
    weights = subject.model.get_submodule(f"conv{number}").weight.detach().numpy()
    channels, inputs, side, _ = weights.shape
    columns = math.ceil(math.sqrt(inputs))
    square = np.full((channels, *[columns * (side + 1) - 1] * 2), np.nan, np.float32)
    for number in range(inputs):
        y, x = ((side + 1) * at for at in divmod(number, columns))
        square[:, y : y + side, x : x + side] = weights[:, number]
    return square


def _ends(
    maps: NDArray[np.float32], layer: list[NDArray], every: list[NDArray], scale: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The lowest and the highest value of each channel's scale; a signed one has zero in its middle."""
    if scale == "map":
        low, high = np.nanmin(maps, (1, 2)), np.nanmax(maps, (1, 2))
    else:
        shared = every if scale == "both" else layer
        low = np.full(len(maps), min(np.nanmin(values) for values in shared))
        high = np.full(len(maps), max(np.nanmax(values) for values in shared))
    if low.min() < 0:
        high = np.maximum(-low, high)
        low = -high
    return low, high


def _draw_bars(canvas: ImageDraw.ImageDraw, prediction: Prediction, left: int, top: int) -> None:
    height = PICTURE_SIDE / len(prediction.probabilities)
    track = SHEET_WIDTH - MARGIN - left - 190
    for number, (name, p) in enumerate(prediction.probabilities.items()):
        y = top + number * height
        canvas.text((left, y + 3), name, INK)
        canvas.rectangle((left + 120, y + 4, left + 120 + max(1, p * track), y + height - 5), fill=BAR)
        canvas.text((SHEET_WIDTH - MARGIN, y + 3), f"{p:.1%}", INK, anchor="ra")


def _map_side(count: int) -> int:
    return next((side for most, side in MAP_SIDES.items() if count <= most), SMALL_MAP)


def _columns(side: int) -> int:
    return (SHEET_WIDTH - 2 * MARGIN + GAP) // (side + GAP)


def _layer_height(maps: NDArray[np.float32]) -> int:
    side = _map_side(len(maps))
    return LINE * 3 + -(-len(maps) // _columns(side)) * (side + LINE)


def _draw_strip(image: Image.Image, canvas: ImageDraw.ImageDraw, strip: Strip, top: int) -> None:
    """The numbered maps, and the title with the scale beside it."""
    palette = colours(DIVERGING if strip.low.min() < 0 else SEQUENTIAL)
    side, right = _map_side(len(strip.maps)), SHEET_WIDTH - MARGIN
    canvas.text((MARGIN, top + LINE), strip.title, INK)
    shared = strip.low.min() == strip.low.max() and strip.high.min() == strip.high.max()
    canvas.text((right, top + LINE), f"{strip.high.max():.3g}", INK, anchor="ra")
    image.paste(Image.fromarray(palette[None].repeat(12, 0)).resize((140, 12)), (right - 200, top + LINE + 2))
    within = "" if shared else "each map its own, within "
    canvas.text((right - 208, top + LINE), f"{within}{strip.low.min():.3g}", INK, anchor="ra")
    low, span = strip.low[:, None, None], np.maximum(strip.high - strip.low, 1e-9)[:, None, None]
    empty = np.isnan(strip.maps)
    indices = np.round((np.nan_to_num(strip.maps) - low) / span * 255).clip(0, 255).astype(np.uint8)
    pixels = np.where(empty[..., None], 255, palette[indices]).astype(np.uint8)
    for number, cells in enumerate(pixels):
        row, column = divmod(number, _columns(side))
        x, y = MARGIN + column * (side + GAP), top + LINE * 2 + 6 + row * (side + LINE)
        image.paste(Image.fromarray(cells).resize((side, side), Image.Resampling.NEAREST), (x, y))
        canvas.text((x + side // 2, y + side + 1), str(number + 1), QUIET, anchor="ma")
