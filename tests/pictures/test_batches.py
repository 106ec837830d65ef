"""Many picture files at once: which, in which order, and prepared in other processes as here."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hostile import jpeg_of_scans, tiff_of_tiles
from PIL import Image

from lenet.pictures import batches
from lenet.pictures.batches import BATCH, FEW, Preparation, Source, Unread, walk
from lenet.pictures.prepare import prepare


@pytest.fixture
def many(tmp_path, digits) -> list[Source]:
    """More pictures than are prepared in one process, and one file that is no picture."""
    for number in range(FEW + BATCH):
        Image.fromarray(digits[number % 30]).save(tmp_path / f"{number:03}.png")
    (tmp_path / "020.png").write_bytes(b"no picture")
    return [Source(str(path)) for path in sorted(tmp_path.iterdir())]


def test_a_folder_is_walked_in_the_order_of_its_paths(tmp_path):
    for name in ("b/2.png", "b/1.JPG", "a.png", "b.png", "b/c/3.gif", "notes.txt", "empty/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    pictures = [path for path in tmp_path.rglob("*") if path.suffix.lower() in batches.SUFFIXES]
    assert list(walk(str(tmp_path))) == [str(path) for path in sorted(pictures)]


def test_a_link_to_a_folder_is_not_followed_for_it_may_lead_back(tmp_path):
    (tmp_path / "1.png").touch()
    (tmp_path / "again").symlink_to(tmp_path)
    assert list(walk(str(tmp_path))) == [str(tmp_path / "1.png")]


def test_what_is_no_folder_and_a_folder_without_pictures_stand_for_themselves(tmp_path):
    assert list(walk(str(tmp_path))) == [str(tmp_path)]
    assert list(walk(str(tmp_path / "none.png"))) == [str(tmp_path / "none.png")]


def test_the_pool_gives_what_one_process_gives_and_keeps_the_order(many, digits):
    with Preparation(many, processes=2) as preparation:
        outcomes = [pair for batch in preparation.batches("digit") for pair in batch]
    assert [source for source, _ in outcomes] == many
    for number, (_, outcome) in enumerate(outcomes):
        if number == 20:
            assert outcome == Unread(
                "This file is not a picture that can be read; use PNG, JPEG, WebP, BMP, GIF or "
                "TIFF (save HEIC as JPEG)."
            )
        else:
            assert np.array_equal(outcome.picture, prepare(digits[number % 30], "digit").picture)


def test_only_what_is_under_way_is_read_ahead(many, monkeypatch):
    monkeypatch.setattr(batches, "AHEAD", 3)
    asked = []

    def endless():
        while True:
            asked.append(None)
            yield many[len(asked) % 10]

    with Preparation(endless(), processes=2) as preparation:
        prepared = preparation.batches("digit")
        for _ in range(5):
            assert len(next(prepared)) == BATCH
    assert len(asked) <= FEW + 1 + (5 + 2 * 3) * BATCH


def test_few_pictures_need_no_other_process_and_each_comes_at_once(many):
    with Preparation(many[:FEW], processes=2) as preparation:
        assert preparation._pool is None
        assert [len(batch) for batch in preparation.batches("digit")] == [1] * FEW


def killed(pool) -> None:
    for process in pool._processes.values():
        os.kill(process.pid, signal.SIGKILL)


def test_where_a_process_dies_careful_ones_go_on_and_where_they_die_too_it_is_a_sentence(many):
    with Preparation(many * 40, processes=2) as preparation:  # so many that the second ones cannot be done already
        prepared = preparation.batches("digit")
        killed(preparation._pool)
        assert [source for source, _ in next(prepared)] == many[:BATCH]
        killed(preparation._pool)
        with pytest.raises(ChildProcessError, match="has ended: it was stopped from outside, or memory ran out"):
            list(prepared)


@pytest.mark.parametrize("hostile", [jpeg_of_scans, tiff_of_tiles], ids=lambda make: make.__name__)
def test_a_file_that_costs_too_much_is_a_sentence_and_costs_no_other_picture(many, hostile, capfd):
    Path(many[30].name).write_bytes(hostile())
    with Preparation(many, processes=2) as preparation:
        outcomes = [outcome for batch in preparation.batches("digit") for _, outcome in batch]
    unread = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Unread)]
    assert unread == [20, 30]
    assert "takes too long or too much memory" in outcomes[30].reason
    assert capfd.readouterr() == ("", "")


def test_a_picture_from_memory_is_prepared_too(tmp_path, digits):
    Image.fromarray(digits[7]).save(tmp_path / "7.png")
    outcome = batches.prepare_source(Source("-", (tmp_path / "7.png").read_bytes()), "digit")
    assert np.array_equal(outcome.picture, prepare(digits[7], "digit").picture)


def test_the_wing_of_pictures_starts_without_torch():
    """Each process of the pool imports this module, and nothing else of ours."""
    source = Path(batches.__file__).read_text(encoding="utf-8")
    assert "torch" not in source
