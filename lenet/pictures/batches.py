"""Many picture files at once: folders are walked, and a pool of processes opens and prepares what is in them.

Preparing a picture takes ten times as long as asking the network about it. The processes of the pool import only this
wing, so each starts in a fifth of a second. They decode files themselves, which saves the way to a decoder and back;
a file that costs too much ends its process. From then on the pool is careful: each file goes to a decoder.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from PIL import Image

from lenet.pictures.decoder import MAX_DATA, ONE_THREAD, confine
from lenet.pictures.files import SUFFIXES, open_picture, open_picture_or_end
from lenet.pictures.prepare import Prepared, prepare
from lenet.pictures.several import Found, digits_of

BATCH = 16
"""Pictures that travel and are answered together. More hardly save time, and make the first answer wait."""

FEW = 48
"""So many pictures are prepared here sooner than other processes would have started."""

AHEAD = 32
"""Batches that are under way or ready for each process: what it prepares while the network is being loaded."""

MOST_DATA = MAX_DATA + (60 << 20)
"""Bytes of data of a process that decodes files and prepares them."""

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


@dataclass(frozen=True)
class PreparedFile(Prepared):
    """A prepared picture, and each of its digits where it shows several."""

    each: tuple[Found, ...] = ()


Outcome = PreparedFile | Unread
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
    within = str(Path(folder, "_"))[:-1]  # a Path for each name would take longer than to open the picture
    for name, is_folder in listed:
        path = within + name
        if is_folder:
            yield from _below(path)
        else:
            yield path


def _wanted(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a picture, or a folder that may hold some."""
    return entry.is_dir(follow_symlinks=False) or entry.name.lower().endswith(SUFFIXES)


def prepare_source(source: Source, kind: str, opener: Callable[..., Image.Image] = open_picture) -> Outcome:
    """Open and prepare one picture. Of its preparation steps only the last is kept, for the others may be large."""
    try:
        picture = opener(source.name if source.content is None else source.content)
        prepared = prepare(picture, kind)
    except (OSError, ValueError) as error:
        is_folder = source.content is None and os.path.isdir(source.name)
        return Unread(NO_PICTURES if is_folder else str(error))
    found = digits_of(prepared, picture.size) if kind == "digit" else ()
    each = tuple(Found(digit.box, Prepared({"network": digit.prepared.picture})) for digit in found)
    return PreparedFile({"network": prepared.picture}, prepared.warnings, each=each if len(each) > 1 else ())


def prepare_batch(sources: list[Source], kind: str) -> list[Outcome]:
    """What became of each of some pictures, in their order."""
    return [prepare_source(source, kind) for source in sources]


def prepare_batch_or_end(sources: list[Source], kind: str) -> list[Outcome]:
    """``prepare_batch`` in a process of a pool that is not careful. A file that costs too much ends it."""
    try:
        return [prepare_source(source, kind, open_picture_or_end) for source in sources]
    except MemoryError:
        os._exit(1)


Batch = list[tuple[Source, Outcome]]
"""Some pictures, and what became of each."""


Submitted = tuple[list[Source], Future[list[Outcome]]]
"""A batch that a pool prepares."""


class Preparation:
    """Prepares pictures in order, a batch at a time, in a pool of processes where there are more than ``FEW``.

    However many pictures there are, only those are in memory that are under way. It is a context, and ends its
    processes.
    """

    def __init__(self, sources: Iterable[Source], processes: int | None = None):
        self._sources = iter(sources)
        self._first = list(islice(self._sources, FEW + 1))
        self._count = processes if processes is not None else _cores()
        self._careful = False
        self._pool = _started(self._count) if len(self._first) > FEW and self._count > 1 else None

    def __enter__(self) -> "Preparation":
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is None:
            return
        # A pool can be waited for without end: where Ctrl-C came between two of its steps, or a process was killed.
        for process in list(self._pool._processes.values()):
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def batches(self, kind: str) -> Iterator[Batch]:
        """The pictures in their order, prepared for a network that reads ``kind``. The pool begins with them at once.

        Raises ChildProcessError, with a sentence, when a process of the careful pool has ended.
        """
        return self._here(kind) if self._pool is None else self._in_pool(self._chunks(BATCH), kind)

    def _here(self, kind: str) -> Iterator[Batch]:
        """Each picture in a batch of its own, because its answer is wanted at once."""
        for sources in self._chunks(1):
            yield list(zip(sources, prepare_batch(sources, kind), strict=True))

    def _in_pool(self, chunks: Iterator[list[Source]], kind: str) -> Iterator[Batch]:
        ahead = islice(chunks, AHEAD * self._count)
        return self._in_order(deque(self._submitted(sources, kind) for sources in ahead), chunks, kind)

    def _in_order(self, waiting: deque[Submitted], chunks: Iterator[list[Source]], kind: str) -> Iterator[Batch]:
        """The batches as they were given to the pool; for each that is ready, the next one is given to it."""
        while waiting:
            sources, outcomes = waiting.popleft()
            try:
                ready = outcomes.result()
            except BrokenProcessPool as error:
                self._be_careful(error)
                waiting.appendleft((sources, outcomes))
                waiting = deque(each if _is_ready(each[1]) else self._submitted(each[0], kind) for each in waiting)
                continue
            waiting.extend(self._submitted(following, kind) for following in islice(chunks, 1))
            yield list(zip(sources, ready, strict=True))

    def _submitted(self, sources: list[Source], kind: str) -> Submitted:
        """A batch, given to the pool. Where a process of the pool has ended, its outcome is that."""
        assert self._pool
        try:
            return sources, self._pool.submit(prepare_batch if self._careful else prepare_batch_or_end, sources, kind)
        except BrokenProcessPool as error:
            ended: Future[list[Outcome]] = Future()
            ended.set_exception(error)
            return sources, ended

    def _be_careful(self, error: BrokenProcessPool) -> None:
        """Go on with a pool whose processes leave the decoding to decoders."""
        if self._careful:
            raise ChildProcessError(PROCESS_ENDED) from error
        self._careful = True
        self._pool = _started(self._count, careful=True)

    def _chunks(self, size: int) -> Iterator[list[Source]]:
        """All pictures, ``size`` at a time; those that were read ahead come first."""
        while chunk := [*self._first[:size], *islice(self._sources, size - len(self._first[:size]))]:
            del self._first[:size]
            yield chunk


def _is_ready(outcomes: Future[list[Outcome]]) -> bool:
    return outcomes.done() and not outcomes.cancelled() and outcomes.exception() is None


def _cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started(count: int, *, careful: bool = False) -> ProcessPoolExecutor:
    """A pool of ``count`` processes that are starting. Ctrl-C is for this process alone: it ends the others."""
    begin = _end_with_parent if careful else _end_with_parent_or_file
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), begin)
    with _interrupts_ignored(), _with_variables(ONE_THREAD):  # the processes inherit that
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


@contextmanager
def _with_variables(more: dict[str, str]) -> Iterator[None]:
    """Processes that start in here have these variables of the environment."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent_or_file() -> None:
    confine(MOST_DATA)
    _end_with_parent()


def _end_with_parent() -> None:
    """Let this process of the pool end when the program does, also when that is killed: it would wait forever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a process of the pool has a parent"

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
