"""Check the page's scripts: biome's format and lint, TypeScript's types, the tests in Node.

python -m tools.node              checks everything
python -m tools.node --path       prints the path of the Node that is used
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
BIOME, TSC = MODULES / ".bin" / "biome", MODULES / ".bin" / "tsc"

OLDEST = 20
"""The first version of Node that runs the tests."""

INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
"""What npm is told. package.json pins the versions, and the two tools need no other package."""

INSTALL_SECONDS = 300


def candidates() -> Iterator[str]:
    """The machine's Node, then the one that Playwright's package carries for its own use."""
    if path := shutil.which("node"):
        yield path
    try:
        import playwright
    except ImportError:
        return
    own = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
    if own.is_file():
        yield str(own)


def version(path: str) -> int:
    """The major version of a Node: 20 of "v20.11.1". 0 when it does not run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def find() -> str | None:
    """The path of the first Node that is new enough; None without one."""
    return next((path for path in candidates() if version(path) >= OLDEST), None)


def install() -> str:
    """Install biome and TypeScript where package.json has changed since. Returns why it cannot be done, else ""."""
    stamp, wanted = MODULES / ".stamp", (ROOT / "package.json").read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    npm = shutil.which("npm")
    if not npm:
        return "npm is not installed"
    try:
        done = subprocess.run([npm, *INSTALL], cwd=ROOT, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"npm did not answer within {INSTALL_SECONDS} seconds"
    if done.returncode:
        return f"npm failed: {(done.stderr.strip().splitlines() or ['it did not say why'])[0]}"
    stamp.write_text(wanted, encoding="utf-8")
    return ""


def passes(command: list[str | Path]) -> bool:
    """Run a check in the repository's folder, with its words on the screen."""
    print("+", *(Path(word).name if Path(word).is_absolute() else word for word in command), flush=True)
    return subprocess.run(command, cwd=ROOT).returncode == 0


def check_types_and_style(node: str) -> bool:
    """Whether biome and TypeScript find nothing. Without npm one line says so; continuous integration fails on it."""
    if reason := install():
        print(f"NOT CHECKED: the scripts' format, lint and types, because {reason}", file=sys.stderr, flush=True)
        return not os.environ.get("CI")
    biome = passes([node, BIOME, "ci", "lenet/ui/web", "tests/web"])
    return passes([node, TSC, "--noEmit"]) and biome


def check_behaviour(node: str) -> bool:
    """Whether the tests in Node pass. What they say is printed when they do not."""
    tests = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "web").glob("*.test.js"))
    print("+ node --test tests/web/*.test.js", flush=True)
    done = subprocess.run([node, "--test", *tests], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main(arguments: list[str] | None = None) -> int:
    """Check everything; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.node", description=__doc__.splitlines()[0])
    parser.add_argument("--path", action="store_true", help="print the path of the Node that is used")
    only_path = parser.parse_args(arguments).path
    node = find()
    if not node:
        print(f"NOT CHECKED: the scripts, because there is no Node {OLDEST} or newer", file=sys.stderr)
        return 1 if only_path or os.environ.get("CI") else 0
    if only_path:
        print(node)
        return 0
    found = [check_types_and_style(node), check_behaviour(node)]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
