import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from support import ROOT

from lenet.training.experiment import written

MEMORY_LIMIT = 1.5e9
"""Bytes that training any recipe may take on the CPU."""

EVERY_PART_OF_THE_LARGEST_TRAINING = """
import re
from pathlib import Path
import torch
from lenet.microscope import atlas
from lenet.training import datasets, experiment
from lenet.training.recipes import RECIPES
from lenet.training.loop import logits

recipe = max(RECIPES.values(), key=lambda recipe: sum(recipe.model.channels))
assert recipe.strokes
parts = [(torch.rand(count, 1, 28, 28), torch.arange(count) % 10) for count in (60_000, 10_000)]
run = experiment.prepare(recipe, datasets.Dataset("mnist", *parts[0], *parts[1]), 0, torch.device("cpu"))
steps = iter(range(1, 100))
list(run.run(stop=lambda: next(steps) == 20))
model, images, labels = run.training.model, parts[1][0][:1_000], parts[1][1][:1_000]
logits(model, images)
atlas.class_means(model, images, labels)
atlas.favourites(model, images, 1)
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
"""The pictures of a whole data set, and of the steps and the test pictures so many that more would not add."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak is read where Linux counts it")
def test_training_takes_less_than_a_gigabyte_and_a_half():
    done = subprocess.run(
        [sys.executable, "-c", EVERY_PART_OF_THE_LARGEST_TRAINING], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < MEMORY_LIMIT


@pytest.mark.parametrize("count", [0, 1, 2, 11, 26])
def test_every_snapshot_of_a_short_training_is_written(count):
    assert written(count) == list(range(count))


@pytest.mark.parametrize("count", [27, 37, 61, 200])
def test_of_a_long_training_a_few_snapshots_are_written_and_most_of_them_are_early(count):
    numbers = written(count)
    assert (numbers[0], numbers[-1]) == (0, count - 1)
    assert 11 <= len(numbers) <= 13
    gaps = [later - earlier for earlier, later in pairwise(numbers)]
    assert gaps[0] < gaps[-1]
