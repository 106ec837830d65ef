"""The training command from its arguments to the checkpoint, on a small data set."""

import json
import math
import shlex
import shutil
import signal
from dataclasses import replace

import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import load_file

import train
from lenet import __main__ as command_line
from lenet import checkpoint
from lenet.model import LeNetConfig
from lenet.settings import CHECKPOINTS
from lenet.training import datasets, loop
from lenet.training.recipes import RECIPES

RELU = LeNetConfig(activation="relu")
"""Nothing bounds its values, so that a huge step really diverges; a sigmoid only saturates."""


def shrink_recipes(monkeypatch, validation: int) -> None:
    """Recipes that suit 1,500 pictures, in float32: many processors have no bfloat16 and take ten times as long."""
    small = {"validation": validation, "batch_size": 32, "epochs": 4, "augment": False, "strokes": 50}
    for name in RECIPES:
        recipe = replace(RECIPES[name], **small, precision="float32")
        recipe = replace(recipe, model=replace(recipe.model, channels=(6, 16)), average=0.9 if recipe.average else 0)
        monkeypatch.setitem(RECIPES, name, recipe)


@pytest.fixture
def learning(monkeypatch):
    """Recipes that train with 1,300 pictures, enough to know every digit of the small data set."""
    shrink_recipes(monkeypatch, validation=200)


@pytest.fixture
def quick(monkeypatch):
    """Recipes that train with 200 pictures, enough for what is written, stopped and resumed."""
    shrink_recipes(monkeypatch, validation=1_300)


def run(*arguments) -> int:
    return train.main([str(argument) for argument in arguments])


