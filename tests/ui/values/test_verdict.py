"""What the page says of a picture."""

import base64
import dataclasses
import json

import numpy as np
import pytest

from lenet.pictures.prepare import prepare, squeeze
from lenet.prediction import predict
from lenet.ui.sentence import Sentence
from lenet.ui.values.verdict import overlay_value, steps_value, verdict_value
from lenet.ui.view import View


def decoded(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def test_a_verdict_is_the_prediction(digits, modern):
    prediction = predict(modern, digits[5])
    value = json.loads(json.dumps(verdict_value(9, 4, View(), prediction)))
    assert (value["drawing"], value["revision"], value["label"], value["text"]) == (9, 4, "5", "")
    assert dict(map(tuple, value["probabilities"])) == prediction.probabilities
    shown = decoded(value["picture"], 28, 28)
    assert np.array_equal(shown, np.round(prediction.prepared.picture * 255))


def test_an_unsure_answer_says_so(digits, modern):
    sure = predict(modern, digits[5])
    halves = {**dict.fromkeys(sure.probabilities, 0.0), "5": 0.45, "6": 0.4, "8": 0.15}
    unsure = dataclasses.replace(sure, probabilities=halves)
    assert verdict_value(1, 0, View(), sure)["doubts"] == []
    assert verdict_value(1, 0, View(), unsure)["doubts"] == ["The network is not sure."]


def test_a_sentence_takes_the_place_of_the_bars():
    value = verdict_value(2, 0, View(), Sentence("Draw."))
    assert (value["probabilities"], value["text"]) == ([], "Draw.")


def test_the_steps_are_the_preparation_s_as_small_pictures(digits, garments):
    drawn = prepare(digits[3].repeat(4, 0).repeat(4, 1), "digit")
    steps = steps_value(drawn, "digit")
    assert [step["title"] for step in steps] == [
        "as drawn",
        "ink found",
        "specks dropped",
        "fitted to 20 × 20",
        "centred at 14",
    ]
    assert all(max(step["height"], step["width"]) <= 56 for step in steps)
    assert np.array_equal(decoded(steps[-1]["cells"], 28, 28), np.round(drawn.picture * 255))
    worn = steps_value(prepare(garments[2], "garment"), "garment")
    assert [step["title"] for step in worn] == ["as drawn", "cloth found", "fitted to 28 × 28", "centred"]
    assert [step["title"] for step in steps_value(squeeze(digits[3]), "digit")] == ["as drawn", "squeezed to 28 × 28"]


def test_an_overlay_has_zero_in_the_middle():
    values = np.zeros((28, 28), np.float32)
    values[0, 0], values[1, 1] = 0.5, -0.25
    value = overlay_value("occlusion", values, "5")
    shown = decoded(value["cells"], 28, 28)
    assert (shown[0, 0], shown[2, 2]) == (255, 128)
    assert shown[1, 1] == pytest.approx(64, abs=1)
    assert "5" in value["note"]
    assert "50%" in value["note"]


def test_where_nothing_matters_the_overlay_is_the_middle_of_the_palette():
    value = overlay_value("gradient", np.zeros((28, 28), np.float32), "3")
    assert set(base64.b64decode(value["cells"])) == {128}


def test_the_overlay_says_how_much_less_and_how_much_more_likely():
    values = np.zeros((28, 28), np.float32)
    values[3, 3], values[9, 9] = 0.05, -0.42
    note = overlay_value("occlusion", values, "Sandal")["note"]
    assert "less likely, by up to 5%" in note
    assert "more likely, by up to 42%" in note
