"""A training in a process of its own: one line of JSON comes in, a line for each event goes out.

It ends with whoever has started it: when its input is closed, it is over.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from lenet.training.events import encode
from lenet.training.order import read_order
from lenet.training.session import Session

NICENESS = 10
"""Training gives way to the page's answers."""


def followed(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Train what is ``asked`` for, the fields of a session as JSON can hold them; tell its events in the same way."""
    session = Session(read_order(asked["order"]), Path(asked["folder"]), asked["name"], asked["seconds"])
    return map(encode, session.events())


def end_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    Thread(target=end_with_the_parent, daemon=True).start()
    with suppress(OSError, AttributeError):  # Windows has no nice
        os.nice(NICENESS)
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a library that prints does not print among the events
    for event in followed(asked):
        print(json.dumps(event), file=told)


if __name__ == "__main__":
    main()
