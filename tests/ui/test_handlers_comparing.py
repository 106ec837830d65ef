"""What the page's handlers answer about a second picture, or about a second network's view."""

import base64
import shutil

import numpy as np
import pytest
from support import PIN, controls, drawn, explained, put

from lenet import checkpoint
from lenet.microscope.layers import PHASES
from lenet.model import LeNet, LeNetConfig
from lenet.settings import CHECKPOINTS
from lenet.ui.handlers import UNCHANGED, Handlers
from lenet.ui.lab import Lab


def test_the_kept_picture_is_b(handlers, three, digits):
    kept = handlers.on_keep(three, None, "mnist-modern", controls(2)).controls
    assert kept["view"]["compare"] == "kept"
    assert kept["changes"] == {"compare": "kept", "kept": kept["view"]["kept"], "kept_as": "digit"}
    eight = put(three, digits[8])
    answer = handlers.on_draw(eight, "mnist-modern", {"revision": 3, "view": kept["view"]})
    assert (answer.verdict["label"], answer.verdict["other"]["label"]) == ("8", "3")
    assert (answer.maps["b"], answer.maps["layers"][0]["apart"]["channels"][0][0] > 0) == ("the kept picture", True)


def test_nothing_cannot_be_kept(handlers):
    answer = handlers.on_keep(None, None, "mnist-modern", controls())
    assert answer.controls is UNCHANGED
    assert "no picture to keep" in answer.takeaway["text"]


def test_another_checkpoint_is_b(handlers, three):
    answer = handlers.on_draw(three, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"))
    assert answer.verdict["other"]["title"] == answer.maps["b"] == "mnist-classic"
    assert answer.verdict["other"]["label"] == "3"


def test_a_kept_picture_is_prepared_anew_for_a_network_of_the_other_kind(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls()).controls["view"]
    same = handlers.on_draw(three, "mnist-classic", {"revision": 1, "view": kept}).verdict["other"]
    answer = handlers.on_draw(three, "fashion-modern", {"revision": 1, "view": kept})
    assert same["title"] == "the kept picture"
    assert answer.verdict["other"]["title"] == answer.maps["b"] == "the kept picture, prepared as a garment"
    assert answer.verdict["other"]["picture"] != same["picture"]
    as_it_is = handlers.on_draw(three, "fashion-modern", {"revision": 1, "view": kept | {"prepare": False}}).verdict[
        "other"
    ]
    assert as_it_is["picture"] == same["picture"]


def test_a_picture_that_is_kept_unprepared_stays_as_it_is(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls(prepare=False)).controls["view"]
    verdict = handlers.on_draw(three, "fashion-modern", {"revision": 1, "view": kept | {"prepare": True}}).verdict
    assert verdict["other"]["title"] == "the kept picture"


def test_networks_of_other_depths_explain_what_both_have(tmp_path, three):
    shallow = LeNet(LeNetConfig((6,), (5,), (2,)))
    checkpoint.save(checkpoint.Checkpoint("shallow", shallow, "digit", tuple("0123456789"), {}), tmp_path / "shallow")
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mnist-classic")
    both = Handlers(Lab(tmp_path))
    for phase in PHASES:
        there = controls(phase=phase, compare="checkpoint", other="mnist-classic", pin=(2, 0, 1, 1), side="b")
        answer = both.on_draw(three, "shallow", there)
        assert "differ in depth" in answer.maps["note"]
        assert answer.explanation["cell"]["pair"] == []
        back = controls(phase=phase, compare="checkpoint", other="shallow", pin=(2, 0, 1, 1), side="b")
        assert "no maps of layer 2" in both.on_draw(three, "mnist-classic", back).explanation["text"]


def test_a_cell_of_b_is_explained_with_b_s_numbers(handlers, three, digits):
    eight = put(None, digits[8])
    kept = handlers.on_keep(eight, None, "mnist-classic", controls()).controls["view"]["kept"]
    _, explanation = explained(handlers, three, "mnist-classic", compare="kept", kept=kept, side="b")
    network = checkpoint.load(CHECKPOINTS / "mnist-classic")
    a, b = (drawn(network, pad).activations["act2"][PIN[1:]] for pad in (three, eight))
    assert explanation["cell"]["name"] == "Layer 2, map 2 of B"
    assert explanation["cell"]["value"] == pytest.approx(b, abs=2e-3)  # kept with 8 bits a pixel
    assert explanation["cell"]["pair"] == pytest.approx([a, b, a - b], abs=2e-3)
    _, explanation = explained(handlers, three, "mnist-classic", compare="kept", kept=kept)
    assert explanation["cell"]["name"] == "Layer 2, map 2 of A"
    assert explanation["cell"]["value"] == pytest.approx(a, abs=1e-4)


def test_a_cell_of_another_network_s_b_is_explained_by_that_network(handlers, three, digits):
    there = {"compare": "checkpoint", "other": "mnist-batchnorm", "side": "b"}
    _, explanation = explained(handlers, three, "mnist-classic", **there)
    own = drawn(checkpoint.load(CHECKPOINTS / "mnist-batchnorm"), three).activations["act2"]
    assert explanation["cell"]["value"] == pytest.approx(own[PIN[1:]], abs=1e-4)
    assert any("normalised" in line["words"] for line in explanation["cell"]["lines"])
    assert explanation["favourites"] != explained(handlers, three, "mnist-classic")[1]["favourites"]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({}, "There is no B here"),
        ({"compare": "class", "label": 8}, "the mean over the test pictures of the class"),
        ({"compare": "checkpoint", "other": "gone"}, "There is no checkpoint 'gone'"),
    ],
)
def test_a_cell_of_b_without_arithmetic_is_a_sentence(handlers, three, view, words):
    maps, explanation = explained(handlers, three, "mnist-classic", side="b", **view)
    assert words in explanation["text"]
    assert explanation["cell"] is None
    assert maps["layers"]


