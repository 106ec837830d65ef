"""The command line of prediction, and of a network's table of layers.

python -m lenet predict digit.png photos/ --json
python -m lenet summary classic
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from os.path import isdir  # of a name that no file can have it says no, where Path raises an exception
from pathlib import Path
from typing import TextIO

import torch

from lenet import checkpoint, settings
from lenet.microscope import export
from lenet.model import LeNet, summarise
from lenet.pictures.decoder import MAX_BYTES
from lenet.pictures.files import SUFFIXES, open_picture
from lenet.prediction import Prediction, predict
from lenet.training.recipes import RECIPES

STDIN = "-"
ESCAPED = "backslashreplace"
"""How the letters of a file's name are written that cannot be encoded: a name may be any bytes."""

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
        if path != STDIN and isdir(path):
            found = [file for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in SUFFIXES]
            yield from [str(file) for file in found if not isdir(file)] or [path]
        else:
            yield path


def read(path: str, network: checkpoint.Checkpoint) -> Prediction:
    """Predict one file. Raises ValueError or OSError when it cannot be read or is blank."""
    if path == STDIN:
        return predict(network, open_picture(sys.stdin.buffer.read(MAX_BYTES + 1)))
    if isdir(path):
        raise FileNotFoundError(f"There is no picture in the folder; pictures end in {', '.join(SUFFIXES)}.")
    return predict(network, open_picture(Path(path)))


def describe(path: str, name: str, answer: Prediction | Exception, as_json: bool) -> str:
    """One picture's answer, or what is wrong with it, as a line of text or of JSON."""
    if isinstance(answer, Exception):
        return json.dumps({"file": path, "error": str(answer)}) if as_json else f"{path}: {answer}"
    if not as_json:
        return f"{path}: {answer.label} ({answer.probabilities[answer.label]:.1%})"
    line = {"file": path, "checkpoint": name, "label": answer.label, "probabilities": answer.probabilities}
    return json.dumps(line)


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
    return path.open("w", encoding="utf-8", errors=ESCAPED, newline="") if path else nullcontext()


def predict_all(options: argparse.Namespace, network: checkpoint.Checkpoint, table: TextIO | None) -> int:
    """Answer for every picture as soon as it is read; the exit status."""
    if table:
        export.write_csv_header(network.classes, table)
    status = 0
    for path in pictures(options.paths):
        try:
            answer = read(path, network)
        except (OSError, ValueError) as error:
            status = 1
            print(describe(path, network.name, error, options.json), file=None if options.json else sys.stderr)
            continue
        print(describe(path, network.name, answer, options.json))
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)
    torch.set_num_threads(1)  # two are slower for one picture
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"lenet: error: {error}", file=sys.stderr)
        return USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main())
