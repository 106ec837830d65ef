"""A prediction as files that other programs read: npz and csv."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import numpy as np

from lenet.checkpoint import Checkpoint
from lenet.prediction import Digit, Prediction


def npz(checkpoint: Checkpoint, prediction: Prediction) -> bytes:
    """The prepared ``picture`` and every stage's output as numpy arrays, by name, in the shapes of ``Prediction``.

    ``checkpoint`` and ``weights_sha256`` say which network it was.
    """
    sha256 = checkpoint.metrics.get("weights_sha256", "")
    arrays: dict[str, Any] = {
        "checkpoint": checkpoint.name,
        "weights_sha256": sha256 if isinstance(sha256, str) else "",  # numpy would pickle anything else
        "picture": prediction.prepared.picture,
        **prediction.activations,
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def write_csv_header(classes: Iterable[str], file: TextIO) -> None:
    """Write the names of the columns: "file", "label" and the classes."""
    csv.writer(file).writerow(["file", "label", *classes])


def write_csv_row(name: str, prediction: Prediction, file: TextIO) -> None:
    """Write the line of one picture: its file ``name``, its label and the probability of each class."""
    csv.writer(file).writerow([name, prediction.label, *(f"{p:.6f}" for p in prediction.probabilities.values())])


def digits(found: Iterable[Digit]) -> dict[str, Any]:
    """{"digits": [{"box", "label", "probabilities"}]}, or {} without any. A box is left, top, right, bottom."""
    listed = [
        {"box": list(digit.box), "label": digit.prediction.label, "probabilities": digit.prediction.probabilities}
        for digit in found
    ]
    return {"digits": listed} if listed else {}


def probabilities(a: Mapping[str, float], b: Mapping[str, float] | None = None) -> bytes:
    """The classes and their probabilities as a CSV table, with those of ``b`` if it has the same classes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    tables = [a, b] if b and list(b) == list(a) else [a]
    writer.writerow(["class", "probability", "probability of B"][: 1 + len(tables)])
    writer.writerows((name, *(f"{table[name]:.6f}" for table in tables)) for name in a)
    return file.getvalue().encode()
