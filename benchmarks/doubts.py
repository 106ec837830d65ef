"""Measure how often each checkpoint doubts what it should doubt, and what it should not.

Letters that look like no digit to any eye come from the Hershey fonts (public domain, the package Hershey-Fonts) and
from the font that Pillow brings; none of them is used in training, and neither are garments by a digits' network. All
are drawn at any place and size with any pen, as strangers draw on the pad. The pen strokes are those of
``benchmarks.pens``.

python -m benchmarks.doubts pen-strokes.json --data-dir DIR
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from HersheyFonts import HersheyFonts
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.pens import MARGIN, NEEDED, PENS, SIZES, Strokes, draw, read
from lenet import checkpoint
from lenet.doubt import judge
from lenet.pictures.drawing import prepare_drawing
from lenet.settings import CHECKPOINTS
from lenet.training import datasets
from lenet.ui.values.pad import GRID_SIZE

RESULTS = Path(__file__).parent / "doubts.json"

USAGE_ERROR = 2
"""The exit status when the strokes are missing or damaged; argparse has the same."""

LETTERS = "acdefhjkmnprtuvwxyACDEFHJKLMNPRTUVWXY"
"""Those that look like no digit: without o, l, i, z, s, b, g and q, and their capitals but L."""

HERSHEY = (
    *("futural", "futuram", "cursive", "rowmans", "rowmand", "rowmant"),
    *("scripts", "scriptc", "timesr", "timesi", "timesrb", "timesib"),
)
"""Its fonts of Latin letters that are still in use."""

FONT_HEIGHTS = (50, 90)
"""Heights of Pillow's letters, in cells of the pad."""

SCRIBBLES = 400

ENLARGED = 84
"""The side to which a data set's picture is enlarged on the pad, in cells."""

AT_ONCE = 100
"""Pictures whose activations are computed together."""

OTHERS = 1_000
"""So many pictures of the other data set are put on the pad."""

KINDS = {"digit": "mnist", "garment": "fashion"}
"""The data set of each kind of network."""

Pictures = NDArray[np.uint8]
"""(N, GRID_SIZE, GRID_SIZE) bytes of ink on the pad."""


def anywhere(strokes: Strokes, random: np.random.Generator) -> Pictures:
    """The strokes on the pad, at any place and size, with any pen: (GRID_SIZE, GRID_SIZE)."""
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    start, extent = points.min(0), max(np.ptp(points, axis=0).max(), 1e-6)
    unit: Strokes = [((np.array(stroke, float) - start) / extent).tolist() for stroke in strokes]
    size = random.uniform(*SIZES)
    return draw(unit, random.choice(PENS), size, random.uniform(MARGIN, GRID_SIZE - MARGIN - size, 2))


def hershey_letters() -> Pictures:
    random, found = np.random.default_rng(0), []
    for name in HERSHEY:
        font = HersheyFonts()
        font.load_default_font(name)
        for letter in LETTERS:
            found.append(anywhere([list(stroke) for stroke in font.strokes_for_text(letter)], random))
    return np.array(found)


def printed_letters() -> Pictures:
    random, found = np.random.default_rng(1), []
    for letter in LETTERS * 2:
        image = Image.new("L", (GRID_SIZE, GRID_SIZE))
        font = ImageFont.load_default(int(random.uniform(*FONT_HEIGHTS)))
        ImageDraw.Draw(image).text((GRID_SIZE / 2, GRID_SIZE / 2), letter, fill=255, font=font, anchor="mm")
        found.append(np.asarray(image))
    return np.array(found)


def scribbles() -> Pictures:
    """Zigzags, walks, tangles and coils. They have enough turns, so that none is a digit by chance."""
    random = np.random.default_rng(2)
    makers: tuple[Callable[[int], NDArray], ...] = (
        lambda turns: np.cumsum(random.normal(0, 1, (6 * turns, 2)), 0),
        lambda turns: np.stack((np.linspace(0, 1, turns), np.arange(turns) % 2 + random.normal(0, 0.1, turns)), 1),
        lambda turns: random.uniform(0, 1, (turns, 2)),
        lambda turns: _coil(turns, random),
    )
    return np.array(
        [anywhere([makers[number % 4](int(random.integers(7, 18))).tolist()], random) for number in range(SCRIBBLES)]
    )


def _coil(turns: int, random: np.random.Generator) -> NDArray:
    angle = np.linspace(0, turns * np.pi, 12 * turns)
    return np.stack((random.uniform(0.2, 0.6) * angle + 2 * np.cos(angle), random.uniform(1, 3) * np.sin(angle)), 1)


def on_the_pad(images: torch.Tensor) -> Pictures:
    """A data set's pictures, (N, 1, 28, 28), enlarged in the middle of the pad."""
    border = (GRID_SIZE - ENLARGED) // 2
    enlarged = [
        np.asarray(Image.fromarray(picture).resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC))
        for picture in (images[:, 0] * 255).round().byte().numpy()
    ]
    return np.pad(np.array(enlarged), ((0, 0), (border, border), (border, border)))


def pen_digits(digits: list[dict[str, Any]]) -> Pictures:
    """Strangers' digits, each once with any pen."""
    random = np.random.default_rng(3)
    return np.array([anywhere(digit["strokes"], random) for digit in digits])


def doubted(network: checkpoint.Checkpoint, pictures: Pictures) -> float:
    """The share of drawings that the network doubts."""
    prepared = np.array([prepare_drawing(ink, network.kind).picture for ink in pictures])
    return doubted_as_they_are(network, torch.from_numpy(prepared)[:, None])


@torch.inference_mode()
def doubted_as_they_are(network: checkpoint.Checkpoint, pictures: torch.Tensor) -> float:
    """The share of (N, 1, 28, 28) prepared pictures that the network doubts."""
    parts = pictures.split(AT_ONCE)
    found = [each for part in parts for each in judge(network, network.model.activations(part))]
    return round(sum(each.strange for each in found if each) / len(found), 4)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("strokes", type=Path, nargs="?", help=NEEDED)
    parser.add_argument("--data-dir", type=Path, default=datasets.default_data_dir(), help="where the data sets are")
    options = parser.parse_args(arguments)
    try:
        digits = read(options.strokes)
    except ValueError as error:
        print(f"benchmarks.doubts: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    torch.set_num_threads(1)
    tests = {kind: datasets.load(name, options.data_dir).test_images for kind, name in KINDS.items()}
    drawn = {"Hershey letters": hershey_letters(), "printed letters": printed_letters(), "scribbles": scribbles()}
    others = {kind: on_the_pad(images[:OTHERS]) for kind, images in tests.items()}
    results: dict[str, Any] = {}
    for name in checkpoint.names(CHECKPOINTS):
        network = checkpoint.load(CHECKPOINTS / name)
        other = "garment" if network.kind == "digit" else "digit"
        row = {title: doubted(network, pictures) for title, pictures in drawn.items()}
        row[f"{other}s on the pad"] = doubted(network, others[other])
        row["its test pictures"] = doubted_as_they_are(network, tests[network.kind])
        if network.kind == "digit":
            row["strangers' pen strokes"] = doubted(network, pen_digits(digits))
        results[name] = row | {"weights_sha256": network.metrics["weights_sha256"]}
        print(name, json.dumps(results[name]), flush=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
