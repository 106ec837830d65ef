"""A link that carries a drawing, a checkpoint and the view in itself: nothing is kept on the server."""

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

from lenet.ui.components import pad_grid
from lenet.ui.view import View

LIMIT = 100_000
"""Bytes that a link's content may have, unpacked: a drawing and a kept picture take some 20,000."""


@dataclass(frozen=True)
class Linked:
    """What a link shows: the pad's grid in base64, or "", a checkpoint's name, the view."""

    grid: str
    checkpoint: str
    view: View


def encode(linked: Linked) -> str:
    """The part of the address after the #: JSON, deflated, in the alphabet of addresses."""
    content = {"grid": linked.grid, "checkpoint": linked.checkpoint, "view": linked.view.value()}
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode(), 9)).decode().rstrip("=")


def decode(fragment: str) -> Linked:
    """What ``encode`` has put into a link. Raises ValueError, with a sentence, when that cannot be read."""
    try:
        packed = base64.b64decode(fragment + "=" * (-len(fragment) % 4), altchars=b"-_", validate=True)
        content = json.loads(_inflate(packed))
        grid, checkpoint = content["grid"], content["checkpoint"]
        if not isinstance(grid, str) or not isinstance(checkpoint, str):
            raise TypeError
        pad_grid({"grid": grid})
        return Linked(grid, checkpoint, View.read(content["view"]))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise ValueError("This link is damaged; ask for it again, or start from here.") from error


def _inflate(packed: bytes) -> Any:
    stream = zlib.decompressobj()
    content = stream.decompress(packed, LIMIT)
    if stream.unconsumed_tail or not stream.eof:
        raise ValueError("too long, or cut short")
    return content
