"""What the checkpoints make of a scene."""

import json
import os
import shutil

import pytest
from PIL import Image
from support import put

from lenet.checkpoint import load
from lenet.settings import CHECKPOINTS
from lenet.ui import lab as module
from lenet.ui.handlers import Handlers
from lenet.ui.lab import Lab
from lenet.ui.scene import Scene
from lenet.ui.sentence import Sentence
from lenet.ui.values.pad import Drawing
from lenet.ui.view import View

BESIDE = View(compare="checkpoint", other="mnist-classic")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(CHECKPOINTS)


@pytest.fixture
def calls(monkeypatch) -> dict[str, int]:
    """How often a picture is opened and prepared."""
    counts = {"open_picture": 0, "prepare": 0, "prepare_drawing": 0}

    def counted(name):
        original = getattr(module, name)

        def call(*arguments):
            counts[name] += 1
            return original(*arguments)

        monkeypatch.setattr(module, name, call)

    for name in counts:
        counted(name)
    return counts


def test_with_another_checkpoint_as_b_the_picture_is_prepared_once(lab, digits, calls):
    seen = lab.see(Scene("mnist-modern", BESIDE, drawing=Drawing().followed_by(digits[3])))
    assert seen.a.label == seen.b.label == "3"
    assert calls == {"open_picture": 0, "prepare": 0, "prepare_drawing": 1}


def test_an_uploaded_file_is_opened_once(lab, digits, calls, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(digits[4]).resize((200, 200)).save(path)
    seen = lab.see(Scene("mnist-modern", BESIDE, upload=str(path)))
    assert seen.a.label == seen.b.label == "4"
    assert calls == {"open_picture": 1, "prepare": 1, "prepare_drawing": 0}


def test_a_network_of_the_other_kind_sees_the_picture_prepared_its_way(lab, digits, calls):
    view = View(compare="checkpoint", other="fashion-classic")
    seen = lab.see(Scene("mnist-modern", view, drawing=Drawing().followed_by(digits[3])))
    assert (seen.a.picture != seen.b.picture).any()
    assert calls["prepare_drawing"] == 2


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "[" * 100_000),
        ("config.json", {"channels": [10**12, 16]}),
        ("config.json", {"channels": [10**30, 16]}),
        ("config.json", {"hidden": [float("inf")]}),
        ("model.safetensors", "short"),
    ],
    ids=["deep", "huge", "beyond counting", "endless", "cut"],
)
def test_a_checkpoint_that_no_machine_can_read_is_a_sentence(tmp_path, file, content):
    path = shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine") / file
    if isinstance(content, dict):
        config = json.loads(path.read_text())
        content = json.dumps(config | {"model": config["model"] | content})
    path.write_text(content)
    answer = Lab(tmp_path).answer(Scene("mine"))
    assert isinstance(answer, Sentence)
    assert f"mine/{file}" in answer.text
    assert str(tmp_path) not in answer.text


def test_a_damaged_checkpoint_is_read_once_until_it_changes(tmp_path, monkeypatch):
    path = shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine") / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(b"cut")
    lab, read = Lab(tmp_path), []
    monkeypatch.setattr(module, "load", lambda folder: read.append(folder) or load(folder))
    for _ in range(3):
        assert lab.menu[0][0].startswith("Cannot be read: mine/")
    assert len(read) == 1
    path.write_bytes(whole)
    assert lab.find("mine").name == "mine"


def test_a_name_of_a_request_is_echoed_in_part(lab):
    with pytest.raises(FileNotFoundError) as caught:
        lab.find("x" * 10_000)
    assert len(str(caught.value)) < 300


def test_a_folder_whose_name_cannot_be_sent_is_not_offered(tmp_path):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine")
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / os.fsdecode(b"\xff"))
    assert Lab(tmp_path).names == ["mine"]


@pytest.mark.parametrize(
    "metrics", [{"test": []}, {"test": {"accuracy": "high"}}, {"test": {"accuracy": float("nan")}}, {"test": None}]
)
def test_metrics_that_anyone_can_have_written_are_left_out(tmp_path, digits, metrics):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine")
    (tmp_path / "mine" / "metrics.json").write_text(json.dumps(metrics))
    answer = Handlers(Lab(tmp_path)).on_draw(put({}, digits[3]), "mine", None)
    assert answer.verdict["label"] == "3"
    assert "test pictures" not in str(answer.maps["words"][0])


def test_without_a_picture_there_are_frames_of_a_and_of_b(lab):
    a, b = lab.frames(Scene("mnist-modern", BESIDE))
    assert (a.network.name, b.network.name) == ("mnist-modern", "mnist-classic")
    assert not any(values.any() for values in a.stages.values())
    a, b = lab.frames(Scene("mnist-classic", View(compare="class", label=7)))
    assert b.title == "mean of 7"
    assert lab.frames(Scene("mnist-classic"))[1] is None
    assert "choose" in lab.frames(Scene("mnist-classic", View(compare="checkpoint")))[1].text.lower()
    assert isinstance(lab.frames(Scene("gone"))[0], Sentence)
