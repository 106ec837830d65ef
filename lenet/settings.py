"""What the surroundings decide: where the checkpoints are, and on which port the page is served."""

import os
from pathlib import Path

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"
"""The committed checkpoints."""

DEFAULT_CHECKPOINT = "mnist-lenet"

GARMENT_CHECKPOINT = "fashion-lenet"
"""The first of the garments' networks in the menu."""

CHECKPOINTS_VARIABLE, PORT_VARIABLE = "LENET_CHECKPOINTS", "GRADIO_SERVER_PORT"

LAST_PORT = 65_535


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
