"""A link that carries a picture, a checkpoint and the view in itself: nothing is kept on the server."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.planes import PICTURE_SIZE
from lenet.ui.exercises import PLACES, Place
from lenet.ui.values.examples import find_example, read_example
from lenet.ui.values.lesson import read_place
from lenet.ui.values.pad import GRID_SIZE, Drawing, read_ink
from lenet.ui.values.pixels import encode as encode_pixels
from lenet.ui.values.strokes import read_strokes
from lenet.ui.view import View

LIMIT = 100_000
"""Bytes that a link's content may have, unpacked: a drawing and a kept picture take some 30,000."""

STEP = "exercise-"
"""What the link to a step of an exercise begins with; the step's name follows. A person can read it, and type it."""

PHASE_IN_LINKS = "step"
"""What links call the phase: people keep links that are older than its name."""

Content = dict[str, Any]
"""What a link holds, as JSON."""


@dataclass(frozen=True)
class Linked:
    """What a link shows: what is on the pad, a checkpoint's name, the view.

    ``ink`` is (GRID_SIZE, GRID_SIZE) uint8 or None. ``strokes`` are the same drawing as ``values.strokes`` has it, or
    "". A link that was read has one of the two. ``place`` is the step of an exercise that is open, if one is.
    """

    ink: NDArray[np.uint8] | None
    checkpoint: str
    view: View
    strokes: str = ""
    place: Place | None = None


def encode(linked: Linked) -> str:
    """The part of the address after the #: JSON, deflated, in the alphabet of addresses; the shortest that says it."""
    place, view = linked.place, _changed(linked.view)
    if place and _is_as_set_up(linked, place):
        return STEP + place.name
    rest = {"checkpoint": linked.checkpoint, **({"view": view} if view else {})}
    rest |= {"lesson": place.name} if place else {}
    return min((_pack(picture | rest) for picture in _pictures(linked)), key=len)


def decode(fragment: str) -> Linked:
    """What ``encode`` has put into a link. Raises ValueError, with a sentence, when that cannot be read."""
    try:
        return _at(PLACES[fragment[len(STEP) :]]) if fragment.startswith(STEP) else _read(_unpack(fragment))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise ValueError("This link is damaged; ask for it again, or start from here.") from error


def _at(place: Place) -> Linked:
    """A step as it is set up."""
    step = place.step
    return Linked(Drawing().followed_by(step.picture).ink, step.checkpoint, step.view, place=place)


def _is_as_set_up(linked: Linked, place: Place) -> bool:
    step = _at(place)
    if (linked.checkpoint, linked.view) != (step.checkpoint, step.view) or linked.ink is None or step.ink is None:
        return False
    return np.array_equal(linked.ink, step.ink)


# From what is shown to a link's content


def _pictures(linked: Linked) -> Iterator[Content]:
    """The ways to say what is on the pad."""
    if linked.ink is None and not linked.strokes:
        yield {}
    if linked.strokes:
        yield {"strokes": linked.strokes}
    if linked.ink is not None:
        picture = _small(linked.ink)
        example = find_example(picture)
        # As hexadecimal digits, ink is packed three times as small as in base64: a byte is always the same two letters.
        yield {"example": example} if example else {"ink": np.ascontiguousarray(picture).tobytes().hex()}


def _small(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The PICTURE_SIZE x PICTURE_SIZE picture that was put on the pad; the ink itself where something was drawn."""
    scale = GRID_SIZE // PICTURE_SIZE
    picture = ink[::scale, ::scale]
    return picture if np.array_equal(picture.repeat(scale, 0).repeat(scale, 1), ink) else ink


def _changed(view: View) -> Content:
    """The switches that differ from a fresh page's. A kept picture that is an example is carried by its name."""
    fresh: Content = {**View().value()}
    changed: Content = {name: value for name, value in view.value().items() if value != fresh[name]}
    if view.kept and (example := find_example(view.kept_pixels())):
        changed["kept"] = example
    return _renamed(changed, "phase", PHASE_IN_LINKS)


# From a link's content to what is shown


def _read(content: Content) -> Linked:
    checkpoint, view = content["checkpoint"], content.get("view", {})
    if not isinstance(checkpoint, str) or not isinstance(view, dict):
        raise TypeError
    if isinstance(view.get("kept"), list):
        view = view | {"kept": encode_pixels(read_example(view["kept"]))}
    shown = View.read(_renamed(view, PHASE_IN_LINKS, "phase"))
    place = read_place({"name": content.get("lesson")})
    return Linked(_ink(content), checkpoint, shown, read_strokes(content.get("strokes")), place)


def _ink(content: Content) -> NDArray[np.uint8] | None:
    """The ink of a link that carries no strokes, in each way in which links have ever carried it."""
    if "example" in content:
        return Drawing().followed_by(read_example(content["example"])).ink
    if "ink" in content:
        cells = np.frombuffer(bytes.fromhex(content["ink"]), np.uint8)
        if cells.size not in (PICTURE_SIZE**2, GRID_SIZE**2):
            raise ValueError("ink of the wrong size")
        side = isqrt(cells.size)
        return Drawing().followed_by(cells.reshape(side, side)).ink
    grid = content.get("grid", "")
    if not isinstance(grid, str):
        raise TypeError
    return read_ink(grid)


def _renamed(view: Content, old: str, new: str) -> Content:
    """``view`` with the switch ``old`` called ``new``."""
    return {new if name == old else name: value for name, value in view.items()}


# From a link's content to its letters, and back


def _pack(content: Content) -> str:
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpack(fragment: str) -> Content:
    packed = base64.b64decode(fragment + "=" * (-len(fragment) % 4), altchars=b"-_", validate=True)
    return json.loads(_inflate(packed))


def _inflate(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(packed, LIMIT)
    if stream.unconsumed_tail or not stream.eof:
        raise ValueError("too long, or cut short")
    return content
