"""Write the README's tables of results from the files that hold them; the tests compare.

python -m tools.tables
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import ablations, pens, speed
from lenet import checkpoint
from lenet.recipes import RECIPES

ROOT = Path(__file__).parent.parent
CHECKPOINTS = ROOT / "checkpoints"
README = ROOT / "README.md"

BEGIN, END = "<!-- {}: python -m tools.tables -->\n", "<!-- end of {} -->"


def results() -> str:
    """Each checkpoint's numbers beside those of the document that its recipe is from."""
    lines = [
        "| checkpoint | parameters | epochs | training loss | validation | test accuracy | the document's |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in checkpoint.names(CHECKPOINTS):
        lines.append("| " + " | ".join([name, *result_row(checkpoint.load(CHECKPOINTS / name).metrics, name)]) + " |")
    return "\n".join(lines)


def result_row(metrics: dict[str, Any], name: str) -> list[str]:
    dataset, recipe_name = name.split("-", 1)
    documented = RECIPES[recipe_name].documented
    validation = metrics["validation"]
    return [
        f"{metrics['parameters']:,}",
        str(len(metrics["epochs"])),
        f"{metrics['epochs'][-1]['train']['loss']:.3f}",
        f"{validation['accuracy']:.4f}" if validation else "none held out",
        f"{metrics['test']['accuracy']:.4f}",
        str(documented["test accuracy"]) if documented.get("dataset") == dataset else "",
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
    lines = ["| on two cores | textbook loop | LeNet Lab | ratio |", "|---|---|---|---|"]
    rates = measured["classic_examples_per_second"]
    best = max(rate for name, rate in rates.items() if name != "ours")
    lines.append(f"| classic, examples a second | {best:,} | {rates['ours']:,} | {measured['classic_ratio']:.1f} |")
    titles = {"fashion": "Fashion-MNIST", "mnist": "MNIST"}
    for name, row in measured["time_to_accuracy"].items():
        lines.append(
            f"| seconds to {row['target']} on {titles[name]}, everything counted | {row['textbook_seconds']} "
            f"| {row['seconds']} (modern-small, {row['epochs']} epochs) | {row['ratio']:.1f} |"
        )
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "results": results,
    "exercises": exercises,
    "strokes": strokes,
    "speeds": speeds,
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
