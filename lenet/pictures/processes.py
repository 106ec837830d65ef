"""Decoders of picture files: processes that threads share, each ended when it is late and started again.

A file that breaks Pillow, or that keeps it busy for a minute, then costs nobody else anything.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import BoundedSemaphore, Timer
from time import monotonic

from PIL import Image

from lenet.pictures.decoder import HEAD, LENGTH, ONE_THREAD, PICTURE, READY, SENTENCES, TOO_MUCH
from lenet.pictures.rgb import WORKING_SIDE

COMMAND = [sys.executable, "-m", "lenet.pictures.decoder"]

HOME = Path(__file__).parents[2]
"""Where the command finds ``lenet``, wherever this program was started."""

COUNT = 2
"""Processes, at most: one file that takes its time does not keep everybody waiting."""

SECONDS = 1.5
"""A file that is not open after so long is refused."""

START_SECONDS = 20.0
"""A process that is not ready after so long will not be. On an idle machine it takes 0.3."""

LINE_SECONDS = 10.0
"""How long a file waits, at most, until a process is free."""

IN_LINE = 24
"""Files that wait or are being opened, at most. The page has 40 threads, and those left go on answering."""

BUSY = "Too many pictures are being opened at this moment; try again in a few seconds."

NOT_STARTED = "The process that opens pictures cannot be started; free some memory, and try again."


class Decoder:
    """One process of ``lenet.pictures.decoder``, for one thread at a time. It is started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def decode(self, data: bytes) -> Image.Image:
        """The picture in a file of these bytes. Raises ValueError with a sentence for a person."""
        process = self._started()
        try:
            number, size, pixels = _ask(process, data)
        except (OSError, EOFError) as error:
            with suppress(OSError):  # the next file is told
                self._start()
            raise ValueError(TOO_MUCH) from error
        if number != PICTURE:
            raise ValueError(SENTENCES[number - 1])
        return Image.frombytes("RGB", size, pixels)

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._process:
            with suppress(OSError), self._process:  # which closes the pipes and waits until it is gone
                self._process.kill()
        self._process, self._ready = None, False

    def _started(self) -> subprocess.Popen[bytes]:
        """The process, ready; another one if it has died. Raises ValueError with a sentence."""
        try:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._start()
            if not self._ready:
                with _ended(process, START_SECONDS):
                    _read(process, len(READY))
                self._ready = True
        except (OSError, EOFError) as error:
            raise ValueError(NOT_STARTED) from error
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        """A new process, which is not ready yet: the next file waits for it, if it must."""
        self.end()
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        environment = os.environ | ONE_THREAD
        self._process = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=nothing, cwd=HOME, env=environment)
        return self._process


@contextmanager
def _ended(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """End the process after so many seconds, or where an exception leaves it in the middle of an answer."""
    end, whole = monotonic() + seconds, False
    timer = Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
        whole = True
    finally:
        timer.cancel()
        timer.join()
        if not whole or monotonic() >= end:  # then the timer may have been quicker
            process.kill()
            process.wait()


def _ask(process: subprocess.Popen[bytes], data: bytes) -> tuple[int, tuple[int, int], bytes]:
    """The number, size and pixels of the process's answer. Raises EOFError or OSError when there is none."""
    assert process.stdin
    with _ended(process, SECONDS):
        process.stdin.write(LENGTH.pack(len(data)))
        process.stdin.write(data)
        process.stdin.flush()
        number, width, height = HEAD.unpack(_read(process, HEAD.size))
        if number == PICTURE and 0 < width <= WORKING_SIDE and 0 < height <= WORKING_SIDE:
            return number, (width, height), _read(process, 3 * width * height)
        if 0 < number <= len(SENTENCES):
            return number, (0, 0), b""
        raise EOFError


def _read(process: subprocess.Popen[bytes], length: int) -> bytes:
    assert process.stdout
    read = process.stdout.read(length)
    if len(read) < length:
        raise EOFError
    return read


class Decoders:
    """Some decoders, and the line before them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.forget()

    def forget(self) -> None:
        """Start with new ones. A process that was forked from this one must not write into the pipes of its parent."""
        self._line = BoundedSemaphore(IN_LINE)
        self._all = [Decoder() for _ in range(self._count)]
        self._free: LifoQueue[Decoder] = LifoQueue()  # the one that was used last is warm
        for decoder in self._all:
            self._free.put(decoder)

    @contextmanager
    def one(self) -> Iterator[Decoder]:
        """A decoder that nobody else uses. Raises ValueError with a sentence where too many want one."""
        if not self._line.acquire(blocking=False):
            raise ValueError(BUSY)
        try:
            decoder = self._next()
            try:
                yield decoder
            finally:
                self._free.put(decoder)
        finally:
            self._line.release()

    def _next(self) -> Decoder:
        try:
            return self._free.get(timeout=LINE_SECONDS)
        except Empty:
            raise ValueError(BUSY) from None

    def end(self) -> None:
        for decoder in self._all:
            decoder.end()


DECODERS = Decoders(COUNT)

atexit.register(DECODERS.end)

if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=DECODERS.forget)
