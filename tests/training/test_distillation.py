"""Soft labels: what a teacher answers, mixed with the labels."""

from dataclasses import replace

import pytest
import torch

from lenet import checkpoint
from lenet.checkpoint import Checkpoint
from lenet.model import LeNet, LeNetConfig
from lenet.training import datasets, experiment
from lenet.training.distillation import TRUST, described, soft_labels
from lenet.training.loop import Training
from lenet.training.recipes import Recipe

RECIPE = Recipe("a test", LeNetConfig(activation="relu", pooling="max"), learning_rate=0.01, batch_size=10, epochs=1)


@pytest.fixture
def teacher() -> LeNet:
    torch.manual_seed(5)
    return LeNet(LeNetConfig(activation="relu", dropout=0.5)).eval()


@pytest.fixture
def labelled(digits) -> tuple[torch.Tensor, torch.Tensor]:
    """Thirty real digits and their labels."""
    return torch.from_numpy(digits.copy())[:, None].float() / 255, torch.arange(30) % 10


@pytest.fixture
def data(labelled) -> datasets.Dataset:
    return datasets.Dataset("fashion", *labelled, *labelled)


def test_a_soft_label_is_half_the_label_and_half_the_teacher_s_answer(teacher, labelled):
    soft = soft_labels(teacher, labelled, mirrored=False)
    expected = teacher(labelled[0]).softmax(1) * TRUST
    expected[torch.arange(30), labelled[1]] += 1 - TRUST
    torch.testing.assert_close(soft, expected)
    assert torch.equal(soft.argmax(1), labelled[1])


def test_a_garment_and_its_mirror_image_have_the_same_soft_label(teacher, labelled):
    mirrored = labelled[0].flip(-1), labelled[1]
    torch.testing.assert_close(*(soft_labels(teacher, each, mirrored=True) for each in (labelled, mirrored)))
    assert not torch.allclose(*(soft_labels(teacher, each, mirrored=False) for each in (labelled, mirrored)))


def test_one_step_on_soft_labels_agrees_with_the_formula(teacher, labelled):
    soft = soft_labels(teacher, labelled, mirrored=False)
    torch.manual_seed(0)
    model = LeNet(RECIPE.model)
    torch.manual_seed(0)
    reference = LeNet(RECIPE.model)
    recipe = replace(RECIPE, optimizer="sgd", learning_rate=0.5, batch_size=30)
    run = Training(model, (labelled[0], soft), None, recipe, generator=torch.Generator().manual_seed(0))
    (epoch,) = run.run()
    outputs = reference(labelled[0])
    (-(soft * outputs.log_softmax(1)).sum(1).mean()).backward()
    for name, parameter in reference.named_parameters():
        torch.testing.assert_close(model.get_parameter(name), parameter - 0.5 * parameter.grad, atol=1e-5, rtol=1e-4)
    assert epoch.train.accuracy == (outputs.argmax(1) == labelled[1]).float().mean()


def saved(teacher, dataset, tmp_path) -> str:
    """The folder of a teacher that knows the classes of a data set."""
    source = datasets.SOURCES[dataset]
    checkpoint.save(Checkpoint("large", teacher, source.kind, source.classes, {}), tmp_path / "large")
    return str(tmp_path / "large")


def test_a_photo_has_the_soft_label_of_the_image_that_it_shows(teacher, data, tmp_path, monkeypatch):
    monkeypatch.setattr(
        experiment.photographed,
        "photographed",
        lambda kind, images, count, seed: (images[[3, 4]], torch.tensor([3, 4]).numpy()),
    )
    recipe = replace(RECIPE, photos=2, teacher=saved(teacher, "fashion", tmp_path))
    images, labels = experiment.prepare(recipe, data, 0, torch.device("cpu")).training.train
    assert images.shape == (32, 1, 28, 28)
    assert torch.equal(labels[30:], labels[[3, 4]])
    assert labels.shape == (32, 10)


def test_a_teacher_of_digits_teaches_no_garments(teacher, data, tmp_path):
    with pytest.raises(ValueError, match="large has learned other classes than those of Fashion-MNIST"):
        experiment.prepare(replace(RECIPE, teacher=saved(teacher, "mnist", tmp_path)), data, 0, torch.device("cpu"))


def test_a_training_does_not_go_on_with_another_teacher(teacher, data, tmp_path):
    recipe = replace(RECIPE, teacher=saved(teacher, "fashion", tmp_path))
    run, again = (experiment.prepare(recipe, data, 0, torch.device("cpu")) for _ in range(2))
    again.load_state_dict(run.state_dict())
    torch.nn.init.zeros_(teacher.logits.bias)
    saved(teacher, "fashion", tmp_path)
    with pytest.raises(ValueError, match="the training to resume was"):
        experiment.prepare(recipe, data, 0, torch.device("cpu")).load_state_dict(run.state_dict())


@pytest.mark.parametrize("command", [None, 7, ["python"], "python train.py\n# not mine"])
def test_of_a_stranger_s_teacher_only_lines_of_text_are_told(teacher, command):
    metrics = {"command": command, "weights_sha256": "ab12"}
    assert described(Checkpoint("large", teacher, "digit", tuple("0123456789"), metrics)) == {"weights_sha256": "ab12"}
