"""Who may know whom, held by reading the source and by importing it in a fresh interpreter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

from lenet import model
from lenet.pictures import planes

# Each module of the core and the modules of ours that it may import. A wing's own modules are named without the wing.
ARROWS = {
    "": {
        "settings": set(),
        "model": set(),
        "untrusted": set(),
        "checkpoint": {"model", "untrusted"},
        "doubt": {"checkpoint", "model", "untrusted"},
        "hub": {"checkpoint"},
        "prediction": {"checkpoint", "doubt", "model", "pictures.prepare", "pictures.several"},
    },
    "pictures": {
        "regions": set(),
        "planes": {"regions"},
        "finder": {"planes", "regions"},
        "digits": {"finder", "planes", "regions"},
        "garments": {"finder", "planes", "regions"},
        "rgb": {"planes"},
        "decoder": {"rgb"},
        "processes": {"decoder", "rgb"},
        "files": {"decoder", "processes"},
        "prepare": {"digits", "finder", "garments", "planes", "rgb"},
        "batches": {"decoder", "files", "prepare", "several"},
        "drawing": {"digits", "garments", "planes", "prepare", "regions"},
        "several": {"digits", "prepare", "regions"},
    },
    "training": {
        "recipes": {"model"},
        "datasets": {"model"},
        "augment": set(),
        "strokes": {"model"},
        "textures": set(),
        "photos": {"pictures.regions", "textures"},
        "photographed": {"photos", "pictures.planes", "pictures.prepare"},
        "finding": {"photos", "pictures.finder"},
        "outliers": {"model", "strokes"},
        "exposure": {"augment", "checkpoint", "doubt", "model", "outliers", "strokes"},
        "loop": {"events", "recipes"},
        "distillation": {"checkpoint", "loop", "model"},
        "assess": set(),
        "model_card": {"checkpoint"},
        "order": {"model", "recipes"},
        "events": set(),
        "session": {"checkpoint", "datasets", "events", "experiment", "loop", "model", "order"},
        "experiment": {
            "assess",
            "augment",
            "checkpoint",
            "datasets",
            "distillation",
            "doubt",
            "events",
            "exposure",
            "loop",
            "microscope.atlas",
            "model",
            "model_card",
            "photographed",
            "recipes",
            "strokes",
        },
    },
    "microscope": {
        "layers": {"checkpoint", "model"},
        "activations": set(),
        "ablation": {"model"},
        "atlas": {"checkpoint", "layers", "model", "untrusted"},
        "explain": {"activations", "layers", "model"},
        "saliency": {"model"},
        "colours": {"layers"},
        "export": {"checkpoint", "prediction"},
        "onnx_file": {"checkpoint", "model"},
        "sheet": {"colours", "layers"},
    },
}

# The page's modules: the ones of ui that each may import. Values, as "values.X", know the core and what stands here.
UI_ARROWS = {
    "sentence": set(),
    "bundle": set(),
    "view": set(),
    "values.pixels": set(),
    "values.pad": {"values.pixels"},
    "values.strokes": set(),
    "values.verdict": {"sentence", "values.pixels", "view"},
    "values.menu": set(),
    "values.curve": set(),
    "values.controls": {"values.curve", "values.menu", "values.pad", "view"},
    "values.fields": set(),
    "values.sizes": set(),
    "values.maps": {"sentence", "values.fields", "values.menu", "values.pixels", "values.sizes", "view"},
    "values.dense": set(),
    "values.explanation": {"values.dense", "values.fields", "view"},
    "values.examples": set(),
    "values.exercises": {"exercises"},
    "values.lesson": {"exercises"},
    "values.takeaway": set(),
    "values.plan": {"plan"},
    "values.progress": {"plan", "trainer", "values.plan"},
    "values.facts": set(),
    "values.card": {
        "values.curve",
        "values.facts",
        "values.maps",
        "values.menu",
        "values.pixels",
        "values.plan",
    },
    "values.edition": {
        "values.controls",
        "values.dense",
        "values.examples",
        "values.exercises",
        "values.explanation",
        "values.lesson",
        "values.maps",
        "values.menu",
        "values.verdict",
        "view",
    },
    "exercises": {"values.examples", "values.pixels", "view"},
    "scene": {"sentence", "values.controls", "values.pad", "values.strokes", "view"},
    "link": {"exercises", "values.examples", "values.lesson", "values.pad", "values.pixels", "values.strokes", "view"},
    "qr": set(),
    "plan": set(),
    "worker": set(),
    "trainer": {"plan", "worker"},
    "lab": {"scene", "sentence", "values.dense", "values.explanation", "values.maps", "values.menu", "view"},
    "allowance": set(),
    "door": {"allowance", "sentence", "values.pad"},
    "guard": {"allowance", "places"},
    "places": set(),
    "words": set(),
    "components": {"bundle", "door", "sentence", "words"},
    "handlers": {"allowance", "door", "exercises", "lab", "link", "qr", "scene", "sentence", "view", "values"},
    "trainings": {"door", "handlers", "lab", "plan", "trainer", "values"},
    "files": {"lab", "trainer"},
    "beforehand": {"exercises", "handlers", "lab", "scene", "values", "view"},
    "edition": {"beforehand", "bundle", "components", "handlers", "lab", "values.examples"},
    "page": {
        "allowance",
        "bundle",
        "components",
        "door",
        "files",
        "guard",
        "handlers",
        "lab",
        "trainer",
        "trainings",
        "values.menu",
    },
}

KNOW_GRADIO = {"components", "door", "handlers", "page"}
"""The page's modules that import gradio."""

