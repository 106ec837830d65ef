"""What a network says about one picture, and everything that it computed for it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lenet.checkpoint import Checkpoint
from lenet.doubt import Doubt, judge
from lenet.model import Constants
from lenet.pictures.prepare import Prepared, prepare
from lenet.pictures.several import Box, Found, digits_of

UNSURE = 0.5
"""Where even the likeliest class is less probable than this, a person is told that the network is not sure."""

NOT_SURE = "The network is not sure."


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

    doubt: Doubt | None = None
    """How much the picture looks like what the network has learned; None where that is not known."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should know before believing the answer, as sentences."""
        if self.prepared.warnings:
            return self.prepared.warnings  # they say why it may look strange
        if self.doubt and self.doubt.sentence:
            return (self.doubt.sentence,)
        return (NOT_SURE,) if self.probabilities[self.label] < UNSURE else ()


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
    checkpoint: Checkpoint,
    prediction: Prediction,
    size: tuple[int, int] | None = None,
    off: Constants | None = None,
) -> tuple[Digit, ...]:
    """Each digit of a picture that shows more than one, in reading order; nothing where it shows one, or a garment.

    ``prediction`` is the answer about the whole picture, and ``size`` the picture's (width, height) in pixels; without
    it the boxes are in pixels of the steps. ``off`` is that of ``look``.
    """
    if prediction.prepared.regions is None:
        return ()
    found = digits_of(prediction.prepared, size)
    return look_at_each(checkpoint, found, off) if len(found) > 1 else ()


def look_at_each(checkpoint: Checkpoint, found: Sequence[Found], off: Constants | None = None) -> tuple[Digit, ...]:
    """Ask the network about each digit that was found in a picture."""
    if not found:
        return ()
    looked = look_at_all(checkpoint, [digit.prepared for digit in found], off)
    return tuple(Digit(digit.box, answer) for digit, answer in zip(found, looked, strict=True))


def look(checkpoint: Checkpoint, prepared: Prepared, off: Constants | None = None) -> Prediction:
    """Ask the checkpoint's network about a picture as it is: prepared already, or deliberately only squeezed.

    The maps that are ``off`` have the given value everywhere after their activation; nothing is known then about
    what the network should doubt.
    """
    return look_at_all(checkpoint, [prepared], off)[0]


@torch.inference_mode()
def look_at_all(checkpoint: Checkpoint, pictures: Sequence[Prepared], off: Constants | None = None) -> list[Prediction]:
    """Ask the network about all ``pictures`` at once, as ``look`` does: in batches a picture takes a fifth of the time.

    The numbers are those of ``look`` up to rounding, some 1e-7.
    """
    if not pictures:
        return []
    batch = torch.from_numpy(np.stack([prepared.picture for prepared in pictures]))[:, None]
    outputs = checkpoint.model.activations(batch, off)
    if not all(_is_finite(output) for output in outputs.values()):
        raise ValueError(f"{checkpoint.name} has no finite answer to this picture; its weights are damaged")
    shares = outputs["logits"].softmax(1).tolist()
    stages = {name: output.numpy() for name, output in outputs.items()}
    own = [{name: stage[number] for name, stage in stages.items()} for number in range(len(pictures))]
    doubts = [None] * len(pictures) if off else judge(checkpoint, outputs)
    return [_prediction(checkpoint, *each) for each in zip(pictures, shares, own, doubts, strict=True)]


def _is_finite(values: Tensor) -> bool:
    """Whether all values are finite: if their sum is, they are. It is known ten times sooner than of each by itself."""
    return math.isfinite(values.sum().item()) or bool(torch.isfinite(values).all())


def _prediction(
    checkpoint: Checkpoint,
    prepared: Prepared,
    shares: list[float],
    activations: dict[str, NDArray[np.float32]],
    doubt: Doubt | None,
) -> Prediction:
    """The answer about one picture; ``shares`` are its probabilities in the order of the classes."""
    probabilities = dict(zip(checkpoint.classes, shares, strict=True))
    return Prediction(
        label=max(probabilities, key=probabilities.__getitem__),
        probabilities=probabilities,
        logits=activations["logits"],
        activations=activations,
        prepared=prepared,
        doubt=doubt,
    )
