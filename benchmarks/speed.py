"""Measure how fast this trainer is beside the textbook's loop. The two take turns; nothing else should be running.

python -m benchmarks.speed ../data
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer
from torch.profiler import ProfilerActivity, profile

from benchmarks import textbook
from lenet.model import LeNet, summarise
from lenet.training import datasets, experiment
from lenet.training.loop import evaluate
from lenet.training.recipes import RECIPES, adjust

RESULTS = Path(__file__).parent / "speed.json"

TURNS = 5
"""How often each side is measured; the median counts."""

BATCHES = 100
"""Training steps in one turn."""

OPERATORS = 6
"""How many of the most expensive operators are named."""

FLOP_PER_MULTIPLY_ADD = 2 * 3
"""A product and a sum, once forward and twice backward: to the weights and to the maps."""

TARGETS: dict[str, tuple[float, Callable[[Path], tuple[textbook.Textbook, Optimizer]], dict[str, Any]]] = {
    "fashion": (0.821, textbook.fashion, {"epochs": 1, "augment": False}),
    "mnist": (0.9896, textbook.mnist, {"epochs": 3, "augment": False, "strokes": 0}),
}

"""By data set: the test accuracy that its document prints, the document's training, modern-small's knobs for speed."""

MOST_EPOCHS = 40
"""The textbook's loop is given up after so many epochs."""


def matmul_rate(dtype: torch.dtype, side: int = 2048, repeats: int = 5) -> float:
    """FLOP per second of a large matrix product: the most that this machine can do."""
    matrix = torch.rand(side, side).to(dtype)
    matrix @ matrix
    started = time.perf_counter()
    for _ in range(repeats):
        matrix @ matrix
    return 2 * side**3 * repeats / (time.perf_counter() - started)


def ours(recipe_name: str, data: datasets.Dataset) -> Callable[[], float]:
    """A function that makes ``BATCHES`` training steps with this trainer and returns the examples per second."""
    recipe = RECIPES[recipe_name]
    run = experiment.prepare(recipe, data, 0, torch.device("cpu"))
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += 1
        return steps % BATCHES == 0

    def measure() -> float:
        started = time.perf_counter()
        list(run.training.run(stop=stop))
        return BATCHES * recipe.batch_size / (time.perf_counter() - started)

    return measure


def throughput(data_dir: Path, data: datasets.Dataset) -> dict[str, float]:
    """Examples per second of the classic network, with both trainers in turn."""
    mine = ours("classic", data)
    loops = {}
    for workers in (0, textbook.WORKERS):
        loop = textbook.Textbook("FashionMNIST", data_dir, textbook.classic(), 256, workers=workers)
        loops[workers] = loop, torch.optim.SGD(loop.network.parameters(), lr=0.9)
    rates: dict[str, list[float]] = {"ours": [], **{f"textbook, {workers} workers": [] for workers in loops}}
    for _ in range(TURNS):
        rates["ours"].append(mine())
        for workers, (loop, optimizer) in loops.items():
            rates[f"textbook, {workers} workers"].append(loop.epoch(optimizer, BATCHES))
    return {name: round(statistics.median(values)) for name, values in rates.items()}


def peak_share(recipe_name: str, data: datasets.Dataset) -> dict[str, Any]:
    """The share of the machine's matmul rate that a recipe's training reaches, and where its time is spent."""
    recipe = RECIPES[recipe_name]
    dtype = getattr(torch, recipe.precision)
    measure = ours(recipe_name, data)
    measure()
    rate, peak = measure(), matmul_rate(dtype)
    rows = summarise(LeNet(recipe.model))
    unneeded = next(row.multiply_adds for row in rows if row.name == "conv1")  # nobody asks for the picture's gradient
    work = FLOP_PER_MULTIPLY_ADD * sum(row.multiply_adds for row in rows) - 2 * unneeded
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        measure()
    operators = sorted(profiler.key_averages(), key=lambda row: -row.self_cpu_time_total)
    total = sum(row.self_cpu_time_total for row in operators)
    return {
        "examples_per_second": round(rate),
        "gflop_per_second": round(rate * work / 1e9, 1),
        "matmul_gflop_per_second": round(peak / 1e9, 1),
        "share": round(rate * work / peak, 3),
        "operators": {row.key: round(row.self_cpu_time_total / total, 3) for row in operators[:OPERATORS]},
    }


def time_to_accuracy(name: str, data_dir: Path) -> dict[str, float]:
    """Seconds to a document's accuracy, loading included: by the document's own training, and by modern-small."""
    accuracy, document, knobs = TARGETS[name]
    torch.manual_seed(0)
    started = time.perf_counter()
    loop, optimizer = document(data_dir)
    reached = list(textbook.until(accuracy, loop, optimizer, MOST_EPOCHS))
    theirs = time.perf_counter() - started

    started = time.perf_counter()
    data = datasets.load(name, data_dir)
    run = experiment.prepare(adjust(RECIPES["modern-small"], **knobs), data, 0, torch.device("cpu"))
    list(run.run())
    score = evaluate(run.training.model, data.test_images, data.test_labels)
    mine = time.perf_counter() - started
    if score.accuracy < accuracy:
        raise RuntimeError(f"modern-small reached {score.accuracy} and not {accuracy}")
    return {
        "target": accuracy,
        "textbook_seconds": round(theirs, 1),
        "textbook_epochs": len(reached),
        "seconds": round(mine, 1),
        "epochs": knobs["epochs"],
        "accuracy": score.accuracy,
        "ratio": round(theirs / mine, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data_dir", type=Path, nargs="?", default=datasets.default_data_dir())
    data_dir = parser.parse_args().data_dir
    data = datasets.load("fashion", data_dir)
    rates = throughput(data_dir, data)
    best = max(rate for name, rate in rates.items() if name != "ours")
    results = {
        "cores": os.cpu_count(),
        "classic_examples_per_second": rates,
        "classic_ratio": round(rates["ours"] / best, 2),
        "peak": {name: peak_share(name, data) for name in ("classic", "modern")},
        "time_to_accuracy": {name: time_to_accuracy(name, data_dir) for name in TARGETS},
    }
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
