"""The training loop, which yields a result an epoch and can be left and resumed, and the evaluation of a model."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from lenet.recipes import MOMENTUM, Recipe

EVALUATION_BATCH = 200
"""Pictures in one forward pass of an evaluation: a wide network's maps of them take some 100 MB."""

AVERAGE_WARM_UP = 10
"""Steps by which the weights' average lags at the start, so that it forgets the first draw of the weights soon."""

Labelled = tuple[Tensor, Tensor]
"""(N, 1, 28, 28) float32 pictures and (N,) int64 labels."""

Augment = Callable[[Tensor, Generator], Tensor]
"""(N, 1, 28, 28) pictures -> as many, varied."""


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy in nats, and the share of pictures whose most likely class is the right one."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pictures gave; the training score is the mean over its batches.

    ``validation`` is None when nothing is held out.
    """

    number: int
    train: Score
    validation: Score | None
    examples_per_second: float


@torch.inference_mode()
def logits(model: nn.Module, images: Tensor) -> Tensor:
    """What ``model``, in evaluation mode, puts out for (N, 1, 28, 28) images: (N, classes) on the CPU."""
    model.eval()
    return torch.cat([model(batch).float().cpu() for batch in images.split(EVALUATION_BATCH)])


def evaluate(model: nn.Module, images: Tensor, labels: Tensor) -> Score:
    """Score ``model``, in evaluation mode, on (N, 1, 28, 28) images and (N,) labels."""
    outputs, labels = logits(model, images), labels.cpu()
    return Score(F.cross_entropy(outputs, labels).item(), (outputs.argmax(1) == labels).sum().item() / len(labels))


def best_device() -> torch.device:
    """The accelerator that is there, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Training:
    """The training of one model, in place, by a recipe.

    ``model``, ``train`` and ``validation`` are on one device, which is ``generator``'s too; ``validation`` is None when
    nothing is held out. After the last epoch, or the one after which it is stopped, the model is that of the epoch
    which ``recipe.keep`` chooses, or the average of the weights where the recipe has one.
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
        """Yield each epoch that is still to come. ``on_batch`` hears the number of pictures after each step.

        When ``stop`` says so after a step, that step was the last; the epoch it belongs to is not yielded.

        Raises ArithmeticError when the loss is no longer a finite number; the model is then the last that was kept.
        """
        for number in range(len(self.epochs) + 1, self.recipe.epochs + 1):
            started = time.perf_counter()
            try:
                score = self._pass(number, on_batch, stop)
            except ArithmeticError:
                self._restore_kept()
                raise
            if score is None:
                break
            rate = len(self.train[1]) / (time.perf_counter() - started)
            validation = evaluate(self.average, *self.validation) if self.validation else None
            self.epochs.append(Epoch(number, score, validation, rate))
            if self.recipe.keep == "last" or validation.accuracy > self.best:
                self.best = validation.accuracy if validation else self.best
                self.kept = _copy(self.average)
            yield self.epochs[-1]
        self._restore_kept()

    def _restore_kept(self) -> None:
        if self.kept:
            self.model.load_state_dict(self.kept)

    def state_dict(self) -> dict[str, Any]:
        """All that changes from epoch to epoch: with it, an interrupted training goes on as if it had not been."""
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
        """Go on where the training that gave ``state``, read to the CPU, was.

        Raises ValueError when its recipe was another.
        """
        if state["recipe"] != asdict(self.recipe):
            raise ValueError("the training to resume had other settings; give the same ones, or start anew")
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.kept = {name: tensor.to(self.generator.device) for name, tensor in state["kept"].items()}
        self.steps, self.best = state["steps"], state["best"]
        self.epochs = [_epoch(values) for values in state["epochs"]]
        self.generator.set_state(state["generator"])
        _set_dropout_state(state["dropout"], self.generator.device)

    def _pass(self, number: int, on_batch: Callable[[int], None], stop: Callable[[], bool]) -> Score | None:
        """Go through the training pictures once; None when stopped on the way."""
        self.model.train()
        device, (images, labels) = self.generator.device, self.train
        if self.recipe.shuffle:
            order = torch.randperm(len(labels), generator=self.generator, device=device)
        else:
            order = torch.arange(len(labels), device=device)
        loss_sum, correct = torch.zeros((), device=device), torch.zeros((), dtype=torch.long, device=device)
        for chosen in order.split(self.recipe.batch_size):
            targets = labels[chosen]
            batch = images[chosen]
            if self.augment and number <= self.recipe.epochs - self.recipe.plain_epochs:
                batch = self.augment(batch, self.generator)
            outputs, loss = self._step(batch, targets)
            loss_sum += loss * len(targets)
            correct += (outputs.argmax(1) == targets).sum()
            on_batch(len(targets))
            if stop():
                return None
        if not math.isfinite(loss_sum.item()):
            raise ArithmeticError(
                f"the loss is {loss_sum.item()} in epoch {number}; a lower learning rate would help (--learning-rate)"
            )
        return Score(loss_sum.item() / len(labels), correct.item() / len(labels))

    def _step(self, batch: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """One step of the optimiser: the logits, detached, and the mean loss; both are means over a model's members."""
        half = self.recipe.precision == "bfloat16"
        with torch.autocast(batch.device.type, torch.bfloat16, enabled=half):
            outputs = self.model(batch.contiguous(memory_format=torch.channels_last))
        answers = outputs.float().view(-1, *outputs.shape[-2:])  # (members, N, classes)
        loss = F.cross_entropy(answers.flatten(0, 1), targets.repeat(len(answers)))
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
        """Move the average towards the weights; what batch normalisation counts is copied."""
        stays = min(self.recipe.average, self.steps / (self.steps + AVERAGE_WARM_UP))
        pairs = list(zip(self.average.state_dict().values(), self.model.state_dict().values(), strict=True))
        torch._foreach_lerp_(*zip(*[pair for pair in pairs if pair[0].is_floating_point()], strict=True), 1 - stays)
        for average, current in pairs:
            if not average.is_floating_point():
                average.copy_(current)


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay is for the weights; biases and what batch normalisation learns keep theirs."""
    parameters = list(model.parameters())
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def _dropout_state(device: torch.device) -> Tensor:
    """The state of the stream that dropout draws from, which is the device's own."""
    return torch.get_rng_state() if device.type == "cpu" else getattr(torch, device.type).get_rng_state()


