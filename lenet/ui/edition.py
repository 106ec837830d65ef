"""The static edition: the page as plain files, for any web server. The visitor's browser computes everything.

    python -m lenet.ui.edition DIR                           the digits' network and the garments' one
    python -m lenet.ui.edition DIR --checkpoint mnist-lenet  one network; can be repeated
    python -m lenet.ui.edition DIR --all                     every network, and so every exercise

--snapshots N keeps more of the time machine, or less; --home ADDRESS says where the whole page is.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote, urlsplit

from lenet import doubt, settings
from lenet.checkpoint import CONFIG, SNAPSHOT, SNAPSHOTS, WEIGHTS, names
from lenet.ui import components as ui
from lenet.ui.beforehand import NO_FILES, Beforehand, offered
from lenet.ui.bundle import script_bundle
from lenet.ui.handlers import Handlers
from lenet.ui.lab import Lab
from lenet.ui.values.examples import EXAMPLES
from lenet.untrusted import file_of

OWN = ui.WEB / "edition"
"""What only the static edition has: its page, and what it looks like without gradio."""

DEFAULTS = (settings.DEFAULT_CHECKPOINT, settings.GARMENT_CHECKPOINT)

PARTS = ("pad", "verdict", "lesson", "examples", "controls", "exercises", "takeaway", "maps", "explanation")
"""The components that stand in the page."""

ABSENT = ("bench", "card", "progress", "plot")
"""Style sheets of what needs a server."""

SNAPSHOTS_KEPT = 2
"""Of a network's training, beside those that an exercise speaks of: with them the default network stays below 1 MB."""

INDEX, SCRIPT, STYLE, ICON = "index.html", "edition.js", "edition.css", "icon.svg"
README = "README.md"
"""What makes the folder a static Space of Hugging Face."""
CONTENT = "edition.json"
DOUBT = "doubt.safetensors"
OPENING, EXPLAINED = "opening.zlib", "explained.zlib"
"""Of each network, as JSON that zlib has compressed: a fresh page, and what is said about each of its values."""

SPARE = re.compile(r"/\*.*?\*/|^\s+", re.MULTILINE | re.DOTALL)
"""What a browser does not need of a style sheet: comments and indentation."""

USAGE_ERROR = 2


@dataclass(frozen=True)
class Order:
    """What an edition holds: the ``chosen`` networks of the folder ``root``.

    ``home`` is the address of the whole page, or "" where it has none. ``snapshots`` says how many there are of each
    training, beside those that an exercise speaks of. Raises FileNotFoundError or ValueError.
    """

    root: Path
    chosen: tuple[str, ...] = DEFAULTS
    home: str = ""
    snapshots: int = SNAPSHOTS_KEPT

    def __post_init__(self) -> None:
        known = names(self.root)
        for name in self.chosen:
            if name not in known:
                raise FileNotFoundError(f"there is no checkpoint {name!r} in {self.root}; there is {', '.join(known)}")
        if not self.chosen:
            raise ValueError("an edition needs a network; name one with --checkpoint")
        if self.home and urlsplit(self.home).scheme not in ("http", "https"):
            raise ValueError(f"{self.home} is no address of a page; one begins with https://")
        if self.snapshots < 0:
            raise ValueError(f"{self.snapshots} snapshots cannot be kept; 0 keeps those that the exercises need")


def write(out: Path, order: Order) -> None:
    """Write an edition to the folder ``out``, in place of an older one, whose .git stays.

    Raises ValueError where the folder has other files.
    """
    if out.is_file() or (out.is_dir() and _files(out) and not (out / CONTENT).is_file()):
        raise ValueError(f"{out} holds something else than a static edition; name a new or an empty folder")
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch)
        for name in order.chosen:
            _stage(order.root / name, stage / name, needed_epochs(name, order.chosen), order.snapshots)
        lab = Lab(stage)
        answers = Beforehand(lab, Handlers(lab), lab.first(settings.DEFAULT_CHECKPOINT))
        for path in _files(out):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        _write_page(out, page(answers.first, order.home), {lab.find(name).kind for name in lab.names})
        (out / CONTENT).write_bytes(_json(answers.edition()))
        for name in lab.names:
            _write_network(out / "networks" / name, stage / name, answers)


def _files(out: Path) -> list[Path]:
    """What is in a folder, which may be a clone of a static Space."""
    return [path for path in out.glob("*") if path.name != ".git"]


# The networks


def needed_epochs(name: str, chosen: Collection[str]) -> set[int]:
    """The epochs of a network's training that the exercises speak of which the ``chosen`` networks allow."""
    steps = [place.step for place in offered(chosen)]
    return {step.view.epoch for step in steps if step.checkpoint == name and step.view.epoch is not None}


