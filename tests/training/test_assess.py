import math

import pytest
import torch

from lenet.training.assess import assess, calibration_error, confusion_matrix, most_confused

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


def test_the_report_agrees_with_itself():
    logits = torch.randn(500, 3, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(500) % 3
    report = assess(logits, labels, CLASSES)
    matrix = torch.tensor(report["confusion"])
    assert matrix.sum() == 500
    assert report["accuracy"] == pytest.approx(matrix.diagonal().sum().item() / 500)
    assert report["accuracy"] == pytest.approx((logits.argmax(1) == labels).float().mean().item())
    assert report["loss"] == pytest.approx(-logits.log_softmax(1)[torch.arange(500), labels].mean().item(), abs=1e-5)
