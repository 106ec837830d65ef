import csv
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import ROOT

from lenet import __main__ as command_line
from lenet.__main__ import main
from lenet.pictures.batches import FEW
from lenet.pictures.files import open_picture
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS


@pytest.fixture
def folder(tmp_path, digits):
    """A folder of digits with a subfolder, a note that is no picture, and a broken picture."""
    (tmp_path / "deep").mkdir()
    Image.fromarray(digits[7]).resize((90, 90)).save(tmp_path / "seven.png")
    Image.fromarray(255 - digits[1]).save(tmp_path / "deep" / "one.PNG")
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff not a picture")
    return tmp_path


def answers(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_folder_is_walked_and_each_picture_is_one_json_line(folder, capsys):
    assert main(["predict", str(folder), "--json"]) == 1
    broken, one, seven = answers(capsys)
    assert broken["file"] == str(folder / "broken.jpg")
    assert broken.keys() == {"file", "error"}
    assert one["label"] == "1"
    assert seven["label"] == "7"
    assert seven.keys() == {"file", "checkpoint", "label", "probabilities", "doubts"}
    assert seven["checkpoint"] == "mnist-lenet"
    assert list(seven["probabilities"]) == list("0123456789")


def test_all_good_is_status_0_and_readable(folder, capsys):
    assert main(["predict", str(folder / "seven.png")]) == 0
    path, label = capsys.readouterr().out.split(": ")
    assert path == str(folder / "seven.png")
    assert label.startswith("7 (")
    assert label.strip().endswith("%)")


def test_several_digits_are_listed_with_their_boxes(tmp_path, digits, capsys):
    Image.fromarray(np.hstack([digits[4], digits[7], digits[1]])).save(tmp_path / "number.png")
    assert main(["predict", str(tmp_path / "number.png"), "--json"]) == 0
    (answer,) = answers(capsys)
    assert [digit["label"] for digit in answer["digits"]] == ["4", "7", "1"]
    for place, digit in enumerate(answer["digits"]):
        left, top, right, bottom = digit["box"]
        assert 28 * place <= left < right <= 28 * (place + 1)
        assert 0 <= top < bottom <= 28
        assert list(digit["probabilities"]) == list("0123456789")
    assert main(["predict", str(tmp_path / "number.png")]) == 0
    assert capsys.readouterr().out.endswith("Each digit: 4 7 1.\n")


def test_garments_have_torchvision_s_names(tmp_path, garments, capsys):
    Image.fromarray(garments[9]).save(tmp_path / "boot.png")
    assert main(["predict", str(tmp_path / "boot.png"), "--checkpoint", "fashion-modern", "--json"]) == 0
    (answer,) = answers(capsys)
    assert answer["label"] == "Ankle boot"
    assert "T-shirt/top" in answer["probabilities"]


def test_a_blank_picture_and_a_missing_file_are_errors(tmp_path, capsys):
    Image.new("L", (40, 40), 255).save(tmp_path / "blank.png")
    assert main(["predict", str(tmp_path / "blank.png"), str(tmp_path / "none.png"), "--json"]) == 1
    blank, missing = answers(capsys)
    assert "blank" in blank["error"]
    assert "none.png" in missing["error"]


def test_activations_and_table_are_written(folder, tmp_path, capsys):
    pictures = [str(folder / "seven.png"), str(folder / "deep" / "one.PNG"), str(folder / "seven.png")]
    out, table = tmp_path / "maps", tmp_path / "table.csv"
    assert main(["predict", *pictures, "--npz", str(out), "--csv", str(table)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["one.npz", "seven-2.npz", "seven.npz"]
    with np.load(out / "seven.npz") as saved:
        assert saved["act1"].ndim == 3
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["7", "1", "7"]
    assert float(rows[0]["7"]) > 0.5
    assert rows[1]["file"] == pictures[1]


def test_a_folder_without_pictures_is_an_error(tmp_path, capsys):
    (tmp_path / "notes.txt").touch()
    assert main(["predict", str(tmp_path), "--json"]) == 1
    (answer,) = answers(capsys)
    assert "no picture in the folder" in answer["error"]


def test_what_is_no_file_in_a_folder_is_told_and_the_rest_is_read(folder, capsys):
    os.mkfifo(folder / "a pipe.png")
    (folder / "a device.png").symlink_to("/dev/zero")
    (folder / "a loop.png").symlink_to("a loop.png")
    (folder / "deep" / "around").symlink_to(folder)
    (folder / "a folder.png").mkdir()
    assert main(["predict", str(folder), "--json"]) == 1
    told = {Path(answer["file"]).name: answer.get("label", answer.get("error")) for answer in answers(capsys)}
    assert list(told) == ["a device.png", "a loop.png", "a pipe.png", "broken.jpg", "one.PNG", "seven.png"]
    assert told["one.PNG"] + told["seven.png"] == "17"
    assert "a pipe or a device" in told["a device.png"]
    assert "a pipe or a device" in told["a pipe.png"]
    assert "cannot be opened" in told["a loop.png"]


def test_a_name_that_no_file_can_have_does_not_end_the_run(folder, capsys):
    assert main(["predict", "n" * 300, str(folder / "seven.png"), "--json"]) == 1
    refused, seven = answers(capsys)
    assert "cannot be opened" in refused["error"]
    assert seven["label"] == "7"


def test_a_name_that_cannot_be_encoded_is_written_in_escaped_letters(folder, capsys):
    os.rename(folder / "seven.png", os.fsencode(folder) + b"/sev\xffen.png")
    table = folder / "table.csv"
    assert main(["predict", str(folder), "--csv", str(table), "--npz", str(folder / "maps")]) == 1
    one, seven = capsys.readouterr().out.splitlines()
    assert "sev\\udcffen.png: 7 (" in seven
    assert "sev\\udcffen.png,7," in table.read_text()
    assert b"sev\xffen.npz" in os.listdir(os.fsencode(folder / "maps"))


@pytest.mark.parametrize("option", ["--csv", "--npz"])
def test_an_unwritable_output_is_one_line_before_any_work(folder, tmp_path, capsys, option):
    (tmp_path / "file").touch()
    assert main(["predict", str(folder / "seven.png"), option, str(tmp_path / "file" / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("lenet: error: ")
    assert printed.err.count("\n") == 1


def test_a_wrong_checkpoint_names_the_right_ones(folder, capsys):
    assert main(["predict", str(folder), "--checkpoint", "nothing"]) == 2
    assert "mnist-modern" in capsys.readouterr().err


def test_a_picture_is_read_from_stdin_as_a_stranger_would(folder):
    run = subprocess.run(
        [sys.executable, "-m", "lenet", "predict", "-", "--json"],
        cwd=ROOT,
        input=(folder / "seven.png").read_bytes(),
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert (answer["file"], answer["label"]) == ("-", "7")


def test_summary_prints_the_documents_table(capsys):
    assert main(["summary", "classic"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["conv1", "Conv2d", "6", "x", "28", "x", "28", "156", "117,600"] in lines
    assert ["dense3", "Linear", "120", "48,120", "48,000"] in lines
    assert lines[-1][:2] == ["sum", "61,706"]


def test_summary_takes_a_checkpoint_too(capsys):
    assert main(["summary", "mnist-modern"]) == 0
    assert "conv2" in capsys.readouterr().out


def test_summary_of_an_unknown_name_is_one_line(capsys):
    assert main(["summary", "nothing"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_network_of_one_s_own_is_found_in_a_folder_of_one_s_own(tmp_path, folder, capsys, monkeypatch):
    own = tmp_path / "networks"
    shutil.copytree(CHECKPOINTS / "mnist-classic", own / "mine")
    asked = ["predict", str(folder / "seven.png"), "--json", "--checkpoint", "mine"]
    assert main([*asked, "--checkpoints", str(own)]) == 0
    monkeypatch.setenv("LENET_CHECKPOINTS", str(own))
    assert main(asked) == 0
    assert [answer["label"] for answer in answers(capsys)] == ["7", "7"]


@pytest.fixture
def many(tmp_path, digits):
    """A folder of more pictures than one process prepares."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(2 * FEW):
        Image.fromarray(digits[number % 30]).save(folder / f"{number:03}.png")
    return folder


def started(*arguments: str, **options) -> subprocess.Popen:
    """The command line in a process, and a process group, of its own.

    It hears Ctrl-C also where these tests run in the background of a shell, which lets its jobs ignore that.
    """
    command = [sys.executable, "-m", "lenet", *arguments]
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # a new process inherits it
    try:
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True, **options)
    finally:
        signal.signal(signal.SIGINT, before)


def test_many_pictures_get_the_answers_that_each_gets_alone(many, classic, capsys):
    assert main(["predict", str(many), "--json", "--checkpoint", "mnist-classic"]) == 0
    found = answers(capsys)
    assert [answer["file"] for answer in found] == [str(path) for path in sorted(many.iterdir())]
    for answer in found:
        alone = predict(classic, open_picture(answer["file"]))
        assert answer["label"] == alone.label
        assert answer["probabilities"] == pytest.approx(alone.probabilities, abs=1e-6)


def test_ctrl_c_ends_it_without_a_traceback(many):
    paths = [str(many)] * 200
    run = started("predict", *paths, stdout=subprocess.PIPE)
    assert run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
    _, errors = run.communicate(timeout=30)
    assert (run.returncode, errors) == (command_line.INTERRUPTED, b"")


def test_a_reader_that_goes_away_ends_it_quietly(many):
    paths = [str(many)] * 200
    run = started("predict", *paths, "--json", stdout=subprocess.PIPE)
    assert run.stdout.readline()
    run.stdout.close()
    errors = run.stderr.read()
    assert (run.wait(timeout=30), errors) == (command_line.UNHEARD, b"")


@pytest.mark.slow
def test_the_processes_of_a_killed_command_end_too(many):
    run = started("predict", *[str(many)] * 200, stdout=subprocess.PIPE)
    assert run.stdout.readline()
    run.kill()
    run.wait()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.killpg(run.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("its processes are still there")


def test_the_bar_is_for_a_person_whose_answers_go_into_a_file(tmp_path, monkeypatch):
    master, terminal = pty.openpty()
    reader, writer = os.pipe()
    with os.fdopen(terminal, "w") as screen, os.fdopen(writer, "w") as pipe, (tmp_path / "out").open("w") as file:
        shown = {}
        for name, out, err in [
            ("into a file", file, screen),
            ("on the terminal", screen, screen),
            ("to a program", pipe, screen),
            ("nobody looks", file, file),
            ("no file", io.StringIO(), screen),
        ]:
            monkeypatch.setattr(sys, "stdout", out)
            monkeypatch.setattr(sys, "stderr", err)
            shown[name] = command_line.shows_progress()
    os.close(master)
    os.close(reader)
    assert [name for name, bar in shown.items() if bar] == ["into a file"]


def test_the_bar_knows_how_many_there_are(folder, monkeypatch):
    monkeypatch.setattr(command_line, "shows_progress", lambda: True)
    with command_line.progress([str(folder), "-", str(folder / "seven.png")]) as bar:
        assert bar.total == 3 + 1 + 1
