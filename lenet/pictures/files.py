"""Many picture files at once: folders are walked, and a pool of processes opens and prepares what is in them.

Preparing a picture takes ten times as long as asking the network about it. The processes of the pool import only this
wing, so each starts in a fifth of a second.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from lenet.pictures.prepare import SUFFIXES, Prepared, open_picture, prepare

BATCH = 16
"""Pictures that travel and are answered together. More hardly save time, and make the first answer wait."""

FEW = 48
"""So many pictures are prepared here sooner than other processes would have started."""

AHEAD = 3
"""Batches that are under way for each process. One is being prepared, and no process waits for the next."""

NO_PICTURES = f"There is no picture in the folder that can be read; pictures end in {', '.join(SUFFIXES)}."

PROCESS_ENDED = (
    "A process that prepares pictures has ended: it was stopped from outside, or memory ran out. "
    "Ask for fewer or smaller pictures at a time."
)


@dataclass(frozen=True)
class Source:
    """A picture to prepare: its name for a person, and its bytes where it is not the file of that name."""

    name: str
    content: bytes | None = None


@dataclass(frozen=True)
class Unread:
    """A picture that cannot be read or that shows nothing, and the sentence that says why."""

    reason: str


Outcome = Prepared | Unread
"""What became of a picture."""


def walk(path: str) -> Iterator[str]:
    """The pictures in a folder and below it, in alphabetical order; any other path as it is.

    A folder without pictures, or one that cannot be read, stands for itself. Only the names of one folder and of those
    above it are in memory. Links to folders are not followed.
    """
    if not os.path.isdir(path):
        yield path
        return
    found = False
    for picture in _below(path):
        found = True
        yield picture
    if not found:
        yield path


def _below(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if _wanted(entry))
    except OSError:
        yield folder
        return
    for name, is_folder in listed:
        path = str(Path(folder, name))
        if is_folder:
            yield from _below(path)
        else:
            yield path


def _wanted(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a picture, or a folder that may hold some."""
    return entry.is_dir(follow_symlinks=False) or entry.name.lower().endswith(SUFFIXES)


def prepare_source(source: Source, kind: str) -> Outcome:
    """Open and prepare one picture. Of its preparation steps only the last is kept, for the others may be large."""
    try:
        if source.content is None and os.path.isdir(source.name):
            return Unread(NO_PICTURES)
        prepared = prepare(open_picture(Path(source.name) if source.content is None else source.content), kind)
    except (OSError, ValueError) as error:
        return Unread(str(error))
    return Prepared({"network": prepared.picture}, prepared.warnings)


def prepare_batch(sources: list[Source], kind: str) -> list[Outcome]:
    """What became of each of some pictures, in their order."""
    return [prepare_source(source, kind) for source in sources]


Batch = list[tuple[Source, Outcome]]
"""Some pictures, and what became of each."""


class Preparation:
    """Prepares pictures in order, a batch at a time, in a pool of processes where there are more than ``FEW``.

    The pool starts before the kind of the network is known, while that is being loaded. However many pictures there
    are, only the batches that are under way are in memory. It is a context, and ends its processes.
    """

    def __init__(self, sources: Iterable[Source], processes: int | None = None):
        self._sources = iter(sources)
        self._first = list(islice(self._sources, FEW + 1))
        count = processes if processes is not None else _cores()
        self._pool = _started(count) if len(self._first) > FEW and count > 1 else None
        self._under_way = AHEAD * count

    def __enter__(self) -> "Preparation":
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def batches(self, kind: str) -> Iterator[Batch]:
        """The pictures in their order, prepared for a network that reads ``kind``.

        Raises ChildProcessError, with a sentence, when a process of the pool has ended.
        """
        if self._pool is None:
            for sources in self._chunks(1):  # each answer is wanted at once
                yield list(zip(sources, prepare_batch(sources, kind), strict=True))
            return
        try:
            yield from self._from_pool(self._pool, kind)
        except BrokenProcessPool as error:
            raise ChildProcessError(PROCESS_ENDED) from error

    def _from_pool(self, pool: ProcessPoolExecutor, kind: str) -> Iterator[Batch]:
        waiting: deque[tuple[list[Source], Future[list[Outcome]]]] = deque()
        chunks = self._chunks(BATCH)
        while True:
            for sources in islice(chunks, self._under_way - len(waiting)):
                waiting.append((sources, pool.submit(prepare_batch, sources, kind)))
            if not waiting:
                return
            sources, outcomes = waiting.popleft()
            yield list(zip(sources, outcomes.result(), strict=True))

    def _chunks(self, size: int) -> Iterator[list[Source]]:
        """All pictures, ``size`` at a time; those that were read ahead come first."""
        while chunk := [*self._first[:size], *islice(self._sources, size - len(self._first[:size]))]:
            del self._first[:size]
            yield chunk


def _cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started(count: int) -> ProcessPoolExecutor:
    """A pool of ``count`` processes that are starting. Ctrl-C is for this process alone: it ends the others."""
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _end_with_parent)
    with _interrupts_ignored():  # the processes inherit that
        for _ in range(count):
            pool.submit(_cores)
    return pool


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ctrl-C does nothing in here; only the main thread of a program can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_with_parent() -> None:
    """Let this process of the pool end when the program does, also when that is killed: it would wait forever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a process of the pool has a parent"

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
