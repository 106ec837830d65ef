"""The command line of training: a recipe and a data set in, a checkpoint folder out.

python train.py --recipe modern --dataset mnist
"""

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path

import torch
from tqdm import tqdm

from lenet import augment, checkpoint, datasets, training
from lenet.model import LeNet, initialise_xavier, parameter_count
from lenet.recipes import RECIPES, Recipe

USAGE_ERROR = 2
"""Exit status for arguments and files that cannot be used, as argparse has it."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str):
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = OneLineParser(description="Train a LeNet and write a checkpoint folder.")
    parser.add_argument("--recipe", choices=RECIPES, required=True, help="architecture and training")
    parser.add_argument("--dataset", choices=datasets.SOURCES, required=True, help="what to learn")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=datasets.default_data_dir(),
        help="where the data files are, or are downloaded to (default: $LENET_DATA, else data/)",
    )
    parser.add_argument("--out", type=Path, help="the checkpoint's folder (default: checkpoints/DATASET-RECIPE)")
    parser.add_argument("--epochs", type=_positive, help="passes over the training pictures (default: the recipe's)")
    parser.add_argument("--seed", type=int, default=0, help="of every random draw (default: 0)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def build_model(recipe: Recipe, source: datasets.Source) -> LeNet:
    """The recipe's untrained network for the pictures of ``source``."""
    config = replace(recipe.model, classes=len(source.classes))
    if recipe.standardise:
        config = replace(config, mean=source.mean, std=source.std)
    model = LeNet(config)
    if recipe.xavier:
        initialise_xavier(model)
    return model


def split(data: datasets.Dataset, held_out: int, generator: torch.Generator):
    """((training images, labels), (validation images, labels)); ``held_out`` pictures are drawn for validation."""
    order = torch.randperm(len(data.train_labels), generator=generator)
    parts = order[held_out:], order[:held_out]
    return tuple((data.train_images[part], data.train_labels[part]) for part in parts)


def train(recipe: Recipe, data: datasets.Dataset, seed: int) -> tuple[LeNet, dict]:
    """Train, showing a progress bar, and look at the test set once, at the end: the model and its metrics."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    source = datasets.SOURCES[data.name]
    model = build_model(recipe, source)
    train_part, validation_part = split(data, recipe.validation, generator)
    epochs = []
    with tqdm(total=recipe.epochs * len(train_part[1]), unit=" examples", unit_scale=True) as bar:
        for epoch in training.fit(
            model,
            train_part,
            validation_part,
            recipe,
            generator=generator,
            augment=augment.BY_KIND[source.kind] if recipe.augment else None,
            on_batch=bar.update,
        ):
            epochs.append(epoch)
            bar.write(describe(epoch, recipe), file=sys.stdout)
    metrics = {
        "dataset": data.name,
        "seed": seed,
        "torch": torch.__version__.split("+")[0],
        "parameters": parameter_count(model),
        "test": asdict(training.evaluate(model, data.test_images, data.test_labels)),
        "validation": asdict(training.evaluate(model, *validation_part)),
        "recipe": asdict(recipe),
        "epochs": [asdict(epoch) for epoch in epochs],
    }
    return model, metrics


def describe(epoch: training.Epoch, recipe: Recipe) -> str:
    """One epoch as one line of text."""
    return (
        f"epoch {epoch.number:>2}/{recipe.epochs}"
        f"  train loss {epoch.train.loss:.3f} accuracy {epoch.train.accuracy:.4f}"
        f"  validation loss {epoch.validation.loss:.3f} accuracy {epoch.validation.accuracy:.4f}"
        f"  {epoch.examples_per_second:,.0f} examples/s"
    )


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    recipe = RECIPES[options.recipe]
    if options.epochs:
        recipe = replace(recipe, epochs=options.epochs)
    folder = options.out or Path("checkpoints") / f"{options.dataset}-{options.recipe}"
    try:
        checkpoint.writable(folder)
        data = datasets.load(options.dataset, options.data_dir)
        model, metrics = train(recipe, data, options.seed)
        source = datasets.SOURCES[options.dataset]
        checkpoint.save(checkpoint.Checkpoint(folder.name, model, source.kind, source.classes, metrics), folder)
    except (ValueError, ArithmeticError, OSError) as error:
        print(f"train.py: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("train.py: stopped; nothing was written", file=sys.stderr)
        return INTERRUPTED
    print(f"test accuracy {metrics['test']['accuracy']:.4f}, loss {metrics['test']['loss']:.3f}; written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