# The wings, and what of ours each may know beside itself.
WINGS = {
    "pictures": set(),
    "training": {"model", "checkpoint", "doubt", "microscope.atlas", "pictures"},
    "microscope": {"model", "checkpoint", "prediction", "pictures", "untrusted"},
}

CORE = [(wing, name) for wing, modules in ARROWS.items() for name in modules]


def path_of(wing: str, name: str) -> Path:
    return ROOT / "lenet" / wing / f"{name}.py"


def imported(path: Path) -> set[str]:
    """The modules a file imports, by full name."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_module(name: str) -> bool:
    return (ROOT / f"{name.replace('.', '/')}.py").is_file()


def known_to(path: Path) -> set[str]:
    """The modules of ours that a file imports, without "lenet."."""
    return {name.removeprefix("lenet.") for name in imported(path) if name.startswith("lenet.") and is_module(name)}


def loaded_by(*statements: str) -> list[set[str]]:
    """The top-level packages that one fresh interpreter holds after each statement."""
    show = "print(*{name.split('.')[0] for name in sys.modules})"
    code = "\n".join(["import sys", *(f"{statement}\n{show}" for statement in statements)])
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return [set(line.split()) for line in run.stdout.splitlines()]


def test_every_module_of_the_core_has_its_arrows():
    found = {
        (wing, path.stem)
        for wing in ARROWS
        for path in (ROOT / "lenet" / wing).glob("*.py")
        if path.stem not in ("__init__", "__main__")
    }
    assert found == set(CORE)


@pytest.mark.parametrize(("wing", "name"), CORE)
def test_arrows_go_one_way(wing, name):
    own = {f"{wing}.{other}".lstrip("."): other for other in ARROWS[wing]}
    assert {own.get(other, other) for other in known_to(path_of(wing, name))} <= ARROWS[wing][name]


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_knows_only_its_neighbours(wing):
    for path in (ROOT / "lenet" / wing).rglob("*.py"):
        strangers = {name for name in known_to(path) if name.split(".")[0] != wing}
        assert all(name in WINGS[wing] or name.split(".")[0] in WINGS[wing] for name in strangers), path


def ui_path(name: str) -> Path:
    return ROOT / "lenet" / "ui" / f"{name.replace('.', '/')}.py"


def test_every_module_of_the_page_has_its_arrows():
    folder = ROOT / "lenet" / "ui"
    found = {".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    assert {name for name in found if not name.endswith("__init__")} == set(UI_ARROWS)


@pytest.mark.parametrize("name", UI_ARROWS)
def test_the_page_s_arrows_go_one_way(name):
    known = {module.removeprefix("ui.") for module in known_to(ui_path(name)) if module.startswith("ui.")}
    allowed = UI_ARROWS[name]
    assert {module for module in known if module not in allowed and module.split(".")[0] not in allowed} == set()


@pytest.mark.parametrize("name", UI_ARROWS)
def test_only_four_modules_of_the_page_know_gradio(name):
    packages = {module.split(".")[0] for module in imported(ui_path(name))}
    assert ("gradio" in packages) == (name in KNOW_GRADIO)


@pytest.mark.parametrize(("wing", "name"), CORE)
def test_the_core_neither_prints_nor_parses_arguments(wing, name):
    path = path_of(wing, name)
    calls = {
        getattr(node.func, "id", "") for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    }
    assert "print" not in calls
    assert "argparse" not in imported(path)


@pytest.mark.parametrize(("wing", "name"), CORE)
def test_only_datasets_imports_torchvision_and_nobody_gradio(wing, name):
    packages = {module.split(".")[0] for module in imported(path_of(wing, name))}
    assert "gradio" not in packages
    assert ("torchvision" in packages) == ((wing, name) == ("training", "datasets"))


@pytest.mark.parametrize("wing", ["training", "pictures", "microscope"])
def test_a_wing_is_entered_by_its_modules(wing):
    assert imported(ROOT / "lenet" / wing / "__init__.py") == set()


def test_the_page_and_the_command_line_know_nothing_of_data_sets():
    for path in [ROOT / "app.py", ROOT / "lenet" / "__main__.py", *(ROOT / "lenet" / "ui").rglob("*.py")]:
        known = imported(path)
        assert not known & {f"lenet.training.{name}" for name in ("datasets", "experiment", "loop")}, path


def test_28_is_the_same_in_the_model_and_in_the_pictures():
    assert model.PICTURE_SIZE == planes.PICTURE_SIZE


def test_model_knows_only_torch():
    assert {name.split(".")[0] for name in imported(ROOT / "lenet" / "model.py")} == {
        "math",
        "collections",
        "dataclasses",
        "reprlib",
        "torch",
        "typing",
    }


def test_lenet_says_what_it_does_not_have():
    with pytest.raises(ImportError, match="cannot import name 'learn' from 'lenet'"):
        exec("from lenet import learn")


def test_training_knows_nothing_of_the_page():
    path = ROOT / "train.py"
    assert "gradio" not in {name.split(".")[0] for name in imported(path)}
    assert not [name for name in known_to(path) if name.split(".")[0] == "ui"]


def test_lenet_alone_costs_nothing_its_core_needs_no_gradio_and_the_app_no_torchvision():
    core = "import lenet.microscope.sheet, lenet.training.loop, lenet.training.augment, lenet.__main__"
    lenet, core, app = loaded_by("import lenet", core, "import app")
    assert not lenet & {"torch", "numpy", "PIL"}
    assert "segno" not in app  # only who asks for a code pays for it
    assert "torch" in core
    assert not core & {"gradio", "torchvision"}
    assert "gradio" in app
    assert "torchvision" not in app
