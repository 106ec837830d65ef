"""The training command from its arguments to the checkpoint, on a small data set."""

import json
from dataclasses import replace

import pytest
from PIL import Image

import train
from lenet import __main__ as command_line
from lenet import checkpoint
from lenet.model import LeNetConfig
from lenet.recipes import RECIPES

RELU = LeNetConfig(activation="relu")
"""Nothing bounds its values, so that a huge step really diverges; a sigmoid only saturates."""


@pytest.fixture
def quick(monkeypatch):
    """Recipes that suit 1,500 pictures."""
    for name in RECIPES:
        recipe = replace(RECIPES[name], validation=200, batch_size=32, epochs=4, augment=False)
        monkeypatch.setitem(RECIPES, name, recipe)


def run(*arguments) -> int:
    return train.main([str(argument) for argument in arguments])


def test_train_then_predict_recognises_every_real_digit(quick, small_data, tmp_path, digits, capsys):
    out = tmp_path / "out" / "mine"
    assert run("--recipe", "modern", "--dataset", "mnist", "--data-dir", small_data, "--out", out) == 0
    printed = capsys.readouterr().out
    assert "epoch  4/4" in printed
    assert "examples/s" in printed

    metrics = checkpoint.load(out).metrics
    assert len(metrics["epochs"]) == 4
    assert metrics["epochs"][0].keys() == {"number", "train", "validation", "examples_per_second"}
    assert metrics["test"]["accuracy"] == 1.0
    assert metrics["parameters"] > 60_000
    assert metrics["recipe"]["learning_rate"] == RECIPES["modern"].learning_rate

    paths = [str(tmp_path / f"{number}.png") for number in range(30)]
    for path, digit in zip(paths, digits, strict=True):
        Image.fromarray(digit).save(path)
    assert command_line.main(["predict", *paths, "--checkpoint", str(out), "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["label"] for answer in answers] == [str(number % 10) for number in range(30)]


def test_a_seed_gives_the_same_checkpoint(quick, small_data, tmp_path):
    for out in ("a", "b"):
        assert run("--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / out) == 0
    weights = [(tmp_path / out / "model.safetensors").read_bytes() for out in ("a", "b")]
    assert weights[0] == weights[1]


def test_the_folder_is_named_after_data_set_and_recipe(quick, small_data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LENET_DATA", str(small_data))
    assert run("--recipe", "classic", "--dataset", "mnist", "--epochs", "1") == 0
    metrics = checkpoint.load(tmp_path / "checkpoints" / "mnist-classic").metrics
    assert len(metrics["epochs"]) == metrics["recipe"]["epochs"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--recipe", "ancient", "--dataset", "mnist"],
        ["--recipe", "classic", "--dataset", "cifar"],
        ["--recipe", "classic", "--dataset", "mnist", "--epochs", "0"],
        ["--recipe", "classic"],
    ],
    ids=["recipe", "data set", "epochs", "no data set"],
)
def test_wrong_arguments_end_in_one_line_and_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def fails_cleanly(capsys, tmp_path, *arguments) -> str:
    """The one line that a failing run prints; it must leave nothing half-written."""
    before = sorted(tmp_path.rglob("*"))
    assert run("--recipe", "classic", "--dataset", "mnist", *arguments) == 2
    line = capsys.readouterr().err
    assert line.startswith("train.py: error: ")
    assert line.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    return line


def test_missing_data_that_cannot_be_had_end_in_one_line(mirror, tmp_path, capsys, monkeypatch):
    for file in mirror.iterdir():
        file.unlink()
    (tmp_path / "out").mkdir()
    line = fails_cleanly(capsys, tmp_path, "--data-dir", tmp_path / "none", "--out", tmp_path / "out" / "x")
    assert "--data-dir" in line


def test_an_unwritable_output_is_noticed_before_training(quick, small_data, tmp_path, capsys):
    (tmp_path / "file").touch()
    line = fails_cleanly(capsys, tmp_path, "--data-dir", small_data, "--out", tmp_path / "file" / "x")
    assert "file" in line


def test_a_training_that_is_stopped_writes_nothing(quick, small_data, tmp_path, capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train.training, "evaluate", stop)
    (tmp_path / "out").mkdir()
    assert (
        run("--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "out/x") == 130
    )
    assert "nothing was written" in capsys.readouterr().err
    assert not any((tmp_path / "out").iterdir())


def test_a_training_that_diverges_ends_in_one_line(quick, small_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(RECIPES, "classic", replace(RECIPES["classic"], model=RELU, learning_rate=1e12))
    (tmp_path / "out").mkdir()
    assert run("--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "out/x") == 2
    assert "lower learning rate" in capsys.readouterr().err
    assert not any((tmp_path / "out").iterdir())
