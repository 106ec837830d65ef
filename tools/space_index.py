"""Whether a Space's packages can be installed together: asks the package index that pip has, and installs nothing."""

import subprocess
import sys
import tempfile
from pathlib import Path

BUILDER = "gradio[oauth,mcp]=={version}"
"""What the Hub's builder installs together with requirements.txt."""

PROBE = "segno"
"""A small package without dependencies, to see whether an index answers."""

PROBE_SECONDS, RESOLVE_SECONDS = 30, 600

DRY = ("install", "--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check", "--no-input")
LAST_LINES = 3
"""Of what pip says when it fails: the reason stands last."""


def is_reachable() -> bool:
    """Whether pip's index answers."""
    return not _pip("--no-deps", "--retries", "0", "--timeout", "5", PROBE, seconds=PROBE_SECONDS)


def trouble(requirements: Path, version: str, python: str) -> str:
    """Why the builder's gradio of a ``version`` and the ``requirements`` cannot be installed together, or "".

    ``python`` is the Space's version of Python, which need not be the one that runs here.
    """
    with tempfile.TemporaryDirectory() as nowhere:
        target = ("--python-version", python, "--only-binary=:all:", "--target", nowhere)
        return _pip(*target, BUILDER.format(version=version), "-r", str(requirements), seconds=RESOLVE_SECONDS)


def _pip(*arguments: str, seconds: int) -> str:
    """What pip says when it fails; "" where it succeeds."""
    command = [sys.executable, "-m", "pip", *DRY, *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"pip did not answer within {seconds} seconds"
    return " ".join(run.stderr.strip().splitlines()[-LAST_LINES:]) or "pip failed" if run.returncode else ""
