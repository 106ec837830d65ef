"""What a network says about one picture, and everything that it computed for it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from lenet.checkpoint import Checkpoint
from lenet.model import Constants
from lenet.pictures.prepare import Prepared, prepare
from lenet.pictures.several import Box, digits_of


@dataclass(frozen=True)
class Prediction:
    """A network's answer about one picture, and how it came about."""

    label: str
    """The class with the largest probability."""

    probabilities: dict[str, float]
    """Each class's probability, in the checkpoint's order of classes."""

    logits: NDArray[np.float32]
    """(classes,): the last stage's values, of which the probabilities are the softmax."""

    activations: dict[str, NDArray[np.float32]]
    """What each stage put out, by the stage's name: (channels, height, width), or (values,) after flattening."""

    prepared: Prepared
    """The picture that the network saw, its preparation steps, and the warnings about it."""


@dataclass(frozen=True)
class Digit:
    """One of several digits in a picture: its box in the picture's pixels, and the network's answer about it alone."""

    box: Box
    prediction: Prediction


def predict(checkpoint: Checkpoint, picture: Image.Image | NDArray) -> Prediction:
    """Prepare a picture for the checkpoint's kind, digit or garment, and ask its network.

    Raises BlankPicture when nothing of the kind is found in the picture.
    """
    return look(checkpoint, prepare(picture, checkpoint.kind))


def predict_each(
    checkpoint: Checkpoint, prediction: Prediction, size: tuple[int, int] | None = None
) -> tuple[Digit, ...]:
    """Each digit of a picture that shows more than one, in reading order; nothing where it shows one, or a garment.

    ``prediction`` is the answer about the whole picture, and ``size`` the picture's (width, height) in pixels; without
    it the boxes are in pixels of the steps.
    """
    if "cleaned" not in prediction.prepared.steps:
        return ()
    found = digits_of(prediction.prepared, size)
    return tuple(Digit(each.box, look(checkpoint, each.prepared)) for each in found) if len(found) > 1 else ()


@torch.inference_mode()
def look(checkpoint: Checkpoint, prepared: Prepared, off: Constants | None = None) -> Prediction:
    """Ask the checkpoint's network about a picture as it is: prepared already, or deliberately only squeezed.

    The maps that are ``off`` have the given value everywhere after their activation.
    """
    outputs = checkpoint.model.activations(torch.from_numpy(prepared.picture)[None, None], off)
    logits = outputs["logits"][0]
    probabilities = dict(zip(checkpoint.classes, logits.softmax(0).tolist(), strict=True))
    return Prediction(
        label=max(probabilities, key=probabilities.__getitem__),
        probabilities=probabilities,
        logits=logits.numpy(),
        activations={name: output[0].numpy() for name, output in outputs.items()},
        prepared=prepared,
    )
