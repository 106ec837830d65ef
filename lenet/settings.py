"""What the surroundings decide: where the checkpoints are, on which port the page is served, what visitors may ask."""

import os
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"
"""The committed checkpoints."""

DEFAULT_CHECKPOINT = "mnist-lenet"

GARMENT_CHECKPOINT = "fashion-lenet"
"""The first of the garments' networks in the menu."""

CHECKPOINTS_VARIABLE, PORT_VARIABLE, MCP_VARIABLE = "LENET_CHECKPOINTS", "GRADIO_SERVER_PORT", "GRADIO_MCP_SERVER"

LAST_PORT = 65_535

TRAIN_PREFIX, VISIT_PREFIX = "LENET_TRAIN_", "LENET_VISIT_"

ANCESTORS_VARIABLE = "LENET_FRAME_ANCESTORS"

ANCESTORS = "'self' https://huggingface.co https://*.hf.space"
"""Who may show the page in a frame: itself, and the Hub, which frames its Spaces."""

SPACE_VARIABLE = "SPACE_ID"
"""Is there on a Hugging Face Space, which stands behind one proxy."""

LONGEST_NUMBER = 12
"""Digits of a limit."""


def checkpoints(folder: str | Path | None = None) -> Path:
    """The folder of checkpoints: the one that is asked for, or LENET_CHECKPOINTS, or the committed ones.

    Raises NotADirectoryError, with a sentence, when it is not a folder.
    """
    found = Path(folder or os.environ.get(CHECKPOINTS_VARIABLE) or CHECKPOINTS)
    if not found.is_dir():
        raise NotADirectoryError(f"{found} is not a folder; --checkpoints and {CHECKPOINTS_VARIABLE} name a folder")
    return found


def port() -> int | None:
    """The port that GRADIO_SERVER_PORT names, or None without one: gradio takes a free one then.

    Raises ValueError, with a sentence, when it names none.
    """
    said = os.environ.get(PORT_VARIABLE)
    if said is None:
        return None
    if not said.isascii() or not said.isdigit() or not 0 < int(said[:6]) <= LAST_PORT:
        raise ValueError(f"{PORT_VARIABLE} is {said!r}; a port is a number from 1 to {LAST_PORT}")
    return int(said)


def serves_mcp() -> bool:
    """Whether the page is an MCP server too: where gradio's extra for it is installed, as on a Space.

    GRADIO_MCP_SERVER, "true" or "false", decides otherwise; without the extra it is never one.
    """
    return find_spec("mcp") is not None and os.environ.get(MCP_VARIABLE, "true").lower() == "true"


@dataclass(frozen=True)
class Limits:
    """What a visitor's training may take. Each is an environment variable, LENET_TRAIN_ and the name in capitals.

    ``epochs``; ``width`` is the largest entry of a list of sizes; ``parameters`` and ``multiply_adds`` of one picture;
    ``examples``, all epochs together; ``held_out`` pictures; ``batch_numbers``, all that the stages put out for one
    batch, which decides the memory; ``seconds`` of training steps. ``waiting`` visitors may stand in line. ``silence``
    is how many seconds a page may stay without asking for the network that it trains. ``kept`` trained networks stay,
    each for ``keep_seconds``.
    """

    epochs: int = 20
    width: int = 512
    parameters: int = 500_000
    multiply_adds: int = 15_000_000
    examples: int = 1_200_000
    held_out: int = 20_000
    batch_numbers: int = 50_000_000
    seconds: int = 300
    waiting: int = 8
    silence: int = 60
    kept: int = 40
    keep_seconds: int = 3_600


@dataclass(frozen=True)
class Visits:
    """What visitors may ask of the server. Each is an environment variable, LENET_VISIT_ and the name in capitals.

    A visitor is an address; a school has one for all its pupils. 0 lifts a limit, but for the last two.

    ``question_bytes`` and ``upload_bytes`` of one request; ``requests`` at once, and so many ``requests_a_second`` in
    the long run; ``at_once`` questions of all are worked out, half of them of one visitor at most; ``hour_bytes`` that
    uploads and ``/activations`` write within an hour, for one visitor, and ``all_hour_bytes`` for all. ``streams`` that
    wait for answers, of one visitor, and ``all_streams`` of all. ``body_seconds`` may pass between two parts of a
    request. ``waiting`` questions of programs may stand in line, half of them of one visitor. ``free_bytes`` of the
    disk stay free. ``proxies`` of ours stand in front of the page.
    """

    question_bytes: int = 1_000_000
    upload_bytes: int = 20_971_520
    requests: int = 1_200
    requests_a_second: int = 40
    at_once: int = 24
    hour_bytes: int = 500_000_000
    all_hour_bytes: int = 2_000_000_000
    streams: int = 120
    all_streams: int = 1_000
    body_seconds: int = 20
    waiting: int = 64
    free_bytes: int = 500_000_000
    proxies: int = 0


Numbers = TypeVar("Numbers", Limits, Visits)


def limits() -> Limits:
    """Raises ValueError, with a sentence, for a variable that is no whole number."""
    return _numbers(Limits, TRAIN_PREFIX)


def visits() -> Visits:
    """On a Space there is one proxy. Raises ValueError, with a sentence, for a variable that is no whole number."""
    return _numbers(Visits, VISIT_PREFIX, {"proxies": 1} if SPACE_VARIABLE in os.environ else {})


def ancestors() -> str:
    """Who may show the page in a frame. Raises ValueError for what would end that list of addresses."""
    said = os.environ.get(ANCESTORS_VARIABLE, ANCESTORS)
    if not said.strip() or not said.isascii() or not said.isprintable() or set(said) & set(";,"):
        raise ValueError(f"{ANCESTORS_VARIABLE} is {said[:100]!r}; it must be addresses with a space between two")
    return said


def _numbers(kind: type[Numbers], prefix: str, here: dict[str, Any] | None = None) -> Numbers:
    """The numbers of a ``kind``: what the variables say, or what holds ``here``, or the defaults."""
    named = {field.name: f"{prefix}{field.name.upper()}" for field in fields(kind)}
    said = {name: os.environ[variable] for name, variable in named.items() if variable in os.environ}
    for name, value in said.items():
        if not value.isascii() or not value.isdigit() or len(value) > LONGEST_NUMBER:
            raise ValueError(f"{named[name]} is {value!r}; it must be a whole number")
    return kind(**(here or {}) | {name: int(value) for name, value in said.items()})
