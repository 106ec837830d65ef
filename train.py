"""The command line of training: it takes a recipe and a data set and writes a checkpoint folder.

python train.py --recipe modern --dataset mnist --out networks/mine
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import torch
from tqdm import tqdm

from lenet import checkpoint
from lenet.model import ACTIVATIONS, INITIALISATIONS, POOLINGS, LeNet, parameter_count
from lenet.training import datasets, experiment, loop
from lenet.training.events import Epoch
from lenet.training.order import Order
from lenet.training.recipes import RECIPES, Recipe

USAGE_ERROR = 2
"""The exit status for arguments and files that cannot be used; argparse has the same."""

INTERRUPTED = 130
"""The exit status after Ctrl-C; shells have the same."""

CHECKPOINTS = Path("checkpoints")
"""Where a checkpoint is written unless --out names another folder."""

NOT_KNOBS = {"list", "recipe", "dataset", "data_dir", "out", "overwrite", "resume", "device", "seed"}
"""Options that change nothing in a recipe."""


class OneLineParser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line and leaves out the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = OneLineParser(description="Train a LeNet and write a checkpoint folder.")
    parser.add_argument("--list", action="store_true", help="print the recipes and what they gave, and stop")
    parser.add_argument("--recipe", choices=RECIPES, help="architecture and training")
    parser.add_argument("--dataset", choices=datasets.SOURCES, help="what to learn")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=datasets.default_data_dir(),
        help="where the data files are, or are downloaded to (default: $LENET_DATA, else data/)",
    )
    parser.add_argument("--out", type=Path, help="the checkpoint's folder (default: checkpoints/DATASET-RECIPE)")
    parser.add_argument("--overwrite", action="store_true", help="replace the checkpoint that is in that folder")
    parser.add_argument("--resume", action="store_true", help="go on where a stopped training left off")
    parser.add_argument("--device", help="cpu, cuda or mps (default: the accelerator that is there, else cpu)")
    parser.add_argument("--seed", type=int, default=0, help="seed of every random draw (default: 0)")
    add_knobs(parser)
    options = parser.parse_args(arguments)
    if not options.list and not (options.recipe and options.dataset):
        parser.error("the following arguments are required: --recipe, --dataset (or --list)")
    return options


def add_knobs(parser: argparse.ArgumentParser) -> None:
    """The knobs of the book's exercise 2; each overrides the recipe's own value."""
    model = parser.add_argument_group("the network", "lists have commas: one entry a layer, the last one repeated")
    model.add_argument("--kernel", dest="kernel_sizes", type=_sizes, metavar="N[,N]", help="side of the kernels")
    model.add_argument("--padding", dest="paddings", type=_sizes, metavar="N[,N]", help="empty border around the maps")
    model.add_argument("--channels", type=_sizes, metavar="N[,N]", help="maps of each convolution layer")
    model.add_argument("--convolutions", type=_positive, metavar="N", help="number of convolution layers")
    model.add_argument("--activation", choices=ACTIVATIONS)
    model.add_argument("--pooling", choices=POOLINGS)
    model.add_argument("--dense", dest="hidden", type=_sizes, metavar="N[,N]", help="sizes of the dense layers")
    model.add_argument("--batch-norm", action=argparse.BooleanOptionalAction, help="after each convolution")
    model.add_argument("--dropout", type=float, metavar="P", help="after each dense layer")
    model.add_argument("--initialisation", choices=INITIALISATIONS)
    how = parser.add_argument_group("the training")
    how.add_argument("--optimizer", choices=loop.OPTIMIZERS)
    how.add_argument("--learning-rate", type=float, metavar="RATE")
    how.add_argument("--weight-decay", type=float, metavar="SHARE")
    how.add_argument("--schedule", choices=loop.SCHEDULES)
    how.add_argument("--batch-size", type=_positive, metavar="N")
    how.add_argument("--epochs", type=_positive, metavar="N", help="passes over the training pictures")
    how.add_argument("--validation", type=_count, metavar="N", help="training pictures held out")
    how.add_argument("--keep", choices=experiment.CHOSEN, help="the epoch whose weights are written")
    how.add_argument("--augment", action=argparse.BooleanOptionalAction, help="vary the training pictures")
    how.add_argument("--plain-epochs", type=_count, metavar="N", help="last epochs with pictures as they are")
    how.add_argument("--members", type=_positive, metavar="N", help="networks trained side by side and joined into one")
    how.add_argument("--photos", type=_count, metavar="N", help="photos of training pictures, put together, that join")
    how.add_argument("--teacher", metavar="FOLDER", help="a checkpoint whose answers are learned, too")
    how.add_argument("--precision", choices=loop.PRECISIONS)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    if not all(part.isdecimal() for part in text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers like 6,16")
    return tuple(int(part) for part in text.split(","))


def knobs(options: argparse.Namespace) -> dict[str, Any]:
    """The options that change a recipe, by the names of the recipe's fields."""
    return {name: value for name, value in vars(options).items() if name not in NOT_KNOBS}


def ordered(options: argparse.Namespace) -> Order:
    """What is to be trained."""
    return Order(options.recipe, options.dataset, options.seed, knobs(options))


def print_recipes() -> None:
    """Print each recipe with its source, its size and the test results of its committed checkpoints."""
    committed = checkpoint.names(CHECKPOINTS)
    for name, recipe in RECIPES.items():
        size = parameter_count(LeNet(recipe.model))
        print(f"{name:<13} {size:>7,} parameters, {recipe.epochs} epochs; from {recipe.source}")
        for dataset in datasets.SOURCES:
            folder = CHECKPOINTS / f"{dataset}-{name}"
            if folder.name in committed:
                metrics = checkpoint.load(folder).metrics
                result, epochs = metrics["test"], len(metrics["epochs"])
                print(
                    f"{'':<13} {folder.name}: test accuracy {result['accuracy']:.4f}, loss {result['loss']:.3f}"
                    f" after {epochs} epochs"
                )


