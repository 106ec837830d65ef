"""Train a model and evaluate it. The loop yields a result after each epoch, and parts of one where they are wanted.

It can be stopped and resumed.
"""

import copy
import math
import time
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Generator as Yields
from dataclasses import asdict
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from lenet.training.events import Epoch, Part, Score
from lenet.training.recipes import MOMENTUM, Recipe

EVALUATION_BATCH = 200
"""Pictures in one forward pass of an evaluation: the maps of a wide network then take some 100 MB."""

AVERAGE_WARM_UP = 10
"""Training steps in which the average of the weights starts: it follows them closely and soon forgets the first."""

Labelled = tuple[Tensor, Tensor]
"""(N, 1, 28, 28) float32 pictures and (N,) int64 labels. In training also (N, classes) float32 probabilities, of which
the label's is the largest.
"""

Augment = Callable[[Tensor, Generator], Tensor]
"""(N, 1, 28, 28) pictures -> as many, varied."""


@torch.inference_mode()
def logits(model: nn.Module, images: Tensor) -> Tensor:
    """The outputs of ``model``, in evaluation mode, for (N, 1, 28, 28) images: (N, classes) on the CPU."""
    model.eval()
    return torch.cat([model(batch).float().cpu() for batch in images.split(EVALUATION_BATCH)])


def evaluate(model: nn.Module, images: Tensor, labels: Tensor) -> Score:
    """Score ``model``, in evaluation mode, on (N, 1, 28, 28) images and (N,) labels."""
    outputs, labels = logits(model, images), labels.cpu()
    return Score(F.cross_entropy(outputs, labels).item(), (outputs.argmax(1) == labels).sum().item() / len(labels))


