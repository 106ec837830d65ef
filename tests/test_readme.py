"""What the README says must be so."""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import huggingface_hub
import pytest
import yaml
from fake_hub import Repository, served
from PIL import Image
from support import ROOT, real_pictures

import train
from benchmarks import doubts, pens, photos, tables
from lenet import checkpoint
from lenet.__main__ import parse_arguments
from lenet.settings import CHECKPOINTS
from lenet.training.recipes import SOURCES, cite

README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT_MATTER = yaml.safe_load(README.split("---")[1])
REQUIREMENTS = dict(
    re.match(r"([\w-]+)(.*)", line).groups() for line in (ROOT / "requirements.txt").read_text().splitlines()
)


@pytest.mark.parametrize("name", tables.TABLES)
def test_each_table_is_what_was_measured(name):
    assert tables.between(README, name) == tables.TABLES[name]()


def folder_of(options: argparse.Namespace) -> Path:
    """Where a training writes its checkpoint, below the repository's root."""
    return Path(options.out or f"checkpoints/{options.dataset}-{options.recipe}")


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_make_train_has_the_command_that_made_the_checkpoint(name):
    metrics = json.loads((CHECKPOINTS / name / "metrics.json").read_text())
    lines = re.findall(r"train.py (--recipe .*)--data-dir", (ROOT / "Makefile").read_text())
    trainings = [train.parse_arguments(line.split()) for line in lines]
    (options,) = [each for each in trainings if folder_of(each).name == name]
    assert train.ordered(options).command() == metrics["command"]
    adjusted = train.ordered(options).changed_recipe()
    assert json.loads(json.dumps(asdict(adjusted))) == metrics["recipe"]


TRAININGS = re.findall(r"python train.py (--recipe [^#`\n]+)", README + train.__doc__)


@pytest.mark.parametrize("command", TRAININGS)
def test_a_training_that_the_readme_names_replaces_no_committed_checkpoint(command):
    options = train.parse_arguments(command.split())
    committed = subprocess.run(
        ["git", "ls-files", folder_of(options)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert options.overwrite or committed.stdout == ""


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_the_pen_strokes_were_read_by_the_committed_weights(name):
    measured = json.loads(pens.RESULTS.read_text())
    if name.startswith("mnist"):
        metrics = json.loads((CHECKPOINTS / name / "metrics.json").read_text())
        assert measured[name]["weights_sha256"] == metrics["weights_sha256"]
    else:
        assert name not in measured


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_the_doubts_were_measured_on_the_committed_weights(name):
    metrics = checkpoint.read_metrics(CHECKPOINTS / name)
    assert json.loads(doubts.RESULTS.read_text())[name]["weights_sha256"] == metrics["weights_sha256"]


@pytest.mark.parametrize("kind", photos.NETWORKS)
def test_the_photos_were_read_by_the_committed_weights(kind):
    networks = [checkpoint.load(CHECKPOINTS / name) for name in photos.NETWORKS[kind]]
    assert json.loads(photos.RESULTS.read_text())["weights_sha256"][kind] == photos.measured_on(kind, networks)


def test_sdk_version_is_the_pinned_gradio():
    assert REQUIREMENTS["gradio"] == f"=={FRONT_MATTER['sdk_version']}"


def test_requirements_are_the_run_time_list_in_ranges():
    assert set(REQUIREMENTS) == {"torch", "torchvision", "gradio", "numpy", "pillow", "safetensors", "tqdm", "segno"}
    for name, version in REQUIREMENTS.items():
        assert name == "gradio" or re.fullmatch(r">=[\d.]+,<\d+", version), f"{name} needs a range"


def test_the_front_matter_is_what_a_space_takes():
    assert FRONT_MATTER["sdk"] == "gradio"
    assert FRONT_MATTER["python_version"] == "3.12"
    assert len(FRONT_MATTER["short_description"]) <= 60
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()


@pytest.mark.parametrize("key", SOURCES)
def test_the_sources_are_those_of_the_recipes(key):
    assert f"\n* {cite(key)}: " in README.split("## Sources")[1].split("## Tree")[0]


def test_the_tree_names_every_file_of_the_core():
    tree = README.split("## Tree")[1].split("## Host it")[0]
    named = set(re.findall(r"^ +([\w./]+)", tree, re.MULTILINE))
    ours = {path.name for path in (ROOT / "lenet").rglob("*.py")} - {"__init__.py"}
    assert ours <= named
    folders = [ROOT, *(path for path in (ROOT / "lenet").rglob("*") if path.is_dir()), ROOT / "lenet"]
    for name in named:
        assert any((folder / name).exists() for folder in folders), name


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


NOT_RUN = {
    "make ": "installs and runs everything; it is what runs the tests",
    "python train.py --recipe": "trains for minutes; how it is written is tested above",
}
"""How lines begin that are not run, and why."""

LINES = [line for block in blocks("bash") for line in block.splitlines() if not line.startswith(tuple(NOT_RUN))]


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder with what the examples name, and a Hub that has the repository that they name."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "networks").mkdir()
    for name in ("checkpoints", "lenet", "train.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "networks" / "mine").symlink_to(CHECKPOINTS / "mnist-classic")
    for name in ("digit.png", "photos/one.png"):
        Image.fromarray(real_pictures("digit")[7]).save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with served(Repository()) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield tmp_path


def test_code_has_its_language_and_there_is_enough_of_it():
    assert README.count("```") == 2 * len(blocks("bash") + blocks("python"))
    assert len(LINES) >= 8
    assert len(blocks("python")) >= 3


@pytest.mark.parametrize("line", [line for line in LINES if "-m lenet" in line])
def test_the_command_line_knows_every_option_that_is_named(line):
    arguments = shlex.split(line.split("python -m lenet")[1], comments=True)
    assert parse_arguments(arguments).run


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_the_lines_of_bash_run_as_they_stand(line, place):
    run = subprocess.run(["bash", "-ec", line], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout


@pytest.mark.parametrize("block", blocks("python"))
def test_the_lines_of_python_run_as_they_stand_and_print_what_is_shown(block, place, page_url, monkeypatch, capsys):
    """But for the page's port, and for the Hub's cache, which its package has found before the test."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(place / "home"))
    exec(block.replace("http://127.0.0.1:7860", page_url), {})
    shown = "".join(f"{line[2:]}\n" for line in block.splitlines() if line.startswith("# "))
    assert shown
    assert re.fullmatch(re.escape(shown).replace(r"\.\.\.", ".*"), capsys.readouterr().out)


def test_links_and_pictures_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", README):
        assert (ROOT / target).is_file(), target
    assert Image.open(ROOT / "docs" / "screenshot.png").width >= 1_000


def test_contributing_is_short_and_its_paths_lead_somewhere():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    paths = re.findall(r"`((?:lenet|tests)/[\w./]*)`", text)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_changelog_has_the_version_that_is_made():
    (version,) = re.findall(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert f"\n## {version} - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_committed_file_is_small_enough_for_a_space():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert files
    assert [name for name in files if (ROOT / name).stat().st_size >= 1_000_000] == []
