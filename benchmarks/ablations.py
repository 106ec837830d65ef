"""Measure the chapter's network and its exercises 1, 2 and 3: one knob at a time, three seeds each.

python -m benchmarks.ablations ../data          # hours on a laptop; what is in ablations.json is not run again
"""

import argparse
import json
import multiprocessing
import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from lenet.model import LeNet, parameter_count
from lenet.training import datasets, experiment
from lenet.training.loop import evaluate
from lenet.training.recipes import RECIPES, Recipe, adjust

RESULTS = Path(__file__).parent / "ablations.json"

SEEDS = (0, 1, 2)

MORE_SEEDS = {"the chapter": tuple(range(10))}
"""Knobs with more seeds. The chapter's last epoch varies by 0.02 from seed to seed: a mean of three says little."""

CLASSIC = RECIPES["classic"]

RELU = adjust(CLASSIC, activation="relu", pooling="max", learning_rate=0.1)
"""The result of exercises 1 and 2, and the base of the other knobs: a sigmoid hardly learns in its first epochs."""

VARIANTS: dict[str, dict[str, Recipe]] = {
    "the chapter": {
        "as it is, ten seeds": CLASSIC,
    },
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
"""The rows by exercise and knob. Every row trains for the chapter's ten epochs on all 60,000 pictures."""

DATASETS = {"3. on MNIST": "mnist"}
"""The data set of each knob that is not measured on Fashion-MNIST."""

Run = dict[str, float | None]
"""The accuracy and the loss of one training."""


@cache
def load(dataset: str, data_dir: Path) -> datasets.Dataset:
    """The data set. Each process reads it once."""
    torch.set_num_threads(1)  # as many trainings run as there are cores
    return datasets.load(dataset, data_dir)


def train(recipe: Recipe, dataset: str, data_dir: Path, seed: int) -> Run:
    """The test accuracy and the last epoch's training loss; after a divergence, chance and None."""
    data = load(dataset, data_dir)
    run = experiment.prepare(recipe, data, seed, torch.device("cpu"))
    try:
        epochs = list(run.run())
    except ArithmeticError:
        return {"accuracy": 1 / len(run.source.classes), "loss": None}
    score = evaluate(run.training.model, data.test_images, data.test_labels)
    return {"accuracy": score.accuracy, "loss": epochs[-1].train.loss}


def describe(runs: list[Run]) -> str:
    """The mean of the test accuracies, and their standard deviation over the seeds."""
    accuracies = [run["accuracy"] or 0.0 for run in runs]
    diverged = sum(run["loss"] is None for run in runs)
    text = f"{statistics.mean(accuracies):.3f} ± {statistics.stdev(accuracies):.3f}"
    return f"{text} ({diverged} of {len(runs)} diverged)" if diverged else text


def table(results: dict[str, Any]) -> str:
    """The README's table."""
    lines = ["| exercise, knob | value | parameters | test accuracy |", "|---|---|---|---|"]
    for knob, variants in VARIANTS.items():
        for number, (value, recipe) in enumerate(variants.items()):
            size = parameter_count(LeNet(recipe.model))
            runs = find(results, knob, value) or []
            lines.append(f"| {knob if not number else ''} | {value} | {size:,} | {describe(runs)} |")
    return "\n".join(lines)


def same(knob: str, value: str) -> tuple[str, str]:
    """The first row of the table that holds the same training, so that the base is measured once."""
    return next(place for place in places() if settings(*place) == settings(knob, value))


def places() -> list[tuple[str, str]]:
    """Every row of the table, as (knob, value)."""
    return [(knob, value) for knob, variants in VARIANTS.items() for value in variants]


def seeds(knob: str) -> tuple[int, ...]:
    """The seeds with which each row of ``knob`` is trained."""
    return MORE_SEEDS.get(knob, SEEDS)


def settings(knob: str, value: str) -> dict[str, Any]:
    """Everything that decides a row's numbers, in JSON's types."""
    recipe = asdict(VARIANTS[knob][value])
    row = {"dataset": DATASETS.get(knob, "fashion"), "seeds": seeds(knob), "recipe": recipe}
    return dict(json.loads(json.dumps(row)))


def find(results: dict[str, Any], knob: str, value: str) -> list[Run] | None:
    """The runs of one row; None when there are none with the present settings."""
    other, name = same(knob, value)
    row = results.get(other, {}).get(name, {})
    return row["runs"] if row.get("settings") == settings(knob, value) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data_dir", type=Path, nargs="?", default=datasets.default_data_dir())
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="trainings at a time (default: one a core)")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    missing = [place for place in places() if same(*place) == place and not find(results, *place)]
    context = multiprocessing.get_context("spawn")  # a forked torch may hang
    with ProcessPoolExecutor(options.workers, context) as pool:
        rows = {
            (knob, value): [
                pool.submit(train, VARIANTS[knob][value], DATASETS.get(knob, "fashion"), options.data_dir, seed)
                for seed in seeds(knob)
            ]
            for knob, value in missing
        }
        for (knob, value), futures in tqdm(rows.items(), disable=None):
            runs = [future.result() for future in futures]
            results.setdefault(knob, {})[value] = {"settings": settings(knob, value), "runs": runs}
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
