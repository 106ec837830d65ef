"""A prediction as files that other programs read."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import numpy as np

from lenet.predict import Prediction


def save_npz(prediction: Prediction, path: Path) -> None:
    """Write the prepared picture and every stage's output as numpy arrays, by name; see ``Prediction`` for shapes."""
    np.savez_compressed(path, picture=prediction.prepared.picture, **prediction.activations)


def write_csv(rows: Iterable[tuple[str, Prediction]], file: TextIO) -> None:
    """Write one line for each (file name, prediction): the file, the label, each class's probability."""
    writer = csv.writer(file)
    for number, (name, prediction) in enumerate(rows):
        if number == 0:
            writer.writerow(["file", "label", *prediction.probabilities])
        writer.writerow([name, prediction.label, *(f"{p:.6f}" for p in prediction.probabilities.values())])