def choose_device(name: str | None) -> torch.device:
    """The device of that name, or the best one. Raises ValueError when it cannot be used."""
    name = name or loop.best_device().type
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
        torch.Generator(device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {name!r} cannot be used here; cpu always can") from error
    return device


class Stopper:
    """Turns Ctrl-C into a question that training asks after each training step. A second Ctrl-C interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def _heard(self, *_: object) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def listening(self) -> Iterator["Stopper"]:
        before = signal.signal(signal.SIGINT, self._heard)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)


def state_file(folder: Path) -> Path:
    """The file in which a training that writes ``folder`` keeps what resuming needs, until the training is over."""
    return folder.with_name(f"{folder.name}.training.pt")


def save_state(run: experiment.Experiment, path: Path) -> None:
    scratch = path.with_suffix(".new")
    torch.save(run.state_dict(), scratch)
    os.replace(scratch, path)


def resume(run: experiment.Experiment, path: Path) -> None:
    """Let ``run`` go on from the state in ``path``.

    Raises FileNotFoundError when there is nothing to resume, ValueError when it is another training's state.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path} to resume; a training leaves it after each epoch until it is over")
    try:
        run.load_state_dict(torch.load(path, weights_only=True, map_location="cpu"))
    except ValueError:
        raise
    except Exception as error:  # whatever a damaged file makes of torch's unpickler
        raise ValueError(f"{path} is damaged; delete it and start again") from error


def must_be_its_own(folder: Path, run: experiment.Experiment) -> None:
    """Raise FileExistsError when ``folder`` holds a checkpoint that ``run`` did not write when it was stopped."""
    if not checkpoint.is_checkpoint(folder):
        return
    epochs = checkpoint.read_metrics(folder).get("epochs")
    so_far = [asdict(epoch) for epoch in run.training.epochs]
    if epochs not in [so_far[:count] for count in range(1, len(so_far) + 1)]:
        raise FileExistsError(f"{folder} holds another training's checkpoint; replace it with --overwrite")


def train(run: experiment.Experiment, path: Path, stop: Stopper) -> None:
    """Train to the end or until ``stop`` says so. Each epoch prints a line and saves the state."""
    epochs, size = run.recipe.epochs, len(run.training.train[1])
    done = len(run.training.epochs)
    with tqdm(total=epochs * size, initial=done * size, unit=" examples", unit_scale=True, disable=None) as bar:
        for epoch in run.run(on_batch=bar.update, stop=stop):
            bar.write(describe(epoch, run.recipe), file=sys.stdout)
            save_state(run, path)


def describe(epoch: Epoch, recipe: Recipe) -> str:
    """One epoch as one line of text."""
    held_out = epoch.validation
    return (
        f"epoch {epoch.number:>2}/{recipe.epochs}"
        f"  train loss {epoch.train.loss:.3f} accuracy {epoch.train.accuracy:.4f}"
        + (f"  validation loss {held_out.loss:.3f} accuracy {held_out.accuracy:.4f}" if held_out else "")
        + f"  {epoch.examples_per_second:,.0f} examples/s"
    )


def run_command(options: argparse.Namespace) -> int:
    """Train, write the checkpoint and say what came of it: the exit status."""
    order = ordered(options)
    recipe = order.changed_recipe()
    device = choose_device(options.device)
    folder = options.out or CHECKPOINTS / f"{options.dataset}-{options.recipe}"
    checkpoint.writable(folder, overwrite=options.overwrite or options.resume)
    data = datasets.load(options.dataset, options.data_dir)
    run = experiment.prepare(recipe, data, options.seed, device)
    path = state_file(folder)
    if options.resume:
        resume(run, path)
        if not options.overwrite:
            must_be_its_own(folder, run)
    diverged = train_or_stop(run, path)
    if not run.training.epochs:
        if diverged:
            raise diverged
        print("train.py: stopped before the first epoch was over; nothing was written", file=sys.stderr)
        return INTERRUPTED
    files = datasets.fingerprints(options.dataset, options.data_dir)
    result, extras = experiment.finish(run, data, files, folder.name, order.command())
    checkpoint.save(result, folder, extras)
    test = result.metrics["test"]
    print(f"test accuracy {test['accuracy']:.4f}, loss {test['loss']:.3f}; written to {folder}")
    return conclude(run, path, diverged)


def train_or_stop(run: experiment.Experiment, path: Path) -> ArithmeticError | None:
    """Train to the end or until Ctrl-C. Returns the error of a training that diverged."""
    with Stopper().listening() as stop:
        try:
            train(run, path, stop)
        except ArithmeticError as error:
            return error
    return None


def conclude(run: experiment.Experiment, path: Path, diverged: ArithmeticError | None) -> int:
    """Remove the saved state of a training that cannot go on: the exit status."""
    done = len(run.training.epochs)
    if diverged:
        path.unlink()  # it would only diverge again
        raise ArithmeticError(f"{diverged}; the best of the epochs before was written")
    if done < run.recipe.epochs:
        print(f"train.py: stopped after {done} of {run.recipe.epochs} epochs; --resume goes on", file=sys.stderr)
        return INTERRUPTED
    path.unlink()
    return 0


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    try:
        if options.list:
            print_recipes()
            return 0
        return run_command(options)
    except (ValueError, ArithmeticError, OSError) as error:
        print(f"train.py: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("train.py: interrupted; --resume goes on after the last whole epoch, if there was one", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
