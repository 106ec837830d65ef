"""The view and the links that carry it: both come from strangers."""

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.ui import link
from lenet.ui.values.pad import GRID_SIZE, Drawing
from lenet.ui.view import CHOICES, BadView, View, ViewValue

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


INK = Drawing().followed_by(np.arange(784, dtype=np.uint8).reshape(28, 28)).ink


@settings(max_examples=30)
@given(VIEWS, st.booleans())
def test_a_link_carries_the_drawing_the_checkpoint_and_the_view(view, drawn):
    linked = link.Linked(INK if drawn else None, "mnist-modern", view)
    fragment = link.encode(linked)
    assert set(fragment) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    found = link.decode(fragment)
    assert (found.checkpoint, found.view) == (linked.checkpoint, linked.view)
    assert np.array_equal(found.ink, INK) if drawn else found.ink is None


OLD_LINK = (
    "eNpNjt0OgjAMhV-F9FoTr30ZM1iVha5tuoExxHd3RTHcne_8pF3hYSnCtQM4dTCMOEwqias7mVOp5ywRjT1dEj6bv0KpqF5QEcLoURkC4bYJ6qyG"
    "GsydajN6oU1Kw3ug4iwLGoWXT1gYt-OSf5u_NaHW_TfXt1B2lDqi7UChR2pwaZrn3KMdbxWxesAxRTygJm7EM5FXvxkEeL8_xZFVBg"
)
"""From before the phase had its name: "step" is "pooled" in it."""


def test_a_link_that_was_made_long_ago_still_works():
    found = link.decode(OLD_LINK)
    assert found == link.Linked(None, "mnist-modern", View(phase="pooled", scale="map"))
    old, new = (json.loads(inflated(text)) for text in (OLD_LINK, link.encode(found)))
    newer = {"off": [], "instead": "zero", "noise": 0, "biases": True, "pooling": True}  # switches
    assert new == old | {"view": old["view"] | newer}


def test_a_link_to_a_drawing_is_short_enough_to_be_sent():
    ink = np.zeros((GRID_SIZE, GRID_SIZE), np.uint8)
    ink[20:90, 50:58] = 255
    assert len(link.encode(link.Linked(ink, "mnist-modern", View()))) < 1_000


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
        packed(b'{"grid": "", "checkpoint": "a", "view": {"step": 1}}'),
        packed(b" " * 200_000),
        packed(b"[" * 90_000),
    ],
    ids=lambda fragment: fragment[:12],
)
def test_a_damaged_link_is_a_sentence(fragment):
    with pytest.raises(ValueError, match="This link is damaged"):
        link.decode(fragment)
