"""The view and the links that carry it: both come from strangers."""

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet.ui import components as ui
from lenet.ui import link
from lenet.ui.view import CHOICES, BadView, View

KEPT = base64.b64encode(bytes(range(256)) * 3 + bytes(16)).decode()

VIEWS = st.builds(
    View,
    **{name: st.sampled_from(values) for name, values in CHOICES.items()},
    **{name: st.booleans() for name in ("prepare", "steps", "numbers", "sort", "hide")},
    kept=st.sampled_from(["", KEPT]),
    other=st.text(max_size=30).filter(str.isprintable),
    label=st.integers(0, 100),
    pin=st.none() | st.tuples(*[st.integers(0, 99)] * 4),
)


@given(VIEWS)
def test_a_view_survives_json(view):
    assert View.read(json.loads(json.dumps(view.value()))) == view


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
        {"step": "sideways"},
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


def drawing() -> str:
    return ui.put_on_pad({}, np.arange(784, dtype=np.uint8).reshape(28, 28))["grid"]


@settings(max_examples=30)
@given(VIEWS, st.booleans())
def test_a_link_carries_the_drawing_the_checkpoint_and_the_view(view, drawn):
    linked = link.Linked(drawing() if drawn else "", "mnist-modern", view)
    fragment = link.encode(linked)
    assert set(fragment) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert link.decode(fragment) == linked


def test_a_link_to_a_drawing_is_short_enough_to_be_sent():
    ink = np.zeros((ui.GRID, ui.GRID), np.uint8)
    ink[20:90, 50:58] = 255
    grid = base64.b64encode(ink.tobytes()).decode()
    assert len(link.encode(link.Linked(grid, "mnist-modern", View()))) < 1_000


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


WHOLE = link.encode(link.Linked("", "mnist-modern", View()))


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
