"""Exercises 1, 2 and 3 of the chapter, measured: one knob at a time, three seeds each.

python -m benchmarks.ablations ../data          # hours on a laptop; what is in ablations.json is not run again
"""

import argparse
import json
import multiprocessing
import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from lenet import datasets, experiment
from lenet.model import LeNet, parameter_count
from lenet.recipes import RECIPES, Recipe, adjust
from lenet.training import evaluate

RESULTS = Path(__file__).parent / "ablations.json"

SEEDS = (0, 1, 2)

CLASSIC = RECIPES["classic"]

RELU = adjust(CLASSIC, activation="relu", pooling="max", learning_rate=0.1)
"""What exercises 1 and 2 give together; the base of the other knobs, for a sigmoid spends its first epochs waiting."""

VARIANTS: dict[str, dict[str, Recipe]] = {
    "1. pooling": {
        "average": CLASSIC,
        "max": adjust(CLASSIC, pooling="max"),
    },
    "2. activation": {
        "sigmoid": CLASSIC,
        "ReLU, learning rate 0.9": adjust(CLASSIC, activation="relu"),
        "ReLU, learning rate 0.1": adjust(CLASSIC, activation="relu", learning_rate=0.1),
    },
    "2. kernel": {
        "3 x 3": adjust(RELU, kernel_sizes=(3,), paddings=(1, 0)),
        "5 x 5": RELU,
        "7 x 7": adjust(RELU, kernel_sizes=(7,), paddings=(3, 0)),
    },
    "2. channels": {
        "3 and 8": adjust(RELU, channels=(3, 8)),
        "6 and 16": RELU,
        "12 and 32": adjust(RELU, channels=(12, 32)),
    },
    "2. convolution layers": {
        "1": adjust(RELU, convolutions=1),
        "2": RELU,
        "3": adjust(RELU, channels=(6, 16, 32), paddings=(2,)),
    },
    "2. dense layers": {
        "84": adjust(RELU, hidden=(84,)),
        "120 and 84": RELU,
        "240, 168 and 84": adjust(RELU, hidden=(240, 168, 84)),
    },
    "2. learning rate": {
        "0.01": adjust(RELU, learning_rate=0.01),
        "0.1": RELU,
        "0.5": adjust(RELU, learning_rate=0.5),
    },
    "2. initialisation": {
        "Xavier": RELU,
        "PyTorch's own": adjust(RELU, initialisation="pytorch"),
    },
    "2. batch normalisation": {
        "without": RELU,
        "with": adjust(RELU, batch_norm=True),
    },
    "3. on MNIST": {
        "classic": CLASSIC,
        "ReLU and max pooling": RELU,
        "and batch normalisation": adjust(RELU, batch_norm=True),
    },
}
"""By exercise and knob; every row trains for the chapter's ten epochs on all 60,000 pictures."""

DATASETS = {"3. on MNIST": "mnist"}
"""The knobs that are not turned on Fashion-MNIST."""


@cache
def load(dataset: str, data_dir: Path) -> datasets.Dataset:
    """The data set, read once in each process."""
    torch.set_num_threads(1)  # as many trainings run as there are cores
    return datasets.load(dataset, data_dir)


def train(recipe: Recipe, dataset: str, data_dir: Path, seed: int) -> dict[str, float | None]:
    """Test accuracy and the last epoch's training loss; a training that diverges is at chance, with no loss."""
    data = load(dataset, data_dir)
    run = experiment.prepare(recipe, data, seed, torch.device("cpu"))
    try:
        epochs = list(run.run())
    except ArithmeticError:
        return {"accuracy": 1 / len(run.source.classes), "loss": None}
    score = evaluate(run.training.model, data.test_images, data.test_labels)
    return {"accuracy": score.accuracy, "loss": epochs[-1].train.loss}


def describe(runs: list[dict[str, float]]) -> str:
    """The mean of the test accuracies and their spread, the standard deviation over the seeds."""
    accuracies = [run["accuracy"] for run in runs]
    return f"{statistics.mean(accuracies):.3f} ± {statistics.stdev(accuracies):.3f}"


def table(results: dict[str, Any]) -> str:
    """The README's table."""
    lines = ["| exercise, knob | value | parameters | test accuracy |", "|---|---|---|---|"]
    for knob, variants in VARIANTS.items():
        for number, (value, recipe) in enumerate(variants.items()):
            size = parameter_count(LeNet(recipe.model))
            lines.append(
                f"| {knob if not number else ''} | {value} | {size:,} | {describe(find(results, knob, value))} |"
            )
    return "\n".join(lines)


def find(results: dict[str, Any], knob: str, value: str) -> list[dict[str, float]]:
    """The runs of one row."""
    other, name = same(knob, value)
    return results[other][name]


def same(knob: str, value: str) -> tuple[str, str]:
    """The first place in the table that holds the same training: the base is measured once."""
    dataset, recipe = DATASETS.get(knob, "fashion"), VARIANTS[knob][value]
    return next(
        (other, name)
        for other, variants in VARIANTS.items()
        for name, variant in variants.items()
        if variant == recipe and DATASETS.get(other, "fashion") == dataset
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", type=Path, nargs="?", default=datasets.default_data_dir())
    data_dir = parser.parse_args().data_dir
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    places = [(knob, value) for knob, variants in VARIANTS.items() for value in variants]
    jobs = [place for place in places if same(*place) == place and place[1] not in results.get(place[0], {})]
    context = multiprocessing.get_context("spawn")  # a forked torch may hang
    with ProcessPoolExecutor(os.cpu_count(), context) as pool:
        runs = {
            (knob, value): [
                pool.submit(train, VARIANTS[knob][value], DATASETS.get(knob, "fashion"), data_dir, seed)
                for seed in SEEDS
            ]
            for knob, value in jobs
        }
        for (knob, value), futures in tqdm(runs.items(), disable=None):
            results.setdefault(knob, {})[value] = [future.result() for future in futures]
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
