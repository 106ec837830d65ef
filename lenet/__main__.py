"""The command line of prediction, of a network as an ONNX file, and of its table of layers.

python -m lenet predict digit.png photos/ --json
python -m lenet export mnist-lenet --onnx
python -m lenet summary classic
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from io import TextIOWrapper
from multiprocessing import util
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from lenet import settings
from lenet.pictures.batches import Batch, Preparation, Source, walk
from lenet.pictures.decoder import MAX_BYTES
from lenet.pictures.prepare import BY_KIND, Prepared

if TYPE_CHECKING:  # what needs torch is imported where it is used: it takes 1.5 s, in which pictures are prepared
    from lenet.checkpoint import Checkpoint
    from lenet.prediction import Digit, Prediction

STDIN = "-"
ESCAPED = "backslashreplace"
"""How the letters of a file's name are written that cannot be encoded: a name may be any bytes."""

USAGE_ERROR = 2
"""Exit status for arguments that cannot be used, as argparse has it."""

INTERRUPTED, UNHEARD = 130, 141
"""Exit statuses after Ctrl-C, and where nobody reads the answers any more: those that a shell gives such programs."""

BAR_DELAY = 0.5
"""Seconds after which the progress bar appears; what takes less needs none."""

ON_HUB = "hf:"
"""Begins the name of a checkpoint that is a repository on the Hugging Face Hub: hf:user/repository."""

CHECKPOINT_HELP = f"a name in the folder of checkpoints, a checkpoint's folder, or {ON_HUB}USER/REPOSITORY on the Hub"


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lenet")
    commands = parser.add_subparsers(required=True)
    summary = commands.add_parser("summary", help="print each layer's shape, parameters and multiply-adds")
    summary.add_argument("name", metavar="NAME", help=f"a recipe, {CHECKPOINT_HELP}")
    summary.set_defaults(run=print_summary)
    for each in (summary, _add_predict(commands), _add_export(commands)):
        each.add_argument(
            "--checkpoints",
            metavar="DIR",
            help=f"the folder of checkpoints (default: ${settings.CHECKPOINTS_VARIABLE}, or the committed ones)",
        )
    return parser.parse_args(arguments)


def _add_predict(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser("predict", help="say what is in pictures")
    command.set_defaults(run=predict_command)
    command.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a folder of them, or - for stdin")
    command.add_argument(
        "--checkpoint",
        metavar="NAME",
        default=settings.DEFAULT_CHECKPOINT,
        help=f"{CHECKPOINT_HELP} (default: %(default)s)",
    )
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--npz", type=Path, metavar="DIR", help="write each picture's activations to DIR")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a table of all probabilities")
    return command


def _add_export(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser("export", help="write a network for other programs")
    command.set_defaults(run=export_command)
    command.add_argument("name", metavar="NAME", help=CHECKPOINT_HELP)
    command.add_argument(
        "--onnx",
        nargs="?",
        const="",
        required=True,
        metavar="FILE",
        help="as an ONNX file that puts out every stage by name (default: NAME.onnx)",
    )
    return command


# Prediction


def sources(paths: Iterable[str]) -> Iterator[Source]:
    """The pictures that ``paths`` name, folders walked; stdin is read when its turn comes."""
    for path in paths:
        if path == STDIN:
            yield Source(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1))
        else:
            yield from map(Source, walk(path))


def predict_command(options: argparse.Namespace) -> int:
    """Predict all pictures: the exit status. Raises ValueError or OSError when nothing can be predicted."""
    with Preparation(sources(options.paths)) as preparation:
        kind = kind_at_once(options.checkpoint, options.checkpoints)
        begun = preparation.batches(kind) if kind else None
        network = load_checkpoint(options.checkpoint, options.checkpoints)
        if kind not in (None, network.kind):
            raise ValueError(f"{network.name} has changed while it was loaded; ask again")
        if options.npz:
            options.npz.mkdir(parents=True, exist_ok=True)
        with open_table(options.csv) as table, progress(options.paths) as bar:
            return predict_all(options, network, begun or preparation.batches(network.kind), table, bar)


def open_table(path: Path | None) -> AbstractContextManager[TextIO | None]:
    """The CSV file as a context, or a context of None."""
    return path.open("w", encoding="utf-8", errors=ESCAPED, newline="") if path else nullcontext()


def predict_all(
    options: argparse.Namespace, network: Checkpoint, batches: Iterable[Batch], table: TextIO | None, bar: tqdm
) -> int:
    """Answer for every picture as soon as its batch is prepared; the exit status."""
    from lenet.microscope import export

    if table:
        export.write_csv_header(network.classes, table)
    status = 0
    for batch in batches:
        for path, answer, digits in answers(network, batch):
            line = describe(path, network.name, answer, digits, options.json)
            if isinstance(answer, str):
                status = 1
            if isinstance(answer, str) and not options.json:
                bar.write(line, file=sys.stderr)
                continue
            print(line)
            if options.npz and not isinstance(answer, str):
                npz_path(options.npz, path).write_bytes(export.npz(network, answer))
            if table and not isinstance(answer, str):
                export.write_csv_row(path, answer, table)
        sys.stdout.flush()
        bar.update(len(batch))
    return status


Answered = tuple[str, "Prediction | str", tuple["Digit", ...]]
"""A picture's name, the answer or what is wrong, and each digit by itself where there are several."""


def answers(network: Checkpoint, batch: Batch) -> Iterator[Answered]:
    """Each picture's name with what the network says about it, or with the sentence that says why it was not asked."""
    from lenet.prediction import look_at_all, look_at_each

    found = iter(look_at_all(network, [outcome for _, outcome in batch if isinstance(outcome, Prepared)]))
    for source, outcome in batch:
        if isinstance(outcome, Prepared):
            yield source.name, next(found), look_at_each(network, outcome.each)
        else:
            yield source.name, outcome.reason, ()


def describe(path: str, name: str, answer: Prediction | str, digits: tuple[Digit, ...], as_json: bool) -> str:
    """One picture's answer, or what is wrong with it, as a line of text or of JSON."""
    if isinstance(answer, str):
        return json.dumps({"file": path, "error": answer}) if as_json else f"{path}: {answer}"
    if not as_json:
        said = f"{path}: {answer.label} ({answer.probabilities[answer.label]:.1%})"
        each = [f"Each digit: {' '.join(digit.prediction.label for digit in digits)}."] if digits else []
        return " ".join([said, *answer.doubts, *each])
    from lenet.microscope import export

    told = {"label": answer.label, "probabilities": answer.probabilities, "doubts": answer.doubts}
    return json.dumps({"file": path, "checkpoint": name, **told, **export.digits(digits)})


def npz_path(folder: Path, path: str) -> Path:
    """A free file name in ``folder`` for the picture ``path``: pictures of one name in two folders both keep theirs."""
    stem = "stdin" if path == STDIN else Path(path).stem
    target, number = folder / f"{stem}.npz", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}.npz"
    return target


