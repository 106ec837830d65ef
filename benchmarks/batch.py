"""Measure how many pictures a second the command line answers: one process a picture, one by one, and in batches.

One by one is the command line as it was before it answered in batches, from the repository's history. Nothing else
should be running on the machine.

python -m benchmarks.batch
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from lenet.ui.values.examples import COLUMNS, ROWS, example_picture

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "batch.json"

BEFORE = "17ebca618b77"
"""The last commit whose command line answered one by one."""

PICTURES = 10_000
EXAMPLES = ROWS * COLUMNS

ROUNDS = 3
"""How often each way answers for all pictures, in turn; the median counts."""

SINGLES = 5
"""How often a process answers for one picture; the median counts."""


def write_pictures(folder: Path) -> None:
    """The page's example digits as PNG files, again and again."""
    for number in range(PICTURES):
        Image.fromarray(example_picture("digit", number % EXAMPLES)).save(folder / f"{number:05}.png")


def unpack_before(folder: Path) -> None:
    """The repository as it was at ``BEFORE``, without what the command line does not need."""
    archive = folder / "before.tar"
    command = ["git", "archive", "-o", str(archive), BEFORE, "lenet", "checkpoints/mnist-lenet"]
    subprocess.run(command, cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")


@dataclass(frozen=True)
class Taken:
    """What an answer takes: seconds by the clock, and seconds of all processors."""

    seconds: float
    processors: float


def ask(home: Path, paths: Path, answers: Path) -> Taken:
    """Let the command line of the repository in ``home`` write its answers about ``paths``, everything counted."""
    command = [sys.executable, "-m", "lenet", "predict", str(paths), "--json"]
    with answers.open("wb") as file:
        clock, processors = time.perf_counter(), processor_seconds()
        subprocess.run(command, cwd=home, stdout=file, check=True)
        return Taken(time.perf_counter() - clock, processor_seconds() - processors)


def processor_seconds() -> float:
    """What the processes that were started from here, and have ended, took of all processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(one: Path, other: Path) -> dict[str, Any]:
    """Whether two files of answers have the same pictures and labels, and how far their probabilities are apart."""
    pairs = [
        (json.loads(a), json.loads(b))
        for a, b in zip(one.read_text().splitlines(), other.read_text().splitlines(), strict=True)
    ]
    same = all((a["file"], a["label"]) == (b["file"], b["label"]) for a, b in pairs)
    apart = max(abs(p - b["probabilities"][name]) for a, b in pairs for name, p in a["probabilities"].items())
    return {"same_labels": same, "largest_difference": float(f"{apart:.1e}")}


def measure(folder: Path) -> dict[str, Any]:
    """All three ways, in turn."""
    before, pictures = folder / "before", folder / "pictures"
    before.mkdir()
    pictures.mkdir()
    write_pictures(pictures)
    unpack_before(before)
    old, new = folder / "old.jsonl", folder / "new.jsonl"
    load = os.getloadavg()[0]
    single = statistics.median(ask(ROOT, pictures / "00000.png", new).seconds for _ in range(SINGLES))
    rounds = [(ask(before, pictures, old), ask(ROOT, pictures, new)) for _ in range(ROUNDS)]
    one_by_one, batched = (statistics.median(taken.seconds for taken in way) for way in zip(*rounds, strict=True))
    work = [statistics.median(taken.processors for taken in way) for way in zip(*rounds, strict=True)]
    return {
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "rounds": ROUNDS,
        "pictures": PICTURES,
        "pictures_a_second": {
            "one process a picture": round(1 / single, 2),
            "one by one": round(PICTURES / one_by_one),
            "in batches": round(PICTURES / batched),
        },
        "ratios": {
            "one process a picture": round(PICTURES * single / batched),
            "one by one": round(one_by_one / batched, 1),
        },
        "processor_seconds": {"one by one": round(work[0], 1), "in batches": round(work[1], 1)},
        **compare(old, new),
    }


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder))
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
