"""Where trainings run: in a process that ends with whoever listens, or on ZeroGPU."""

import importlib
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from support import ROOT

from lenet.training.events import Begun, Epoch, Failed, Part, Written
from lenet.training.order import Order
from lenet.ui import worker

ORDER = Order(
    "classic",
    "mnist",
    0,
    {"channels": (2, 2), "hidden": (8,), "epochs": 1, "batch_size": 100, "validation": 58_000},
)


@pytest.fixture
def data(whole_data, monkeypatch):
    monkeypatch.setenv("LENET_DATA", str(whole_data))


def children() -> set[str]:
    """The processes that train."""
    found = subprocess.run(["pgrep", "-f", "-P", str(os.getpid()), "lenet.training"], capture_output=True, text=True)
    return set(found.stdout.split())


def test_a_process_trains_tells_and_is_gone(data, tmp_path):
    events = [event for told in worker.events(ORDER, tmp_path, "yours", 100) for event in told]
    assert events[0] == Begun(2_000)
    assert [event.number for event in events if isinstance(event, Epoch)] == [1]
    assert isinstance(events[-1], Written)
    assert (tmp_path / "yours" / "model.safetensors").is_file()
    assert children() == set()


def long_training(tmp_path):
    order = Order("classic", "mnist", 0, {"epochs": 20, "batch_size": 16, "validation": 1_000})
    return worker.events(order, tmp_path, "yours", 100)


def until_it_trains(happening) -> None:
    while not any(isinstance(event, Part | Epoch) for event in next(happening)):
        pass


def test_who_closes_it_ends_the_process(data, tmp_path):
    happening = long_training(tmp_path)
    until_it_trains(happening)
    assert len(children()) == 1
    happening.close()
    assert children() == set()


def test_a_process_that_is_killed_is_a_sentence(data, tmp_path):
    happening = long_training(tmp_path)
    until_it_trains(happening)
    (process,) = children()
    os.kill(int(process), signal.SIGKILL)
    events = [event for told in happening for event in told]
    assert events[-1] == Failed(worker.DIED.format(how="signal SIGKILL"))
    assert children() == set()


@pytest.mark.parametrize("said", ["hello", "[1]", '{"kind": "Nothing"}'])
def test_a_process_that_says_what_nobody_understands_is_ended(said, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "PATIENCE", 0.1)
    stranger = [sys.executable, "-c", f"import sys\nprint({said!r}, flush=True)\nsys.stdin.read()"]
    monkeypatch.setattr(worker, "COMMAND", stranger)
    events = [event for told in worker.events(ORDER, tmp_path, "yours", 100) for event in told]
    assert events == [Failed(worker.DIED.format(how="signal SIGKILL"))]


def test_without_a_gpu_there_is_a_sentence(with_spaces, tmp_path, monkeypatch):
    module, _ = with_spaces

    def refuse(asked):
        raise RuntimeError("your quota is used up")

    monkeypatch.setenv(module.ZERO_GPU, "1")
    monkeypatch.setattr(module, "train_on_gpu", refuse)
    (told,) = module.events(ORDER, tmp_path, "yours", 300)
    assert told == [module.Failed("The GPU cannot be used: your quota is used up")]


PARENT = """
import sys
from pathlib import Path
from lenet.ui.worker import events
from lenet.training.order import Order
happening = events(Order("classic", "mnist", 0, {"epochs": 20, "validation": 1000}), Path(sys.argv[1]), "yours", 100)
while not next(happening):
    pass
print(happening.gi_yieldfrom.gi_frame.f_locals["self"]._process.pid, flush=True)
sys.stdin.read()
"""


def test_the_process_ends_with_the_page_also_when_that_is_killed(data, tmp_path):
    page = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    trains = int(page.stdout.readline())
    page.kill()
    page.communicate()
    started = time.monotonic()
    while Path(f"/proc/{trains}").exists() and time.monotonic() - started < 10:
        time.sleep(0.05)
    assert not Path(f"/proc/{trains}").exists()


@pytest.fixture
def with_spaces(monkeypatch):
    """What worker is where the package ``spaces`` exists, and the functions that it has bound."""
    bound = []

    def gpu(*, duration):
        def bind(function):
            bound.append((function.__name__, duration))
            return function

        return bind

    monkeypatch.setitem(sys.modules, "spaces", types.SimpleNamespace(GPU=gpu))
    yield importlib.reload(worker), bound
    monkeypatch.undo()
    importlib.reload(worker)


def test_where_spaces_exists_the_training_is_bound_to_the_gpu(with_spaces):
    module, bound = with_spaces
    assert bound == [("train_on_gpu", module.GPU_SECONDS)]


def test_on_zero_gpu_it_runs_there_and_tells_the_same(with_spaces, small_data, tmp_path, monkeypatch):
    module, _ = with_spaces
    monkeypatch.setenv(module.ZERO_GPU, "1")
    monkeypatch.setenv("LENET_DATA", str(small_data))
    order = Order("classic", "mnist", 0, {"epochs": 1, "validation": 300})
    events = [event for told in module.events(order, tmp_path, "yours", 100) for event in told]
    assert events[0] == Begun(1_200)
    assert isinstance(events[-1], Written)


def test_without_spaces_nothing_is_bound():
    assert worker.spaces is None
