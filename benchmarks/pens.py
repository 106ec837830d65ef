"""Measure how well the digits' checkpoints read real pen strokes, drawn at any place and size with any pen.

The people who wrote the strokes wrote none of the training digits. The strokes are E. Alpaydin and F. Alimoglu's
"Pen-Based Recognition of Handwritten Digits", https://archive.ics.uci.edu/dataset/81, CC BY 4.0. To get them, download
that data set, unpack pendigits-orig.tra.Z, which holds the pen's path for each digit, and write the paths as a JSON
list of {"label": 7, "writer": "18", "strokes": [[[x, y], ...], ...]}, x and y in a unit box, y down. The committed
results are of 60 of each digit. The strokes are for measuring, not for training.

python -m benchmarks.pens pen-strokes.json
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from lenet import checkpoint
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import look
from lenet.settings import CHECKPOINTS
from lenet.ui.values.pad import GRID_SIZE

RESULTS = Path(__file__).parent / "pens.json"

NEEDED = (
    'a JSON list of {"label", "writer", "strokes"}, made from pendigits-orig.tra of'
    " https://archive.ics.uci.edu/dataset/81 (benchmarks/pens.py says how)"
)

USAGE_ERROR = 2
"""The exit status when the strokes are missing or damaged; argparse has the same."""

SIZES = (40.0, 84.0)
"""Heights of the drawn unit box, in cells."""

PENS = (2, 5, 9, 12)
"""Widths of the pen, in cells; each digit is drawn once with each."""

FINER = 4
"""A drawing is made so many times larger and then averaged, for smooth edges."""

MARGIN = GRID_SIZE / 14
"""The least distance of the drawn unit box from the pad's edge, in cells."""

FREQUENT = 5
"""How many of the most frequent errors are named."""

Strokes = list[list[list[float]]]
"""Strokes of (x, y) points in the unit box."""


def draw(strokes: Strokes, pen: float, size: float, corner: np.ndarray) -> np.ndarray:
    """The strokes on the pad: (GRID_SIZE, GRID_SIZE) uint8, ink 255."""
    image = Image.new("L", (GRID_SIZE * FINER, GRID_SIZE * FINER))
    canvas = ImageDraw.Draw(image)
    radius = pen * FINER / 2
    for stroke in strokes:
        points = [tuple((corner + size * np.array(point)) * FINER) for point in stroke]
        if len(points) > 1:
            canvas.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.resize((GRID_SIZE, GRID_SIZE), Image.Resampling.BOX))


def measure(network: checkpoint.Checkpoint, digits: list[dict[str, Any]], seed: int = 0) -> dict[str, Any]:
    """The share of drawings that are read correctly, with each pen and in all, and the most frequent errors."""
    right: dict[str, float] = {}
    errors: Counter[str] = Counter()
    for pen in PENS:
        random = np.random.default_rng(seed)
        count = 0
        for digit in digits:
            size = random.uniform(*SIZES)
            corner = random.uniform(MARGIN, GRID_SIZE - MARGIN - size, 2)
            answer = look(network, prepare_drawing(draw(digit["strokes"], pen, size, corner), "digit")).label
            count += answer == str(digit["label"])
            errors[f"{digit['label']} read as {answer}"] += answer != str(digit["label"])
        right[str(pen)] = round(count / len(digits), 4)
    return {
        "accuracy": round(sum(right.values()) / len(right), 4),
        "by_pen": right,
        "errors": {name: count for name, count in errors.most_common(FREQUENT) if count},
    }


def read(path: Path | None) -> list[dict[str, Any]]:
    """The digits in the file ``path``. Raises ValueError when it is missing or holds something else."""
    if path is None:
        raise ValueError(f"name the file of pen strokes: {NEEDED}")
    try:
        digits = json.loads(path.read_text(encoding="utf-8"))
        for digit in digits:
            np.concatenate([np.array(stroke, float).reshape(-1, 2) for stroke in digit["strokes"]])
            int(digit["label"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read; it must be {NEEDED}") from error
    if not digits:
        raise ValueError(f"{path} holds no digits; it must be {NEEDED}")
    return list(digits)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("strokes", type=Path, nargs="?", help=NEEDED)
    try:
        digits = read(parser.parse_args(arguments).strokes)
    except ValueError as error:
        print(f"benchmarks.pens: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    torch.set_num_threads(1)
    results: dict[str, Any] = {"digits": len(digits)}
    for name in checkpoint.names(CHECKPOINTS):
        network = checkpoint.load(CHECKPOINTS / name)
        if network.kind == "digit":
            results[name] = measure(network, digits) | {"weights_sha256": network.metrics["weights_sha256"]}
            print(name, json.dumps(results[name]))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
