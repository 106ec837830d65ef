"""The page's handlers without a browser: what a click or a stroke makes the server answer."""

import base64
import io
import re
import shutil
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from support import CHECKPOINTS

from lenet import checkpoint
from lenet.microscope.layers import STEPS, stage_name
from lenet.model import LeNet, LeNetConfig
from lenet.predict import predict
from lenet.ui import components as ui
from lenet.ui import link
from lenet.ui.exercises import EXERCISES
from lenet.ui.handlers import Handlers
from lenet.ui.scene import Lab
from lenet.ui.view import View


@pytest.fixture(scope="module")
def handlers() -> Handlers:
    return Handlers(Lab(CHECKPOINTS))


@pytest.fixture
def three(digits) -> dict:
    """A real three on the pad."""
    return ui.put_on_pad({"n": 6}, digits[3])


def controls(turn: int = 0, **view) -> dict:
    """What controls.js sends."""
    return {"turn": turn, "view": View(**view).value()}


def chose(**values) -> SimpleNamespace:
    return SimpleNamespace(**values)


def test_a_drawing_is_answered_with_the_counts_that_it_came_with(handlers, three):
    verdict, maps, explanation = handlers.on_draw(three, "mnist-modern", controls(5))
    assert (verdict["label"], verdict["n"], verdict["turn"]) == ("3", 7, 5)
    assert (maps["n"], maps["turn"]) == (7, 5)
    assert explanation["cell"] is None


def test_what_is_costly_waits_until_the_pen_rests(handlers, three):
    asked = controls(steps=True, overlay="occlusion", pin=(1, 0, 5, 5))
    verdict, maps, explanation = handlers.on_draw({**three, "moving": True}, "mnist-modern", asked)
    assert (verdict["moving"], verdict["steps"], verdict["overlay"], maps["top"] < 256) == (True, [], None, True)
    assert explanation is None
    verdict, maps, explanation = handlers.on_draw(three, "mnist-modern", asked)
    assert len(verdict["steps"]) == 5
    assert verdict["overlay"]["cells"]
    assert explanation["text"].startswith("Layer 1, map 1, row 6, column 6")


def test_without_preparation_the_network_sees_the_pad_as_it_is(handlers, digits):
    corner = np.zeros((ui.GRID, ui.GRID), np.uint8)
    corner[:56, :56] = digits[3].repeat(2, 0).repeat(2, 1)
    pad = {"n": 1, "grid": ui.encode(corner)}
    prepared, _, _ = handlers.on_draw(pad, "mnist-modern", controls())
    squeezed, _, _ = handlers.on_draw(pad, "mnist-modern", controls(prepare=False))
    seen = np.frombuffer(base64.b64decode(squeezed["picture"]), np.uint8).reshape(28, 28)
    assert prepared["label"] == "3"
    assert seen[14:].max() == seen[:, 14:].max() == 0
    assert seen.max() > 200


def test_the_kept_picture_is_b(handlers, three, digits):
    kept, _ = handlers.on_keep(three, None, "mnist-modern", controls(2))
    assert kept["view"]["compare"] == "kept"
    assert kept["changes"] == {"compare": "kept", "kept": kept["view"]["kept"], "kept_as": "digit"}
    eight = ui.put_on_pad(three, digits[8])
    verdict, maps, _ = handlers.on_draw(eight, "mnist-modern", {"turn": 3, "view": kept["view"]})
    assert (verdict["label"], verdict["other"]["label"]) == ("8", "3")
    assert (maps["b"], maps["layers"][0]["apart"][0][0] > 0) == ("kept", True)


def test_nothing_cannot_be_kept(handlers):
    unchanged, notice = handlers.on_keep(None, None, "mnist-modern", controls())
    assert unchanged == gr.skip()
    assert "no picture to keep" in notice["text"]


