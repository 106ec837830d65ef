"""Files that anyone may have written."""

import os

import pytest

from lenet import untrusted
from lenet.untrusted import MOST_DEPTH, file_of, read, read_json


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.json").write_text('{"a": 1}')
    (tmp_path / "outside.json").write_text('{"secret": 1}')
    return tmp_path / "mine"


def test_a_link_within_the_folder_is_followed_and_one_out_of_it_is_not(folder):
    (folder / "inside.json").symlink_to(folder / "a.json")
    (folder / "out.json").symlink_to(folder.parent / "outside.json")
    (folder / "up").symlink_to(folder.parent)
    assert read(folder, "inside.json", 99) == b'{"a": 1}'
    for name in ("out.json", "up/outside.json", "../outside.json"):
        with pytest.raises(ValueError, match=f"^mine/{name} is a link out of its folder"):
            file_of(folder, name)


def test_a_folder_that_is_reached_by_a_link_is_a_folder(folder):
    (folder.parent / "link").symlink_to(folder)
    assert read_json(folder.parent / "link", "a.json", 99) == {"a": 1}


@pytest.mark.timeout(5)
def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe")
    with pytest.raises(ValueError, match="mine/pipe is no file"):
        read(folder, "pipe", 99)


def test_a_file_is_read_up_to_its_limit(folder):
    assert len(read(folder, "a.json", 8)) == 8
    with pytest.raises(ValueError, match="larger than 7 bytes"):
        read(folder, "a.json", 7)


def test_what_cannot_be_read_is_said_without_the_path_on_this_machine(folder):
    (folder / "loop").symlink_to("loop")
    for name in ("loop", "none", "x" * 300):
        with pytest.raises((ValueError, FileNotFoundError)) as caught:
            read(folder, name, 99)
        assert str(folder) not in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_none(folder, number):
    (folder / "a.json").write_text(f'{{"a": {number}, "b": 0.5}}')
    assert read_json(folder, "a.json", 99) == {"a": None, "b": 0.5}


@pytest.mark.parametrize("levels", [MOST_DEPTH + 1, 900, 100_000])
def test_what_is_nested_too_deeply_is_refused(folder, levels):
    (folder / "a.json").write_text('{"a":' * levels + "1" + "}" * levels)
    with pytest.raises(ValueError, match="mine/a.json"):
        read_json(folder, "a.json", 10**7)
    (folder / "a.json").write_text('{"a":' * MOST_DEPTH + "1" + "}" * MOST_DEPTH)
    assert read_json(folder, "a.json", 10**7)


def test_the_files_that_stay_in_memory_are_bounded():
    assert untrusted._kept.cache_info().maxsize == untrusted.FILES_KEPT
