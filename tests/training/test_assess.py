import math

import pytest
import torch

from lenet.training.assess import (
    BINS,
    assess,
    calibration,
    calibration_error,
    confusion_matrix,
    interval,
    most_confused,
)

CLASSES = ("cat", "dog", "owl")


def test_a_row_of_the_confusion_matrix_is_a_true_class():
    labels = torch.tensor([0, 0, 0, 1, 2, 2])
    answers = torch.tensor([0, 1, 1, 1, 0, 2])
    assert confusion_matrix(answers, labels, 3).tolist() == [[1, 2, 0], [0, 1, 0], [1, 0, 1]]


def test_the_most_confused_pairs_count_both_ways():
    matrix = torch.tensor([[9, 2, 1], [3, 9, 0], [0, 0, 9]])
    assert most_confused(matrix, CLASSES) == [
        {"pair": ["cat", "dog"], "count": 5},
        {"pair": ["cat", "owl"], "count": 1},
    ]


def test_calibration_is_perfect_when_confidence_is_the_share_of_right_answers():
    confidence = 0.75
    logit = math.log(confidence / (1 - confidence) * 1)
    logits = torch.tensor([[logit, 0.0]]).repeat(8, 1)
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1])
    assert calibration_error(logits, labels) == pytest.approx(0, abs=1e-6)


def test_calibration_error_is_the_gap_weighted_by_its_bin():
    certain = torch.tensor([[50.0, 0.0]]).repeat(4, 1)  # confidence 1, half of them wrong
    even = torch.tensor([[0.0, 0.0]]).repeat(4, 1)  # confidence 0.5, half of them wrong
    labels = torch.tensor([0, 0, 1, 1])
    assert calibration_error(torch.cat((certain, even)), labels.repeat(2)) == pytest.approx(0.25)


def test_a_bin_of_the_calibration_has_its_pictures_their_confidence_and_the_share_of_right_answers():
    certain = torch.tensor([[50.0, 0.0]]).repeat(4, 1)  # confidence 1, three of them right
    even = torch.tensor([[0.1, 0.0]]).repeat(2, 1)  # confidence 0.525, one of them right
    bins = calibration(torch.cat((certain, even)), torch.tensor([0, 0, 0, 1, 0, 1]))
    assert len(bins) == BINS
    assert bins[-1] == {"count": 4, "confidence": 1.0, "accuracy": 0.75}
    assert bins[7] == {"count": 2, "confidence": pytest.approx(0.525, abs=1e-3), "accuracy": 0.5}
    assert [item for item in bins if item["count"] == 0] == [{"count": 0, "confidence": None, "accuracy": None}] * 13


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(9960, 10_000, 0.99456, 0.99706), (1, 10, 0.01788, 0.40415), (0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0)],
)
def test_the_interval_of_a_share_is_wilson_s(right, count, low, high):
    assert interval(right, count) == pytest.approx((low, high), abs=1e-5)


def test_of_samples_of_a_known_share_95_in_100_intervals_hold_it():
    generator = torch.Generator().manual_seed(0)
    found = torch.binomial(torch.full((2000,), 300.0), torch.tensor(0.9), generator=generator).int().tolist()
    held = [low <= 0.9 <= high for low, high in (interval(right, 300) for right in found)]
    assert sum(held) / len(held) == pytest.approx(0.95, abs=0.02)


def test_the_report_agrees_with_itself():
    logits = torch.randn(500, 3, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(500) % 3
    report = assess(logits, labels, CLASSES)
    matrix = torch.tensor(report["confusion"])
    assert matrix.sum() == 500
    assert report["accuracy"] == pytest.approx(matrix.diagonal().sum().item() / 500)
    assert report["accuracy"] == pytest.approx((logits.argmax(1) == labels).float().mean().item())
    assert report["loss"] == pytest.approx(-logits.log_softmax(1)[torch.arange(500), labels].mean().item(), abs=1e-5)
    gaps = [
        item["count"] * abs(item["confidence"] - item["accuracy"]) for item in report["calibration"] if item["count"]
    ]
    assert sum(item["count"] for item in report["calibration"]) == 500
    assert report["calibration_error"] == pytest.approx(sum(gaps) / 500, abs=1e-6)
