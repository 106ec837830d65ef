"""Where a visitor's network is trained: in a process of its own, or, on ZeroGPU, in the one that Hugging Face gives.

A crash, a leak or an end of the training then costs nobody else anything.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import lenet
from lenet.training.events import Event, Failed, decode
from lenet.training.order import Order

try:
    import spaces
except ImportError:
    spaces = None

COMMAND = [sys.executable, "-m", "lenet.training"]

ZERO_GPU = "SPACES_ZERO_GPU"
"""The environment variable that a Space on ZeroGPU has."""

GPU_SECONDS = 120
"""How long a visitor may have the GPU; a training takes about a minute on one."""

GPU_REST = 40
"""Seconds of these for loading the data before the training steps, and for measuring and writing after them."""

WAIT = 0.5
"""Seconds after which whoever follows a training is asked again whether it still should go on."""

PATIENCE = 5
"""Seconds for a process that was ended to be gone."""

DIED = "The training process ended unexpectedly ({how}). Nothing else has suffered; press Train to start again."


def events(order: Order, folder: Path, name: str, seconds: int) -> Iterator[list[Event]]:
    """Train; what has happened since, every ``WAIT`` seconds or sooner. Closing the iterator ends the training.

    On ZeroGPU there is news with each event alone.

    The network goes into ``folder``, see ``lenet.training.session``. Raises OSError when no process can be started.
    """
    asked = {"order": asdict(order), "folder": str(folder), "name": name, "seconds": seconds}
    if os.environ.get(ZERO_GPU):
        yield from _events_on_gpu(asked | {"seconds": min(seconds, GPU_SECONDS - GPU_REST)})
        return
    process = Process(asked)
    try:
        yield from process.events()
    finally:
        process.end()


def _on_gpu(train: Callable[[dict[str, Any]], Iterator[dict[str, Any]]]) -> Callable:
    """``train`` as ZeroGPU wants it; elsewhere as it is."""
    return spaces.GPU(duration=GPU_SECONDS)(train) if spaces else train


@_on_gpu
def train_on_gpu(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Train here; what happens, as JSON can hold it."""
    from lenet.training.__main__ import followed  # it imports torchvision, which only a training needs

    yield from followed(asked)


def _events_on_gpu(asked: dict[str, Any]) -> Iterator[list[Event]]:
    """What happens there; Hugging Face may refuse the GPU, or take it away."""
    try:
        yield from ([decode(value)] for value in train_on_gpu(asked))
    except Exception as error:
        yield [Failed(f"The GPU cannot be used: {error}")]


class Process:
    """``python -m lenet.training``, and a thread that listens to it."""

    def __init__(self, asked: dict[str, Any]):
        root = str(Path(lenet.__file__).parent.parent)
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
            text=True,
        )
        atexit.register(self.end)  # before the folder goes in which it writes
        self._told: Queue[Event | None] = Queue()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        with suppress(OSError):  # it has died already
            print(json.dumps(asked), file=self._input, flush=True)

    def events(self) -> Iterator[list[Event]]:
        """What it has told since, again and again, until it is over."""
        while True:
            told = self._next()
            yield [event for event in told if event]
            if None in told:
                break
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self._process.kill()  # one that has said what nobody understands may still be there
        if how := self._process.wait():
            yield [Failed(DIED.format(how=f"signal {signal.Signals(-how).name}" if how < 0 else f"status {how}"))]

    def end(self) -> None:
        """End it, whatever it does."""
        atexit.unregister(self.end)
        self._process.kill()
        self._process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        with suppress(OSError):
            self._input.close()

    @property
    def _input(self) -> Any:
        assert self._process.stdin
        return self._process.stdin

    def _next(self) -> list[Event | None]:
        told: list[Event | None] = []
        with suppress(Empty):
            told.append(self._told.get(timeout=WAIT))
            while True:
                told.append(self._told.get_nowait())
        return told

    def _listen(self) -> None:
        assert self._process.stdout
        try:
            with suppress(Exception), self._process.stdout as lines:  # a line may be cut, or say anything
                for line in lines:
                    self._told.put(decode(json.loads(line)))
        finally:
            self._told.put(None)
