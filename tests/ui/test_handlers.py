"""The page's handlers without a browser: what a click or a stroke makes the server answer."""

import base64
import io
import re
import shutil

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from support import drawn, ink_of, put

from lenet import checkpoint
from lenet.microscope.layers import PHASES, stage_name
from lenet.model import LeNet, LeNetConfig
from lenet.settings import CHECKPOINTS
from lenet.ui import handlers as handlers_module
from lenet.ui import link
from lenet.ui.door import Chosen
from lenet.ui.exercises import EXERCISES, PLACES, Ring
from lenet.ui.guard import hourly
from lenet.ui.handlers import UNCHANGED, Answer, Handlers
from lenet.ui.lab import Lab
from lenet.ui.qr import qr_rows
from lenet.ui.values.examples import example_picture
from lenet.ui.values.maps import painted_mark
from lenet.ui.values.pad import GRID_SIZE, Drawing, put_value
from lenet.ui.values.pixels import encode
from lenet.ui.view import View


@pytest.fixture(scope="module")
def handlers() -> Handlers:
    return Handlers(Lab(CHECKPOINTS))


@pytest.fixture
def three(digits) -> dict:
    """A real three on the pad."""
    return put({"drawing": 6}, digits[3])


def controls(revision: int = 0, **view) -> dict:
    """What web/controls.js sends."""
    return {"revision": revision, "view": View(**view).value()}


def chose(**values) -> Chosen:
    """What an event carries."""
    return Chosen(None, values)


def test_a_drawing_is_answered_with_the_counts_that_it_came_with(handlers, three):
    answer = handlers.on_draw(three, "mnist-modern", controls(5))
    assert (answer.verdict["label"], answer.verdict["drawing"], answer.verdict["revision"]) == ("3", 7, 5)
    assert (answer.maps["drawing"], answer.maps["revision"]) == (7, 5)
    assert answer.explanation["cell"] is None


def test_what_a_reader_has_asked_for_comes_with_the_answer(handlers, three):
    answer = handlers.on_draw(three, "mnist-modern", controls(steps=True, overlay="occlusion", pin=(1, 0, 5, 5)))
    assert len(answer.verdict["steps"]) == 4
    assert answer.verdict["overlay"]["cells"]
    assert (answer.explanation["cell"]["name"], answer.explanation["cell"]["pin"]) == ("Layer 1, map 1", (1, 0, 5, 5))


def test_without_preparation_the_network_sees_the_pad_as_it_is(handlers, digits):
    corner = np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
    corner[:56, :56] = digits[3].repeat(2, 0).repeat(2, 1)
    pad = {"drawing": 1, "grid": encode(corner)}
    prepared = handlers.on_draw(pad, "mnist-modern", controls()).verdict
    squeezed = handlers.on_draw(pad, "mnist-modern", controls(prepare=False)).verdict
    seen = np.frombuffer(base64.b64decode(squeezed["picture"]), np.uint8).reshape(28, 28)
    assert prepared["label"] == "3"
    assert seen[14:].max() == seen[:, 14:].max() == 0
    assert seen.max() > 200


def test_each_of_several_digits_in_a_photo_is_offered_with_its_picture(handlers, digits, tmp_path):
    Image.fromarray(np.hstack([digits[4], digits[7]])).save(tmp_path / "number.png")
    verdict = handlers.on_upload(None, str(tmp_path / "number.png"), "mnist-modern", controls()).verdict
    assert [digit["label"] for digit in verdict["digits"]] == ["4", "7"]
    assert verdict["doubts"] == []
    seven = np.frombuffer(base64.b64decode(verdict["digits"][1]["picture"]), np.uint8).reshape(28, 28)
    assert handlers.on_draw(put(None, seven), "mnist-modern", controls()).verdict["label"] == "7"


def test_one_digit_in_a_photo_is_offered_no_choice(handlers, digits, tmp_path):
    Image.fromarray(digits[4]).save(tmp_path / "four.png")
    assert handlers.on_upload(None, str(tmp_path / "four.png"), "mnist-modern", controls()).verdict["digits"] == []


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


PIN = (2, 1, 3, 2)


def explained(handlers, pad, name: str, **view) -> tuple[dict, dict]:
    """The maps and the explanation of the pinned cell."""
    answer = handlers.on_draw(pad, name, controls(pin=PIN, **view))
    return answer.maps, answer.explanation


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


def test_filters_that_are_not_read_are_left_out_of_the_arithmetic(handlers, three):
    _, explanation = explained(handlers, three, "mnist-modern")
    network = checkpoint.load(CHECKPOINTS / "mnist-modern")
    read = network.model.conv2.weight[1].flatten(1).any(1).nonzero().flatten().tolist()
    assert 0 < len(read) < network.model.config.channels[0]
    assert explanation["cell"]["maps"] == read
    assert f"{len(read)} of the {network.model.config.channels[0]} maps" in explanation["cell"]["about"]


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


