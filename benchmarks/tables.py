"""Write the README's tables of results from the files that hold them; the tests compare.

python -m benchmarks.tables
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import ablations, live, pens, speed
from lenet import checkpoint
from lenet.settings import CHECKPOINTS
from lenet.training.datasets import SOURCES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

BEGIN, END = "<!-- {}: python -m benchmarks.tables -->\n", "<!-- end of {} -->"


def results() -> str:
    """Each checkpoint's numbers beside those that its document prints. The training loss is the last epoch's."""
    lines = [
        "| checkpoint | parameters | epochs | training loss | validation | test accuracy | the document's own |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in checkpoint.names(CHECKPOINTS):
        lines.append("| " + " | ".join([name, *result_row(checkpoint.load(CHECKPOINTS / name).metrics)]) + " |")
    return "\n".join(lines)


def result_row(metrics: dict[str, Any]) -> list[str]:
    documented, validation = metrics["recipe"]["documented"], metrics["validation"]
    said = [f"{name} {value}" for name, value in documented.items() if name != "dataset"]
    return [
        f"{metrics['parameters']:,}",
        str(len(metrics["epochs"])),
        f"{metrics['epochs'][-1]['train']['loss']:.3f}",
        f"{validation['accuracy']:.4f}" if validation else "none held out",
        f"{metrics['test']['accuracy']:.4f}",
        ", ".join(said) if documented.get("dataset") == metrics["dataset"] else "",
    ]


def exercises() -> str:
    """What each knob of the exercises does."""
    return ablations.table(json.loads(ablations.RESULTS.read_text(encoding="utf-8")))


def strokes() -> str:
    """How many real pen strokes each digits' checkpoint reads."""
    measured = json.loads(pens.RESULTS.read_text(encoding="utf-8"))
    widths = " | ".join(f"pen of {width}" for width in pens.PENS)
    lines = [f"| checkpoint | {widths} | all |", "|---" * (len(pens.PENS) + 2) + "|"]
    for name in checkpoint.names(CHECKPOINTS):
        if name in measured:
            row = measured[name]
            cells = [f"{row['by_pen'][str(width)]:.3f}" for width in pens.PENS]
            lines.append(f"| {name} | {' | '.join(cells)} | {row['accuracy']:.3f} |")
    return "\n".join(lines)


def speeds() -> str:
    """This trainer beside the textbook's loop."""
    measured = json.loads(speed.RESULTS.read_text(encoding="utf-8"))
    rates = measured["classic_examples_per_second"]
    best = max(rate for name, rate in rates.items() if name != "ours")
    lines = [
        f"| on {measured['cores']} cores | textbook loop | LeNet Lab | ratio |",
        "|---|---|---|---|",
        f"| classic, examples a second | {best:,} | {rates['ours']:,} | {measured['classic_ratio']:.1f} |",
    ]
    for name, row in measured["time_to_accuracy"].items():
        lines.append(
            f"| seconds to {row['target']} on {SOURCES[name].title}, everything counted | {row['textbook_seconds']} "
            f"| {row['seconds']} (modern-small, epochs: {row['epochs']}) | {row['ratio']:.1f} |"
        )
    shares = {name: row["share"] for name, row in measured["peak"].items()}
    lines.append(
        f"| share of the machine's matmul rate | | classic {shares['classic']:.2f}, modern {shares['modern']:.2f} | |"
    )
    return "\n".join(lines)


def pace() -> str:
    """How the page follows the pen, near its server and far from it."""
    measured = json.loads(live.RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| network delay | pen moves -> maps painted, median | 95 % | updates a second | pen up -> last maps |",
        "|---|---|---|---|---|",
    ]
    for delay in live.DELAYS:
        row = measured[str(delay)]
        lines.append(f"| {delay} ms | {row['p50']} ms | {row['p95']} ms | {row['updates']} | {row['pen_up']} ms |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "results": results,
    "exercises": exercises,
    "strokes": strokes,
    "speeds": speeds,
    "pace": pace,
}


def between(text: str, name: str) -> str:
    """The table of that name as it stands in ``text``."""
    return text.split(BEGIN.format(name))[1].split(END.format(name))[0].strip()


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        before, rest = text.split(BEGIN.format(name))
        text = before + BEGIN.format(name) + table() + "\n" + END.format(name) + rest.split(END.format(name))[1]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
