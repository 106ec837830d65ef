"""The training loop, which yields a result an epoch, and the evaluation of a model on labelled pictures."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from lenet.recipes import Recipe

EVALUATION_BATCH = 1_000
"""Pictures in one forward pass of an evaluation: large enough to be fast, small enough to stay in the cache."""

Augment = Callable[[Tensor, Generator], Tensor]
"""(N, 1, 28, 28) pictures -> as many, varied."""


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy in nats, and the share of pictures whose most likely class is the right one."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pictures gave; the training score is the mean over its batches."""

    number: int
    train: Score
    validation: Score
    examples_per_second: float


@torch.inference_mode()
def evaluate(model: nn.Module, images: Tensor, labels: Tensor) -> Score:
    """Score ``model``, in evaluation mode, on (N, 1, 28, 28) images and (N,) labels."""
    model.eval()
    loss, correct = 0.0, 0
    for batch, targets in zip(images.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH), strict=True):
        logits = model(batch)
        loss += F.cross_entropy(logits, targets, reduction="sum").item()
        correct += (logits.argmax(1) == targets).sum().item()
    return Score(loss / len(labels), correct / len(labels))


def fit(
    model: nn.Module,
    train: tuple[Tensor, Tensor],
    validation: tuple[Tensor, Tensor],
    recipe: Recipe,
    *,
    generator: Generator,
    augment: Augment | None = None,
    on_batch: Callable[[int], None] = lambda count: None,
) -> Iterator[Epoch]:
    """Train ``model`` in place and yield after each epoch.

    ``train`` and ``validation`` are (images, labels). After the last epoch the model is the one of the epoch that
    ``recipe.keep`` chooses. ``on_batch`` hears the number of pictures after each step.

    Raises ArithmeticError when the loss is no longer a finite number.
    """
    images, labels = train
    model.to(memory_format=torch.channels_last)
    steps = math.ceil(len(labels) / recipe.batch_size)
    optimizer = OPTIMIZERS[recipe.optimizer](
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = SCHEDULES[recipe.schedule](optimizer, recipe, steps * recipe.epochs)
    best, best_weights = -1.0, {}
    for number in range(1, recipe.epochs + 1):
        model.train()
        started, loss_sum, correct = time.perf_counter(), 0.0, 0
        for chosen in torch.randperm(len(labels), generator=generator).split(recipe.batch_size):
            batch, targets = images[chosen], labels[chosen]
            if augment:
                batch = augment(batch, generator)
            logits = model(batch.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loss_sum += loss.item() * len(targets)
            correct += (logits.argmax(1) == targets).sum().item()
            on_batch(len(targets))
        if not math.isfinite(loss_sum):
            raise ArithmeticError(f"the loss is {loss_sum} in epoch {number}; a lower learning rate would help")
        rate = len(labels) / (time.perf_counter() - started)
        epoch = Epoch(number, Score(loss_sum / len(labels), correct / len(labels)), evaluate(model, *validation), rate)
        if recipe.keep == "best" and epoch.validation.accuracy > best:
            best, best_weights = epoch.validation.accuracy, _copy(model)
        yield epoch
    if best_weights:
        model.load_state_dict(best_weights)


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def _constant(optimizer: torch.optim.Optimizer, recipe: Recipe, steps: int):
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0, total_iters=0)


def _one_cycle(optimizer: torch.optim.Optimizer, recipe: Recipe, steps: int):
    """Smith and Topin 2018: warm up to the learning rate, then anneal to nearly nothing."""
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=recipe.learning_rate, total_steps=steps)


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
SCHEDULES = {"constant": _constant, "one-cycle": _one_cycle}
