"""What the browser sent, as a scene."""

import numpy as np
import pytest
from support import put

from lenet.ui.scene import Scene, read_scene
from lenet.ui.values.pad import GRID_SIZE


def test_a_scene_is_what_the_page_shows(digits):
    pad = put({"drawing": 3}, digits[5]) | {"shown": "4 5 mnist-modern:0"}
    controls = {"revision": 6, "view": {"hide": True}, "shown": "3 6 mnist-modern:0"}
    scene = read_scene(pad, None, "mnist-modern", controls)
    assert (scene.checkpoint, scene.revision, scene.view.hide, scene.problem) == ("mnist-modern", 6, True, "")
    assert (scene.drawing.number, scene.shown) == (4, ("4 5 mnist-modern:0", "3 6 mnist-modern:0"))
    assert scene.drawing.ink.shape == (GRID_SIZE, GRID_SIZE)


@pytest.mark.parametrize("pad", [None, {}, "text", 5, [], {"drawing": None}])
@pytest.mark.parametrize("controls", [None, 7, [], "view"])
def test_what_is_no_object_is_an_empty_page(pad, controls):
    scene = read_scene(pad, None, "mnist-modern", controls)
    assert (scene.drawing.number, scene.drawing.ink, scene.revision, scene.problem) == (0, None, 0, "")


def test_an_uploaded_picture_stands_in_place_of_a_drawing_that_cannot_be_read():
    bad = {"drawing": 2, "grid": "AAAA"}
    assert "wrong size" in read_scene(bad, None, "mnist-modern", {"view": {}}).problem
    assert read_scene(bad, "four.png", "mnist-modern", {"view": {}}).problem == ""


def test_a_change_of_the_server_makes_older_answers_late(digits):
    scene = Scene("mnist-modern", revision=4)
    assert scene.changed().revision == 5
    put = scene.with_ink(digits[3])
    assert (put.drawing.number, put.upload) == (1, None)
    assert np.array_equal(put.drawing.ink[::4, ::4], digits[3])
