"""What the surroundings decide: where the checkpoints are, and on which port the page is served."""

import os
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"
"""The committed checkpoints."""

DEFAULT_CHECKPOINT = "mnist-lenet"

GARMENT_CHECKPOINT = "fashion-lenet"
"""The first of the garments' networks in the menu."""

CHECKPOINTS_VARIABLE, PORT_VARIABLE, MCP_VARIABLE = "LENET_CHECKPOINTS", "GRADIO_SERVER_PORT", "GRADIO_MCP_SERVER"

LAST_PORT = 65_535

TRAIN_PREFIX = "LENET_TRAIN_"

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


def limits() -> Limits:
    """Raises ValueError, with a sentence, for a variable that is no whole number."""
    named = {field.name: f"{TRAIN_PREFIX}{field.name.upper()}" for field in fields(Limits)}
    said = {name: os.environ[variable] for name, variable in named.items() if variable in os.environ}
    for name, value in said.items():
        if not value.isascii() or not value.isdigit() or len(value) > LONGEST_NUMBER:
            raise ValueError(f"{named[name]} is {value!r}; it must be a whole number")
    return Limits(**{name: int(value) for name, value in said.items()})
