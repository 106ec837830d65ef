import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lenet.model import LeNet, LeNetConfig
from lenet.recipes import RECIPES, Recipe
from lenet.training import Score, evaluate, fit

SMALL = Recipe(optimizer="adamw", learning_rate=3e-3, batch_size=30, epochs=3)


@pytest.fixture
def labelled(digits) -> tuple[torch.Tensor, torch.Tensor]:
    """Thirty real digits and their labels."""
    return torch.from_numpy(digits.copy())[:, None].float() / 255, torch.arange(30) % 10


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def network() -> LeNet:
    torch.manual_seed(0)
    return LeNet(LeNetConfig(activation="relu", pooling="max"))


class Echo(nn.Module):
    """A model whose logits are known: ten times the one-hot of the class in the picture's first pixel."""

    def forward(self, pictures):
        return 10 * F.one_hot(pictures[:, 0, 0, 0].long(), 10).float()


def test_evaluate_agrees_with_the_definition():
    pictures = torch.zeros(2_500, 1, 28, 28)
    pictures[:, 0, 0, 0] = torch.arange(2_500) % 10
    labels = torch.where(torch.arange(2_500) < 500, 0, torch.arange(2_500) % 10)
    score = evaluate(Echo(), pictures, labels)
    right = (2_000 + 50) / 2_500
    log_sum = math.log(math.exp(10) + 9)
    assert score.accuracy == pytest.approx(right)
    assert score.loss == pytest.approx(log_sum - 10 * right, abs=1e-5)


def test_evaluate_turns_dropout_off_and_learns_nothing(labelled):
    model = LeNet(LeNetConfig(dropout=0.5, batch_norm=True))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    assert evaluate(model, *labelled) == evaluate(model, *labelled)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_training_learns_and_yields_every_epoch(labelled):
    model, heard = network(), []
    epochs = list(
        fit(model, labelled, labelled, replace(SMALL, epochs=60), generator=generator(), on_batch=heard.append)
    )
    assert [epoch.number for epoch in epochs] == list(range(1, 61))
    assert epochs[-1].train.loss < 0.3 * epochs[0].train.loss
    assert epochs[-1].validation.accuracy > 0.9
    assert all(epoch.examples_per_second > 0 for epoch in epochs)
    assert sum(heard) == 60 * 30
    assert epochs[-1].validation == evaluate(model, *labelled)


def test_a_seed_gives_the_same_training_twice(labelled):
    runs = []
    for _ in range(2):
        epochs = list(fit(network(), labelled, labelled, SMALL, generator=generator()))
        runs.append([epoch.train.loss for epoch in epochs])
    assert runs[0] == runs[1]


def test_one_sgd_step_agrees_with_the_formula(labelled):
    recipe = Recipe(optimizer="sgd", learning_rate=0.5, batch_size=30, epochs=1)
    model, reference = network(), network()
    list(fit(model, labelled, labelled, recipe, generator=generator()))
    F.cross_entropy(reference(labelled[0]), labelled[1]).backward()
    for name, parameter in reference.named_parameters():
        expected = parameter - 0.5 * parameter.grad
        torch.testing.assert_close(model.get_parameter(name), expected, atol=1e-5, rtol=1e-4)


def test_keep_best_ends_with_the_weights_of_the_best_epoch(labelled, monkeypatch):
    accuracies = iter([0.2, 0.9, 0.5])
    snapshots = []

    def scripted(model, *_):
        snapshots.append(model.conv1.weight.detach().clone())
        return Score(1.0, next(accuracies))

    monkeypatch.setattr("lenet.training.evaluate", scripted)
    model = network()
    list(fit(model, labelled, labelled, replace(SMALL, keep="best"), generator=generator()))
    assert torch.equal(model.conv1.weight, snapshots[1])
    assert not torch.equal(snapshots[1], snapshots[2])


def test_the_one_cycle_schedule_ends_near_nothing(labelled):
    model = network()
    steps = []
    recipe = replace(SMALL, schedule="one-cycle", epochs=8)
    for _ in fit(model, labelled, labelled, recipe, generator=generator()):
        steps.append(model.dense3.weight.detach().clone())
    moved = [float((after - before).norm()) for before, after in zip(steps, steps[1:], strict=False)]
    assert moved[-1] < 0.1 * max(moved)


def test_augmentation_sees_every_training_picture_and_no_other(labelled):
    seen = []

    def spy(pictures, _):
        seen.append(len(pictures))
        return pictures

    list(fit(network(), labelled, labelled, SMALL, generator=generator(), augment=spy))
    assert sum(seen) == 3 * 30


def test_a_diverging_training_stops_with_advice(labelled):
    with pytest.raises(ArithmeticError, match="lower learning rate"):
        list(fit(network(), labelled, labelled, Recipe(learning_rate=1e9, epochs=5), generator=generator()))


def test_classic_is_the_book_s():
    recipe = RECIPES["classic"]
    assert recipe.model == LeNetConfig()
    assert (recipe.optimizer, recipe.learning_rate, recipe.batch_size, recipe.epochs) == ("sgd", 0.9, 256, 10)
    assert recipe.xavier
