"""Visitors' trainings: one at a time and the others in line, each within limits, each gone with its visitor."""

import re
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Literal

from lenet.settings import Limits
from lenet.training.events import Begun, Downloading, Epoch, Event, Failed, Finishing, Part, Written
from lenet.training.order import FORMING, STOP, Order
from lenet.ui.plan import START_SECONDS, Plan
from lenet.ui.worker import WAIT, events

NAME = re.compile(r"yours-[A-Za-z0-9]{16}")
"""The name of a visitor's network. Only its visitor knows it, and whoever gets a link from the visitor."""

GRACE = 240
"""Seconds that a training may take besides its training steps: for fetching the data, for measuring and writing."""

MOST_PACE = 20
"""How many times slower, or faster, than planned a machine counts at most."""

OTHERS = 2
"""Places in the line that one visitor leaves to others."""

STOPPED = "It was stopped before it began."
FULL = "{waiting} others are waiting to train a network. Please try again in a few minutes."
YOURS_FULL = "Your address waits to train several networks already. Please try again when one of them is done."
SILENT = "The training was ended, since the page asked for nothing in {silence} seconds."
TOO_LONG = "The training was ended, since it took too long."

Phase = Literal["waiting", "starting", "downloading", "training", "finishing", "done", "failed"]


@dataclass(eq=False)
class Run:
    """A training, and what is known of it.

    ``who`` has ordered it. ``place`` is how many are before it in line, ``share`` how much of its data has come.
    ``parts`` and ``epochs`` are its results so far, ``forms`` counts the changes of the network that forms. ``written``
    is there once the checkpoint is; ``reason`` says why there will be none. ``heard`` is when its page last asked for
    something.
    """

    order: Order
    name: str
    folder: Path
    who: str = ""
    phase: Phase = "waiting"
    place: int = 0
    share: float = 0.0
    pictures: int = 0
    parts: list[Part] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    forms: int = 0
    written: Written | None = None
    reason: str = ""
    heard: float = field(default_factory=time.monotonic)

    def take(self, event: Event) -> None:
        """Learn of an event."""
        match event:
            case Downloading(share):
                self.phase, self.share = "downloading", share
            case Begun(pictures):
                self.phase, self.pictures, self.forms = "training", pictures, 1
            case Part():
                self.parts.append(event)
                self.forms += 1
            case Epoch():
                self.epochs.append(event)
                self.forms += 1
            case Finishing():
                self.phase = "finishing"
            case Written():
                self.phase, self.written = "done", event
            case Failed(reason):
                self.phase, self.reason = "failed", reason


class Trainer:
    """Trains networks for visitors. ``train_events`` is where and how; see ``worker.events``."""

    def __init__(self, limits: Limits, train_events: Callable[..., Iterator[list[Event]]] = events):
        self.limits = limits
        self._events = train_events
        self._home = tempfile.TemporaryDirectory(prefix="lenet-trained-", ignore_cleanup_errors=True)
        self._root = Path(self._home.name)
        self._line: list[Run] = []
        self._pace = 1.0
        self._lock = Lock()

    def seconds(self, plan: Plan) -> float:
        """How long a training takes here, about: the page learns its pace from the trainings before."""
        return START_SECONDS + self._pace * plan.seconds

    def train(self, plan: Plan, who: str = "") -> Iterator[Run]:
        """Train for ``who``, and yield the run again and again, as it is then. Closing the iterator ends the training.

        Raises ValueError, with a sentence, when too many are waiting, OSError when the disk cannot be written.
        """
        run = self._enter(plan.order, who)
        try:
            while place := self._line.index(run):
                run.place = place
                yield run
                time.sleep(WAIT)
                if run.phase == "failed":
                    yield run
                    return
            run.place, run.phase = 0, "starting"
            yield run
            yield from self._follow(run)
            self._learn_pace(plan, run)
        finally:
            self._leave(run)

    def stop(self, name: str) -> None:
        """Let a training end after its current step, with the epochs that are over; at once where it has none yet."""
        for run in list(self._line):
            if run.name != name:
                continue
            if run.phase in ("waiting", "starting", "downloading"):
                run.take(Failed(STOPPED))
            with suppress(OSError):  # it may be over by now
                (run.folder / STOP).touch()

    def folder(self, name: str) -> Path | None:
        """Where a trained network lies; None where there is none of that name, or none any more."""
        folder = self._root / name / name
        if not NAME.fullmatch(name) or not folder.is_dir():
            return None
        return folder if folder.stat().st_mtime >= time.time() - self.limits.keep_seconds else None

    def forming(self, name: str) -> Path | None:
        """Where a network lies as it forms; None where none of that name does. To ask is to be heard."""
        for run in list(self._line):
            if run.name == name:
                run.heard = time.monotonic()
                return run.folder / FORMING
        return None

    def _enter(self, order: Order, who: str) -> Run:
        self._tidy()
        name = f"yours-{secrets.token_hex(8)}"
        run = Run(order, name, self._root / name, who)
        with self._lock:
            if len(self._line) > self.limits.waiting:
                raise ValueError(FULL.format(waiting=self.limits.waiting))
            if who and sum(other.who == who for other in self._line) >= max(1, self.limits.waiting + 1 - OTHERS):
                raise ValueError(YOURS_FULL)
            self._line.append(run)
        return run

    def _follow(self, run: Run) -> Iterator[Run]:
        """Train, now that it is this run's turn."""
        run.folder.mkdir()
        deadline = time.monotonic() + self.limits.seconds + GRACE
        run.heard = time.monotonic()
        happening = self._events(run.order, run.folder, run.name, self.limits.seconds)
        try:
            for news in happening:
                for event in news:
                    if run.phase != "failed":
                        run.take(event)
                if run.phase != "training":
                    run.heard = time.monotonic()  # a page asks for nothing while nothing forms
                if time.monotonic() - run.heard > self.limits.silence:
                    run.take(Failed(SILENT.format(silence=self.limits.silence)))
                elif time.monotonic() > deadline:
                    run.take(Failed(TOO_LONG))
                over = run.phase in ("done", "failed")
                yield run
                if over:
                    break
        finally:
            happening.close()  # type: ignore[attr-defined]  # a generator has it

    def _leave(self, run: Run) -> None:
        with self._lock:
            shutil.rmtree(run.folder / FORMING if run.written else run.folder, ignore_errors=True)
            self._line.remove(run)
        self._tidy()

    def _learn_pace(self, plan: Plan, run: Run) -> None:
        """How much longer than planned this machine takes; no single training decides it."""
        if run.parts:
            rate = statistics.median(part.examples_per_second for part in run.parts)
            seen = min(max(plan.examples / rate / plan.seconds, 1 / MOST_PACE), MOST_PACE)
            self._pace = (self._pace + seen) / 2

    def _tidy(self) -> None:
        """Remove the networks that are too old, and the oldest of too many."""
        with self._lock:
            training = {run.name for run in self._line}
            folders = [path for path in self._root.iterdir() if path.name not in training]
            folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
            oldest = time.time() - self.limits.keep_seconds
            for number, path in enumerate(folders):
                if number >= self.limits.kept or path.stat().st_mtime < oldest:
                    shutil.rmtree(path, ignore_errors=True)
