"""What several tests import: where things are, real pictures, a picture before a network."""

from pathlib import Path

import numpy as np
from PIL import Image

from lenet import checkpoint
from lenet.microscope.layers import Subject
from lenet.predict import predict

ROOT = Path(__file__).parent.parent


CHECKPOINTS = ROOT / "checkpoints"


SHEETS = ROOT / "lenet" / "ui" / "examples"


SMALL_FILES = {
    "train-images-idx3-ubyte": (1_500, 28, 28),
    "train-labels-idx1-ubyte": (1_500,),
    "t10k-images-idx3-ubyte": (300, 28, 28),
    "t10k-labels-idx1-ubyte": (300,),
}


def real_pictures(kind: str) -> np.ndarray:
    """(30, 28, 28) uint8: the page's examples, three real test images of each class; number i shows class i % 10."""
    sheet = np.asarray(Image.open(SHEETS / f"{kind}.png"))
    return sheet.reshape(3, 28, 10, 28).swapaxes(1, 2).reshape(30, 28, 28)


def seen(network: checkpoint.Checkpoint, picture: np.ndarray, title: str = "this picture") -> Subject:
    """A picture before a network."""
    prediction = predict(network, picture)
    return Subject(title, network, prediction.activations, prediction.prepared.picture, prediction.probabilities)
