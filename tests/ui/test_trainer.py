"""Visitors' trainings: one at a time, within limits, gone with the visitor; with a stand-in for the training itself."""

import time
from contextlib import suppress
from threading import Thread

import pytest

from lenet.settings import Limits
from lenet.training.events import Begun, Downloading, Epoch, Failed, Finishing, Part, Score, Written
from lenet.training.order import FORMING, STOP, Order
from lenet.ui import trainer as module
from lenet.ui.plan import plan
from lenet.ui.trainer import Trainer
from lenet.ui.values.progress import MOST_PARTS, progress_value, refused

PLAN = plan(Order("classic", "fashion", 0, {"epochs": 2}), Limits())
HALF = Part(0.5, Score(2.0, 0.25), 10.0)
FIRST = Epoch(1, Score(1.5, 0.5), Score(1.4, 0.55), 1_000.0)
SECOND = Epoch(2, Score(1.0, 0.7), Score(0.9, 0.75), 1_000.0)
ALL = [[Downloading(0.5)], [Begun(100)], [HALF], [FIRST, SECOND], [Finishing()], [Written(0.7, 0.75, "")]]


class Scripted:
    """Tells what it is given, and writes what a training writes. ``ended`` are the trainings that are over."""

    def __init__(self, news):
        self.news, self.ended = news, []

    def __call__(self, order, folder, name, seconds):
        try:
            (folder / FORMING).mkdir()
            for told in self.news:
                if any(isinstance(event, Written) for event in told):
                    (folder / name).mkdir()
                    (folder / name / "config.json").write_text("{}")
                yield told
        finally:
            self.ended.append(name)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.001)


def test_a_run_is_followed_from_the_line_to_its_network():
    trainer = Trainer(Limits(), Scripted(ALL))
    phases = []
    for run in trainer.train(PLAN):
        phases.append(run.phase)
        assert trainer.forming(run.name) == run.folder / FORMING or run.phase == "starting"
    assert phases == ["starting", "downloading", "training", "training", "training", "finishing", "done"]
    assert trainer.folder(run.name) == run.folder / run.name
    assert trainer.forming(run.name) is None
    assert not (run.folder / FORMING).exists()


def test_what_is_known_of_a_run_is_its_value():
    runs = Trainer(Limits(), Scripted(ALL)).train(PLAN)
    values = [progress_value(run, PLAN) for run in runs]
    assert values[1]["share"] == 0.5
    assert [value["forms"] for value in values] == [0, 0, 1, 2, 4, 4, 4]
    last = values[-1]
    assert last["parts"] == [(0.5, 2.0, 0.25)]
    assert last["epochs"][1] == {"number": 2, "train": (1.0, 0.7), "validation": (0.9, 0.75)}
    assert (last["test"], last["validation"], last["planned"], last["phase"]) == (0.7, 0.75, 2, "done")
    assert values[3]["left"] == pytest.approx(1.5 * 100 / 10)
    assert last["title"] == "classic on fashion: epochs 2"


def test_a_long_curve_is_thinned():
    last = Part(0.75, Score(1.0, 0.5), 10.0)
    trainer = Trainer(Limits(), Scripted([[HALF] * 5_000 + [last]]))
    *_, run = trainer.train(PLAN)
    parts = progress_value(run, PLAN)["parts"]
    assert len(parts) <= MOST_PARTS + 1 and parts[-1] == (0.75, 1.0, 0.5)


def test_others_wait_in_line_and_are_told_their_place():
    trainer = Trainer(Limits(), Scripted(ALL))
    first, second, third = (trainer.train(PLAN) for _ in range(3))
    assert [next(each).place for each in (first, second, third)] == [0, 1, 2]
    assert next(second).phase == "waiting"
    list(first)
    assert (next(second).phase, next(third).place) == ("starting", 1)
    second.close()
    assert next(third).phase == "starting"


def test_who_leaves_the_line_is_forgotten():
    trainer = Trainer(Limits(), Scripted(ALL))
    first, second, third = (trainer.train(PLAN) for _ in range(3))
    assert [next(each).place for each in (first, second, third)] == [0, 1, 2]
    second.close()
    assert next(third).place == 1


def test_a_line_that_is_too_long_is_a_sentence():
    trainer = Trainer(Limits(waiting=1), Scripted(ALL))
    waiting = [trainer.train(PLAN) for _ in range(2)]
    for each in waiting:
        next(each)
    with pytest.raises(ValueError, match="1 others are waiting"):
        next(trainer.train(PLAN))


def test_one_visitor_leaves_places_in_the_line_to_others():
    trainer = Trainer(Limits(waiting=3), Scripted(ALL))
    mine = [trainer.train(PLAN, "me") for _ in range(2)]
    for each in mine:
        next(each)
    with pytest.raises(ValueError, match="Your address"):
        next(trainer.train(PLAN, "me"))
    assert next(trainer.train(PLAN, "other")).place == 2


