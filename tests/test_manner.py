"""The manner of the code that can be counted. biome.json holds JavaScript's functions to the same length."""

import ast
import json
from pathlib import Path
from statistics import median

import pytest
from support import ROOT

LONGEST = 40
"""Lines of a function, its docstring included."""

MEDIAN = 10

SOURCES = [
    ROOT / "app.py",
    ROOT / "train.py",
    *(path for folder in ("lenet", "benchmarks", "tools") for path in (ROOT / folder).rglob("*.py")),
]


def lengths(path: Path) -> dict[str, int]:
    """The lines of each function in a file, by name and first line."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, functions)]
    return {f"{node.name}:{node.lineno}": node.end_lineno - node.lineno + 1 for node in nodes}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_function_is_longer_than_a_screen(path):
    assert {name: lines for name, lines in lengths(path).items() if lines > LONGEST} == {}


def test_most_functions_are_short():
    assert median(lines for path in SOURCES for lines in lengths(path).values()) < MEDIAN


def test_javascript_is_held_to_the_same_length():
    rules = json.loads((ROOT / "biome.json").read_text(encoding="utf-8"))["linter"]["rules"]
    assert rules["complexity"]["noExcessiveLinesPerFunction"]["options"]["maxLines"] == LONGEST