@pytest.mark.parametrize(
    ("pin", "words"), [((1, 99, 0, 0), "no map 100"), ((7, 0, 0, 0), "no maps"), ((2, 0, 0, 50), "no column 51")]
)
def test_a_pinned_cell_out_of_range_is_a_sentence(handlers, three, pin, words):
    answer = handlers.on_draw(three, "mnist-classic", controls(pin=pin))
    assert words in answer.explanation["text"]
    assert answer.explanation["cell"] is None
    assert answer.maps["layers"]


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
@pytest.mark.parametrize("phase", PHASES)
def test_a_pinned_cell_s_arithmetic_adds_up(handlers, name, phase, request):
    network = checkpoint.load(CHECKPOINTS / name)
    picture = request.getfixturevalue(f"{network.kind}s")[3]
    pad = put(None, picture)
    explanation = handlers.on_draw(pad, name, controls(phase=phase, pin=(2, 1, 3, 2))).explanation
    cell = explanation["cell"]
    stages = drawn(network, pad).activations
    assert cell["value"] == pytest.approx(stages[stage_name(network.model.config, phase, 2)][1, 3, 2], abs=1e-4)
    total, bias, before = (line["value"] for line in cell["lines"][:3])
    assert np.sum(cell["products"]) == pytest.approx(total, abs=1e-4)
    assert sum(cell["sums"]) + bias == pytest.approx(before, abs=1e-4)
    np.testing.assert_allclose(np.multiply(cell["patch"], cell["kernel"]), cell["products"], atol=1e-4)
    assert [line["value"] for line in cell["lines"] if line["own"]] == [cell["value"]]
    assert [np.any(kernel) for kernel in cell["kernel"]] == [True] * len(cell["maps"])
    assert len(explanation["favourites"]) == 9


def test_a_map_that_is_switched_off_is_missing_in_the_answer(handlers, three):
    whole = handlers.on_draw(three, "mnist-classic", controls())
    view = {"off": ((1, 0), (1, 3), (2, 5)), "pin": (2, 5, 3, 3), "compare": "checkpoint", "other": "mnist-classic"}
    answer = handlers.on_draw(three, "mnist-classic", controls(**view))
    assert answer.verdict["probabilities"] != whole.verdict["probabilities"]
    assert answer.verdict["other"]["probabilities"] == whole.verdict["probabilities"]  # B is whole
    assert (answer.explanation["cell"]["off"], answer.explanation["cell"]["value"]) == (True, 0)
    mean = handlers.on_draw(three, "mnist-classic", controls(**view, instead="mean")).explanation["cell"]
    assert mean["value"] == pytest.approx(mean["window"][0]) and 0 < mean["value"] < 1
    gone = handlers.on_draw(three, "mnist-classic", controls(off=((3, 0), (1, 6), (0, 0), (9, 9))))
    assert gone.verdict["probabilities"] == whole.verdict["probabilities"]  # maps of another network


def test_the_network_can_be_looked_at_as_it_was_after_an_epoch(handlers, three):
    trained = handlers.on_draw(three, "mnist-classic", controls())
    early = handlers.on_draw(three, "mnist-classic", controls(epoch=1))
    assert max(early.verdict["probabilities"], key=lambda row: row[1])[1] < 0.2  # a sigmoid learns nothing at first
    assert early.maps["layers"][0]["kernels"] != trained.maps["layers"][0]["kernels"]
    assert early.controls == UNCHANGED and early.maps["altered"]["epoch"] == 1
    gone = handlers.on_draw(three, "mnist-modern", controls(epoch=1))  # it has no snapshots
    assert gone.verdict == handlers.on_draw(three, "mnist-modern", controls()).verdict


@pytest.mark.parametrize("overlay", ["occlusion", "gradient"])
@pytest.mark.parametrize("how", [{"off": ((1, 0), (2, 5))}, {"noise": 100}])
def test_what_is_laid_over_the_picture_is_about_the_network_as_it_is_now(handlers, three, overlay, how):
    laid = [
        handlers.on_draw(three, "mnist-classic", controls(overlay=overlay, **changes)).verdict["overlay"]["cells"]
        for changes in ({}, how)
    ]
    assert laid[0] != laid[1]


