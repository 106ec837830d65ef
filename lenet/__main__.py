"""The command line of prediction.

python -m lenet predict digit.png photos/ --json
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from lenet import checkpoint, export
from lenet.predict import Prediction, predict
from lenet.prepare import SUFFIXES, open_picture

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"
DEFAULT_CHECKPOINT = "mnist-modern"
STDIN = "-"


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lenet")
    command = parser.add_subparsers(required=True).add_parser("predict", help="say what is in pictures")
    command.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a folder of them, or - for stdin")
    command.add_argument("--checkpoint", default=DEFAULT_CHECKPOINT, help="a name in checkpoints/, or a folder")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--npz", type=Path, metavar="DIR", help="write each picture's activations to DIR")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a table of all probabilities")
    return parser.parse_args(arguments)


def pictures(paths: list[str]) -> Iterator[str]:
    """The files that ``paths`` name, folders walked in alphabetical order."""
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            yield from (str(file) for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in SUFFIXES)
        else:
            yield path


def read(path: str, network: checkpoint.Checkpoint) -> Prediction:
    """Predict one file. Raises ValueError or OSError when it cannot be read or is blank."""
    return predict(network, open_picture(sys.stdin.buffer.read() if path == STDIN else Path(path)))


def as_json(path: str, name: str, prediction: Prediction) -> str:
    answer = {
        "file": path,
        "checkpoint": name,
        "label": prediction.label,
        "probabilities": prediction.probabilities,
    }
    return json.dumps(answer)


def npz_path(folder: Path, path: str) -> Path:
    """A free file name in ``folder`` for the picture ``path``: pictures of one name in two folders both keep theirs."""
    stem = "stdin" if path == STDIN else Path(path).stem
    target, number = folder / f"{stem}.npz", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}.npz"
    return target


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    torch.set_num_threads(1)  # two are slower for one picture
    path = Path(options.checkpoint)
    try:
        network = checkpoint.load(path if path.is_dir() else CHECKPOINTS / options.checkpoint)
        if options.npz:
            options.npz.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        print(f"lenet: error: {error}", file=sys.stderr)
        return 2
    done, failed = [], 0
    for path in pictures(options.paths):
        try:
            prediction = read(path, network)
        except (OSError, ValueError) as error:
            failed += 1
            if options.json:
                print(json.dumps({"file": path, "error": str(error)}))
            else:
                print(f"{path}: {error}", file=sys.stderr)
            continue
        if options.json:
            print(as_json(path, network.name, prediction))
        else:
            print(f"{path}: {prediction.label} ({prediction.probabilities[prediction.label]:.1%})")
        if options.npz:
            export.save_npz(prediction, npz_path(options.npz, path))
        if options.csv:
            done.append((path, prediction))
    if options.csv:
        with options.csv.open("w", encoding="utf-8", newline="") as file:
            export.write_csv(done, file)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