def test_train_then_predict_recognises_every_real_digit(learning, small_data, tmp_path, digits, capsys):
    out = tmp_path / "out" / "mine"
    assert run("--recipe", "modern", "--dataset", "mnist", "--data-dir", small_data, "--out", out) == 0
    printed = capsys.readouterr().out
    assert "epoch  4/4" in printed
    assert "examples/s" in printed

    metrics = checkpoint.load(out).metrics
    assert len(metrics["epochs"]) == 4
    assert metrics["epochs"][0].keys() == {"number", "train", "validation", "examples_per_second"}
    assert metrics["training_images"] == 1_300 + 50
    assert metrics["command"] == "python train.py --recipe modern --dataset mnist --seed 0"
    assert metrics["test"]["accuracy"] == 1.0
    assert metrics["parameters"] > 60_000
    assert metrics["recipe"]["learning_rate"] == RECIPES["modern"].learning_rate

    paths = [str(tmp_path / f"{number}.png") for number in range(30)]
    for path, digit in zip(paths, digits, strict=True):
        Image.fromarray(digit).save(path)
    assert command_line.main(["predict", *paths, "--checkpoint", str(out), "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["label"] for answer in answers] == [str(number % 10) for number in range(30)]


def test_two_members_become_one_network_twice_as_wide(learning, small_data, tmp_path):
    out = tmp_path / "pair"
    arguments = ["--recipe", "modern", "--dataset", "mnist", "--data-dir", small_data, "--out", out, "--epochs", 2]
    assert run(*arguments, "--members", 2) == 0
    result = checkpoint.load(out)
    assert result.model.config.channels == (12, 32)
    assert result.metrics["recipe"]["members"] == 2
    assert result.metrics["command"].endswith("--members 2")
    assert result.metrics["test"]["accuracy"] == 1.0


def test_a_network_whose_forming_is_kept_has_no_members(quick, small_data, tmp_path, capsys):
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "no"]
    assert run(*arguments, "--members", 2) == 2
    assert "just one" in capsys.readouterr().err


def test_the_folder_carries_what_a_checkpoint_should(quick, small_data, tmp_path):
    out = tmp_path / "classic"
    assert run("--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", out) == 0
    assert {path.name for path in out.iterdir()} == {
        "README.md",
        "config.json",
        "metrics.json",
        "model.safetensors",
        "atlas",
        "snapshots",
    }
    metrics = checkpoint.load(out).metrics
    assert {"seconds", "device", "versions", "examples_per_second", "data_sha256", "weights_sha256", "chosen"} <= set(
        metrics
    )
    assert sum(map(sum, metrics["test"]["confusion"])) == 300
    assert sum(item["count"] for item in metrics["test"]["calibration"]) == 300
    assert load_file(out / "atlas" / "tests.safetensors")["pictures"].shape[1:] == (28, 28)
    snapshots = sorted(path.name for path in (out / "snapshots").iterdir())
    assert snapshots == [f"epoch-{number:02}.safetensors" for number in range(5)]
    initial = load_file(out / "snapshots" / snapshots[0])
    last, weights = load_file(out / "snapshots" / snapshots[-1]), load_file(out / "model.safetensors")
    assert all(torch.equal(last[name], weights[name].half()) for name in weights)
    assert not any(torch.equal(last[name], initial[name]) for name in weights)
    card = yaml.safe_load((out / "README.md").read_text().split("---")[1])
    (result,) = card["model-index"][0]["results"]
    assert result["dataset"]["name"] == "MNIST"
    assert result["metrics"][0] == {
        "type": "accuracy",
        "value": round(metrics["test"]["accuracy"], 4),
        "name": "Test accuracy",
    }


def test_the_published_numbers_are_those_of_the_stored_weights(quick, small_data, tmp_path):
    out = tmp_path / "wide"
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", out, "--epochs", "1"]
    assert run(*arguments, "--dense", "700,84") == 0
    loaded = checkpoint.load(out)
    assert loaded.metrics["weights"] == "float16"
    data = datasets.load("mnist", small_data)
    score = loop.evaluate(loaded.model, data.test_images, data.test_labels)
    assert loaded.metrics["test"]["loss"] == pytest.approx(score.loss, abs=1e-6)
    assert loaded.metrics["test"]["accuracy"] == pytest.approx(score.accuracy)


def test_knobs_reach_the_network_and_the_card(quick, small_data, tmp_path):
    out = tmp_path / "mine"
    knobs = "--kernel 3 --channels 4,8 --activation relu --pooling max --dense 20 --batch-norm --learning-rate 0.1"
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", out, "--epochs", "1"]
    assert run(*arguments, *knobs.split()) == 0
    loaded = checkpoint.load(out)
    config = loaded.model.config
    assert (config.kernel_sizes, config.channels, config.hidden) == ((3, 3), (4, 8), (20,))
    assert (config.activation, config.pooling, config.batch_norm) == ("relu", "max", True)
    command = loaded.metrics["command"]
    again = train.parse_arguments(command.removeprefix("python train.py ").split())
    assert train.ordered(again).changed_recipe().model.kernel_sizes == (3, 3)
    assert "--learning-rate 0.1" in command


def test_metrics_and_card_name_the_teacher_s_own_command(quick, small_data, tmp_path):
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--epochs", "1"]
    large, small = tmp_path / "a teacher", tmp_path / "small"
    assert run(*arguments, "--channels", "8,16", "--out", large) == 0
    assert run(*arguments, "--teacher", large, "--out", small) == 0
    teacher, pupil = checkpoint.load(large).metrics, checkpoint.load(small).metrics
    assert pupil["teacher"] == {name: teacher[name] for name in ("command", "weights_sha256")}
    assert f"the teacher, made by `{teacher['command']}`" in (small / "README.md").read_text()
    again = train.parse_arguments(shlex.split(pupil["command"])[2:])
    assert again.teacher == pupil["recipe"]["teacher"] == str(large)
    assert teacher["teacher"] is None


def test_a_teacher_that_is_not_there_is_refused(small_data, tmp_path, capsys):
    folders = ["--teacher", tmp_path / "nobody", "--data-dir", small_data, "--out", tmp_path / "x"]
    line = fails_cleanly(capsys, tmp_path, *folders)
    assert "nobody" in line


def test_sizes_that_cannot_work_are_refused_before_any_data_is_looked_for(tmp_path, capsys):
    line = fails_cleanly(capsys, tmp_path, "--kernel", "40", "--data-dir", tmp_path / "none", "--out", tmp_path / "x")
    assert "28 x 28" in line
    assert "40 x 40" in line


def test_a_device_that_is_not_there_is_refused(tmp_path, capsys):
    line = fails_cleanly(capsys, tmp_path, "--device", "abacus", "--out", tmp_path / "x")
    assert "abacus" in line


def test_list_names_every_recipe_with_its_size_and_results(capsys):
    assert run("--list") == 0
    printed = capsys.readouterr().out
    for name in RECIPES:
        assert f"\n{name} " in f"\n{printed}"
    assert "61,706" in printed
    assert "Jingmin Wei" in printed
    metrics = checkpoint.load(CHECKPOINTS / "mnist-modern").metrics
    assert f"mnist-modern: test accuracy {metrics['test']['accuracy']:.4f}" in printed


def weights_of(folder) -> bytes:
    return (folder / "model.safetensors").read_bytes()


@pytest.mark.parametrize("recipe", ["classic", "modern-small"])
def test_ctrl_c_keeps_the_best_so_far_and_resume_reaches_the_same_end(
    recipe, quick, small_data, tmp_path, capsys, monkeypatch
):
    arguments = ["--recipe", recipe, "--dataset", "mnist", "--data-dir", small_data]
    assert run(*arguments, "--out", tmp_path / "whole") == 0
    with monkeypatch.context() as patched:
        patched.setattr(train.experiment.Experiment, "run", interrupted_after(2))
        assert run(*arguments, "--out", tmp_path / "parts") == 130
    assert "stopped after 2 of 4 epochs; --resume goes on" in capsys.readouterr().err
    stopped = checkpoint.load(tmp_path / "parts")
    assert len(stopped.metrics["epochs"]) == 2
    assert weights_of(tmp_path / "parts") != weights_of(tmp_path / "whole")

    assert run(*arguments, "--out", tmp_path / "parts", "--resume") == 0
    assert weights_of(tmp_path / "parts") == weights_of(tmp_path / "whole")
    whole, parts = (checkpoint.load(tmp_path / name).metrics for name in ("whole", "parts"))
    assert parts["test"] == whole["test"]
    assert [epoch["train"] for epoch in parts["epochs"]] == [epoch["train"] for epoch in whole["epochs"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "parts", "whole"]


def interrupted_after(epochs: int):
    """``Experiment.run`` with a Ctrl-C in the step that follows so many epochs."""
    original = train.experiment.Experiment.run

    def run(self, *, on_batch, stop):
        def press(count):
            if len(self.training.epochs) == epochs:
                signal.raise_signal(signal.SIGINT)
            on_batch(count)

        return original(self, on_batch=press, stop=stop)

    return run


def test_there_must_be_something_to_resume(quick, small_data, tmp_path, capsys):
    line = fails_cleanly(capsys, tmp_path, "--data-dir", small_data, "--out", tmp_path / "x", "--resume")
    assert "to resume" in line


@pytest.mark.parametrize("changed", [("--seed", "1"), ("--learning-rate", "0.3")], ids=["seed", "rate"])
def test_another_training_is_not_resumed(changed, quick, small_data, tmp_path, capsys, monkeypatch):
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "x"]
    with monkeypatch.context() as patched:
        patched.setattr(train.experiment.Experiment, "run", interrupted_after(1))
        run(*arguments)
    capsys.readouterr()
    assert run(*arguments, "--resume", *changed) == 2
    assert "resume" in capsys.readouterr().err


def test_a_divergence_after_good_epochs_writes_the_best_of_them(quick, small_data, tmp_path, capsys, monkeypatch):
    original = train.experiment.Experiment.run

    def explode(self, **hooks):
        for epoch in original(self, **hooks):
            yield epoch
            self.training.optimizer.param_groups[0]["lr"] = math.inf

    monkeypatch.setattr(train.experiment.Experiment, "run", explode)
    out = tmp_path / "out" / "x"
    assert run("--recipe", "maxpool", "--dataset", "mnist", "--data-dir", small_data, "--out", out) == 2
    assert "the best of the epochs before was written" in capsys.readouterr().err
    assert len(checkpoint.load(out).metrics["epochs"]) == 1
    assert [path.name for path in out.parent.iterdir()] == ["x"]


def test_a_damaged_state_is_refused(quick, small_data, tmp_path, capsys):
    (tmp_path / "x.training.pt").write_bytes(b"not a state")
    line = fails_cleanly(capsys, tmp_path, "--data-dir", small_data, "--out", tmp_path / "x", "--resume")
    assert "damaged" in line


@pytest.mark.parametrize(
    ("recipe", "vary", "epochs", "precision"),
    [("classic", "--no-augment", 2, "float32"), ("modern-small", "--augment", 1, "bfloat16")],
    ids=["classic", "modern-small"],
)
def test_a_seed_gives_the_same_checkpoint(recipe, vary, epochs, precision, quick, small_data, tmp_path, monkeypatch):
    monkeypatch.setitem(RECIPES, recipe, replace(RECIPES[recipe], precision=precision, plain_epochs=0))
    arguments = [vary, "--recipe", recipe, "--dataset", "mnist", "--data-dir", small_data, "--epochs", epochs]
    for out in ("a", "b"):
        assert run(*arguments, "--out", tmp_path / out) == 0
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


def test_a_folder_that_holds_other_files_is_refused_before_training(quick, small_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_: pytest.fail("the data are read before the folder is checked"))
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("years of work")
    for further in ([], ["--overwrite"]):
        line = fails_cleanly(capsys, tmp_path, "--data-dir", small_data, "--out", tmp_path / "documents", *further)
        assert "documents" in line
    assert (tmp_path / "documents" / "thesis.txt").read_text() == "years of work"


def test_a_checkpoint_is_replaced_only_where_overwrite_says_so(quick, small_data, tmp_path, capsys):
    arguments = ["--data-dir", small_data, "--out", tmp_path / "x", "--epochs", "1"]
    assert run("--recipe", "classic", "--dataset", "mnist", *arguments) == 0
    (tmp_path / "x" / "notes.txt").write_text("mine")
    before = weights_of(tmp_path / "x")
    capsys.readouterr()
    assert "--overwrite" in fails_cleanly(capsys, tmp_path, *arguments, "--seed", "1")
    assert weights_of(tmp_path / "x") == before
    assert run("--recipe", "classic", "--dataset", "mnist", *arguments, "--seed", "1", "--overwrite") == 0
    assert weights_of(tmp_path / "x") != before
    assert (tmp_path / "x" / "notes.txt").read_text() == "mine"
    assert "overwrite" not in checkpoint.load(tmp_path / "x").metrics["command"]


def test_the_default_folder_is_not_replaced_either(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "checkpoints" / "mnist-classic")
    assert "--overwrite" in fails_cleanly(capsys, tmp_path, "--data-dir", tmp_path / "none")


def test_resuming_does_not_replace_another_training_s_checkpoint(quick, small_data, tmp_path, capsys, monkeypatch):
    out = tmp_path / "x"
    arguments = ["--data-dir", small_data, "--out", out]
    with monkeypatch.context() as patched:
        patched.setattr(train.experiment.Experiment, "run", interrupted_after(1))
        assert run("--recipe", "classic", "--dataset", "mnist", *arguments) == 130
    shutil.rmtree(out)
    shutil.copytree(CHECKPOINTS / "mnist-classic", out)
    capsys.readouterr()
    assert "--overwrite" in fails_cleanly(capsys, tmp_path, *arguments, "--resume")
    assert run("--recipe", "classic", "--dataset", "mnist", *arguments, "--resume", "--overwrite") == 0


def test_a_training_that_is_stopped_at_once_writes_nothing(quick, small_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(train.experiment.Experiment, "run", interrupted_after(0))
    (tmp_path / "out").mkdir()
    arguments = ["--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "out/x"]
    assert run(*arguments) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not any((tmp_path / "out").iterdir())


def test_a_training_that_diverges_ends_in_one_line(quick, small_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(RECIPES, "classic", replace(RECIPES["classic"], model=RELU, learning_rate=1e12))
    (tmp_path / "out").mkdir()
    assert run("--recipe", "classic", "--dataset", "mnist", "--data-dir", small_data, "--out", tmp_path / "out/x") == 2
    assert "lower learning rate" in capsys.readouterr().err
    assert not any((tmp_path / "out").iterdir())