@pytest.mark.parametrize("how", [{"noise": 100}, {"biases": False}, {"pooling": False}])
def test_a_broken_network_answers_in_another_way_and_b_through_another_network_does_not(handlers, three, how):
    whole = handlers.on_draw(three, "mnist-classic", controls())
    beside = {"compare": "checkpoint", "other": "mnist-classic", "pin": (1, 2, 5, 5)}
    answer = handlers.on_draw(three, "mnist-classic", controls(**how, **beside))
    assert answer.verdict["probabilities"] != whole.verdict["probabilities"]
    assert answer.verdict["other"]["probabilities"] == whole.verdict["probabilities"]
    lines = {line["kind"]: line["value"] for line in answer.explanation["cell"]["lines"]}
    assert lines["sum"] + lines["bias"] == pytest.approx(lines["before"], abs=1e-4)
    kept = controls(**how, compare="kept", kept=encode(np.zeros(784, np.uint8)))
    assert handlers.on_draw(three, "mnist-classic", kept).maps["note"] == ""  # both through the same broken network


@pytest.mark.parametrize(
    ("pin", "name", "stage", "reads", "shape"),
    [
        ((0, 3, 0, 0), "Logit of 3", "logits", "drop4", [84]),
        ((4, 5, 0, 0), "Dense layer 4, value 6", "dense4", "drop3", [120]),
        ((3, 119, 0, 0), "Dense layer 3, value 120", "dense3", "flatten", [16, 5, 5]),
    ],
)
def test_a_value_of_a_dense_layer_is_explained(handlers, three, pin, name, stage, reads, shape):
    explanation = handlers.on_pin(three, None, "mnist-lenet", controls(pin=pin)).explanation
    dense, cell = explanation["dense"], explanation["cell"]
    assert cell is None
    assert (dense["name"], dense["stage"], dense["reads"], dense["shape"]) == (name, stage, reads, shape)
    stages = drawn(checkpoint.load(CHECKPOINTS / "mnist-lenet"), three).activations
    numbers = {line["kind"]: line["value"] for line in dense["lines"]}
    assert numbers["sum"] + numbers["bias"] == pytest.approx(numbers["before"], abs=1e-5)
    assert numbers["before"] == pytest.approx(stages[stage][pin[1]], abs=1e-4)
    assert ("after" in numbers) == (stage != "logits")


@pytest.mark.parametrize(
    ("pin", "words"), [((0, 10, 0, 0), "no value 11 in logits"), ((5, 0, 0, 0), "no maps of layer 5")]
)
def test_a_dense_value_that_is_not_there_is_a_sentence(handlers, three, pin, words):
    explanation = handlers.on_pin(three, None, "mnist-lenet", controls(pin=pin)).explanation
    assert words in explanation["text"]
    assert (explanation["cell"], explanation["dense"]) == (None, None)


def test_a_mean_s_dense_values_have_no_single_sum(handlers, three):
    answer = handlers.on_pin(three, None, "mnist-lenet", controls(pin=(0, 3, 0, 0), compare="class", side="b"))
    assert "means over the test pictures" in answer.explanation["text"]


