"""The command line of prediction, and of a network's table of layers.

python -m lenet predict digit.png photos/ --json
python -m lenet summary classic
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

import torch

from lenet import checkpoint, settings
from lenet.microscope import export
from lenet.model import LeNet, summarise
from lenet.pictures.prepare import SUFFIXES, open_picture
from lenet.prediction import Digit, Prediction, predict, predict_each
from lenet.training.recipes import RECIPES

STDIN = "-"
USAGE_ERROR = 2
"""Exit status for arguments that cannot be used, as argparse has it."""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lenet")
    commands = parser.add_subparsers(required=True)
    summary = commands.add_parser("summary", help="print each layer's shape, parameters and multiply-adds")
    summary.add_argument("name", metavar="NAME", help="a recipe, a name in the folder of checkpoints, or a checkpoint")
    summary.set_defaults(run=print_summary)
    command = commands.add_parser("predict", help="say what is in pictures")
    command.set_defaults(run=predict_command)
    command.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a folder of them, or - for stdin")
    command.add_argument(
        "--checkpoint",
        metavar="NAME",
        default=settings.DEFAULT_CHECKPOINT,
        help="a name in the folder of checkpoints, or a checkpoint's folder (default: %(default)s)",
    )
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--npz", type=Path, metavar="DIR", help="write each picture's activations to DIR")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a table of all probabilities")
    for each in (summary, command):
        each.add_argument(
            "--checkpoints",
            metavar="DIR",
            help=f"the folder of checkpoints (default: ${settings.CHECKPOINTS_VARIABLE}, or the committed ones)",
        )
    return parser.parse_args(arguments)


def pictures(paths: list[str]) -> Iterator[str]:
    """The files that ``paths`` name, folders walked in alphabetical order; a folder without pictures names itself."""
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            yield from [str(file) for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in SUFFIXES] or [
                path
            ]
        else:
            yield path


def read(path: str, network: checkpoint.Checkpoint) -> tuple[Prediction, tuple[Digit, ...]]:
    """Predict one file, and each digit by itself where there are several.

    Raises ValueError or OSError when the file cannot be read or is blank.
    """
    if path != STDIN and Path(path).is_dir():
        raise FileNotFoundError(f"There is no picture in the folder; pictures end in {', '.join(SUFFIXES)}.")
    picture = open_picture(sys.stdin.buffer.read() if path == STDIN else Path(path))
    answer = predict(network, picture)
    return answer, predict_each(network, answer, picture.size)


def describe(path: str, name: str, answer: Prediction, digits: tuple[Digit, ...], as_json: bool) -> str:
    """One picture's answer as a line of text or of JSON."""
    if as_json:
        line = {"file": path, "checkpoint": name, "label": answer.label, "probabilities": answer.probabilities}
        return json.dumps(line | export.digits(digits))
    each = f"; each digit: {' '.join(digit.prediction.label for digit in digits)}" if digits else ""
    return f"{path}: {answer.label} ({answer.probabilities[answer.label]:.1%}){each}"


def complain(path: str, error: Exception, as_json: bool) -> None:
    """Print what is wrong with a picture: as JSON among the answers, or as text among the errors."""
    if as_json:
        print(json.dumps({"file": path, "error": str(error)}))
    else:
        print(f"{path}: {error}", file=sys.stderr)


def npz_path(folder: Path, path: str) -> Path:
    """A free file name in ``folder`` for the picture ``path``: pictures of one name in two folders both keep theirs."""
    stem = "stdin" if path == STDIN else Path(path).stem
    target, number = folder / f"{stem}.npz", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}.npz"
    return target


def open_table(path: Path | None) -> AbstractContextManager[TextIO | None]:
    """The CSV file as a context, or a context of None."""
    return path.open("w", encoding="utf-8", newline="") if path else nullcontext()


def predict_all(options: argparse.Namespace, network: checkpoint.Checkpoint, table: TextIO | None) -> int:
    """Answer for every picture as soon as it is read; the exit status."""
    if table:
        export.write_csv_header(network.classes, table)
    status = 0
    for path in pictures(options.paths):
        try:
            answer, digits = read(path, network)
        except (OSError, ValueError) as error:
            status = 1
            complain(path, error, options.json)
            continue
        print(describe(path, network.name, answer, digits, options.json))
        if options.npz:
            npz_path(options.npz, path).write_bytes(export.npz(network, answer))
        if table:
            export.write_csv_row(path, answer, table)
    return status


def load_checkpoint(name: str, root: str | None) -> checkpoint.Checkpoint:
    """The checkpoint in the folder ``name``, or of that name in the folder ``root``; see ``settings.checkpoints``."""
    folder = Path(name)
    return checkpoint.load(folder if folder.is_dir() else settings.checkpoints(root) / name)


def predict_command(options: argparse.Namespace) -> int:
    """Predict all pictures: the exit status. Raises ValueError or OSError when nothing can be predicted."""
    network = load_checkpoint(options.checkpoint, options.checkpoints)
    if options.npz:
        options.npz.mkdir(parents=True, exist_ok=True)
    with open_table(options.csv) as table:
        return predict_all(options, network, table)


def print_summary(options: argparse.Namespace) -> int:
    """Print one line a stage and the sums. Raises ValueError or OSError when there is no such network."""
    name = options.name
    network = LeNet(RECIPES[name].model) if name in RECIPES else load_checkpoint(name, options.checkpoints).model
    rows = summarise(network)
    print(f"{'stage':<9} {'layer':<12} {'output shape':<14} {'parameters':>10} {'multiply-adds':>13}")
    for row in rows:
        shape = " x ".join(map(str, row.shape))
        print(f"{row.name:<9} {row.layer:<12} {shape:<14} {row.parameters:>10,} {row.multiply_adds:>13,}")
    parameters, multiply_adds = sum(row.parameters for row in rows), sum(row.multiply_adds for row in rows)
    print(f"{'sum':<9} {'':<12} {'':<14} {parameters:>10,} {multiply_adds:>13,}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    torch.set_num_threads(1)  # two are slower for one picture
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"lenet: error: {error}", file=sys.stderr)
        return USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main())
