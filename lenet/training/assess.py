"""Measure a network's answers on labelled pictures: scores, confusions, calibration."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15
"""Bins of the calibration, as in Guo et al. 2017, "On Calibration of Modern Neural Networks"."""

NORMAL_95 = 1.959964
"""95 % of a normal distribution lie within so many standard deviations of its mean."""

PAIRS = 5
"""How many of the most confused pairs of classes are named."""


def assess(logits: Tensor, labels: Tensor, classes: tuple[str, ...]) -> dict[str, Any]:
    """Measure (N, classes) logits against (N,) labels.

    loss is the mean cross-entropy in nats. confusion[i][j] counts the pictures of class i that were taken for class j.
    """
    matrix = confusion_matrix(logits.argmax(1), labels, len(classes))
    return {
        "loss": F.cross_entropy(logits, labels).item(),
        "accuracy": matrix.diagonal().sum().item() / len(labels),
        "calibration_error": calibration_error(logits, labels),
        "calibration": calibration(logits, labels),
        "most_confused": most_confused(matrix, classes),
        "confusion": matrix.tolist(),
    }


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of the share of right answers, for ``right`` of ``count`` pictures.

    It is that of Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference": for shares near
    0 or 1 it neither leaves [0, 1] nor shrinks to nothing.
    """
    share, spread = right / count, NORMAL_95**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def confusion_matrix(answers: Tensor, labels: Tensor, classes: int) -> Tensor:
    """(N,) answers and labels -> (classes, classes) counts, a row for each true class."""
    return torch.bincount(labels * classes + answers, minlength=classes**2).view(classes, classes)


def most_confused(matrix: Tensor, classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """The pairs of classes that are taken for each other most often, both ways counted together."""
    both = (matrix + matrix.T).triu(diagonal=1)
    counts, cells = both.flatten().sort(descending=True, stable=True)
    return [
        {"pair": [classes[cell // len(classes)], classes[cell % len(classes)]], "count": count}
        for count, cell in zip(counts[:PAIRS].tolist(), cells[:PAIRS].tolist(), strict=True)
        if count
    ]


def calibration_error(logits: Tensor, labels: Tensor) -> float:
    """Expected calibration error: |accuracy - mean confidence| in bins of equal width, weighted by their pictures."""
    bins, confidence, right = _binned(logits, labels)
    surplus = torch.zeros(BINS).index_add_(0, bins, confidence - right)
    return (surplus.abs().sum() / len(labels)).item()


def calibration(logits: Tensor, labels: Tensor) -> list[dict[str, Any]]:
    """For each bin, the lowest confidence first: how many pictures it has, their mean confidence, the share of right
    answers. The two are None where the bin is empty.
    """
    bins, confidence, right = _binned(logits, labels)
    counts = bins.bincount(minlength=BINS)
    means = (torch.zeros(BINS).index_add_(0, bins, values) / counts for values in (confidence, right))
    return [
        {"count": count, "confidence": sure if count else None, "accuracy": share if count else None}
        for count, sure, share in zip(counts.tolist(), *(mean.tolist() for mean in means), strict=True)
    ]


def _binned(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """For each picture, (N,): its bin, the probability of the answer, and 1 where the answer is right, else 0."""
    confidence, answers = logits.softmax(1).max(1)
    return (confidence * BINS).long().clamp(max=BINS - 1), confidence, (answers == labels).float()