def _set_dropout_state(state: Tensor, device: torch.device) -> None:
    if device.type == "cpu":
        torch.set_rng_state(state)
    else:
        getattr(torch, device.type).set_rng_state(state)


def _epoch(values: dict[str, Any]) -> Epoch:
    validation = Score(**values["validation"]) if values["validation"] else None
    return Epoch(values["number"], Score(**values["train"]), validation, values["examples_per_second"])


def _constant(optimizer: torch.optim.Optimizer, recipe: Recipe, steps: int):
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0, total_iters=0)


def _one_cycle(optimizer: torch.optim.Optimizer, recipe: Recipe, steps: int):
    """Smith and Topin 2018: warm up to the learning rate, then anneal to nearly nothing.

    The Adams' first beta goes the opposite way, from 0.95 to 0.85 and back; SGD keeps its momentum.
    """
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe.learning_rate,
        total_steps=steps,
        cycle_momentum=recipe.optimizer in ("adam", "adamw"),
    )


OPTIMIZERS = {
    "sgd": lambda groups, recipe: torch.optim.SGD(groups, lr=recipe.learning_rate),
    "nesterov": lambda groups, recipe: torch.optim.SGD(
        groups, lr=recipe.learning_rate, momentum=MOMENTUM, nesterov=True
    ),
    "adam": lambda groups, recipe: torch.optim.Adam(groups, lr=recipe.learning_rate),
    "adamw": lambda groups, recipe: torch.optim.AdamW(groups, lr=recipe.learning_rate),
}
SCHEDULES = {"constant": _constant, "one-cycle": _one_cycle}
PRECISIONS = ("float32", "bfloat16")
"""Of the forward pass and its gradients; weights, loss and optimiser are float32 in both."""
