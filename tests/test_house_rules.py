"""Who may know whom, held by reading the source and by importing it in a fresh interpreter."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

CORE = sorted(path for path in (ROOT / "lenet").glob("*.py") if path.stem not in ("__init__", "__main__"))

# Each core module and the core modules that it may import.
ARROWS = {
    "model": set(),
    "regions": set(),
    "augment": set(),
    "datasets": {"model"},
    "recipes": {"model"},
    "strokes": {"model"},
    "assess": set(),
    "training": {"recipes"},
    "atlas": {"model"},
    "model_card": {"checkpoint"},
    "experiment": {
        "assess",
        "atlas",
        "augment",
        "checkpoint",
        "datasets",
        "model",
        "model_card",
        "recipes",
        "strokes",
        "training",
    },
    "checkpoint": {"model"},
    "planes": {"regions"},
    "digits": {"planes", "regions"},
    "garments": {"planes", "regions"},
    "prepare": {"planes", "digits", "garments"},
    "predict": {"checkpoint", "prepare"},
    "layers": {"checkpoint", "model"},
    "explain": {"atlas", "layers", "model"},
    "saliency": {"model"},
    "palettes": set(),
    "export": {"checkpoint", "predict"},
    "sheet": {"layers", "palettes"},
}


def imported(path) -> set[str]:
    """The modules a file imports, by full name."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after ``statement``."""
    code = f"{statement}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_arrows_go_one_way(path):
    known = {name.split(".")[1] for name in imported(path) if name.startswith("lenet.")}
    assert known <= ARROWS[path.stem]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_the_core_neither_prints_nor_parses_arguments(path):
    calls = {
        getattr(node.func, "id", "") for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    }
    assert "print" not in calls
    assert "argparse" not in imported(path)


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_only_datasets_imports_torchvision_and_nobody_gradio(path):
    packages = {name.split(".")[0] for name in imported(path)}
    assert "gradio" not in packages
    assert ("torchvision" in packages) == (path.stem == "datasets")


def test_the_page_and_the_command_line_know_nothing_of_data_sets():
    for path in [ROOT / "app.py", ROOT / "lenet" / "__main__.py", *(ROOT / "lenet" / "ui").glob("*.py")]:
        assert not imported(path) & {"lenet.datasets", "lenet.experiment", "lenet.training"}, path


def test_model_knows_only_torch():
    assert {name.split(".")[0] for name in imported(ROOT / "lenet" / "model.py")} == {
        "math",
        "collections",
        "dataclasses",
        "typing",
        "torch",
    }


def test_the_core_runs_without_gradio_and_torchvision():
    loaded = loaded_by("import lenet.sheet, lenet.training, lenet.augment, lenet.__main__")
    assert "lenet" in loaded
    assert not loaded & {"gradio", "torchvision"}


def test_training_runs_without_gradio():
    loaded = loaded_by("import train")
    assert "torchvision" in loaded
    assert "gradio" not in loaded


def test_importing_the_app_does_not_import_torchvision():
    loaded = loaded_by("import app")
    assert "gradio" in loaded
    assert "torchvision" not in loaded