def test_another_checkpoint_is_b(handlers, three):
    verdict, maps, _ = handlers.on_draw(three, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"))
    assert verdict["other"]["title"] == maps["b"] == "mnist-classic"
    assert verdict["other"]["label"] == "3"


def test_a_kept_picture_is_prepared_anew_for_a_network_of_the_other_kind(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls())[0]["view"]
    same = handlers.on_draw(three, "mnist-classic", {"turn": 1, "view": kept})[0]["other"]
    verdict, maps, _ = handlers.on_draw(three, "fashion-modern", {"turn": 1, "view": kept})
    assert same["title"] == "kept"
    assert verdict["other"]["title"] == maps["b"] == "kept, prepared as a garment"
    assert verdict["other"]["picture"] != same["picture"]
    as_it_is = handlers.on_draw(three, "fashion-modern", {"turn": 1, "view": kept | {"prepare": False}})[0]["other"]
    assert as_it_is["picture"] == same["picture"]


def test_a_picture_that_is_kept_unprepared_stays_as_it_is(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls(prepare=False))[0]["view"]
    verdict, *_ = handlers.on_draw(three, "fashion-modern", {"turn": 1, "view": kept | {"prepare": True}})
    assert verdict["other"]["title"] == "kept"


def test_networks_of_other_depths_explain_what_both_have(tmp_path, three):
    shallow = LeNet(LeNetConfig((6,), (5,), (2,)))
    checkpoint.save(checkpoint.Checkpoint("shallow", shallow, "digit", tuple("0123456789"), {}), tmp_path / "shallow")
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mnist-classic")
    both = Handlers(Lab(tmp_path))
    for step in STEPS:
        there = controls(step=step, compare="checkpoint", other="mnist-classic", pin=(2, 0, 1, 1), side="b")
        _, maps, explanation = both.on_draw(three, "shallow", there)
        assert "differ in depth" in maps["note"]
        assert explanation["cell"]["pair"] == []
        back = controls(step=step, compare="checkpoint", other="shallow", pin=(2, 0, 1, 1), side="b")
        assert "no maps of layer 2" in both.on_draw(three, "mnist-classic", back)[2]["text"]


PIN = (2, 1, 3, 2)


def explained(handlers, pad, name: str, **view) -> tuple[dict, dict]:
    """The maps and the explanation of the pinned cell."""
    _, maps, explanation = handlers.on_draw(pad, name, controls(pin=PIN, **view))
    return maps, explanation


def test_a_cell_of_b_is_explained_with_b_s_numbers(handlers, three, digits):
    eight = ui.put_on_pad({}, digits[8])
    kept = handlers.on_keep(eight, None, "mnist-classic", controls())[0]["view"]["kept"]
    _, explanation = explained(handlers, three, "mnist-classic", compare="kept", kept=kept, side="b")
    network = checkpoint.load(CHECKPOINTS / "mnist-classic")
    a, b = (predict(network, ui.pad_grid(pad)).activations["act2"][PIN[1:]] for pad in (three, eight))
    assert explanation["text"] == "Layer 2, map 2 of B, row 4, column 3, after the activation"
    assert explanation["cell"]["value"] == pytest.approx(b, abs=2e-3)  # kept with 8 bits a pixel
    assert explanation["cell"]["pair"] == pytest.approx([a, b, a - b], abs=2e-3)
    _, explanation = explained(handlers, three, "mnist-classic", compare="kept", kept=kept)
    assert "map 2 of A" in explanation["text"]
    assert explanation["cell"]["value"] == pytest.approx(a, abs=1e-4)


def test_a_cell_of_another_network_s_b_is_explained_by_that_network(handlers, three, digits):
    there = {"compare": "checkpoint", "other": "mnist-batchnorm", "side": "b"}
    _, explanation = explained(handlers, three, "mnist-classic", **there)
    own = predict(checkpoint.load(CHECKPOINTS / "mnist-batchnorm"), ui.pad_grid(three)).activations["act2"]
    assert explanation["cell"]["value"] == pytest.approx(own[PIN[1:]], abs=1e-4)
    assert any("normalised" in words for words, *_ in explanation["cell"]["steps"])
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
    _, maps, _ = handlers.on_draw(
        None, "mnist-classic", controls(step="kernels", compare="checkpoint", other="fashion-classic")
    )
    assert (maps["a"], maps["b"], maps["withB"]) == ("mnist-classic", "fashion-classic", True)
    assert maps["layers"][0]["apart"][0][0] > 0


def test_filters_that_are_not_read_are_left_out_of_the_arithmetic(handlers, three):
    _, explanation = explained(handlers, three, "mnist-modern")
    network = checkpoint.load(CHECKPOINTS / "mnist-modern")
    read = network.model.conv2.weight[1].flatten(1).any(1).nonzero().flatten().tolist()
    assert 0 < len(read) < network.model.config.channels[0]
    assert explanation["cell"]["maps"] == read
    assert f"{len(read)} of the {network.model.config.channels[0]} maps" in explanation["cell"]["about"]


@pytest.mark.parametrize("name", ["mnist-modern", "mnist-batchnorm"])  # the second looks at 32 x 32
def test_the_mean_of_a_class_is_b_and_has_no_probabilities(handlers, three, name):
    verdict, maps, _ = handlers.on_draw(three, name, controls(compare="class", label=8))
    assert maps["b"] == "mean of 8"
    assert (verdict["other"]["probabilities"], verdict["other"]["label"]) == ([], "")
    mean = np.frombuffer(base64.b64decode(verdict["other"]["picture"]), np.uint8).reshape(28, 28)
    assert mean[:2].max() < 20 < 100 < mean[8:20, 10:18].max()


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"compare": "checkpoint", "other": "gone"}, "There is no checkpoint 'gone'"),
        ({"compare": "checkpoint", "other": "../mnist-modern"}, "There is no checkpoint"),
        ({"compare": "class", "label": 10}, "has 10 classes and no number 10"),
        ({"compare": "checkpoint"}, "Choose the other checkpoint"),
        ({"compare": "kept"}, "no picture kept as B yet"),
    ],
)
def test_a_b_that_is_not_there_is_a_sentence_beside_the_maps(handlers, three, view, words):
    verdict, maps, _ = handlers.on_draw(three, "mnist-modern", controls(**view))
    assert words in maps["note"]
    assert verdict["label"] == "3"
    assert maps["layers"]


