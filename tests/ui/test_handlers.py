"""The page's handlers without a browser: what a click or a stroke makes the server answer."""

import base64
import shutil

import gradio as gr
import numpy as np
import pytest
from gradio.utils import get_upload_folder
from PIL import Image
from support import chose, controls, ink_of, put

from lenet.settings import CHECKPOINTS, Visits
from lenet.ui import handlers as handlers_module
from lenet.ui.allowance import Disk
from lenet.ui.exercises import EXERCISES, PLACES, Ring
from lenet.ui.handlers import UNCHANGED, Answer, Handlers
from lenet.ui.lab import Lab
from lenet.ui.values.examples import example_picture
from lenet.ui.values.maps import painted_mark
from lenet.ui.values.pad import GRID_SIZE, Drawing, put_value
from lenet.ui.values.pixels import encode


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
    handlers = Handlers(Lab(CHECKPOINTS), Disk(Visits(all_hour_bytes=1_000), get_upload_folder()))
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