def test_a_visitor_who_leaves_ends_the_training_and_leaves_nothing():
    scripted = Scripted(ALL)
    trainer = Trainer(Limits(), scripted)
    runs = trainer.train(PLAN)
    folder = [next(runs) for _ in range(4)][-1].folder
    assert folder.is_dir()
    runs.close()
    assert scripted.ended and not folder.exists()


def test_a_training_whose_page_asks_for_nothing_is_ended():
    trainer = Trainer(Limits(silence=0), Scripted([[Downloading(0.1)], [Begun(100)], *[[HALF]] * 50]))
    *_, run = trainer.train(PLAN)
    assert run.phase == "failed" and "asked for nothing in 0 seconds" in run.reason


def test_a_training_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(module, "GRACE", -1)
    trainer = Trainer(Limits(seconds=0), Scripted([[Begun(100)], *[[HALF]] * 50]))
    *_, run = trainer.train(PLAN)
    assert run.phase == "failed" and "too long" in run.reason


def test_stop_leaves_the_word_in_the_run_s_folder():
    trainer = Trainer(Limits(), Scripted(ALL))
    runs = trainer.train(PLAN)
    run = [next(runs) for _ in range(3)][-1]
    trainer.stop(run.name)
    assert (run.folder / STOP).exists()
    for name in ("", "..", "yours-0000000000000000", "../" + run.name, "\ud800"):
        trainer.stop(name)


def test_who_waits_can_give_up():
    trainer = Trainer(Limits(), Scripted(ALL))
    first, second = trainer.train(PLAN), trainer.train(PLAN)
    next(first)
    trainer.stop(next(second).name)
    *_, run = second
    assert (run.phase, run.reason) == ("failed", module.STOPPED)


def test_who_stops_while_the_data_comes_waits_no_longer():
    trainer = Trainer(Limits(), Scripted([[Downloading(0.1)], *[[Downloading(0.2)]] * 50, [Begun(100)]]))
    runs = trainer.train(PLAN)
    trainer.stop([next(runs) for _ in range(2)][-1].name)
    *_, run = runs
    assert run.reason == module.STOPPED


def test_many_who_come_and_go_disturb_nobody():
    trainer = Trainer(Limits(waiting=100, kept=3), Scripted(ALL))
    faults = []

    def come_and_go():
        try:
            for _ in range(20):
                list(trainer.train(PLAN))
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=come_and_go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_numbers_that_json_does_not_have_are_left_out():
    wild = Epoch(1, Score(1.0, 0.5), Score(float("inf"), 0.1), 10.0)
    *_, run = Trainer(Limits(), Scripted([[wild]])).train(PLAN)
    assert progress_value(run, PLAN)["epochs"][0]["validation"] is None


@pytest.mark.parametrize("name", ["", "..", ".", "/etc", "mnist-lenet", "yours-0000000000000000", "a\0b", "\ud800"])
def test_no_other_folder_is_given_out(name):
    trainer = Trainer(Limits(), Scripted(ALL))
    assert trainer.folder(name) is None and trainer.forming(name) is None


def test_of_many_networks_the_last_ones_stay():
    trainer = Trainer(Limits(kept=2), Scripted(ALL))
    names = []
    for _ in range(4):
        *_, run = trainer.train(PLAN)
        names.append(run.name)
        time.sleep(0.01)
    assert [trainer.folder(name) is not None for name in names] == [False, False, True, True]


def test_a_network_goes_when_its_time_is_over():
    trainer = Trainer(Limits(keep_seconds=0), Scripted(ALL))
    *_, run = trainer.train(PLAN)
    time.sleep(0.01)
    with suppress(StopIteration):
        next(trainer.train(PLAN))
    assert trainer.folder(run.name) is None


def test_a_failure_is_told_and_leaves_nothing():
    trainer = Trainer(Limits(), Scripted([[Begun(100)], [Failed("Something was wrong.")], [HALF]]))
    *_, run = trainer.train(PLAN)
    assert progress_value(run, PLAN)["reason"] == "Something was wrong."
    assert not run.folder.exists() and trainer.folder(run.name) is None


def test_a_page_learns_its_pace():
    trainer = Trainer(Limits(), Scripted(ALL))
    before = trainer.seconds(PLAN)
    list(trainer.train(PLAN))
    assert before < trainer.seconds(PLAN) < module.START_SECONDS + PLAN.seconds * module.MOST_PACE


def test_a_refused_order_has_its_reason():
    assert refused("No.")["reason"] == "No." and refused("No.", PLAN)["title"].startswith("classic")
