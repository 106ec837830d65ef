"""A training that somebody follows: what it tells while it runs, and the network as it forms, in a folder."""

import os
import time
import traceback
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from lenet.checkpoint import CONFIG, WEIGHTS, Checkpoint, config_file, halved, pack, save
from lenet.model import LeNet
from lenet.training import datasets, experiment, loop
from lenet.training.datasets import Dataset
from lenet.training.events import Begun, Downloading, Event, Failed, Finishing, Written
from lenet.training.experiment import Experiment
from lenet.training.order import FORMING, STOP, Order

PAUSE = 0.5
"""Seconds between two reports within an epoch."""

NO_DATA = "{title} is not on this server, and it could not be downloaded. The rest of the page works without it."
FAULT = "The training failed ({kind}). Choose other values, or try again later."


@dataclass(frozen=True)
class Session:
    """An order, where its network goes, and how long training may take, in seconds.

    ``folder`` is the session's own. The checkpoint becomes the folder ``name`` in it.
    """

    order: Order
    folder: Path
    name: str
    seconds: float

    def events(self, data_dir: Path | None = None) -> Iterator[Event]:
        """Train, and tell. The network forms in ``FORMING``: its files are replaced before each part and each epoch.

        ``data_dir`` is where the data is, or is downloaded to; None for the usual place.
        """
        data_dir = data_dir or datasets.default_data_dir()
        try:
            data = yield from _loaded(self.order.dataset, data_dir)
        except OSError:
            yield Failed(NO_DATA.format(title=datasets.SOURCES[self.order.dataset].title))
            return
        try:
            run = experiment.prepare(
                replace(self.order.changed_recipe(), snapshots=True), data, self.order.seed, loop.best_device()
            )
            self._show(run)
            yield Begun(len(run.training.train[1]))
            stopped = yield from self._train(run)
            if run.training.epochs:
                yield Finishing()
                yield self._write(run, data, data_dir, stopped)
            else:
                yield Failed(f"{stopped} Its first epoch was not over, so there is no network.")
        except Exception as error:
            traceback.print_exc()
            yield Failed(FAULT.format(kind=type(error).__name__))

    def _train(self, run: Experiment) -> Generator[Event, None, str]:
        """Train, and tell. Returns why it is not trained to the end, or ""."""
        started, said = time.monotonic(), ""

        def stop() -> bool:
            nonlocal said
            if (self.folder / STOP).exists():
                said = "It was stopped."
            elif time.monotonic() - started > self.seconds:
                said = f"It was stopped after {self.seconds:.0f} seconds, the most that this page allows."
            return bool(said)

        try:
            for result in run.watch(PAUSE, stop=stop):
                self._show(run)
                yield result
        except ArithmeticError:
            return "It was stopped: the loss is no longer a number. A lower learning rate would help."
        return said

    def _show(self, run: Experiment) -> None:
        """Replace the files of the network that forms. A reader finds the old ones or the new ones, each whole."""
        model, source = run.training.average, run.source
        assert isinstance(model, LeNet)
        network = Checkpoint(self.name, model, source.kind, source.classes, {})
        files = {CONFIG: config_file(network), WEIGHTS: pack(halved(model.state_dict()))}
        (self.folder / FORMING).mkdir(exist_ok=True)
        for name, content in files.items():
            scratch = self.folder / FORMING / f"{name}.new"
            scratch.write_bytes(content)
            os.replace(scratch, self.folder / FORMING / name)

    def _write(self, run: Experiment, data: Dataset, data_dir: Path, stopped: str) -> Written:
        files = datasets.fingerprints(self.order.dataset, data_dir)
        result, extras = experiment.finish(run, data, files, self.name, self.order.command(), doubts=False)
        save(result, self.folder / self.name, extras)
        validation = result.metrics["validation"]
        return Written(result.metrics["test"]["accuracy"], validation and validation["accuracy"], stopped)


def _loaded(name: str, data_dir: Path) -> Generator[Event, None, Dataset]:
    """The data set; while it is downloaded, how much of it has come."""
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(datasets.load, name, data_dir)
        while wait([loading], PAUSE).not_done:
            if share := datasets.downloaded_share(name, data_dir):
                yield Downloading(share)
        return loading.result()
