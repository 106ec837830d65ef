"""The static edition: the page as plain files, for any web server. The visitor's browser computes everything.

    python -m lenet.ui.edition DIR                           the digits' network and the garments' one
    python -m lenet.ui.edition DIR --checkpoint mnist-lenet  one network; can be repeated
    python -m lenet.ui.edition DIR --all                     every network, and so every exercise
"""

import argparse
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from lenet import settings
from lenet.checkpoint import CONFIG, SNAPSHOT, SNAPSHOTS, WEIGHTS, names
from lenet.ui import components as ui
from lenet.ui.beforehand import NO_FILES, Beforehand, offered
from lenet.ui.bundle import script_bundle
from lenet.ui.handlers import Handlers
from lenet.ui.lab import Lab
from lenet.ui.values.examples import EXAMPLES

OWN = ui.WEB / "edition"
"""What only the static edition has: its page, and what it looks like without gradio."""

DEFAULTS = (settings.DEFAULT_CHECKPOINT, settings.GARMENT_CHECKPOINT)

PARTS = ("pad", "verdict", "lesson", "examples", "controls", "exercises", "takeaway", "maps", "explanation")
"""The components that stand in the page."""

ABSENT = ("bench", "card", "progress", "plot")
"""Style sheets of what needs a server."""

MOST_SNAPSHOTS = 4
"""Of a network's training, beside those that an exercise speaks of: with them the default network stays below 1 MB."""

INDEX, SCRIPT, STYLE, CONTENT = "index.html", "edition.js", "edition.css", "edition.json"
OPENING, EXPLAINED = "opening.json", "explained.zlib"
"""Of each network: a fresh page, and what is said about each of its values, compressed by zlib."""

USAGE_ERROR = 2


def write(out: Path, root: Path, chosen: Sequence[str], home: str = "") -> None:
    """Write the edition of the ``chosen`` networks in the folder ``root`` to the folder ``out``, in place of an older one.

    ``home`` is the address of the whole page, or "" where it has none. Raises FileNotFoundError or ValueError.
    """
    _check(out, root, chosen, home)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch)
        for name in chosen:
            _stage(root / name, stage / name, needed_epochs(name, chosen))
        lab = Lab(stage)
        answers = Beforehand(lab, Handlers(lab), lab.first(settings.DEFAULT_CHECKPOINT))
        shutil.rmtree(out, ignore_errors=True)
        _write_page(out, home)
        _write_json(out / CONTENT, answers.edition())
        for name in lab.names:
            _write_network(out / "networks" / name, stage / name, answers)


def _check(out: Path, root: Path, chosen: Sequence[str], home: str) -> None:
    known = names(root)
    for name in chosen:
        if name not in known:
            raise FileNotFoundError(f"there is no checkpoint {name!r} in {root}; there is {', '.join(known)}")
    if not chosen:
        raise ValueError("an edition needs a network; name one with --checkpoint")
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / CONTENT).is_file()):
        raise ValueError(f"{out} holds something else than a static edition; name a new or an empty folder")
    if home and urlsplit(home).scheme not in ("http", "https"):
        raise ValueError(f"{home} is no address of a page; one begins with https://")


# The networks


def needed_epochs(name: str, chosen: Collection[str]) -> set[int]:
    """The epochs of a network's training that the exercises speak of which the ``chosen`` networks allow."""
    steps = [place.step for place in offered(chosen)]
    return {step.view.epoch for step in steps if step.checkpoint == name and step.view.epoch is not None}


def kept_epochs(epochs: Sequence[int], needed: Collection[int]) -> list[int]:
    """Of all ``epochs``, those that are ``needed``, and MOST_SNAPSHOTS more or less evenly over the others."""
    if len(epochs) <= MOST_SNAPSHOTS:
        return list(epochs)
    # The last one is left out: it looks like the trained network, which is there.
    places = {round(i * (len(epochs) - 2) / (MOST_SNAPSHOTS - 1)) for i in range(MOST_SNAPSHOTS)}
    return [epoch for place, epoch in enumerate(epochs) if place in places or epoch in needed]


def _stage(source: Path, target: Path, needed: Collection[int]) -> None:
    """A copy of a checkpoint that has only those snapshots that the edition keeps."""
    shutil.copytree(source, target)
    found = {int(match[1]): path for path in (target / SNAPSHOTS).glob("*") if (match := SNAPSHOT.fullmatch(path.name))}
    kept = kept_epochs(sorted(found), needed)
    for epoch, path in found.items():
        if epoch not in kept:
            path.unlink()


def _write_network(out: Path, source: Path, answers: Beforehand) -> None:
    out.mkdir(parents=True)
    for file in (CONFIG, WEIGHTS):
        shutil.copyfile(source / file, out / file)
    if (source / SNAPSHOTS).is_dir():
        shutil.copytree(source / SNAPSHOTS, out / SNAPSHOTS)
    _write_json(out / OPENING, answers.opening(source.name))
    (out / EXPLAINED).write_bytes(zlib.compress(_json(answers.explained(source.name)), 9))


def _write_json(path: Path, value: Any) -> None:
    path.write_bytes(_json(value))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


# The page


def _write_page(out: Path, home: str) -> None:
    out.mkdir(parents=True)
    (out / INDEX).write_text(page(home), encoding="utf-8")
    (out / SCRIPT).write_text(script_bundle(ui.WEB / "edition.js"), encoding="utf-8")
    (out / STYLE).write_text(style(), encoding="utf-8")
    shutil.copytree(EXAMPLES, out / "examples")


def page(home: str) -> str:
    """The page's document: the components' templates in the places that gradio would give them."""
    parts = {name: (ui.WEB / f"{name}.html").read_text(encoding="utf-8") for name in PARTS}
    whole = f'<a href="{escape(home)}">the whole page</a>' if home else "the whole page"
    template = Template((OWN / "page.html").read_text(encoding="utf-8"))
    return template.substitute(parts, words=ui.WORDS, whole=whole, no_files=NO_FILES)


def style() -> str:
    """The page's style sheets, after what stands in for gradio's."""
    sheets = [OWN / "gradio.css", *(sheet for sheet in ui.STYLE_SHEETS if sheet.stem not in ABSENT), OWN / "page.css"]
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lenet.ui.edition", description="Write the static edition.")
    parser.add_argument("out", type=Path, metavar="DIR", help="the folder that is written")
    parser.add_argument("--checkpoint", action="append", metavar="NAME", help="a network; can be repeated")
    parser.add_argument("--all", action="store_true", help="every network, and so every exercise")
    parser.add_argument("--checkpoints", metavar="DIR", help="the folder of networks (default: the committed ones)")
    parser.add_argument("--home", default="", metavar="ADDRESS", help="where the whole page is; the edition links to it")
    options = parser.parse_args(arguments)
    try:
        root = settings.checkpoints(options.checkpoints)
        chosen = names(root) if options.all else options.checkpoint or DEFAULTS
        write(options.out, root, list(dict.fromkeys(chosen)), options.home)
    except (OSError, ValueError) as error:
        print(f"lenet.ui.edition: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.2f} MB. To look at it: python -m http.server --directory {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
