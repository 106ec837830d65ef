import csv
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from support import ROOT

from lenet.__main__ import main
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
    assert seven.keys() == {"file", "checkpoint", "label", "probabilities"}
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
    assert capsys.readouterr().out.endswith("each digit: 4 7 1\n")


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
