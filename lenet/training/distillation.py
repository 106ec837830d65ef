"""Knowledge distillation (Hinton et al. 2015): a network learns from a larger one's answers, too.

A label says that a picture is a shirt. The larger network, its teacher, also says how much this shirt looks like a
coat, and doubts labels that are wrong.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.checkpoint import Checkpoint
from lenet.model import LeNet
from lenet.training.loop import Labelled, logits

TRUST = 0.5
"""The teacher's share of a soft label. The label's own class then stays the most probable one."""


def soft_labels(teacher: LeNet, train: Labelled, *, mirrored: bool) -> Tensor:
    """(N, classes) float32 probabilities: a mean of the labels and of what ``teacher`` answers for the pictures.

    The teacher knows the same classes. It sees each picture as it is and, where ``mirrored``, its mirror image.
    """
    pictures, labels = train
    views = [pictures, pictures.flip(-1)] if mirrored else [pictures]
    answers = torch.stack([logits(teacher, view).softmax(1) for view in views]).mean(0)
    return torch.lerp(F.one_hot(labels, answers.shape[1]).float(), answers, TRUST)


def described(teacher: Checkpoint) -> dict[str, str]:
    """What another person needs to train the same teacher and to know it again: its command, its weights' SHA-256.

    Anyone may have written its metrics: what is no line of text is left out.
    """
    known = {name: teacher.metrics.get(name) for name in ("command", "weights_sha256")}
    return {name: value for name, value in known.items() if isinstance(value, str) and value.isprintable()}