def test_b_may_hold_nothing_in_the_other_network_s_eyes(handlers, digits):
    noise = ui.put_on_pad({}, np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8))
    verdict, maps, _ = handlers.on_draw(noise, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"))
    assert "dark or light strokes on an even ground were looked for" in verdict["text"]
    assert maps["layers"] == []


@pytest.mark.parametrize(
    ("pin", "words"), [((1, 99, 0, 0), "no map 100"), ((7, 0, 0, 0), "no maps"), ((2, 0, 0, 50), "no column 51")]
)
def test_a_pinned_cell_out_of_range_is_a_sentence(handlers, three, pin, words):
    _, maps, explanation = handlers.on_draw(three, "mnist-classic", controls(pin=pin))
    assert words in explanation["text"]
    assert explanation["cell"] is None
    assert maps["layers"]


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
@pytest.mark.parametrize("step", STEPS)
def test_a_pinned_cell_s_arithmetic_adds_up(handlers, name, step, request):
    network = checkpoint.load(CHECKPOINTS / name)
    picture = request.getfixturevalue(f"{network.kind}s")[3]
    pad = ui.put_on_pad({}, picture)
    _, _, explanation = handlers.on_draw(pad, name, controls(step=step, pin=(2, 1, 3, 2)))
    cell = explanation["cell"]
    stages = predict(network, ui.pad_grid(pad)).activations
    assert cell["value"] == pytest.approx(stages[stage_name(network.model.config, step, 2)][1, 3, 2], abs=1e-4)
    total, bias, before = (value for _, value, _ in cell["steps"][:3])
    assert np.sum(cell["products"]) == pytest.approx(total, abs=1e-4)
    assert sum(cell["sums"]) + bias == pytest.approx(before, abs=1e-4)
    np.testing.assert_allclose(np.multiply(cell["patch"], cell["kernel"]), cell["products"], atol=1e-4)
    (own,) = [value for _, value, own in cell["steps"] if own]
    assert cell["value"] == own
    assert [np.any(kernel) for kernel in cell["kernel"]] == [True] * len(cell["maps"])
    assert len(explanation["favourites"]) == 9


def test_a_checkpoint_without_an_atlas_explains_all_the_same(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine", ignore=shutil.ignore_patterns("atlas"))
    own = Handlers(Lab(tmp_path))
    _, maps, explanation = own.on_draw(three, "mine", controls(pin=(1, 0, 9, 9), compare="class"))
    assert explanation["cell"]
    assert explanation["favourites"] == []
    assert "in its atlas" in maps["note"]


def test_an_example_is_put_on_the_pad_as_a_new_picture(handlers, three):
    verdict, _, _, pad, file, *_ = handlers.on_example(three, None, "mnist-modern", controls(), chose(index=5))
    assert (verdict["label"], pad["n"], file) == ("5", 8, None)


def test_noise_goes_to_the_network_as_it_is(handlers, three):
    verdict, maps, _, pad, _, after, _ = handlers.on_example(
        three, None, "mnist-modern", controls(), chose(index="noise")
    )
    assert after["view"]["prepare"] is False
    assert len(verdict["probabilities"]) == 10
    seen = np.frombuffer(base64.b64decode(verdict["picture"]), np.uint8)
    assert seen.std() > 50
    again = handlers.on_example(pad, None, "mnist-modern", controls(), chose(index="noise"))
    assert again[3]["grid"] != pad["grid"]


def test_a_picture_turned_upside_down_twice_is_itself(handlers, three):
    _, _, _, turned, *_ = handlers.on_example(three, None, "mnist-modern", controls(), chose(index="upside down"))
    assert turned["grid"] != three["grid"]
    _, _, _, back, *_ = handlers.on_example(turned, None, "mnist-modern", controls(), chose(index="upside down"))
    assert back["grid"] == three["grid"]


@pytest.mark.parametrize("number", range(len(EXERCISES)), ids=[exercise.title for exercise in EXERCISES])
def test_each_exercise_shows_what_it_speaks_of(handlers, three, number):
    exercise = EXERCISES[number]
    verdict, maps, _, pad, file, name, examples, after, value = handlers.on_exercise(
        three, controls(4), chose(index=number)
    )
    assert verdict["probabilities"]
    assert maps["layers"]
    assert bool(maps["b"]) == (exercise.view.compare != "none")
    assert (name, file, value["shown"], value["text"]) == (exercise.checkpoint, None, number, exercise.text)
    assert after["view"] == after["changes"] == exercise.view.value()
    assert pad["n"] > three["n"]
    assert 2 <= exercise.text.count(". ") + 1 <= 4


def test_a_link_gives_back_the_page_that_it_was_made_from(handlers, three):
    seen = controls(step="pooled", compare="class", label=2)
    taken = handlers.on_take(three, None, "mnist-classic", seen, chose(what="link"))
    verdict, maps, _, pad, _, name, _, after, *_ = handlers.on_link(taken["link"])
    assert (verdict["label"], name, pad["grid"]) == ("3", "mnist-classic", three["grid"])
    assert after["view"] == seen["view"]
    assert maps["b"] == "mean of 2"


def test_an_uploaded_picture_travels_in_a_link_as_the_network_saw_it(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(255 - digits[4]).resize((200, 200)).save(path)
    taken = handlers.on_take(None, str(path), "mnist-modern", controls(), chose(what="link"))
    seen, *_ = handlers.on_upload(None, str(path), "mnist-modern", controls())
    linked, *_ = handlers.on_link(taken["link"])
    assert (linked["label"], linked["picture"]) == ("4", seen["picture"])


def test_an_uploaded_picture_can_be_turned_upside_down(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(255 - digits[4]).resize((200, 200)).save(path)
    _, _, _, pad, file, *_ = handlers.on_example(
        None, str(path), "mnist-modern", controls(), chose(index="upside down")
    )
    ink = ui.pad_grid(pad)
    assert file is None
    assert ink[:56].sum() != ink[56:].sum()
    assert abs(ink[::-4, ::-4].astype(int) - digits[4]).mean() < 20


def test_the_next_example_is_prepared_again_after_noise(handlers, three):
    *_, after, _ = handlers.on_example(three, None, "mnist-modern", controls(), chose(index="noise"))
    assert after["view"]["prepare"] is False
    *_, after, _ = handlers.on_example(three, None, "mnist-modern", after, chose(index=3))
    assert after["view"]["prepare"] is True


@pytest.mark.parametrize("index", [99, -1, None, "gone", [1], 2.5, 2.0])
def test_what_is_not_offered_changes_nothing(handlers, three, index):
    assert handlers.on_exercise(three, controls(), chose(index=index)) == [gr.skip()] * 9
    *shown, pad, _, _, _ = handlers.on_example(three, None, "mnist-modern", controls(), chose(index=index))
    assert (shown[0]["label"], pad) == ("3", gr.skip())
    assert (
        "nothing to take away"
        in handlers.on_take(three, None, "mnist-modern", controls(), chose(what=str(index)))["text"]
    )


def test_a_change_made_by_the_server_makes_older_answers_late(handlers, three):
    """Answers with an older turn are dropped by the page."""
    asked = controls(4)
    before = handlers.on_draw(three, "mnist-modern", asked)
    after = handlers.on_checkpoint(three, None, "mnist-classic", asked)
    assert [value["turn"] for value in before] == [4, 4, 4]
    assert [value["turn"] for value in (*after[:3], after[4])] == [5, 5, 5, 5]


def test_kernels_are_not_sent_anew_while_the_pen_moves(handlers, three):
    _, maps, explanation = handlers.on_draw({**three, "moving": True}, "mnist-modern", controls(step="kernels"))
    assert maps is explanation is None


@pytest.mark.parametrize("fragment", ["nonsense", link.encode(link.Linked("", "gone", View()))])
def test_a_link_that_cannot_be_shown_changes_nothing(handlers, fragment):
    *unchanged, notice = handlers.on_link(fragment)
    assert unchanged == [gr.skip()] * 9
    assert re.search("damaged|no checkpoint 'gone'", notice["text"])


def test_an_address_without_a_link_changes_nothing(handlers):
    assert handlers.on_link("") == [gr.skip()] * 10


@pytest.mark.parametrize("what", ["png", "npz", "csv"])
def test_files_are_taken_away_with_a_name_that_says_what_they_are(handlers, three, what):
    taken = handlers.on_take(three, None, "mnist-modern", controls(), chose(what=what))
    assert taken["name"] == f"lenet-mnist-modern-3.{what}"
    content = io.BytesIO(base64.b64decode(taken["content"]))
    if what == "png":
        assert Image.open(content).format == "PNG"
    elif what == "npz":
        assert np.load(content)["act1"].ndim == 3
    else:
        assert content.read().startswith(b"class,probability\r\n0,")


def test_a_hidden_answer_is_not_in_the_name_of_a_file(handlers, three):
    taken = handlers.on_take(three, None, "mnist-modern", controls(hide=True), chose(what="csv"))
    assert taken["name"] == "lenet-mnist-modern.csv"


def test_the_table_has_b_s_probabilities_too(handlers, three):
    taken = handlers.on_take(
        three, None, "mnist-modern", controls(compare="checkpoint", other="mnist-classic"), chose(what="csv")
    )
    content = base64.b64decode(taken["content"]).decode().splitlines()
    assert content[0] == "class,probability,probability of B"
    assert all(len(line.split(",")) == 3 for line in content)


def test_a_link_of_what_cannot_be_read_is_a_sentence(handlers, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    taken = handlers.on_take(None, str(path), "mnist-modern", controls(), chose(what="link"))
    assert "not a picture that can be read" in taken["text"]
    taken = handlers.on_take({"n": 1, "grid": "AAAA"}, None, "mnist-modern", controls(), chose(what="link"))
    assert "wrong size" in taken["text"]


def test_the_kept_picture_of_a_link_with_an_upload_is_what_was_seen(handlers, three, garments, tmp_path):
    path = tmp_path / "boot.png"
    Image.fromarray(garments[9]).resize((200, 200)).save(path)
    kept = handlers.on_keep(three, None, "mnist-modern", controls())[0]["view"]
    seen, *_ = handlers.on_upload(None, str(path), "fashion-modern", {"turn": 1, "view": kept})
    taken = handlers.on_take(None, str(path), "fashion-modern", {"turn": 1, "view": kept}, chose(what="link"))
    linked, *_, notice = handlers.on_link(taken["link"])
    assert linked["other"]["picture"] == seen["other"]["picture"]
    assert "not prepared" in notice["text"]


def test_a_picture_beside_itself_differs_nowhere(handlers, three):
    kept = handlers.on_keep(three, None, "mnist-modern", controls())[0]["view"]
    _, maps, _ = handlers.on_draw(three, "mnist-modern", {"turn": 1, "view": kept})
    assert all(l2 == 0 for layer in maps["layers"] for l2, _ in layer["apart"])


def test_two_answers_about_one_picture_are_two_files(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(digits[4]).save(path)
    asked = ["mnist-classic", "mnist-modern"]
    files = [handlers.activations(str(path), name) for name in asked]
    assert [str(np.load(file)["checkpoint"]) for file in files] == asked


def test_nothing_can_be_taken_away_from_an_empty_page(handlers):
    taken = handlers.on_take(None, None, "mnist-modern", controls(), chose(what="npz"))
    assert "nothing to take away" in taken["text"]


@pytest.mark.parametrize("sent", [{"turn": 1, "view": {"step": "sideways"}}, {"turn": 1}, {"view": 7}])
def test_controls_that_cannot_be_are_a_sentence(handlers, three, sent):
    verdict, maps, _ = handlers.on_draw(three, "mnist-modern", sent)
    assert "reload the page" in verdict["text"]
    assert maps["layers"] == []


def test_kernels_need_no_picture(handlers):
    verdict, maps, _ = handlers.on_draw(None, "mnist-classic", controls(step="kernels"))
    assert verdict["text"].startswith("Draw")
    assert [layer["shape"] for layer in maps["layers"]] == [(6, 1, 5, 5), (16, 6, 5, 5)]


def test_a_damaged_checkpoint_is_a_sentence_in_place_of_the_answer(tmp_path, three):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"short")
    verdict, maps, _, examples, after, _ = Handlers(Lab(tmp_path)).on_checkpoint(three, None, "broken", controls())
    assert "damaged or cut short" in verdict["text"]
    assert (maps["layers"], examples, after) == ([], gr.skip(), gr.skip())
    verdict, maps, _ = Handlers(Lab(tmp_path)).on_draw(three, "broken", controls(step="kernels"))
    assert "damaged or cut short" in verdict["text"]
    assert maps["layers"] == []


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
    titles = [title for _, title in Handlers(Lab(tmp_path)).exercises()["titles"]]
    assert titles == ["4 · A pullover and a coat", "Why does layer 1 show the whole shoe?"]
    assert len(Handlers(Lab(CHECKPOINTS)).exercises()["titles"]) == len(EXERCISES)
