"""The view and the links that carry it: both come from strangers."""

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.ui import link
from lenet.ui.values.examples import example_picture
from lenet.ui.values.pad import GRID_SIZE, Drawing
from lenet.ui.values.pixels import encode
from lenet.ui.values.strokes import LETTERS
from lenet.ui.view import CHOICES, BadView, View, ViewValue

SEVEN = "gBGwHoGkNAjI8Q"
"""Two lines of a pen as wide as 8 hundredths of the pad."""

KEPT = base64.b64encode(bytes(range(256)) * 3 + bytes(16)).decode()

VIEWS = st.builds(
    View,
    **{name: st.sampled_from(values) for name, values in CHOICES.items()},
    **{name: st.booleans() for name in ("prepare", "steps", "numbers", "sort", "hide")},
    kept=st.sampled_from(["", KEPT]),
    other=st.text(max_size=30).filter(str.isprintable),
    label=st.integers(0, 100),
    pin=st.none() | st.tuples(*[st.integers(0, 99)] * 4),
    off=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=5).map(tuple),
)


@given(VIEWS)
def test_a_view_survives_json(view):
    assert View.read(json.loads(json.dumps(view.value()))) == view


def test_a_view_s_value_has_its_type():
    assert list(View().value()) == list(ViewValue.__annotations__)


def test_a_kept_picture_is_28_by_28_from_0_to_1():
    picture = View(kept=KEPT).kept_picture()
    assert picture.shape == (28, 28)
    assert (picture[0, 5], picture.max()) == (np.float32(5 / 255), 1)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "after",
        {"phase": "sideways"},
        {"scale": 3},
        {"scale": ["map"]},
        {"prepare": "yes"},
        {"prepare": 1},
        {"label": True},
        {"label": "3"},
        {"label": None},
        {"other": 5},
        {"kept": "AAAA"},
        {"kept": "!"},
        {"kept": 7},
        {"pin": [1, 2, 3]},
        {"pin": [1, 2, 3, -4]},
        {"pin": [1, 2, 3, 4.5]},
        {"pin": "1234"},
        {"pin": 5},
        {"off": 5},
        {"off": "12"},
        {"off": [5]},
        {"off": [[1, 2, 3]]},
        {"off": [[1, -2]]},
        {"off": [[1, "2"]]},
        {"off": [[1, 2]] * 201},
        {"unknown": 1},
        {5: 1},
        {"label": 10**30},
        {"label": -1},
        {"other": "\ud800"},
        {"put": True},
    ],
    ids=str,
)
def test_anything_else_is_refused_with_a_sentence(value):
    with pytest.raises(BadView, match="reload the page"):
        View.read(value)


PICTURE = Drawing().followed_by(np.arange(784, dtype=np.uint8).reshape(28, 28)).ink
DRAWN = np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
DRAWN[20:92, 50:59] = 200


@settings(max_examples=30)
@given(VIEWS, st.sampled_from([None, PICTURE, DRAWN]))
def test_a_link_carries_the_ink_the_checkpoint_and_the_view(view, ink):
    linked = link.Linked(ink, "mnist-modern", view)
    fragment = link.encode(linked)
    assert set(fragment) <= set(LETTERS)
    found = link.decode(fragment)
    assert (found.checkpoint, found.view, found.strokes) == (linked.checkpoint, linked.view, "")
    assert found.ink is None if ink is None else np.array_equal(found.ink, ink)


def test_a_link_carries_strokes_in_place_of_the_ink_that_they_are():
    found = link.decode(link.encode(link.Linked(DRAWN, "mnist-modern", View(), SEVEN)))
    assert found == link.Linked(None, "mnist-modern", View(), SEVEN)


def test_a_drawing_of_very_many_strokes_travels_as_ink():
    scribble = "".join(np.random.default_rng(1).choice(list(LETTERS), 3_000))
    found = link.decode(link.encode(link.Linked(DRAWN, "mnist-modern", View(), scribble)))
    assert (found.strokes, np.array_equal(found.ink, DRAWN)) == ("", True)


@pytest.mark.parametrize(("kind", "index"), [("digit", 0), ("digit", 23), ("garment", 4)])
def test_a_link_names_an_example(kind, index):
    picture = example_picture(kind, index)
    view = View(scale="layer", compare="kept", kept=encode(picture), kept_as=kind)
    fragment = link.encode(link.Linked(Drawing().followed_by(picture).ink, "fashion-lenet", view))
    found = link.decode(fragment)
    assert np.array_equal(found.ink[::4, ::4], picture)
    assert found.view == view
    assert len(fragment) < 200


@pytest.mark.parametrize(
    "example", [["digit", 30], ["digit", -1], ["letter", 1], ["../digit", 1], ["digit"], 3, "digit"]
)
@pytest.mark.parametrize("where", ["pad", "kept"])
def test_an_example_that_is_not_there_is_a_damaged_link(example, where):
    content = {"example": example} if where == "pad" else {"view": {"kept": [example]}}
    with pytest.raises(ValueError, match="This link is damaged"):
        link.decode(packed(json.dumps({"checkpoint": "mnist-lenet"} | content).encode()))


