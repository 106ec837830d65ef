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


def write_csv_header(classes: Iterable[str], file: TextIO) -> None:
    """Write the names of the columns: the file, the label, each class."""
    csv.writer(file).writerow(["file", "label", *classes])


def write_csv_row(name: str, prediction: Prediction, file: TextIO) -> None:
    """Write one picture's line: its file name, its label, each class's probability."""
    csv.writer(file).writerow([name, prediction.label, *(f"{p:.6f}" for p in prediction.probabilities.values())])
