"""What the README says must be so."""

import json
import re
import subprocess

import pytest
import yaml
from conftest import CHECKPOINTS, ROOT
from PIL import Image

from lenet import checkpoint
from lenet.recipes import RECIPES

README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT_MATTER = yaml.safe_load(README.split("---")[1])
REQUIREMENTS = dict(
    re.match(r"([\w-]+)(.*)", line).groups() for line in (ROOT / "requirements.txt").read_text().splitlines()
)


def result_row(name: str) -> list[str]:
    """The cells of one checkpoint's row in the results table."""
    (row,) = re.findall(rf"^\| {name} \|(.*)\|$", README, re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_the_results_table_is_what_training_measured(name):
    metrics = json.loads((CHECKPOINTS / name / "metrics.json").read_text())
    assert result_row(name) == [
        f"{metrics['parameters']:,}",
        f"{60_000 - metrics['recipe']['validation']:,}",
        str(len(metrics["epochs"])),
        f"{metrics['validation']['accuracy']:.4f}",
        f"{metrics['test']['accuracy']:.4f}",
        f"{metrics['test']['loss']:.3f}",
    ]


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_make_train_has_the_command_that_made_the_checkpoint(name):
    dataset, recipe = name.split("-")
    metrics = json.loads((CHECKPOINTS / name / "metrics.json").read_text())
    (command,) = re.findall(rf"--recipe {recipe} --dataset {dataset}(.*) --data-dir", (ROOT / "Makefile").read_text())
    assert metrics["recipe"]["learning_rate"] == RECIPES[recipe].learning_rate
    assert int(re.search(r"--epochs (\d+)|$", command)[1] or RECIPES[recipe].epochs) == metrics["recipe"]["epochs"]


def test_sdk_version_is_the_pinned_gradio():
    assert REQUIREMENTS["gradio"] == f"=={FRONT_MATTER['sdk_version']}"


def test_requirements_are_the_run_time_list_in_ranges():
    assert set(REQUIREMENTS) == {"torch", "torchvision", "gradio", "numpy", "pillow", "safetensors", "tqdm"}
    for name, version in REQUIREMENTS.items():
        assert name == "gradio" or re.fullmatch(r">=[\d.]+,<\d+", version), f"{name} needs a range"


def test_the_front_matter_is_what_a_space_takes():
    assert FRONT_MATTER["sdk"] == "gradio"
    assert FRONT_MATTER["python_version"] == "3.12"
    assert len(FRONT_MATTER["short_description"]) <= 60
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()


def test_the_tree_names_every_file_of_the_core():
    tree = README.split("## Tree")[1].split("## Host it")[0]
    named = set(re.findall(r"^ +([\w./]+)", tree, re.MULTILINE))
    assert {path.name for path in (ROOT / "lenet").glob("*.py")} - {"__init__.py"} <= named
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "lenet" / name).exists(), name


def test_links_and_pictures_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", README):
        assert (ROOT / target).is_file(), target
    assert Image.open(ROOT / "docs" / "screenshot.png").width >= 1_000


def test_every_committed_file_is_small_enough_for_a_space():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert files
    assert [name for name in files if (ROOT / name).stat().st_size >= 1_000_000] == []
