"""The page's own gradio components."""

import re

import gradio as gr
import pytest
from support import ROOT

from lenet.ui import components as ui

NAMES = ("pad", "verdict", "controls", "maps", "explanation", "exercises", "lesson", "examples", "takeaway", "card")


def test_a_value_travels_as_one_json_string():
    pad, value = ui.Pad(), {"drawing": 1, "grid": "", "put": True}
    assert isinstance(pad.postprocess(value), str)
    assert pad.preprocess(pad.postprocess(value)) == value
    assert pad.preprocess(None) is pad.postprocess(None) is None


@pytest.mark.parametrize("payload", ["{", "[" * 100_000, {"n": 1}, 7], ids=["cut", "deep", "object", "number"])
def test_what_is_no_json_is_refused_with_a_sentence(payload):
    with pytest.raises(gr.Error, match="reload it"):
        ui.Pad().preprocess(payload)


@pytest.mark.parametrize("name", NAMES)
def test_assets_are_read_from_the_files_that_are_named_after_the_component(name):
    web = ROOT / "lenet" / "ui" / "web"
    assert {path.suffix for path in web.glob(f"{name}.*")} == {".html", ".js", ".css"}
    assert (ROOT / "lenet" / "ui" / "values" / f"{name}.py").is_file()


@pytest.mark.parametrize("sheet", ui.STYLE_SHEETS, ids=lambda sheet: sheet.stem)
def test_no_selector_has_a_list_in_brackets_since_gradio_takes_selectors_apart_at_every_comma(sheet):
    assert not re.search(r":(is|not|where|has)\([^()]*,", sheet.read_text(encoding="utf-8"))
