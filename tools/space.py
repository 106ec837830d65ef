"""The folder that a Space of Hugging Face needs, built and checked.

    python -m tools.space DIR                 DIR/cpu for a paid account, DIR/zero for a free one on ZeroGPU
    python -m tools.space DIR --kind zero     only that one
    python -m tools.space DIR --resolve never --no-start    without what takes long

What is in the folder is pushed to the Space as it is. The exit status is 1 if a check fails.
"""

import argparse
import ast
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from lenet.checkpoint import FILE_LIMIT, GIT_LFS_POINTER
from tools import space_index, space_start

ROOT = Path(__file__).parent.parent

PARTS = (
    "app.py",
    "train.py",
    "requirements.txt",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "docs",
    "lenet",
    "checkpoints",
)
"""What of the repository a Space needs, with what its README links to."""

SPARE = ("__pycache__", "*.pyi", "*.training.*", ".*")
"""What stands between these files and is left out."""

GIT = ".git"
"""A folder may be a clone of the Space, to be pushed."""

README, REQUIREMENTS = "README.md", "requirements.txt"
FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)

COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
MOST_LETTERS = 60
"""Of a Space's short description."""

NEWEST_PYDANTIC = Version("2.12.5")
"""The builder's own gradio line needs this one or an older one."""

ZERO_TORCH = ("2.8.0", "2.13.0")
"""The oldest and the newest torch that ZeroGPU takes, as of September 2026."""


@dataclass(frozen=True)
class Kind:
    """A kind of Space: the ``hardware`` that it suggests, and its line for torch, or "" for the repository's own."""

    hardware: str
    torch: str = ""


KINDS = {
    "cpu": Kind("cpu-basic"),
    "zero": Kind("zero-a10g", f"torch>={ZERO_TORCH[0]},<={ZERO_TORCH[1]}"),
}

Check = Callable[[Path, Kind], Iterator[str]]
"""What is wrong with a folder that is meant to be such a Space, sentence by sentence."""


# Building