def best_device() -> torch.device:
    """The machine's accelerator, or the CPU where it has none."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Sums:
    """What the training steps of an epoch gave so far. The sums stay on the device, so that no step waits for them."""

    def __init__(self, epoch: int, pictures: int, device: torch.device):
        self._epoch, self._pictures = epoch, pictures
        self._loss, self._correct = torch.zeros((), device=device), torch.zeros((), dtype=torch.long, device=device)
        self._seen = 0
        self._before = 0.0, 0, 0
        self._reported = time.perf_counter()

    def add(self, outputs: Tensor, loss: Tensor, targets: Tensor) -> None:
        """Add a training step: (N, classes) logits, their mean loss, (N,) labels or (N, classes) probabilities."""
        labels = targets if targets.ndim == 1 else targets.argmax(1)
        self._loss += loss * len(targets)
        self._correct += (outputs.argmax(1) == labels).sum()
        self._seen += len(targets)

    @property
    def since(self) -> float:
        """Seconds since the last part."""
        return time.perf_counter() - self._reported

    def part(self) -> Part:
        """The steps since the last part."""
        now = self._loss.item(), int(self._correct.item()), self._seen
        loss, correct, seen = (new - old for new, old in zip(now, self._before, strict=True))
        rate = seen / self.since
        self._before, self._reported = now, time.perf_counter()
        return Part(self._epoch - 1 + self._seen / self._pictures, Score(loss / seen, correct / seen), rate)

    def score(self) -> Score:
        """The whole epoch."""
        return Score(self._loss.item() / self._pictures, self._correct.item() / self._pictures)


class Training:
    """The training of one model, in place, by a recipe.

    ``model``, ``train``, ``validation`` and ``generator`` are on one device. ``validation`` is None when no pictures
    are held out. When ``run`` has ended or was stopped, the model has the weights of the epoch that ``recipe.keep``
    chooses. Where the recipe averages the weights, their average counts as an epoch's weights.
    """

    def __init__(
        self,
        model: nn.Module,
        train: Labelled,
        validation: Labelled | None,
        recipe: Recipe,
        *,
        generator: Generator,
        augment: Augment | None = None,
    ):
        self.model = model.to(memory_format=torch.channels_last)
        self.train, self.validation, self.recipe = train, validation, recipe
        self.generator, self.augment = generator, augment
        self.average = copy.deepcopy(self.model) if recipe.average else self.model
        self.optimizer = OPTIMIZERS[recipe.optimizer](_parameter_groups(model, recipe.weight_decay), recipe)
        steps = math.ceil(len(train[1]) / recipe.batch_size) * recipe.epochs
        self.schedule = SCHEDULES[recipe.schedule](self.optimizer, recipe, steps)
        self.steps = 0
        self.epochs: list[Epoch] = []
        self.best = -1.0
        self.kept: dict[str, Tensor] = {}

    def run(
        self, on_batch: Callable[[int], None] = lambda count: None, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Epoch]:
        """Train, and yield each epoch that is still to come. ``on_batch`` gets each training step's number of pictures.

        ``stop`` is asked after each training step. When it answers True, training ends and this epoch is not yielded.

        Raises ArithmeticError when the loss is no longer a finite number. The model then has the last kept weights.
        """
        return (result for result in self.watch(math.inf, on_batch, stop) if isinstance(result, Epoch))

    def watch(
        self,
        pause: float,
        on_batch: Callable[[int], None] = lambda count: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Epoch | Part]:
        """Do the same, and yield a part of the epoch as soon as ``pause`` seconds have passed since the last one."""
        for number in range(len(self.epochs) + 1, self.recipe.epochs + 1):
            started = time.perf_counter()
            try:
                score = yield from self._pass(number, pause, on_batch, stop)
            except ArithmeticError:
                self._restore_kept()
                raise
            if score is None:
                break
            rate = len(self.train[1]) / (time.perf_counter() - started)
            validation = evaluate(self.average, *self.validation) if self.validation else None
            self.epochs.append(Epoch(number, score, validation, rate))
            self._keep(validation)
            yield self.epochs[-1]
        self._restore_kept()

    def _keep(self, validation: Score | None) -> None:
        """Keep the weights if the epoch that ends with this score is the one that ``recipe.keep`` chooses so far."""
        accuracy = validation.accuracy if validation else self.best
        if self.recipe.keep == "last" or accuracy > self.best:
            self.best, self.kept = accuracy, _copy(self.average)

    def _restore_kept(self) -> None:
        if self.kept:
            self.model.load_state_dict(self.kept)

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes from epoch to epoch. With it, an interrupted training goes on as if never stopped."""
        return {
            "recipe": asdict(self.recipe),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "kept": self.kept,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "steps": self.steps,
            "best": self.best,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "generator": self.generator.get_state(),
            "dropout": _dropout_state(self.generator.device),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from the ``state`` of a training; its tensors are on the CPU.

        Raises ValueError when that training had another recipe.
        """
        if state["recipe"] != asdict(self.recipe):
            raise ValueError("the training to resume had other settings; give the same ones, or start again")
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.kept = {name: tensor.to(self.generator.device) for name, tensor in state["kept"].items()}
        self.steps, self.best = state["steps"], state["best"]
        self.epochs = [_epoch(values) for values in state["epochs"]]
        self.generator.set_state(state["generator"])
        _set_dropout_state(state["dropout"], self.generator.device)

    def _pass(
        self, number: int, pause: float, on_batch: Callable[[int], None], stop: Callable[[], bool]
    ) -> Yields[Part, None, Score | None]:
        """Go through the training pictures once, and yield parts. Returns None when ``stop`` ends it early."""
        self.model.train()
        device, (images, labels) = self.generator.device, self.train
        if self.recipe.shuffle:
            order = torch.randperm(len(labels), generator=self.generator, device=device)
        else:
            order = torch.arange(len(labels), device=device)
        sums = Sums(number, len(labels), device)
        for chosen in order.split(self.recipe.batch_size):
            targets = labels[chosen]
            batch = images[chosen]
            if self.augment and number <= self.recipe.epochs - self.recipe.plain_epochs:
                batch = self.augment(batch, self.generator)
            sums.add(*self._step(batch, targets), targets)
            on_batch(len(targets))
            if stop():
                return None
            if sums.since >= pause:
                part = sums.part()
                _must_be_finite(part.train, number)
                yield part
        score = sums.score()
        _must_be_finite(score, number)
        return score

    def _step(self, batch: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Make one training step. Returns the logits and the loss, both means over the model's members."""
        half = self.recipe.precision == "bfloat16"
        with torch.autocast(batch.device.type, torch.bfloat16, enabled=half):
            outputs = self.model(batch.contiguous(memory_format=torch.channels_last))
        answers = outputs.float().view(-1, *outputs.shape[-2:])  # (members, N, classes)
        loss = F.cross_entropy(answers.flatten(0, 1), torch.cat([targets] * len(answers)))
        self.optimizer.zero_grad()
        (loss * len(answers)).backward()  # so that each member learns as fast as it would alone
        self.optimizer.step()
        self.schedule.step()
        self.steps += 1
        if self.recipe.average:
            self._update_average()
        return answers.detach().mean(0), loss.detach()

    @torch.no_grad()
    def _update_average(self) -> None:
        """Move the average towards the weights. Whole numbers, which batch normalisation counts, are copied."""
        stays = min(self.recipe.average, self.steps / (self.steps + AVERAGE_WARM_UP))
        averages, current = list(self.average.state_dict().values()), list(self.model.state_dict().values())
        torch._foreach_lerp_(_floating(averages), _floating(current), 1 - stays)
        for average, value in zip(averages, current, strict=True):
            if not average.is_floating_point():
                average.copy_(value)


def _must_be_finite(score: Score, number: int) -> None:
    if not math.isfinite(score.loss):
        raise ArithmeticError(
            f"the loss is {score.loss} in epoch {number}; a lower learning rate would help (--learning-rate)"
        )


def _floating(tensors: Iterable[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor.is_floating_point()]


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """The parameters in two groups: weights decay; biases and the parameters of batch normalisation do not."""
    parameters = list(model.parameters())
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def _dropout_state(device: torch.device) -> Tensor:
    """The state of the device's own random generator, from which dropout draws."""
    return torch.get_rng_state() if device.type == "cpu" else getattr(torch, device.type).get_rng_state()


def _set_dropout_state(state: Tensor, device: torch.device) -> None:
    if device.type == "cpu":
        torch.set_rng_state(state)
    else:
        getattr(torch, device.type).set_rng_state(state)


def _epoch(values: dict[str, Any]) -> Epoch:
    validation = Score(**values["validation"]) if values["validation"] else None
    return Epoch(values["number"], Score(**values["train"]), validation, values["examples_per_second"])


def _constant(optimizer: Optimizer, recipe: Recipe, steps: int) -> LRScheduler:
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0, total_iters=0)


def _one_cycle(optimizer: Optimizer, recipe: Recipe, steps: int) -> LRScheduler:
    """Rise to the learning rate, then fall to nearly zero (Smith and Topin 2018).

    The first beta of Adam and AdamW moves the opposite way, from 0.95 to 0.85 and back. SGD keeps its momentum.
    """
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe.learning_rate,
        total_steps=steps,
        cycle_momentum=recipe.optimizer in ("adam", "adamw"),
    )


OPTIMIZERS: dict[str, Callable[[list[dict[str, Any]], Recipe], Optimizer]] = {
    "sgd": lambda groups, recipe: torch.optim.SGD(groups, lr=recipe.learning_rate),
    "nesterov": lambda groups, recipe: torch.optim.SGD(
        groups, lr=recipe.learning_rate, momentum=MOMENTUM, nesterov=True
    ),
    "adam": lambda groups, recipe: torch.optim.Adam(groups, lr=recipe.learning_rate),
    "adamw": lambda groups, recipe: torch.optim.AdamW(groups, lr=recipe.learning_rate),
}
SCHEDULES: dict[str, Callable[[Optimizer, Recipe, int], LRScheduler]] = {"constant": _constant, "one-cycle": _one_cycle}
PRECISIONS = ("float32", "bfloat16")
"""The type of the forward pass and its gradients; weights, loss and optimiser are float32 in both."""
