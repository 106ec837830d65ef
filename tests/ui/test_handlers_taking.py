"""What can be taken away from the page and opened again: links, files, tables."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from support import chose, controls, put

from lenet.ui import link
from lenet.ui.handlers import Answer
from lenet.ui.qr import qr_rows
from lenet.ui.values.pad import Drawing
from lenet.ui.values.pixels import encode
from lenet.ui.view import View


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


def test_two_answers_about_one_picture_are_two_files(handlers, digits, tmp_path):
    path = tmp_path / "four.png"
    Image.fromarray(digits[4]).save(path)
    asked = ["mnist-classic", "mnist-modern"]
    files = [handlers.activations(str(path), name) for name in asked]
    assert [str(np.load(file)["checkpoint"]) for file in files] == asked


def test_nothing_can_be_taken_away_from_an_empty_page(handlers):
    taken = handlers.on_take(None, None, "mnist-modern", controls(), None, chose(what="npz")).takeaway
    assert "nothing to save" in taken["text"]