def build(folder: Path, kind: Kind, root: Path = ROOT) -> None:
    """Write a Space of a ``kind`` to ``folder``, in place of an older one, whose .git stays.

    Raises ValueError where the folder has other files.
    """
    _empty(folder)
    for part in PARTS:
        source = root / part
        if source.is_dir():
            shutil.copytree(source, folder / part, symlinks=True, ignore=shutil.ignore_patterns(*SPARE))
        else:
            shutil.copyfile(source, folder / part)
    _change(folder / README, lambda text: text.replace("\n---\n", f"\nsuggested_hardware: {kind.hardware}\n---\n", 1))
    if kind.torch:
        _change(folder / REQUIREMENTS, lambda text: re.sub(r"^torch[<>=].*$", kind.torch, text, flags=re.MULTILINE))


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    there = [path for path in folder.iterdir() if path.name != GIT]
    if there and not (folder / "app.py").is_file():
        raise ValueError(f"{folder} holds something else than a Space; name a new or an empty folder")
    for path in there:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _change(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


# Checking


def front_matter(folder: Path) -> dict[str, Any]:
    """What the README says to the Hub; empty where it says nothing that can be read."""
    found = FRONT_MATTER.match(_text(folder / README))
    try:
        value = yaml.safe_load(found[1]) if found else {}
    except yaml.YAMLError:
        return {}
    return value if isinstance(value, dict) else {}


def requirements(folder: Path) -> dict[str, Requirement]:
    """The lines of requirements.txt by name."""
    lines = [line for line in _text(folder / REQUIREMENTS).splitlines() if line and line[0] not in "#-"]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def check_front_matter(folder: Path, kind: Kind) -> Iterator[str]:
    """The README's first lines are what the Hub reads."""
    said = front_matter(folder)
    wanted = {"sdk": "gradio", "app_file": "app.py", "suggested_hardware": kind.hardware}
    for name, value in wanted.items():
        if said.get(name) != value:
            yield f"the README says {name}: {said.get(name)}; it must be {value}"
    for name in ("title", "emoji", "license"):
        if not said.get(name):
            yield f"the README has no {name}"
    for name in ("colorFrom", "colorTo"):
        if said.get(name) not in COLOURS:
            yield f"the README says {name}: {said.get(name)}; it can be {', '.join(COLOURS)}"
    if not 0 < len(str(said.get("short_description") or "")) <= MOST_LETTERS:
        yield f"short_description must have 1 to {MOST_LETTERS} letters"
    if not isinstance(said.get("python_version"), str):
        yield "python_version must be in quotes: without them 3.10 would be read as 3.1"


def check_requirements(folder: Path, kind: Kind) -> Iterator[str]:
    """The pins agree with what the builder adds, and with what the hardware takes."""
    needed, version = requirements(folder), front_matter(folder).get("sdk_version")
    if "gradio" not in needed or str(needed["gradio"].specifier) != f"=={version}":
        yield f"gradio must be pinned to =={version}, the README's sdk_version"
    if "pydantic" in needed and NEWEST_PYDANTIC not in needed["pydantic"].specifier:
        yield f"pydantic must allow {NEWEST_PYDANTIC}, which the builder's line needs"
    if any(line.startswith("-") for line in _text(folder / REQUIREMENTS).splitlines()):
        yield "requirements.txt must hold no options: the builder has its own index"
    if not kind.torch:
        return
    oldest, newest = map(Version, ZERO_TORCH)
    allowed = needed["torch"].specifier if "torch" in needed else None
    beyond = Version(f"{newest.major}.{newest.minor + 1}.0")
    if allowed is None or oldest not in allowed or newest not in allowed or beyond in allowed:
        yield f"ZeroGPU takes torch {oldest} to {newest}; requirements.txt must allow these and no newer one"


def check_entry(folder: Path, kind: Kind) -> Iterator[str]:
    """On ZeroGPU, spaces comes before torch, and a GPU function is bound to an event."""
    imports = [
        node for node in ast.walk(ast.parse(_text(folder / "app.py"))) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    ours = [
        node.lineno for node in imports if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lenet")
    ]
    spaces = [node.lineno for node in imports if isinstance(node, ast.Import) and node.names[0].name == "spaces"]
    if not spaces or min(spaces) > min(ours, default=0):
        yield "app.py must import spaces before anything of lenet: ZeroGPU wants it before torch"
    if not any("spaces.GPU(" in _text(path) for path in (folder / "lenet").rglob("*.py")):
        yield "no function is decorated with spaces.GPU: ZeroGPU stops such a Space"


def check_files(folder: Path, kind: Kind) -> Iterator[str]:
    """Every file is below the Hub's limit, and is itself and no pointer."""
    for path in sorted(path for path in folder.rglob("*") if GIT not in path.parts):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"{name} is a link; the Hub would not follow it"
        elif path.is_file() and path.stat().st_size > FILE_LIMIT:
            yield f"{name} has {path.stat().st_size:,} bytes; the Hub takes {FILE_LIMIT:,} without LFS"
        elif path.is_file() and path.stat().st_size < 1000 and path.read_bytes().startswith(GIT_LFS_POINTER):
            yield f"{name} is a pointer of git LFS and not the file; run git lfs pull"
    missing = [part for part in PARTS if not (folder / part).exists()]
    if missing:
        yield f"the folder has no {', '.join(missing)}"


CHECKS: dict[str, Check] = {
    "front matter": check_front_matter,
    "requirements": check_requirements,
    "entry": check_entry,
    "files": check_files,
}
"""Those that take milliseconds."""


def problems(folder: Path, kind: Kind) -> list[str]:
    """What is wrong with the folder, as far as can be seen without running it."""
    return [f"{name}: {sentence}" for name, check in CHECKS.items() for sentence in check(folder, kind)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


# The command


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.space", description="Build a Space's folder and check it.")
    parser.add_argument("out", type=Path, metavar="DIR")
    parser.add_argument("--kind", choices=KINDS, action="append", help="cpu or zero (default: both)")
    parser.add_argument(
        "--resolve",
        choices=("auto", "always", "never"),
        default="auto",
        help="ask the package index whether everything can be installed together (auto: if it can be reached)",
    )
    parser.add_argument("--no-start", action="store_true", help="do not start the page from the folder")
    options = parser.parse_args(arguments)
    found = [_made(options.out / name, name, options) for name in options.kind or KINDS]
    return 0 if all(found) else 1


def _made(folder: Path, name: str, options: argparse.Namespace) -> bool:
    """Builds and checks one kind, and says what it found. Returns whether all is well."""
    kind = KINDS[name]
    try:
        build(folder, kind)
        wrong = problems(folder, kind)
        if options.resolve != "never":
            wrong += _resolved(folder, wait=options.resolve == "always")
        if not options.no_start and not wrong:
            print(f"{folder}: {space_start.start(folder).words}")
    except (OSError, ValueError) as error:
        wrong = [str(error)]
    for sentence in wrong:
        print(f"{folder}: {sentence}", file=sys.stderr)
    if not wrong:
        print(f"{folder}: ready for hardware {kind.hardware}")
    return not wrong


def _resolved(folder: Path, *, wait: bool) -> list[str]:
    said = front_matter(folder)
    if not wait and not space_index.is_reachable():
        print(f"{folder}: NOT CHECKED whether it can be installed: there is no package index", file=sys.stderr)
        return []
    trouble = space_index.trouble(folder / REQUIREMENTS, str(said.get("sdk_version")), str(said.get("python_version")))
    return [f"install: {trouble}"] if trouble else []


if __name__ == "__main__":
    sys.exit(main())
