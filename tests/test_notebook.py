"""The notebook in docs/: clean as it is committed, and still right when it is run again."""

import ast
import json

import pytest
from support import ROOT

PATH = ROOT / "docs" / "exercise-4.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]

LARGEST = 300_000
"""Bytes of the file."""


def source(cell: dict) -> str:
    return "".join(cell["source"])


def printed(notebook: dict) -> list[str]:
    """The text that each code cell has printed."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join("".join(output.get("text", "")) for output in cell["outputs"]) for cell in cells]


def shown(notebook: dict) -> int:
    """How many pictures stand below the cells."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_its_cells_compile_and_use_the_library_alone():
    modules = set()
    for cell in CODE:
        tree = ast.parse(source(cell))
        modules |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert modules == {"PIL", "io", "itertools", "lenet", "numpy", "pathlib", "sys"}


def test_it_is_committed_as_it_was_run_from_top_to_bottom():
    assert [cell["execution_count"] for cell in CODE] == list(range(1, len(CODE) + 1))
    assert all(output["output_type"] != "error" for cell in CODE for output in cell["outputs"])
    assert shown(NOTEBOOK) >= 5


def test_it_is_small_and_has_nothing_of_the_machine_that_ran_it():
    text = PATH.read_text(encoding="utf-8")
    assert len(text) < LARGEST
    assert "/home/" not in text and "/tmp/" not in text and "0x7f" not in text
    assert NOTEBOOK["metadata"]["language_info"] == {"name": "python"}
    assert all(cell["metadata"] == {} for cell in NOTEBOOK["cells"])


def test_its_words_quote_what_it_has_printed():
    words = "".join(source(cell) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "markdown")
    said = "".join(printed(NOTEBOOK))
    for quoted in ("0.52", "0.22", "1.05", "1.07"):
        assert quoted in words
        assert quoted in said
    assert "most in channels 16 (1.34), 5 (1.32), 13 (1.26)" in said


@pytest.mark.slow
def test_a_fresh_run_prints_and_shows_the_same():
    from tools.notebook import run

    again = run(PATH)
    assert printed(again) == printed(NOTEBOOK)
    assert shown(again) == shown(NOTEBOOK)
