"""A training that somebody follows gives what train.py gives, and tells of it."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

import train
from lenet import checkpoint
from lenet.training import datasets, session
from lenet.training.events import Begun, Downloading, Epoch, Failed, Finishing, Part, Written, decode, encode
from lenet.training.order import FORMING, STOP, Order
from lenet.training.session import Session

KNOBS = {"epochs": 2, "batch_size": 32, "validation": 300}
ORDER = Order("classic", "mnist", 5, KNOBS)


@pytest.fixture
def follow(tmp_path, small_data):
    def follow_(order=ORDER, seconds=100.0):
        return Session(order, tmp_path, "yours", seconds).events(small_data)

    return follow_


def test_it_gives_the_weights_of_the_training_command_byte_for_byte(follow, small_data, tmp_path):
    events = list(follow())
    options = ORDER.command().removeprefix("python train.py ").split()
    assert train.main([*options, "--data-dir", str(small_data), "--out", str(tmp_path / "command")]) == 0
    for file in ("model.safetensors", "config.json", "snapshots/epoch-01.safetensors"):
        assert (tmp_path / "yours" / file).read_bytes() == (tmp_path / "command" / file).read_bytes()
    mine, theirs = checkpoint.load(tmp_path / "yours"), checkpoint.load(tmp_path / "command")
    assert mine.metrics["test"] == theirs.metrics["test"]
    assert events[-1] == Written(mine.metrics["test"]["accuracy"], mine.metrics["validation"]["accuracy"], "")


def test_it_tells_of_the_pictures_each_epoch_and_the_end(follow):
    events = list(follow())
    assert events[0] == Begun(1_200)
    assert [event.number for event in events if isinstance(event, Epoch)] == [1, 2]
    assert [type(event) for event in events[-2:]] == [Finishing, Written]


def test_it_tells_of_parts_of_an_epoch_whose_mean_is_the_epoch_s(follow, monkeypatch):
    monkeypatch.setattr(session, "PAUSE", 0.0)
    events = list(follow())
    parts = [event for event in events if isinstance(event, Part)]
    first, second = [event for event in events if isinstance(event, Epoch)]
    assert [part.epochs for part in parts] == sorted(part.epochs for part in parts)
    assert parts[-1].epochs == 2
    of_first = [part.train.loss for part in parts if part.epochs <= 1]
    assert len(of_first) == 38  # 1,200 pictures, 32 in each step but the last
    weights = [32] * 37 + [16]
    mean = sum(loss * weight for loss, weight in zip(of_first, weights, strict=True)) / 1_200
    assert mean == pytest.approx(first.train.loss, rel=1e-4)
    assert second.train.loss < first.train.loss


def test_the_network_can_be_read_as_it_forms(follow, tmp_path):
    seen = []
    for event in follow():
        if isinstance(event, Begun | Epoch):
            config = json.loads((tmp_path / FORMING / "config.json").read_text())
            seen.append(load_file(tmp_path / FORMING / "model.safetensors")["conv1.weight"])
            assert config["kind"] == "digit" and config["model"]["channels"] == [6, 16]
    assert len(seen) == 3
    assert not torch.equal(seen[0], seen[1])
    assert torch.equal(seen[2], load_file(tmp_path / "yours" / "snapshots" / "epoch-02.safetensors")["conv1.weight"])


def test_who_stops_it_has_the_epochs_that_are_over(follow, tmp_path):
    events = []
    for event in follow(replace(ORDER, knobs=KNOBS | {"epochs": 9})):
        events.append(event)
        if isinstance(event, Epoch):
            (tmp_path / STOP).touch()
    assert [event.number for event in events if isinstance(event, Epoch)] == [1]
    assert events[-1].stopped == "It was stopped."
    assert len(checkpoint.load(tmp_path / "yours").metrics["epochs"]) == 1


def test_stopped_before_the_first_epoch_is_over_there_is_no_network(follow, tmp_path):
    (tmp_path / STOP).touch()
    events = list(follow())
    assert events[-1] == Failed("It was stopped. Its first epoch was not over, so there is no network.")
    assert not (tmp_path / "yours").exists()


def test_it_takes_no_longer_than_it_may(follow):
    assert "after 0 seconds, the most that this page allows" in list(follow(seconds=0))[-1].reason


def test_a_training_that_diverges_says_so(follow):
    reckless = Order("classic", "mnist", 0, KNOBS | {"activation": "relu", "learning_rate": 1e9})
    assert "A lower learning rate would help" in list(follow(reckless))[-1].reason


def test_without_data_there_is_a_sentence_and_no_path_of_the_server(tmp_path, mirror):
    for file in mirror.iterdir():
        file.unlink()
    (event,) = Session(ORDER, tmp_path, "yours", 100).events(tmp_path / "nothing")
    assert event == Failed(
        "MNIST is not on this server, and it could not be downloaded. The rest of the page works without it."
    )


def test_the_share_of_a_download_is_told(tmp_path, mirror, monkeypatch):
    monkeypatch.setattr(session, "PAUSE", 0.001)
    shares = iter([0.0, 0.25, 0.5])
    monkeypatch.setattr(datasets, "downloaded_share", lambda *_: next(shares, 1.0))
    events = list(Session(ORDER, tmp_path, "yours", 100).events(tmp_path / "data"))
    assert Downloading(0.25) in events
    assert isinstance(events[-1], Written)


def test_the_share_is_that_of_the_bytes_that_have_come(tmp_path):
    coming = tmp_path / "MNIST" / "raw" / f"{datasets.SCRATCH}x" / "MNIST" / "raw"
    coming.mkdir(parents=True)
    assert datasets.downloaded_share("mnist", tmp_path) == 0
    with (coming / "train-images-idx3-ubyte.gz").open("wb") as file:
        file.truncate(datasets.SOURCES["mnist"].download_bytes // 2)
    assert datasets.downloaded_share("mnist", tmp_path) == pytest.approx(0.5)


def test_events_cross_to_another_process_as_they_are(follow):
    for event in [*follow(), Downloading(0.5), Failed("no")]:
        assert decode(json.loads(json.dumps(encode(event)))) == event
