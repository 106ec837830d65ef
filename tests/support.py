"""What several tests import: where things are, real pictures, a picture before a network."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from lenet import checkpoint
from lenet.microscope.layers import Subject
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import Prediction, look, predict
from lenet.ui.door import Chosen
from lenet.ui.values.pad import Drawing, drawing_number, put_value, read_ink
from lenet.ui.view import View

ROOT = Path(__file__).parent.parent
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


def drawing(mode: str = "RGB", size: tuple[int, int] = (120, 100)) -> Image.Image:
    """A stroke with one corner, dark on white: a 7."""
    image = Image.new("L", size, 255)
    width, height = size
    points = [(width * 0.3, height * 0.2), (width * 0.7, height * 0.2), (width * 0.4, height * 0.8)]
    ImageDraw.Draw(image).line(points, fill=0, width=max(1, width // 14))
    return image.convert(mode)


def seen(network: checkpoint.Checkpoint, picture: np.ndarray, title: str = "this picture") -> Subject:
    """A picture before a network."""
    prediction = predict(network, picture)
    return Subject(title, network, prediction.activations, prediction.prepared.picture, prediction.probabilities)


def put(pad: dict | None, picture: np.ndarray | None) -> dict:
    """The pad's value after the server has put ``picture`` on it."""
    return put_value(Drawing(drawing_number(pad)).followed_by(picture))


def ink_of(pad: dict) -> np.ndarray | None:
    """The ink of a pad's value."""
    return read_ink(pad["grid"])


def drawn(network: checkpoint.Checkpoint, pad: dict) -> Prediction:
    """What a network says about the drawing of a pad's value."""
    return look(network, prepare_drawing(ink_of(pad), network.kind))


def controls(revision: int = 0, **view) -> dict:
    """What web/controls.js sends."""
    return {"revision": revision, "view": View(**view).value()}


def chose(**values) -> Chosen:
    """What an event carries."""
    return Chosen(None, values)


PIN = (2, 1, 3, 2)
"""A cell of layer 2."""


def explained(handlers, pad, name: str, **view) -> tuple[dict, dict]:
    """The maps and the explanation of the pinned cell."""
    answer = handlers.on_draw(pad, name, controls(pin=PIN, **view))
    return answer.maps, answer.explanation
