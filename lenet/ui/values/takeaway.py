"""The value of the take-away: a file, a link, or a sentence that says why there is neither."""

import base64
import time
from typing import TypedDict


class TakeawayValue(TypedDict):
    """A file (``name``, its media type ``kind``, ``content`` in base64), a ``link``, or a ``text``; the others are "".

    ``code`` is the link's QR code, row by row, "1" for a dark module; it is empty where none was asked for.
    ``stamp`` makes each value a new one: taking the same thing twice must hand it over twice.
    """

    stamp: int
    name: str
    kind: str
    content: str
    link: str
    code: list[str]
    text: str


def file_value(name: str, kind: str, content: bytes) -> TakeawayValue:
    """A file to be saved."""
    return _value() | {"name": name, "kind": kind, "content": base64.b64encode(content).decode()}


def link_value(link: str) -> TakeawayValue:
    """A link to the page as it is: what follows the # of its address."""
    return _value() | {"link": link}


def code_value(link: str, rows: list[str]) -> TakeawayValue:
    """The same link, to be shown as a QR code."""
    return _value() | {"link": link, "code": rows}


def notice(sentence: str) -> TakeawayValue:
    """A sentence to be said, as a value: gradio shows no error's text without its queue. "" says nothing."""
    return _value() | {"text": sentence}


def _value() -> TakeawayValue:
    return {"stamp": time.time_ns(), "name": "", "kind": "", "content": "", "link": "", "code": [], "text": ""}
