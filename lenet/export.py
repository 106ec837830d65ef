"""A prediction as files that other programs and people read: npz, csv, a sheet of pictures."""

import csv
import io
from collections.abc import Iterable
from typing import TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lenet.checkpoint import Checkpoint
from lenet.explain import STEPS
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


def sheet(checkpoint: Checkpoint, prediction: Prediction, step: str = "after") -> bytes:
    """A PNG of the picture, the probabilities and both layers' maps with their scales.

    The maps are those of ``step``, one of ``explain.STEPS``; with any other, those after the activation.
    """
    begins = STEPS.get(step, STEPS["after"])
    names = [name for name in prediction.activations if name.startswith(begins)]
    layers = {name: prediction.activations[name] for name in names if prediction.activations[name].ndim == 3}
    height = MARGIN * 2 + LINE * 2 + PICTURE_SIDE + sum(_layer_height(maps) for maps in layers.values())
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
    for name, maps in layers.items():
        _draw_layer(image, canvas, f"{name} · {len(maps)} maps of {maps.shape[1]} x {maps.shape[2]}", maps, top)
        top += _layer_height(maps)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


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


def _draw_layer(
    image: Image.Image, canvas: ImageDraw.ImageDraw, title: str, maps: NDArray[np.float32], top: int
) -> None:
    """One layer's numbered maps on one scale, drawn beside the title; zero is in the middle of a signed one."""
    low, high = float(maps.min()), float(maps.max())
    stops = SEQUENTIAL
    if low < 0:
        low, high, stops = -max(-low, high), max(-low, high), DIVERGING
    palette, side = colours(stops), _map_side(len(maps))
    canvas.text((MARGIN, top + LINE), title, INK)
    right = SHEET_WIDTH - MARGIN
    canvas.text((right, top + LINE), f"{high:.3g}", INK, anchor="ra")
    strip = Image.fromarray(palette[None].repeat(12, 0)).resize((140, 12))
    image.paste(strip, (right - 200, top + LINE + 2))
    canvas.text((right - 208, top + LINE), f"{low:.3g}", INK, anchor="ra")
    indices = np.round((maps - low) / max(high - low, 1e-9) * 255).clip(0, 255).astype(np.uint8)
    for number, cells in enumerate(indices):
        row, column = divmod(number, _columns(side))
        x, y = MARGIN + column * (side + GAP), top + LINE * 2 + 6 + row * (side + LINE)
        image.paste(Image.fromarray(palette[cells]).resize((side, side), Image.Resampling.NEAREST), (x, y))
        canvas.text((x + side // 2, y + side + 1), str(number + 1), QUIET, anchor="ma")


FILES = {
    "png": lambda network, prediction, step: ("image/png", sheet(network, prediction, step)),
    "npz": lambda network, prediction, step: ("application/zip", npz(network, prediction)),
    "csv": lambda network, prediction, step: ("text/csv", probabilities(prediction)),
}
"""What can be taken away, by file ending: (checkpoint, prediction, step) -> its media type and content."""