def test_a_checkpoint_without_an_atlas_explains_all_the_same(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine", ignore=shutil.ignore_patterns("atlas"))
    own = Handlers(Lab(tmp_path))
    answer = own.on_draw(three, "mine", controls(pin=(1, 0, 9, 9), compare="class"))
    assert answer.explanation["cell"]
    assert answer.explanation["favourites"] == []
    assert "in its atlas" in answer.maps["note"]


def test_an_example_is_put_on_the_pad_as_a_new_picture(handlers, three):
    answer = handlers.on_example(three, None, "mnist-modern", controls(), chose(index=5))
    assert (answer.verdict["label"], answer.pad["drawing"], answer.upload) == ("5", 8, None)


def test_an_example_that_the_browser_has_put_on_the_pad_stays_the_same_drawing(handlers):
    put = put_value(Drawing(4).followed_by(example_picture("digit", 5)))
    answer = handlers.on_example(put, None, "mnist-modern", controls(), chose(index=5))
    assert (answer.verdict["label"], answer.verdict["drawing"]) == ("5", 5)
    assert (answer.verdict["note"], answer.upload) == ("The data set calls this example: 5", None)
    assert (answer.pad, answer.controls) == (UNCHANGED, UNCHANGED)


def test_noise_goes_to_the_network_as_it_is(handlers, three):
    answer = handlers.on_example(three, None, "mnist-modern", controls(), chose(index="noise"))
    assert answer.controls["view"]["prepare"] is False
    assert len(answer.verdict["probabilities"]) == 10
    seen = np.frombuffer(base64.b64decode(answer.verdict["picture"]), np.uint8)
    assert seen.std() > 50
    again = handlers.on_example(answer.pad, None, "mnist-modern", controls(), chose(index="noise"))
    assert again.pad["grid"] != answer.pad["grid"]


def test_a_picture_turned_upside_down_twice_is_itself(handlers, three):
    turned = handlers.on_example(three, None, "mnist-modern", controls(), chose(index="upside down")).pad
    assert turned["grid"] != three["grid"]
    back = handlers.on_example(turned, None, "mnist-modern", controls(), chose(index="upside down")).pad
    assert back["grid"] == three["grid"]


@pytest.mark.parametrize("name", PLACES)
def test_each_step_shows_what_it_speaks_of(handlers, three, name):
    step = PLACES[name].step
    answer = handlers.on_step(three, controls(4), chose(index=name))
    assert answer.verdict["probabilities"]
    assert answer.maps["layers"]
    assert bool(answer.maps["b"]) == (step.view.compare != "none")
    assert (answer.checkpoint, answer.upload) == (step.checkpoint, None)
    assert (answer.lesson["name"], answer.exercises["shown"]) == (name, PLACES[name].exercise.title)
    assert answer.controls["view"] == answer.controls["changes"] == step.view.value()
    assert answer.pad["drawing"] > three["drawing"]
    assert bool(answer.explanation["cell"] or answer.explanation["dense"]) == (Ring("panel") in step.rings)


def test_the_steps_lead_to_each_other(handlers):
    name, walked = "4a-1", []
    while name:
        lesson = handlers.on_step(None, controls(), chose(index=name)).lesson
        assert lesson["before"] == (walked[-1] if walked else "")
        assert lesson["place"] == f"{len(walked) + 1} of 6"
        walked.append(name)
        name = lesson["after"]
    assert walked == [f"4a-{number}" for number in range(1, 7)]


def test_a_link_carries_the_step_and_is_short_where_the_step_is_as_it_was_set_up(handlers):
    answer = handlers.on_step(None, controls(), chose(index="4a-3"))
    page = (answer.pad, None, answer.checkpoint, answer.controls, answer.lesson)
    fragment = handlers.on_take(*page, chose(what="link")).takeaway["link"]
    assert fragment == "exercise-4a-3"
    opened = handlers.on_open(fragment, "mnist-lenet")
    assert (opened.lesson, opened.exercises) == (answer.lesson, answer.exercises)
    assert opened.controls["view"] == answer.controls["view"]
    assert opened.verdict["probabilities"] == answer.verdict["probabilities"]
    changed = answer.controls | {"view": answer.controls["view"] | {"phase": "pooled"}}
    fragment = handlers.on_take(*page[:3], changed, answer.lesson, chose(what="link")).takeaway["link"]
    opened = handlers.on_open(fragment, "mnist-lenet")
    assert (opened.lesson["name"], opened.controls["view"]["phase"]) == ("4a-3", "pooled")
    closed = handlers.on_take(*page[:4], {"name": ""}, chose(what="link")).takeaway["link"]
    assert handlers.on_open(closed, "mnist-lenet").lesson["name"] == ""


@pytest.mark.parametrize("fragment", ["exercise-", "exercise-9-9", "exercise-4a-3x", "exercise-4-"])
def test_a_link_to_a_step_that_is_not_there_is_damaged(handlers, fragment):
    assert "damaged" in handlers.on_open(fragment, "mnist-lenet").takeaway["text"]


def test_a_link_gives_back_the_page_that_it_was_made_from(handlers, three):
    seen = controls(phase="pooled", compare="class", label=2)
    taken = handlers.on_take(three, None, "mnist-classic", seen, None, chose(what="link")).takeaway
    answer = handlers.on_open(taken["link"], "mnist-modern")
    assert (answer.verdict["label"], answer.checkpoint, answer.pad["grid"]) == ("3", "mnist-classic", three["grid"])
    assert answer.controls["view"] == seen["view"]
    assert answer.maps["b"] == "mean of 2"


def test_a_link_to_an_example_has_a_qr_code(handlers, three):
    seen, page = controls(phase="pooled", hide=True), "https://someone-lenet-lab.hf.space/"
    taken = handlers.on_take(three, None, "mnist-lenet", seen, None, chose(what="code", page=page)).takeaway
    assert taken["code"] == qr_rows(page, taken["link"])
    assert handlers.on_open(taken["link"], "mnist-modern").controls["view"] == seen["view"]


def test_a_link_that_is_too_long_has_no_qr_code(handlers, digits):
    drawn = {"drawing": 1, "grid": encode(Drawing().followed_by(digits[3] // 2).ink)}
    for page, words in [
        ("https://a.hf.space/", "too long for a QR code"),
        (None, "copy the link"),
        (5, "copy the link"),
    ]:
        asked = chose(what="code", page=page)
        taken = handlers.on_take(drawn, None, "mnist-lenet", controls(), None, asked).takeaway
        assert (taken["link"], taken["code"]) == ("", [])
        assert words in taken["text"]


def test_the_strokes_of_a_link_go_to_the_pad_and_the_maps_wait_for_them(handlers, digits):
    strokes = "gBGwHoGkNAjI8Q"
    sent = put(None, digits[7] // 2) | {"strokes": strokes}
    taken = handlers.on_take(sent, None, "mnist-classic", controls(hide=True), None, chose(what="link")).takeaway
    answer = handlers.on_open(taken["link"], "mnist-modern")
    assert answer.pad == {"drawing": 1, "grid": "", "strokes": strokes, "put": True}
    assert (answer.verdict["label"], answer.verdict["hide"], answer.maps["drawing"]) == ("", True, 1)
    assert (answer.maps["network"]["name"], answer.maps["pictures"]) == ("mnist-classic", ("", ""))


@pytest.mark.parametrize("strokes", ["gB", ["gB"], "A" * 9_000])
def test_strokes_that_cannot_be_read_are_a_sentence(handlers, three, strokes):
    answer = handlers.on_draw(three | {"strokes": strokes}, "mnist-modern", controls())
    assert "reload the page" in answer.verdict["text"]


def test_an_uploaded_picture_travels_in_a_link_as_the_network_saw_it(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(255 - digits[4]).resize((200, 200)).save(path)
    taken = handlers.on_take(None, str(path), "mnist-modern", controls(), None, chose(what="link")).takeaway
    seen = handlers.on_upload(None, str(path), "mnist-modern", controls()).verdict
    linked = handlers.on_open(taken["link"], "mnist-modern").verdict
    assert (linked["label"], linked["picture"]) == ("4", seen["picture"])


def test_an_uploaded_picture_can_be_turned_upside_down(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(255 - digits[4]).resize((200, 200)).save(path)
    answer = handlers.on_example(None, str(path), "mnist-modern", controls(), chose(index="upside down"))
    ink = ink_of(answer.pad)
    assert answer.upload is None
    assert ink[:56].sum() != ink[56:].sum()
    assert abs(ink[::-4, ::-4].astype(int) - digits[4]).mean() < 20


def test_the_next_example_is_prepared_again_after_noise(handlers, three):
    after = handlers.on_example(three, None, "mnist-modern", controls(), chose(index="noise")).controls
    assert after["view"]["prepare"] is False
    after = handlers.on_example(three, None, "mnist-modern", after, chose(index=3)).controls
    assert after["view"]["prepare"] is True


@pytest.mark.parametrize("index", [99, -1, None, "gone", [1], 2.5, 2.0])
def test_what_is_not_offered_changes_nothing(handlers, three, index):
    assert handlers.on_step(three, controls(), chose(index=index)) == Answer()
    answer = handlers.on_example(three, None, "mnist-modern", controls(), chose(index=index))
    assert (answer.verdict["label"], answer.pad) == ("3", UNCHANGED)
    assert (
        "nothing to save"
        in handlers.on_take(three, None, "mnist-modern", controls(), None, chose(what=str(index))).takeaway["text"]
    )


def test_a_change_made_by_the_server_makes_older_answers_late(handlers, three):
    """Answers with an older turn are dropped by the page."""
    asked = controls(4)
    before = handlers.on_draw(three, "mnist-modern", asked)
    after = handlers.on_checkpoint(three, None, "mnist-classic", asked)
    for name in ("verdict", "maps", "explanation"):
        assert (getattr(before, name)["revision"], getattr(after, name)["revision"]) == (4, 5)
    assert after.controls["revision"] == 5


@pytest.mark.parametrize("fragment", ["nonsense", link.encode(link.Linked(None, "gone", View()))])
def test_a_link_that_cannot_be_shown_changes_nothing(handlers, fragment):
    answer = handlers.on_open(fragment, "mnist-modern")
    assert answer == Answer(takeaway=answer.takeaway)
    assert re.search("damaged|no checkpoint 'gone'", answer.takeaway["text"])


def test_an_address_without_a_link_changes_nothing(handlers):
    assert handlers.on_open("", "mnist-modern") == Answer()


@pytest.mark.parametrize("what", ["png", "npz", "csv"])
def test_files_are_taken_away_with_a_name_that_says_what_they_are(handlers, three, what):
    taken = handlers.on_take(three, None, "mnist-modern", controls(), None, chose(what=what)).takeaway
    assert taken["name"] == f"lenet-mnist-modern-3.{what}"
    content = io.BytesIO(base64.b64decode(taken["content"]))
    if what == "png":
        assert Image.open(content).format == "PNG"
    elif what == "npz":
        assert np.load(content)["act1"].ndim == 3
    else:
        assert content.read().startswith(b"class,probability\r\n0,")


def test_a_hidden_answer_is_not_in_the_name_of_a_file(handlers, three):
    taken = handlers.on_take(three, None, "mnist-modern", controls(hide=True), None, chose(what="csv")).takeaway
    assert taken["name"] == "lenet-mnist-modern.csv"


def test_the_table_has_b_s_probabilities_too(handlers, three):
    taken = handlers.on_take(
        three, None, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"), None, chose(what="csv")
    ).takeaway
    content = base64.b64decode(taken["content"]).decode().splitlines()
    assert content[0] == "class,probability,probability of B"
    assert all(len(line.split(",")) == 3 for line in content)


def test_a_link_of_what_cannot_be_read_is_a_sentence(handlers, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    taken = handlers.on_take(None, str(path), "mnist-modern", controls(), None, chose(what="link")).takeaway
    assert "not a picture that can be read" in taken["text"]
    taken = handlers.on_take(
        {"drawing": 1, "grid": "AAAA"}, None, "mnist-modern", controls(), None, chose(what="link")
    ).takeaway
    assert "wrong size" in taken["text"]


def test_the_kept_picture_of_a_link_with_an_upload_is_what_was_seen(handlers, three, garments, tmp_path):
    path = tmp_path / "boot.png"
    Image.fromarray(garments[9]).resize((200, 200)).save(path)
    kept = handlers.on_keep(three, None, "mnist-modern", controls()).controls["view"]
    seen = handlers.on_upload(None, str(path), "fashion-modern", {"revision": 1, "view": kept}).verdict
    taken = handlers.on_take(
        None, str(path), "fashion-modern", {"revision": 1, "view": kept}, None, chose(what="link")
    ).takeaway
    answer = handlers.on_open(taken["link"], "mnist-modern")
    assert answer.verdict["other"]["picture"] == seen["other"]["picture"]
    assert "not prepared" in answer.takeaway["text"]


def test_a_picture_beside_itself_differs_nowhere(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls()).controls["view"]
    maps = handlers.on_draw(three, "mnist-modern", {"revision": 1, "view": kept}).maps
    assert all(l2 == 0 for layer in maps["layers"] for l2, _ in layer["apart"]["channels"])


def test_two_answers_about_one_picture_are_two_files(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(digits[4]).save(path)
    asked = ["mnist-classic", "mnist-modern"]
    files = [handlers.activations(str(path), name) for name in asked]
    assert [str(np.load(file)["checkpoint"]) for file in files] == asked


def test_nothing_can_be_taken_away_from_an_empty_page(handlers):
    taken = handlers.on_take(None, None, "mnist-modern", controls(), None, chose(what="npz")).takeaway
    assert "nothing to save" in taken["text"]


@pytest.mark.parametrize("sent", [{"revision": 1, "view": {"phase": "sideways"}}, {"revision": 1}, {"view": 7}])
def test_controls_that_cannot_be_are_a_sentence(handlers, three, sent):
    answer = handlers.on_draw(three, "mnist-modern", sent)
    assert "reload the page" in answer.verdict["text"]
    assert answer.maps["cells"] == ""


def test_an_uploaded_picture_stands_on_the_pad_as_the_network_sees_it(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(255 - digits[4]).resize((200, 200)).save(path)
    answer = handlers.on_upload({"drawing": 6}, str(path), "mnist-modern", controls())
    seen = np.frombuffer(base64.b64decode(answer.verdict["picture"]), np.uint8).reshape(28, 28)
    assert answer.pad["drawing"] == answer.verdict["drawing"] == 7
    assert np.array_equal(ink_of(answer.pad), seen.repeat(4, 0).repeat(4, 1))
    gone = handlers.on_upload({"drawing": 7}, None, "mnist-modern", controls())
    assert (gone.pad["drawing"], gone.pad["grid"]) == (8, "")


def test_a_file_that_cannot_be_opened_is_refused_and_not_kept(handlers, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    answer = handlers.on_upload(None, str(path), "mnist-modern", controls())
    assert answer.upload is None
    assert answer.verdict["refused"] and "not a picture that can be read" in answer.verdict["text"]


def test_a_picture_of_nothing_is_refused_and_kept_to_be_looked_at(handlers, tmp_path):
    path = tmp_path / "white.png"
    Image.new("L", (100, 100), 255).save(path)
    answer = handlers.on_upload(None, str(path), "mnist-modern", controls())
    assert answer.verdict["refused"] and answer.upload is UNCHANGED


def test_the_hint_on_an_empty_pad_refuses_nothing(handlers):
    verdict = handlers.on_draw(None, "mnist-modern", controls()).verdict
    assert verdict["text"] and not verdict["refused"]


def mark_of(maps: dict) -> str:
    """What the browser says when it has painted these maps by itself."""
    return painted_mark(maps["drawing"], maps["revision"], maps["mark"])


def test_maps_that_the_browser_shows_are_not_sent_again(handlers, three):
    mark = mark_of(handlers.on_draw(three, "mnist-modern", controls(4)).maps)
    answer = handlers.on_draw({**three, "shown": mark}, "mnist-modern", controls(4))
    assert answer.verdict["label"] == "3"
    assert answer.maps is UNCHANGED
    switched = handlers.on_view(three, None, "mnist-modern", controls(4) | {"shown": mark})
    assert (switched.verdict["label"], switched.maps) == ("3", UNCHANGED)


def test_frames_without_a_picture_are_not_sent_again_either(handlers):
    empty = handlers.on_view({"drawing": 3}, None, "mnist-modern", controls(4, phase="pooled"))
    painted = controls(4, phase="pooled") | {"shown": mark_of(empty.maps)}
    assert handlers.on_view({"drawing": 3}, None, "mnist-modern", painted).maps is UNCHANGED


def test_maps_of_another_view_or_network_than_the_browser_shows_are_sent(handlers, three):
    beside = {"compare": "checkpoint", "other": "mnist-classic"}
    mark = mark_of(handlers.on_draw(three, "mnist-modern", controls(4, **beside)).maps)
    painted = {**three, "shown": mark}
    assert handlers.on_draw(painted, "mnist-modern", controls(4, **beside)).maps is UNCHANGED
    for answer in (
        handlers.on_draw(painted, "mnist-modern", controls(5, phase="pooled", **beside)),
        handlers.on_draw(painted, "mnist-batchnorm", controls(4, **beside)),
        handlers.on_draw(painted, "mnist-modern", controls(4, compare="checkpoint", other="mnist-batchnorm")),
        handlers.on_draw(painted | {"drawing": three["drawing"] + 1}, "mnist-modern", controls(4, **beside)),
        handlers.on_view(painted, None, "mnist-modern", controls(5, **beside)),
        handlers.on_checkpoint(painted, None, "mnist-modern", controls(4, **beside)),
    ):
        assert answer.maps["cells"]
    emptied = {"drawing": 9, "grid": "", "shown": mark}
    assert handlers.on_draw(emptied, "mnist-modern", controls(4, **beside)).maps["cells"] == ""
    for hostile in (True, 7, [], {}, "\ud800", "4 " * 10_000):
        assert handlers.on_draw({**three, "shown": hostile}, "mnist-modern", controls(4)).maps["cells"]


def test_kernels_need_no_picture(handlers):
    answer = handlers.on_draw(None, "mnist-classic", controls(phase="kernels"))
    assert answer.verdict["text"].startswith("Draw")
    assert [layer["a"]["shape"] for layer in answer.maps["layers"]] == [(6, 1, 5, 5), (16, 6, 5, 5)]


def test_a_damaged_checkpoint_is_a_sentence_in_place_of_the_answer(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"short")
    answer = Handlers(Lab(tmp_path)).on_checkpoint(three, None, "broken", controls())
    assert "damaged or cut short" in answer.verdict["text"]
    assert (answer.maps["layers"], answer.examples, answer.controls) == ([], UNCHANGED, UNCHANGED)
    answer = Handlers(Lab(tmp_path)).on_draw(three, "broken", controls(phase="kernels"))
    assert "damaged or cut short" in answer.verdict["text"]
    assert answer.maps["layers"] == []


def test_activations_are_not_written_where_all_room_is_taken(tmp_path, digits):
    Image.fromarray(digits[3]).save(tmp_path / "three.png")
    handlers = Handlers(Lab(CHECKPOINTS), hourly(1_000))
    with pytest.raises(gr.Error, match="keeps no more"):
        handlers.activations(str(tmp_path / "three.png"), "mnist-classic")


def test_a_page_starts_with_a_checkpoint_that_can_be_read(tmp_path):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mnist-modern")
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine")
    (tmp_path / "mnist-modern" / "model.safetensors").write_bytes(b"short")
    assert Lab(tmp_path).first("mnist-modern") == "mine"
    shutil.rmtree(tmp_path / "mine")
    with pytest.raises(ValueError, match="damaged or cut short"):
        Lab(tmp_path).first("mnist-modern")
    with pytest.raises(FileNotFoundError, match="train one"):
        Lab(tmp_path / "mnist-modern").first("mnist-modern")


def test_only_exercises_whose_checkpoints_are_here_are_offered(tmp_path):
    shutil.copytree(CHECKPOINTS / "fashion-classic", tmp_path / "fashion-classic")
    titles = [title for _, title in Handlers(Lab(tmp_path)).opened("fashion-classic").exercises["titles"]]
    assert titles == ["4a · A pullover and a coat"]
    opened = Handlers(Lab(CHECKPOINTS)).opened("mnist-modern")
    assert len(opened.exercises["titles"]) == len(EXERCISES)


def test_the_menu_follows_the_folder(tmp_path):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "first")
    here = Handlers(Lab(tmp_path))
    assert here.on_open("", "first") == Answer()
    shutil.copytree(CHECKPOINTS / "fashion-classic", tmp_path / "mine")
    answer = here.on_open("", "first")
    assert ([name for _, name in answer.offered], answer.checkpoint) == (["first", "mine"], "first")
    assert here.on_checkpoint(None, None, "mine", controls()).controls["checkpoints"] == answer.offered
    shutil.rmtree(tmp_path / "first")
    answer = here.on_open("", "first")
    assert ([name for _, name in answer.offered], answer.checkpoint) == (["mine"], "mine")
    shutil.rmtree(tmp_path / "mine")
    assert "there is no checkpoint" in here.on_open("", "first").takeaway["text"]


def test_a_checkpoint_that_was_trained_again_is_read_again(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine")
    here = Handlers(Lab(tmp_path))
    before = here.on_draw(three, "mine", controls()).verdict
    shutil.rmtree(tmp_path / "mine")
    shutil.copytree(CHECKPOINTS / "mnist-batchnorm", tmp_path / "mine")
    assert here.on_draw(three, "mine", controls()).verdict["probabilities"] != before["probabilities"]


def test_after_an_error_no_old_answer_stands_under_the_new_name(handlers, three):
    answer = handlers.on_checkpoint(three, None, "gone", controls())
    assert "no checkpoint 'gone'" in answer.verdict["text"]
    assert (answer.verdict["label"], answer.verdict["probabilities"], answer.maps["layers"]) == ("", [], [])
    assert answer.explanation["cell"] is None


def test_after_a_fault_of_ours_no_old_answer_stands_and_the_log_has_one_line(handlers, three, monkeypatch, caplog):
    monkeypatch.setattr(handlers_module, "steps_value", None)
    answer = handlers.on_checkpoint(three, None, "mnist-classic", controls(4, steps=True))
    assert answer.verdict["text"] == handlers_module.FAULT
    assert (answer.verdict["drawing"], answer.verdict["revision"]) == (three["drawing"], 5)
    assert (answer.verdict["probabilities"], answer.maps["layers"], answer.explanation["cell"]) == ([], [], None)
    assert len(caplog.messages) == 1
    assert "TypeError" in caplog.messages[0]


def test_the_card_of_the_network_in_the_menu_comes_with_that_of_another_beside_it(handlers):
    card = handlers.on_card("mnist-lenet", chose(asked=3, what="mnist-classic")).card
    assert card["asked"] == 3
    assert [network["name"] for network in card["networks"]] == ["mnist-lenet", "mnist-classic"]
    assert "mnist-lenet" not in [name for _, name in card["offered"]]
    alone = handlers.on_card("mnist-lenet", chose(asked=4, what="mnist-lenet")).card
    assert [network["name"] for network in alone["networks"]] == ["mnist-lenet"]
    assert len(handlers.on_card("mnist-lenet", chose()).card["networks"]) == 1


def test_a_card_that_cannot_be_had_is_a_sentence(handlers, monkeypatch):
    assert "no checkpoint 'gone'" in handlers.on_card("gone", chose(asked=1)).card["problem"]
    assert "no checkpoint 'gone'" in handlers.on_card("mnist-lenet", chose(asked=1, what="gone")).card["problem"]
    assert "no checkpoint 'gone'" in handlers.on_cell("gone", chose(asked=1, cell=[0, 0])).card["tested"][0]["words"]
    monkeypatch.setattr(handlers_module, "cell_value", lambda *arguments: 1 / 0)
    assert handlers.on_cell("mnist-lenet", chose(cell=[0, 0])).card["tested"][0]["words"] == handlers_module.FAULT
    monkeypatch.setattr(handlers_module, "card_value", lambda *arguments: 1 / 0)
    assert handlers.on_card("mnist-lenet", chose(asked=2)).card["problem"] == handlers_module.FAULT


def test_the_test_pictures_of_a_cell_lie_on_the_pad_as_the_network_read_them(handlers):
    answer = handlers.on_cell("mnist-lenet", chose(asked=2, cell=[9, 4], what="mnist-classic")).card
    assert (answer["asked"], answer["cell"], len(answer["tested"])) == (2, (9, 4), 2)
    for cells in answer["tested"][0]["pictures"]:
        picture = np.frombuffer(base64.b64decode(cells), np.uint8).reshape(28, 28)
        verdict = handlers.on_draw(put({"drawing": 1}, picture), "mnist-lenet", controls()).verdict
        assert verdict["label"] == "4"


@pytest.mark.parametrize("cell", [None, [1], [1, -2], [1, True], ["1", 2], {"a": 1}, [1, 2, 3]])
def test_what_is_no_cell_is_answered_with_nothing(handlers, cell):
    assert handlers.on_cell("mnist-lenet", chose(asked=1, cell=cell)) == Answer()