def test_the_kernels_of_two_networks_need_no_picture(handlers):
    maps = handlers.on_draw(
        None, "mnist-classic", controls(phase="kernels", compare="checkpoint", other="fashion-classic")
    ).maps
    assert (maps["a"], maps["b"]) == ("mnist-classic", "fashion-classic")
    assert maps["layers"][0]["apart"]["channels"][0][0] > 0


@pytest.mark.parametrize("name", ["mnist-modern", "mnist-batchnorm"])  # the second looks at 32 x 32
def test_the_mean_of_a_class_is_b_and_has_no_probabilities(handlers, three, name):
    answer = handlers.on_draw(three, name, controls(compare="class", label=8))
    assert answer.maps["b"] == "mean of 8"
    assert (answer.verdict["other"]["probabilities"], answer.verdict["other"]["label"]) == ([], "")
    mean = np.frombuffer(base64.b64decode(answer.verdict["other"]["picture"]), np.uint8).reshape(28, 28)
    assert mean[:2].max() < 20 < 100 < mean[8:20, 10:18].max()


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"compare": "checkpoint", "other": "gone"}, "There is no checkpoint 'gone'"),
        ({"compare": "checkpoint", "other": "../mnist-modern"}, "There is no checkpoint"),
        ({"compare": "class", "label": 10}, "has 10 classes and no number 10"),
        ({"compare": "checkpoint"}, "Choose the other network"),
        ({"compare": "kept"}, "no picture kept as B yet"),
    ],
)
def test_a_b_that_is_not_there_is_a_sentence_beside_the_maps(handlers, three, view, words):
    answer = handlers.on_draw(three, "mnist-modern", controls(**view))
    assert words in answer.maps["note"]
    assert answer.verdict["label"] == "3"
    assert answer.maps["layers"]


def test_b_may_hold_nothing_in_the_other_network_s_eyes(handlers, digits):
    faint = put(None, digits[3] // 3)
    answer = handlers.on_draw(faint, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"))
    assert "hardly any ink" in answer.verdict["text"]
    assert answer.maps["cells"] == ""


def test_a_picture_beside_itself_differs_nowhere(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls()).controls["view"]
    maps = handlers.on_draw(three, "mnist-modern", {"revision": 1, "view": kept}).maps
    assert all(l2 == 0 for layer in maps["layers"] for l2, _ in layer["apart"]["channels"])
