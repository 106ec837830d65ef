"""A link that carries a drawing, a checkpoint and the view in itself: nothing is kept on the server."""

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.ui.values.pad import Drawing, put_value, read_ink
from lenet.ui.view import View

LIMIT = 100_000
"""Bytes that a link's content may have, unpacked: a drawing and a kept picture take some 20,000."""

PHASE_IN_LINKS = "step"
"""What links call the phase: people keep links that are older than its name."""


@dataclass(frozen=True)
class Linked:
    """What a link shows: the ink on the pad, (GRID_SIZE, GRID_SIZE) uint8 or None, a checkpoint's name, the view."""

    ink: NDArray[np.uint8] | None
    checkpoint: str
    view: View


def encode(linked: Linked) -> str:
    """The part of the address after the #: JSON, deflated, in the alphabet of addresses."""
    content = {
        "grid": put_value(Drawing(0, linked.ink))["grid"],
        "checkpoint": linked.checkpoint,
        "view": _renamed({**linked.view.value()}, "phase", PHASE_IN_LINKS),
    }
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode(), 9)).decode().rstrip("=")


def decode(fragment: str) -> Linked:
    """What ``encode`` has put into a link. Raises ValueError, with a sentence, when that cannot be read."""
    try:
        packed = base64.b64decode(fragment + "=" * (-len(fragment) % 4), altchars=b"-_", validate=True)
        content = json.loads(_inflate(packed))
        grid, checkpoint, view = content["grid"], content["checkpoint"], content["view"]
        if not isinstance(grid, str) or not isinstance(checkpoint, str) or not isinstance(view, dict):
            raise TypeError
        return Linked(read_ink(grid), checkpoint, View.read(_renamed(view, PHASE_IN_LINKS, "phase")))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise ValueError("This link is damaged; ask for it again, or start from here.") from error


def _renamed(view: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """``view`` with the switch ``old`` called ``new``."""
    return {new if name == old else name: value for name, value in view.items()}


def _inflate(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(packed, LIMIT)
    if stream.unconsumed_tail or not stream.eof:
        raise ValueError("too long, or cut short")
    return content