def kept_epochs(epochs: Sequence[int], needed: Collection[int], most: int) -> list[int]:
    """Of all ``epochs``, those that are ``needed``, and at most ``most`` others, evenly from the first on.

    The last one is not among the others: the trained network stands for it.
    """
    count = min(most, len(epochs) - 1)
    places = {round(i * (len(epochs) - 1) / count) for i in range(count)}
    return [epoch for place, epoch in enumerate(epochs) if place in places or epoch in needed]


def _stage(source: Path, target: Path, needed: Collection[int], most: int) -> None:
    """A copy of a checkpoint that has only those snapshots that the edition keeps."""
    shutil.copytree(source, target, symlinks=True)  # what a link names is not published; the lab does not follow it
    found = _snapshots(target)
    kept = kept_epochs(sorted(found), needed, most)
    for epoch, path in found.items():
        if epoch not in kept:
            path.unlink()


def _write_network(out: Path, source: Path, answers: Beforehand) -> None:
    out.mkdir(parents=True)
    for file in (CONFIG, WEIGHTS):
        shutil.copyfile(file_of(source, file), out / file)
    kept = [f"{SNAPSHOTS}/{path.name}" for path in _snapshots(source).values()]
    for file, name in ((doubt.FILE, DOUBT), *zip(kept, kept, strict=True)):
        with suppress(OSError, ValueError):  # there is none, or it is a link
            (out / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(file_of(source, file), out / name)
    for file, value in ((OPENING, answers.opening(source.name)), (EXPLAINED, answers.explained(source.name))):
        (out / file).write_bytes(zlib.compress(_json(value), 9))


def _snapshots(folder: Path) -> dict[int, Path]:
    """The snapshots in a checkpoint's folder, by their epochs."""
    files = sorted((folder / SNAPSHOTS).glob("*"))
    return {int(match[1]): path for path in files if (match := SNAPSHOT.fullmatch(path.name))}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


# The page


def _write_page(out: Path, document: str, kinds: Collection[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / INDEX).write_text(document, encoding="utf-8")
    (out / SCRIPT).write_text(script_bundle(ui.WEB / "edition.js"), encoding="utf-8")
    (out / STYLE).write_text(style(), encoding="utf-8")
    for name in (ICON, README):
        shutil.copyfile(OWN / name, out / name)
    (out / "examples").mkdir()
    for name in (*(f"{kind}.png" for kind in kinds), "LICENSE.md"):
        shutil.copyfile(EXAMPLES / name, out / "examples" / name)


def page(first: str, home: str) -> str:
    """The page's document: the components' templates in the places that gradio would give them.

    What the network called ``first`` needs is fetched together with the script, and not after it.
    """
    folder = f"networks/{quote(first, safe='')}"
    ahead = [CONTENT, *(f"{folder}/{file}" for file in (OPENING, CONFIG, WEIGHTS))]
    links = [f'<link rel="preload" as="fetch" href="{escape(address)}" crossorigin>' for address in ahead]
    parts = {name: (ui.WEB / f"{name}.html").read_text(encoding="utf-8") for name in PARTS}
    whole = f'<a href="{escape(home)}">the whole page</a>' if home else "the whole page"
    template = Template((OWN / "page.html").read_text(encoding="utf-8"))
    return template.substitute(parts, words=ui.WORDS, whole=whole, no_files=NO_FILES, ahead="\n".join(links))


def style() -> str:
    """The page's style sheets, after what stands in for gradio's."""
    sheets = [OWN / "gradio.css", *(sheet for sheet in ui.STYLE_SHEETS if sheet.stem not in ABSENT), OWN / "page.css"]
    return SPARE.sub("", "".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lenet.ui.edition", description="Write the static edition.")
    parser.add_argument("out", type=Path, metavar="DIR", help="the folder that is written")
    parser.add_argument("--checkpoint", action="append", metavar="NAME", help="a network; can be repeated")
    parser.add_argument("--all", action="store_true", help="every network, and so every exercise")
    parser.add_argument("--checkpoints", metavar="DIR", help="the folder of networks (default: the committed ones)")
    parser.add_argument(
        "--snapshots", type=int, default=SNAPSHOTS_KEPT, metavar="N", help="of each training (default: %(default)s)"
    )
    parser.add_argument(
        "--home", default="", metavar="ADDRESS", help="where the whole page is; the edition links to it"
    )
    options = parser.parse_args(arguments)
    try:
        root = settings.checkpoints(options.checkpoints)
        chosen = names(root) if options.all else options.checkpoint or DEFAULTS
        order = Order(root, tuple(dict.fromkeys(chosen)), options.home, options.snapshots)
        write(options.out, order)
    except (OSError, ValueError) as error:
        print(f"lenet.ui.edition: error: {error}", file=sys.stderr)
        return USAGE_ERROR
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.2f} MB. To look at it: python -m http.server --directory {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