def progress(paths: list[str]) -> tqdm:
    """The bar on stderr. It counts the pictures first, so that it knows how many there are."""
    shown = shows_progress()
    total = sum(path == STDIN or sum(1 for _ in walk(path)) for path in paths) if shown else None
    return tqdm(total=total, unit=" pictures", delay=BAR_DELAY, disable=not shown, file=sys.stderr)


def shows_progress() -> bool:
    """Whether a person sees the bar and nothing else in its place.

    The answers show the progress themselves where they appear on the terminal, or go to a program that may print there.
    """
    try:
        answers_go_on = sys.stdout.isatty() or stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # stdout is no file
        return False
    return sys.stderr.isatty() and not answers_go_on


# Networks


def load_checkpoint(name: str, root: str | None) -> Checkpoint:
    """The checkpoint on the Hub, in the folder ``name``, or of that name in the folder ``root``.

    ``settings.checkpoints`` says which folder that is without ``root``.
    """
    import torch

    from lenet import checkpoint, hub

    torch.set_num_threads(1)  # two are slower for a few pictures, and the others prepare the next ones
    if name.startswith(ON_HUB):
        repository, _, revision = name.removeprefix(ON_HUB).partition("@")
        return hub.from_pretrained(repository, revision or None)
    return checkpoint.load(folder_of(name, root))


def folder_of(name: str, root: str | None) -> Path:
    """The folder ``name``, or the one of that name in the folder of checkpoints."""
    folder = Path(name)
    return folder if folder.is_dir() else settings.checkpoints(root) / name


def kind_at_once(name: str, root: str | None) -> str | None:
    """What the network's pictures show, so that they can be prepared while it is being loaded.

    None where it cannot be read; loading says then why.
    """
    try:
        kind = json.loads((folder_of(name, root) / "config.json").read_text(encoding="utf-8"))["kind"]
        return kind if kind in BY_KIND else None
    except (OSError, KeyError, TypeError, ValueError):
        return None


def export_command(options: argparse.Namespace) -> int:
    """Write a network as an ONNX file. Raises ValueError or OSError when that cannot be done."""
    from lenet.microscope import onnx_file

    onnx_file.require_packages()
    network = load_checkpoint(options.name, options.checkpoints)
    target = Path(options.onnx or f"{network.name.replace('/', '-')}.onnx")
    target.write_bytes(onnx_file.onnx_file(network))
    print(f"{target}: {network.name}, {target.stat().st_size:,} bytes")
    return 0


def print_summary(options: argparse.Namespace) -> int:
    """Print one line a stage and the sums. Raises ValueError or OSError when there is no such network."""
    from lenet.model import LeNet, summarise
    from lenet.training.recipes import RECIPES

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
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return UNHEARD
    except (OSError, ValueError) as error:
        print(f"lenet: error: {error}", file=sys.stderr)
        return USAGE_ERROR


def _forget_output() -> None:
    """Let what is still to be written go nowhere: Python would complain of the closed pipe once more when it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(status: int) -> None:
    """End the program. After an interruption Python would wait for the pool's threads, which may never end."""
    if status in (INTERRUPTED, UNHEARD):
        # These end the pool's semaphores. Those that wait for a thread have a lower priority than 0.
        util._run_finalizers(0)  # type: ignore[attr-defined]
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    leave(main())
