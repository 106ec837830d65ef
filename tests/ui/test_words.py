"""The words of the page and their explanations: none is missing, and none is there that nobody asks for."""

import re

import pytest
from support import ROOT

from lenet.model import ACTIVATIONS, POOLINGS
from lenet.ui import components as ui
from lenet.ui.view import CHOICES
from lenet.ui.words import WORDS, word_list

WEB = ROOT / "lenet" / "ui" / "web"
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.js"))
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.html"))
VALUES = "\n".join(path.read_text(encoding="utf-8") for path in (WEB.parent / "values").glob("*.py"))

LISTED_ALONE = {"keys"}
"""What the list alone says: no element of the page is about these."""

SWITCHES = {
    *(name for name in ("phase", "scale")),
    *(f"{name}-{value}" for name in ("phase", "scale") for value in CHOICES[name]),
    *re.findall(r'inputs\.check\(row, "(\w+)"', SCRIPTS),
}
"""The words of the switches: each has its own, under its own name."""

NETWORKS = {*ACTIVATIONS, *(f"pooling-{name}" for name in POOLINGS)}
"""The words that a network's kind needs."""


def written() -> set[str]:
    """The keys that stand in the templates and, in lists of words or as the term of a knob, in the scripts."""
    calls = re.findall(r"(?:explain|termButton)\(.*?\[(.*?)\]|APART = \[(.*?)\]|TERMS = \{(.*?)\}", SCRIPTS)
    knobs = re.findall(r'term: "([a-z-]+)"', SCRIPTS)
    listed = re.findall(r'"([a-z0-9-]+)"', " ".join(map("".join, calls)))
    return {*listed, *knobs, *re.findall(r"word-([a-z0-9-]+)", TEMPLATES)}


def test_each_word_that_the_page_needs_is_explained():
    assert "l2" in written() and "prepared" in written()
    assert (SWITCHES | NETWORKS | written()) - set(WORDS) == set()


def test_each_explanation_is_asked_for():
    sent = {key for key in WORDS if f'"{key}"' in VALUES}
    assert set(WORDS) - SWITCHES - NETWORKS - written() - sent == LISTED_ALONE


@pytest.mark.parametrize("key", WORDS)
def test_an_explanation_is_short(key):
    assert len(WORDS[key].text) <= 300 or key == "keys"
    assert WORDS[key].text.endswith((".", ".html"))


def test_the_list_has_every_word_once_under_the_id_that_elements_name():
    assert re.findall(r'<dd id="word-([a-z0-9-]+)">', ui.WORDS) == list(WORDS)
    assert word_list() in ui.WORDS