def test_a_link_holds_the_changed_switches_alone():
    fragment = link.encode(link.Linked(None, "mnist-lenet", View(phase="pooled", hide=True)))
    assert json.loads(inflated(fragment)) == {"checkpoint": "mnist-lenet", "view": {"step": "pooled", "hide": True}}
    assert json.loads(inflated(link.encode(link.Linked(None, "mnist-lenet", View())))) == {"checkpoint": "mnist-lenet"}


def test_links_are_short():
    """A code on the wall holds 192 characters, the page's address included."""
    example = Drawing().followed_by(example_picture("digit", 3)).ink
    assert len(link.encode(link.Linked(example, "mnist-lenet", View(phase="pooled", hide=True)))) < 150
    assert len(link.encode(link.Linked(DRAWN, "mnist-lenet", View(), SEVEN))) < 150
    assert len(link.encode(link.Linked(DRAWN, "mnist-lenet", View()))) < 300
    assert len(link.encode(link.Linked(example // 2, "mnist-lenet", View()))) < 500


OLD_LINK = (
    "eNpNjt0OgjAMhV-F9FoTr30ZM1iVha5tuoExxHd3RTHcne_8pF3hYSnCtQM4dTCMOEwqias7mVOp5ywRjT1dEj6bv0KpqF5QEcLoURkC4bYJ6qyG"
    "GsydajN6oU1Kw3ug4iwLGoWXT1gYt-OSf5u_NaHW_TfXt1B2lDqi7UChR2pwaZrn3KMdbxWxesAxRTygJm7EM5FXvxkEeL8_xZFVBg"
)
"""From before the phase had its name: "step" is "pooled" in it."""

OLD_DRAWING = (
    "eNrt3MFKwzAYwPFXGTkr8yjCDoIP4F1EsvarDUuTkKQbMvbuJtVKfIMx_v9Tv6YhYb_7zuozml49bdQzERERERHdZq_bpscrudRLe6nttfxU_y51wg8__PDDDz_8"
    "8MMPP_zwww8__PDDDz_88MMPP_zwww8__PDDDz_88MMPP_zwww8__PAjIiIiIqLbabdTdxvVjdIdgjcu139amJxJ-d6Kk1wXj0ZO5fVZpSyhrgfvrfR1KXXayrJFhzqH"
    "KEHH-ibHWeoHZUsq46BtqrM_SrT6q25x3slytp9-9_y9OkhYLrI-f-i0jj6PEtfB6r3YMjyUZzdPe4ntWcnH3Iyj6ZuLBePK4GZr65c_S0ovJwxDeX57v1y-AXFEtTM"
)
"""From before a link held strokes, and the changed switches alone: a grid of ink, and every switch."""


def test_a_link_that_was_made_long_ago_still_works():
    assert link.decode(OLD_LINK) == link.Linked(None, "mnist-modern", View(phase="pooled", scale="map"))


def test_a_link_to_ink_that_was_made_long_ago_still_works():
    found, ink = link.decode(OLD_DRAWING), np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
    ink[20:92, 50:60] = 255
    assert (found.checkpoint, found.view, found.strokes) == ("mnist-lenet", View(phase="pooled", hide=True), "")
    assert np.array_equal(found.ink, ink)


def inflated(fragment: str) -> bytes:
    return zlib.decompress(base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4)))


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


WHOLE = link.encode(link.Linked(None, "mnist-modern", View()))


@pytest.mark.parametrize(
    "fragment",
    [
        "x",
        "abc",
        "é" * 40,
        WHOLE[:-9],
        WHOLE[:20] + "A" + WHOLE[21:],
        packed(b"no json"),
        packed(b"[]"),
        packed(b'{"grid": ""}'),
        packed(b'{"grid": 5, "checkpoint": "a", "view": {}}'),
        packed(b'{"grid": "", "checkpoint": null, "view": {}}'),
        packed(b'{"grid": "AAAA", "checkpoint": "a", "view": {}}'),
        packed(b'{"ink": "00ff", "checkpoint": "a"}'),
        packed(b'{"ink": "zz", "checkpoint": "a"}'),
        packed(b'{"ink": 5, "checkpoint": "a"}'),
        packed(b'{"strokes": "AAAA", "checkpoint": "a"}'),
        packed(b'{"strokes": ["A"], "checkpoint": "a"}'),
        packed(b'{"grid": "", "checkpoint": "a", "view": {"step": 1}}'),
        packed(b" " * 200_000),
        packed(b"[" * 90_000),
    ],
    ids=lambda fragment: fragment[:12],
)
def test_a_damaged_link_is_a_sentence(fragment):
    with pytest.raises(ValueError, match="This link is damaged"):
        link.decode(fragment)
