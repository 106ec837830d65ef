import copy
import io
import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lenet.model import LeNet, LeNetConfig, Members
from lenet.training.augment import BY_KIND
from lenet.training.events import Score
from lenet.training.loop import Training, evaluate
from lenet.training.recipes import Recipe

SMALL = Recipe("a test", optimizer="adamw", learning_rate=3e-3, batch_size=10, epochs=3, validation=30)


def fit(model, train, validation, recipe, *, generator, augment=None, **hooks):
    return Training(model, train, validation, recipe, generator=generator, augment=augment).run(**hooks)


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
    recipe = Recipe("a test", optimizer="sgd", learning_rate=0.5, batch_size=30, epochs=1)
    model, reference = network(), network()
    list(fit(model, labelled, labelled, recipe, generator=generator()))
    F.cross_entropy(reference(labelled[0]), labelled[1]).backward()
    for name, parameter in reference.named_parameters():
        expected = parameter - 0.5 * parameter.grad
        torch.testing.assert_close(model.get_parameter(name), expected, atol=1e-5, rtol=1e-4)


def test_members_learn_side_by_side_what_each_would_learn_alone(labelled):
    recipe = Recipe("a test", optimizer="sgd", learning_rate=0.1, batch_size=10, epochs=2)
    torch.manual_seed(1)
    other = LeNet(LeNetConfig(activation="relu", pooling="max"))
    alone, together = [network(), copy.deepcopy(other)], Members([network(), other])
    losses = []
    for model in (*alone, together):
        losses.append([epoch.train.loss for epoch in fit(model, labelled, None, recipe, generator=generator())])
    for expected, member in zip(alone, together, strict=True):
        for name, parameter in expected.named_parameters():
            torch.testing.assert_close(member.get_parameter(name), parameter)
    assert losses[2] == pytest.approx([(first + second) / 2 for first, second in zip(*losses[:2], strict=True)])


def test_keep_best_ends_with_the_weights_of_the_best_epoch(labelled, monkeypatch):
    accuracies = iter([0.2, 0.9, 0.5])
    snapshots = []

    def scripted(model, *_):
        snapshots.append(model.conv1.weight.detach().clone())
        return Score(1.0, next(accuracies))

    monkeypatch.setattr("lenet.training.loop.evaluate", scripted)
    model = network()
    list(fit(model, labelled, labelled, replace(SMALL, keep="best"), generator=generator()))
    assert torch.equal(model.conv1.weight, snapshots[1])
    assert not torch.equal(snapshots[1], snapshots[2])


@pytest.mark.parametrize(("optimizer", "momentum"), [("sgd", 0), ("nesterov", 0.9)])
def test_one_cycle_leaves_the_momentum_alone(labelled, optimizer, momentum):
    recipe = replace(SMALL, optimizer=optimizer, schedule="one-cycle", learning_rate=0.01)
    training = Training(network(), labelled, labelled, recipe, generator=generator())
    list(training.run())
    assert {group["momentum"] for group in training.optimizer.param_groups} == {momentum}


def test_a_late_divergence_leaves_the_last_good_epoch(labelled, monkeypatch):
    model, weights = network(), []
    training = Training(model, labelled, labelled, SMALL, generator=generator())
    with pytest.raises(ArithmeticError, match="epoch 2"):
        for _ in training.run():
            weights.append(model.conv1.weight.detach().clone())
            training.optimizer.param_groups[0]["lr"] = math.inf
    assert torch.equal(model.conv1.weight, weights[0])


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


def test_the_last_epochs_are_plain(labelled):
    seen = []

    def spy(pictures, _):
        seen.append(len(pictures))
        return pictures

    list(fit(network(), labelled, labelled, replace(SMALL, plain_epochs=2), generator=generator(), augment=spy))
    assert sum(seen) == 30


def test_a_diverging_training_stops_with_advice(labelled):
    with pytest.raises(ArithmeticError, match="lower learning rate"):
        list(fit(network(), labelled, labelled, Recipe("a test", learning_rate=1e9, epochs=5), generator=generator()))


DROPPING = LeNetConfig(activation="relu", dropout=0.3, batch_norm=True)


@pytest.mark.parametrize(
    "recipe",
    [
        SMALL,
        replace(SMALL, keep="best"),
        replace(SMALL, average=0.9, schedule="one-cycle"),
        replace(SMALL, optimizer="nesterov", learning_rate=0.01, precision="bfloat16"),
    ],
    ids=["last", "best", "average", "bfloat16"],
)
def test_a_resumed_training_ends_where_an_uninterrupted_one_does(labelled, recipe):
    def training():
        torch.manual_seed(0)
        return Training(LeNet(DROPPING), labelled, labelled, recipe, generator=generator(), augment=BY_KIND["digit"])

    whole = training()
    list(whole.run())
    first = training()
    next(first.run())
    state = pickled(first.state_dict())
    second = training()
    second.load_state_dict(state)
    list(second.run())
    assert [epoch.train for epoch in second.epochs] == [epoch.train for epoch in whole.epochs]
    assert [epoch.validation for epoch in second.epochs] == [epoch.validation for epoch in whole.epochs]
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, second.model.state_dict()[name]), name


def pickled(state):
    """``state`` after a way through a file, read as a stranger's."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_a_training_does_not_go_on_from_other_settings(labelled):
    state = Training(network(), labelled, labelled, SMALL, generator=generator()).state_dict()
    other = Training(network(), labelled, labelled, replace(SMALL, learning_rate=1e-3), generator=generator())
    with pytest.raises(ValueError, match="other settings"):
        other.load_state_dict(state)


def test_a_stop_ends_after_the_current_step_with_the_last_whole_epoch(labelled):
    seen, weights, model = [], [], network()
    for _ in fit(
        model, labelled, labelled, SMALL, generator=generator(), on_batch=seen.append, stop=lambda: len(seen) == 5
    ):
        weights.append(model.conv1.weight.detach().clone())
    assert len(seen) == 5
    assert len(weights) == 1
    assert torch.equal(model.conv1.weight, weights[0])


def test_the_average_follows_the_weights_as_defined(labelled):
    recipe = replace(SMALL, average=0.9, batch_size=30, epochs=1)
    training = Training(network(), labelled, labelled, recipe, generator=generator())
    before = training.model.conv1.weight.detach().clone()
    weights = []
    list(training.run(on_batch=lambda count: weights.append(training.model.conv1.weight.detach().clone())))
    stays = 1 / 11  # one step of ten that warm up
    torch.testing.assert_close(training.model.conv1.weight, stays * before + (1 - stays) * weights[0])


def test_without_held_out_pictures_there_is_no_validation_score(labelled):
    recipe = replace(SMALL, validation=0)
    epochs = list(fit(network(), labelled, None, recipe, generator=generator()))
    assert [epoch.validation for epoch in epochs] == [None] * 3


def test_pictures_come_in_file_order_when_a_recipe_does_not_shuffle(labelled):
    seen = []

    def spy(pictures, _):
        seen.append(pictures)
        return pictures

    list(
        fit(network(), labelled, None, replace(SMALL, validation=0, shuffle=False), generator=generator(), augment=spy)
    )
    assert torch.equal(torch.cat(seen), torch.cat([labelled[0]] * 3))


def test_biases_do_not_decay(labelled):
    recipe = replace(SMALL, weight_decay=0.5, learning_rate=1e-1)
    groups = Training(network(), labelled, labelled, recipe, generator=generator()).optimizer.param_groups
    assert [{parameter.ndim > 1 for parameter in group["params"]} for group in groups] == [{True}, {False}]
    assert [group["weight_decay"] for group in groups] == [0.5, 0.0]
