"""How well the digits' checkpoints read real pen strokes, drawn at any place and size with any pen.

The strokes are other people's than those who taught the networks (Alpaydin and Alimoglu, "Pen-Based Recognition of
Handwritten Digits", UCI, CC BY 4.0), as a JSON list of {"label", "writer", "strokes": [[[x, y], ...], ...]} in a unit
box, y down. They are for measuring only.

python -m benchmarks.pens pen-strokes.json
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from lenet import checkpoint
from lenet.predict import predict

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"
RESULTS = Path(__file__).parent / "pens.json"

PAD = 112
"""Side of the page's pad, in cells."""

SIZES = (40.0, 84.0)
"""Heights of the drawn unit box, in cells."""

PENS = (2, 5, 9, 12)
"""Widths of the pen, in cells; each stroke is drawn once with each."""

FINER = 4
"""A drawing is made so many times larger and then averaged, for smooth edges."""


def draw(strokes: list, pen: float, size: float, corner: np.ndarray) -> np.ndarray:
    """The strokes on the pad: (PAD, PAD) uint8, ink 255."""
    image = Image.new("L", (PAD * FINER, PAD * FINER))
    canvas = ImageDraw.Draw(image)
    radius = pen * FINER / 2
    for stroke in strokes:
        points = [tuple((corner + size * np.array(point)) * FINER) for point in stroke]
        if len(points) > 1:
            canvas.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.resize((PAD, PAD), Image.Resampling.BOX))


def measure(network: checkpoint.Checkpoint, digits: list[dict[str, Any]], seed: int = 0) -> dict[str, Any]:
    """The share of drawings read rightly, with each pen and in all, and the most frequent errors."""
    right, errors = {}, Counter()
    for pen in PENS:
        random = np.random.default_rng(seed)
        count = 0
        for digit in digits:
            size = random.uniform(*SIZES)
            corner = random.uniform(PAD / 14, PAD * 13 / 14 - size, 2)
            answer = predict(network, draw(digit["strokes"], pen, size, corner)).label
            count += answer == str(digit["label"])
            errors[f"{digit['label']} read as {answer}"] += answer != str(digit["label"])
        right[str(pen)] = round(count / len(digits), 4)
    return {
        "accuracy": round(sum(right.values()) / len(right), 4),
        "by_pen": right,
        "errors": {name: count for name, count in errors.most_common(5) if count},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("strokes", type=Path)
    digits = json.loads(parser.parse_args().strokes.read_text())
    torch.set_num_threads(1)
    results: dict[str, Any] = {"digits": len(digits)}
    for name in checkpoint.names(CHECKPOINTS):
        network = checkpoint.load(CHECKPOINTS / name)
        if network.kind == "digit":
            results[name] = measure(network, digits) | {"weights_sha256": network.metrics["weights_sha256"]}
            print(name, json.dumps(results[name]))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
