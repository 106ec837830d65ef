"""What a network says about one picture, and everything it computed on the way."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet.checkpoint import Checkpoint
from lenet.prepare import Prepared, prepare


@dataclass(frozen=True)
class Prediction:
    """The answer for one picture.

    ``probabilities`` has every class, in the checkpoint's order; ``logits`` is (classes,). ``activations`` has what
    each stage put out, by the stage's name: (channels, height, width), or (values,) after flattening.
    """

    label: str
    probabilities: dict[str, float]
    logits: NDArray[np.float32]
    activations: dict[str, NDArray[np.float32]]
    prepared: Prepared


def predict(checkpoint: Checkpoint, picture: Any) -> Prediction:
    """Prepare a picture (whatever ``prepare`` takes) for the checkpoint's kind and ask its network.

    Raises BlankPicture when there is nothing in the picture.
    """
    return look(checkpoint, prepare(picture, checkpoint.kind))


@torch.inference_mode()
def look(checkpoint: Checkpoint, prepared: Prepared) -> Prediction:
    """Ask the checkpoint's network about a picture that is prepared already, or on purpose not."""
    outputs = checkpoint.model.activations(torch.from_numpy(prepared.picture)[None, None])
    logits = outputs["logits"][0]
    probabilities = dict(zip(checkpoint.classes, logits.softmax(0).tolist(), strict=True))
    return Prediction(
        label=max(probabilities, key=probabilities.get),
        probabilities=probabilities,
        logits=logits.numpy(),
        activations={name: output[0].numpy() for name, output in outputs.items()},
        prepared=prepared,
    )
