"""What the checkpoints make of a scene."""

import pytest
from PIL import Image

from lenet.settings import CHECKPOINTS
from lenet.ui import lab as module
from lenet.ui.lab import Lab
from lenet.ui.scene import Scene
from lenet.ui.values.pad import Drawing
from lenet.ui.view import View

BESIDE = View(compare="checkpoint", other="mnist-classic")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(CHECKPOINTS)


@pytest.fixture
def calls(monkeypatch) -> dict[str, int]:
    """How often a picture is opened and prepared."""
    counts = {"open_picture": 0, "prepare": 0}

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
    assert calls["prepare"] == 1


def test_an_uploaded_file_is_opened_once(lab, digits, calls, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(digits[4]).resize((200, 200)).save(path)
    seen = lab.see(Scene("mnist-modern", BESIDE, upload=str(path)))
    assert seen.a.label == seen.b.label == "4"
    assert calls == {"open_picture": 1, "prepare": 1}


def test_a_network_of_the_other_kind_sees_the_picture_prepared_its_way(lab, digits, calls):
    view = View(compare="checkpoint", other="fashion-classic")
    seen = lab.see(Scene("mnist-modern", view, drawing=Drawing().followed_by(digits[3])))
    assert (seen.a.picture != seen.b.picture).any()
    assert calls["prepare"] == 2
