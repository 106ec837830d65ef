"""The values that travel between page and server."""

import base64
import dataclasses
import json
import re

import gradio as gr
import numpy as np
import pytest
from support import ROOT

from lenet.pictures.prepare import prepare, squeeze
from lenet.predict import predict
from lenet.ui import components as ui
from lenet.ui.view import View


def sent(ink: np.ndarray, count: int = 1) -> dict:
    """What pad.js sends for a drawing."""
    return {"n": count, "grid": base64.b64encode(ink.astype(np.uint8).tobytes()).decode()}


def decoded(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def test_a_drawing_arrives_as_it_was_sent():
    ink = np.arange(ui.GRID**2).reshape(ui.GRID, ui.GRID) % 256
    assert np.array_equal(ui.pad_grid(sent(ink)), ink)


def test_a_value_travels_as_one_json_string():
    pad, value = ui.Pad(), sent(np.eye(ui.GRID) * 255)
    assert isinstance(pad.postprocess(value), str)
    assert pad.preprocess(pad.postprocess(value)) == value
    assert pad.preprocess(None) is pad.postprocess(None) is None


@pytest.mark.parametrize("payload", ["{", "[" * 100_000, {"n": 1}, 7], ids=["cut", "deep", "object", "number"])
def test_what_is_no_json_is_refused_with_a_sentence(payload):
    with pytest.raises(gr.Error, match="reload it"):
        ui.Pad().preprocess(payload)


def test_where_nothing_matters_the_overlay_is_the_middle_of_the_palette():
    value = ui.overlay_value("gradient", np.zeros((28, 28), np.float32), "3")
    assert set(base64.b64decode(value["cells"])) == {128}


def test_the_overlay_says_how_much_less_and_how_much_more_likely():
    values = np.zeros((28, 28), np.float32)
    values[3, 3], values[9, 9] = 0.05, -0.42
    note = ui.overlay_value("occlusion", values, "Sandal")["note"]
    assert "less likely, by up to 5%" in note
    assert "more likely, by up to 42%" in note


def test_a_network_of_fewer_classes_has_examples_too():
    names = ui.examples_value("digit", ("0", "1"))["names"]
    assert names[:3] == ["0", "1", "picture 3"]
    assert len(names) == 30
    assert ui.example_note(("0", "1"), 13) == ""


def test_an_emptied_pad_counts_on():
    emptied = ui.put_on_pad({"n": 8, "grid": "drawn"}, None)
    assert ui.pad_grid(emptied) is None
    assert ui.pad_count(emptied) == 9


@pytest.mark.parametrize("value", [None, {}, {"n": 3, "grid": ""}, {"n": 3, "grid": None}, "text", 5, []])
def test_an_empty_pad_is_no_picture(value):
    assert ui.pad_grid(value) is None


def test_a_pad_without_ink_is_no_picture():
    assert ui.pad_grid(sent(np.zeros((ui.GRID, ui.GRID)))) is None


@pytest.mark.parametrize(
    "grid",
    ["AAAA", "A" * 10_000_000, "!" * 16_728, "A" * 16_728 + "\n", ["A"] * 16_728, {"a": 1}, 7, "é" * 16_728],
    ids=["short", "long", "no base64", "newline", "list", "object", "number", "accents"],
)
def test_anything_else_from_a_browser_is_refused_with_a_sentence(grid):
    with pytest.raises(ValueError, match="reload the page"):
        ui.pad_grid({"n": 1, "grid": grid})


@pytest.mark.parametrize(("value", "count"), [({"n": 7}, 7), ({}, 0), (None, 0), ({"n": "7"}, 0), ([], 0)])
def test_the_count_is_carried_back_or_zero(value, count):
    assert ui.pad_count(value) == count


def test_script_and_server_agree_on_the_grid():
    script = (ROOT / "lenet" / "ui" / "web" / "pad.js").read_text()
    assert int(re.search(r"const GRID = (\d+);", script)[1]) == ui.GRID


def test_an_example_on_the_pad_is_seen_as_it_is(digits, modern):
    value = ui.put_on_pad({"n": 5}, digits[4])
    assert value == {**sent(digits[4].repeat(4, 0).repeat(4, 1), 6), "put": True}
    through_the_pad = predict(modern, ui.pad_grid(value)).prepared.picture
    # Enlarged, the faintest pixels of an edge pass for ruled lines and are left out; all else must be in its place.
    solid = digits[4] > 48
    assert abs(through_the_pad - digits[4] / 255)[solid].max() < 0.05
    assert abs(through_the_pad - digits[4] / 255).mean() < 0.005


def test_a_verdict_is_the_prediction(digits, modern):
    prediction = predict(modern, digits[5])
    value = json.loads(json.dumps(ui.verdict_value(9, View(), prediction)))
    assert (value["n"], value["label"], value["text"]) == (9, "5", "")
    assert dict(map(tuple, value["probabilities"])) == prediction.probabilities
    shown = decoded(value["picture"], 28, 28)
    assert np.array_equal(shown, np.round(prediction.prepared.picture * 255))


def test_an_unsure_answer_says_so(digits, modern):
    sure = predict(modern, digits[5])
    halves = {**dict.fromkeys(sure.probabilities, 0.0), "5": 0.45, "6": 0.4, "8": 0.15}
    unsure = dataclasses.replace(sure, probabilities=halves)
    assert ui.verdict_value(1, View(), sure)["doubts"] == []
    assert ui.verdict_value(1, View(), unsure)["doubts"] == ["The network is not sure."]


def test_a_sentence_takes_the_place_of_the_bars():
    assert ui.verdict_value(2, View(), "Draw.")["probabilities"] == []
    assert ui.verdict_value(2, View(), "Draw.")["text"] == "Draw."


def test_the_steps_are_the_preparation_s_as_small_pictures(digits, garments):
    drawn = prepare(digits[3].repeat(4, 0).repeat(4, 1), "digit")
    steps = ui.steps_value(drawn, "digit")
    assert [step["title"] for step in steps] == [
        "as drawn",
        "ink found",
        "specks dropped",
        "fitted to 20 × 20",
        "centred at 14",
    ]
    assert all(max(step["height"], step["width"]) <= 56 for step in steps)
    assert np.array_equal(decoded(steps[-1]["cells"], 28, 28), np.round(drawn.picture * 255))
    worn = ui.steps_value(prepare(garments[2], "garment"), "garment")
    assert [step["title"] for step in worn] == ["as drawn", "cloth found", "fitted to 28 × 28", "centred"]
    assert [step["title"] for step in ui.steps_value(squeeze(digits[3]), "digit")] == [
        "as drawn",
        "squeezed to 28 × 28",
    ]


def test_an_overlay_has_zero_in_the_middle():
    values = np.zeros((28, 28), np.float32)
    values[0, 0], values[1, 1] = 0.5, -0.25
    value = ui.overlay_value("occlusion", values, "5")
    shown = decoded(value["cells"], 28, 28)
    assert (shown[0, 0], shown[2, 2]) == (255, 128)
    assert shown[1, 1] == pytest.approx(64, abs=1)
    assert "5" in value["note"]
    assert "50%" in value["note"]


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_examples_are_the_sheet_s_pictures_with_their_names(kind, request):
    pictures = request.getfixturevalue(f"{kind}s")
    for index in (0, 9, 17, 29):
        assert np.array_equal(ui.example_picture(kind, index), pictures[index])
    value = ui.examples_value(kind, tuple("abcdefghij"))
    assert value["names"] == list("abcdefghij") * 3
    assert value["sheet"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("index", [-1, 30, None, "3", 2.5])
def test_an_example_that_is_not_there_is_refused(index):
    with pytest.raises(ValueError, match="no example"):
        ui.example_picture("digit", index)
