import copy
import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from lenet import checkpoint
from lenet.checkpoint import Checkpoint
from lenet.model import LeNet, LeNetConfig
from lenet.settings import CHECKPOINTS
from lenet.training import experiment
from lenet.training.recipes import RECIPES

# The least test accuracy of each committed checkpoint: the documents' own, and public tables' best of that size.
FLOORS = {
    "fashion-classic": 0.80,
    "fashion-classic-max": 0.80,
    "fashion-lenet": 0.920,
    "fashion-maxpool": 0.868,
    "fashion-modern": 0.933,
    "fashion-modern-small": 0.915,
    "mnist-batchnorm": 0.9896,
    "mnist-classic": 0.97,
    "mnist-lenet": 0.9958,
    "mnist-modern": 0.9967,
    "mnist-modern-small": 0.9955,
}


@pytest.fixture
def saved(tmp_path):
    """A small random checkpoint and its folder."""
    torch.manual_seed(0)
    model = LeNet(LeNetConfig(channels=(2, 3), hidden=(8,), batch_norm=True))
    original = Checkpoint("tiny", model.eval(), "digit", tuple("0123456789"), {"test": {"accuracy": 0.5}})
    checkpoint.save(original, tmp_path / "tiny")
    return original, tmp_path / "tiny"


def edit_config(folder, change) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


def test_a_round_trip_keeps_everything(saved):
    original, folder = saved
    loaded = checkpoint.load(folder)
    assert (loaded.name, loaded.kind, loaded.classes) == ("tiny", "digit", tuple("0123456789"))
    assert loaded.metrics["test"] == {"accuracy": 0.5}
    assert loaded.metrics["weights_sha256"] == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert loaded.model.config == original.model.config
    pictures = torch.rand(3, 1, 28, 28)
    assert torch.equal(loaded.model(pictures), original.model(pictures))
    assert not loaded.model.training


def test_saving_twice_gives_the_same_bytes(saved, tmp_path):
    original, folder = saved
    checkpoint.save(original, tmp_path / "again")
    for file in ("config.json", "metrics.json", "model.safetensors"):
        assert (folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


THREE_FILES = ["config.json", "metrics.json", "model.safetensors"]


def changed(original: Checkpoint) -> Checkpoint:
    return replace(original, metrics={"test": {"accuracy": 0.9}})


def test_saving_over_an_old_checkpoint_leaves_none_of_its_files(saved):
    original, folder = saved
    checkpoint.save(original, folder, {"README.md": b"card", "snapshots/epoch-99.safetensors": b"old"})
    checkpoint.save(original, folder)
    assert sorted(path.name for path in folder.iterdir()) == THREE_FILES
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_files_that_training_did_not_write_stay_when_a_checkpoint_is_replaced(saved):
    original, folder = saved
    (folder / "notes.txt").write_text("mine")
    (folder / ".git" / "refs").mkdir(parents=True)
    (folder / "atlas").mkdir()
    (folder / "atlas" / "photo.png").write_bytes(b"mine too")
    checkpoint.save(changed(original), folder, {"atlas/act1.safetensors": b"means"})
    assert checkpoint.load(folder).metrics["test"]["accuracy"] == 0.9
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / ".git" / "refs").is_dir()
    assert (folder / "atlas" / "photo.png").read_bytes() == b"mine too"
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_a_folder_of_documents_is_no_place_for_a_checkpoint(saved, tmp_path):
    original, _ = saved
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "config.json").write_text('{"model_type": "bert"}')
    (documents / "thesis.pdf").touch()
    with pytest.raises(FileExistsError, match="no checkpoint"):
        checkpoint.save(original, documents)
    assert sorted(path.name for path in documents.iterdir()) == ["config.json", "thesis.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["documents", "tiny"]


def test_a_file_of_another_name_is_not_written_into_a_checkpoint(saved):
    with pytest.raises(ValueError, match="evil"):
        checkpoint.save(*saved, {"../evil.txt": b""})


class Killed(BaseException):
    """Ends a save as a kill does: from then on it changes nothing on the disk."""


def dying(step, steps: list[int], last: int):
    """``step``, which changes the disk, until ``last`` of them are done."""

    def alive(*arguments, **options):
        if len(steps) >= last:
            raise Killed
        steps.append(1)
        return step(*arguments, **options)

    return alive


def save_until(last: int, monkeypatch, *arguments) -> bool:
    """Save until so many steps on the disk are done; whether it came to its end."""
    steps = []
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", dying(os.rename, steps, last))
        for name in ("write_bytes", "mkdir", "unlink", "rmdir"):
            patched.setattr(Path, name, dying(getattr(Path, name), steps, last))
        try:
            checkpoint.save(*arguments)
        except Killed:
            return False
    return True


def test_a_kill_at_any_step_of_a_save_leaves_a_whole_checkpoint(saved, tmp_path, monkeypatch):
    original, folder = saved
    (folder / "notes.txt").write_text("mine")
    kept = shutil.copytree(folder, tmp_path / "kept")
    accuracies, ended = [], False
    while not ended:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        ended = save_until(len(accuracies), monkeypatch, changed(original), folder, {"README.md": b"new"})
        loaded = checkpoint.load(folder)
        accuracies.append(loaded.metrics["test"]["accuracy"])
        checkpoint.save(loaded, folder)
        assert (folder / "notes.txt").read_text() == "mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "tiny"]
    assert len(accuracies) > 10
    assert accuracies == sorted(accuracies)
    assert set(accuracies) == {0.5, 0.9}


def test_a_save_that_stopped_between_its_two_moves_is_finished_by_whoever_comes_next(saved):
    original, folder = saved
    scratch = folder.with_name(".tiny.saving")
    scratch.mkdir()
    shutil.copytree(folder, scratch / "new")
    folder.rename(scratch / "old")
    assert checkpoint.names(folder.parent) == ["tiny"]
    assert checkpoint.load(folder).metrics["test"] == original.metrics["test"]


def stopped_between_its_moves(folder: Path) -> Path:
    """The scratch folder of a save that was killed."""
    scratch = folder.with_name(f".{folder.name}.saving")
    scratch.mkdir()
    shutil.copytree(folder, scratch / "new")
    folder.rename(scratch / "old")
    return scratch


def test_a_reader_finishes_no_save_in_a_folder_of_somebody_else(saved, monkeypatch):
    _, folder = saved
    scratch = stopped_between_its_moves(folder)
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 12_345)
        assert checkpoint.names(folder.parent) == []
    assert sorted(path.name for path in scratch.iterdir()) == ["new", "old"]
    assert checkpoint.names(folder.parent) == ["tiny"]


def test_a_link_in_place_of_a_scratch_folder_moves_nothing_from_elsewhere(saved, tmp_path):
    _, folder = saved
    elsewhere = stopped_between_its_moves(folder).rename(tmp_path / "elsewhere")
    (tmp_path / ".tiny.saving").symlink_to(elsewhere)
    assert checkpoint.names(tmp_path) == []
    assert sorted(path.name for path in elsewhere.iterdir()) == ["new", "old"]


def test_reading_draws_no_random_numbers(saved):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    checkpoint.load(saved[1])
    assert torch.equal(torch.rand(1), expected)


def test_a_second_move_that_fails_puts_the_old_checkpoint_back(saved, monkeypatch):
    original, folder = saved
    rename = os.rename

    def refuse(source, target):
        if source.name == "new":
            raise PermissionError("no")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        checkpoint.save(changed(original), folder)
    assert checkpoint.load(folder).metrics["test"]["accuracy"] == 0.5
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_a_checkpoint_that_is_replaced_while_it_is_read_is_read_again(saved, monkeypatch):
    original, folder = saved
    weights = original.model.conv1.weight.detach().clone()
    read, other = checkpoint.read_json, copy.deepcopy(original.model)
    with torch.no_grad():
        other.conv1.weight.add_(1)

    def slow(folder, name, limit):
        content = read(folder, name, limit)
        if name == "metrics.json" and content["test"]["accuracy"] == 0.5:
            checkpoint.save(replace(changed(original), model=other), folder)
        return content

    monkeypatch.setattr(checkpoint, "read_json", slow)
    loaded = checkpoint.load(folder)
    assert torch.equal(loaded.model.conv1.weight, weights + 1)
    assert loaded.metrics["test"]["accuracy"] == 0.9


def test_a_checkpoint_knows_its_folder_once_it_is_loaded(saved):
    original, folder = saved
    assert original.folder is None
    assert checkpoint.load(folder).folder == folder
    assert checkpoint.load(str(folder)).folder == folder


def test_further_files_are_written_where_they_belong(saved):
    original, folder = saved
    checkpoint.save(original, folder, {"README.md": b"card", "atlas/act1.safetensors": b"means"})
    assert (folder / "README.md").read_bytes() == b"card"
    assert (folder / "atlas" / "act1.safetensors").read_bytes() == b"means"
    checkpoint.load(folder)


@pytest.mark.parametrize(("width", "dtype"), [(84, torch.float32), (900, torch.float16)], ids=["small", "large"])
def test_weights_are_halved_only_where_the_file_would_be_too_large(tmp_path, width, dtype):
    model = LeNet(LeNetConfig(hidden=(width,)))
    checkpoint.save(Checkpoint("net", model.eval(), "digit", tuple("0123456789"), {}), tmp_path / "net")
    path = tmp_path / "net" / "model.safetensors"
    assert path.stat().st_size < checkpoint.FILE_LIMIT
    assert load_file(path)["logits.weight"].dtype == dtype
    loaded = checkpoint.load(tmp_path / "net").model
    assert loaded.logits.weight.dtype == torch.float32
    torch.testing.assert_close(loaded.logits.weight, model.logits.weight.to(dtype).float(), atol=0, rtol=0)


def test_a_crash_while_saving_leaves_the_old_checkpoint(saved, monkeypatch):
    original, folder = saved
    before = (folder / "metrics.json").read_bytes()
    monkeypatch.setattr(checkpoint, "save_tensors", lambda weights: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checkpoint.save(changed(original), folder)
    assert (folder / "metrics.json").read_bytes() == before
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_a_missing_folder_names_the_checkpoints_there_are(saved):
    _, folder = saved
    with pytest.raises(FileNotFoundError, match="there is: tiny"):
        checkpoint.load(folder.parent / "none")


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(saved, file):
    _, folder = saved
    (folder / file).unlink()
    with pytest.raises(FileNotFoundError, match=file):
        checkpoint.load(folder)


def test_without_metrics_there_is_a_network_that_says_so(saved):
    _, folder = saved
    assert checkpoint.load(folder).unread == ""
    (folder / "metrics.json").unlink()
    loaded = checkpoint.load(folder)
    assert (loaded.metrics, loaded.unread) == ({}, "tiny/metrics.json is missing")


@pytest.mark.parametrize("length", [0, 7, 40, -1])
def test_weights_cut_short_are_damaged_not_loaded(saved, length):
    path = saved[1] / "model.safetensors"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match="damaged or cut short"):
        checkpoint.load(saved[1])


def test_a_git_lfs_pointer_is_called_one(saved):
    (saved[1] / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(ValueError, match="git lfs pull"):
        checkpoint.load(saved[1])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda config: config["model"].pop("std"), "missing: \\['std'\\]"),
        (lambda config: config["model"].update(depth=3), "unknown: \\['depth'\\]"),
        (lambda config: config["model"].update(activation="swish"), "swish"),
        (lambda config: config.pop("kind"), "kind"),
        (lambda config: config.update(kind="cat"), "digit, garment"),
        (lambda config: config["classes"].pop(), "9 class names"),
        (lambda config: config["model"].update(hidden=[9]), "another shape"),
        (lambda config: config["model"].update(batch_norm=False), "unknown: \\['norm1"),
        (lambda config: config["model"].update(hidden=[8, 8]), "tensors missing: \\['dense4"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(saved, change, complaint):
    edit_config(saved[1], change)
    with pytest.raises(ValueError, match=complaint):
        checkpoint.load(saved[1])


def test_a_config_that_is_not_json_is_refused(saved):
    (saved[1] / "config.json").write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        checkpoint.load(saved[1])


def test_weights_that_are_not_numbers_are_refused(saved):
    original, folder = saved
    weights = load_file(folder / "model.safetensors")
    weights["conv1.weight"][0] = float("nan")
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(ValueError, match="finite"):
        checkpoint.load(folder)


def test_weights_that_are_not_numbers_are_not_written(saved, tmp_path):
    original, _ = saved
    with torch.no_grad():
        original.model.conv1.weight[0] = float("nan")
    with pytest.raises(ValueError, match="nothing was written"):
        checkpoint.save(original, tmp_path / "nan")
    assert not (tmp_path / "nan").exists()


def test_a_file_in_the_way_of_the_folder_is_refused(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(NotADirectoryError, match="is a file"):
        checkpoint.writable(tmp_path / "taken", overwrite=True)


def test_the_committed_checkpoints_are_there():
    assert checkpoint.names(CHECKPOINTS) == sorted(FLOORS)


@pytest.mark.parametrize("name", FLOORS)
def test_committed_checkpoints_load_and_their_numbers_hold(name):
    loaded = checkpoint.load(CHECKPOINTS / name)
    assert loaded.kind == ("digit" if name.startswith("mnist") else "garment")
    assert loaded.metrics["test"]["accuracy"] >= FLOORS[name]
    weights = (CHECKPOINTS / name / "model.safetensors").read_bytes()
    assert loaded.metrics["weights_sha256"] == hashlib.sha256(weights).hexdigest()


def test_the_documents_numbers_are_met():
    classic, maxpool, batchnorm = (
        checkpoint.load(CHECKPOINTS / name).metrics
        for name in ("fashion-classic", "fashion-maxpool", "mnist-batchnorm")
    )
    documented = {name: RECIPES[name].documented for name in ("classic", "maxpool", "batchnorm")}
    assert abs(classic["epochs"][-1]["train"]["loss"] - documented["classic"]["train loss"]) <= 0.03
    assert abs(maxpool["validation"]["accuracy"] - documented["maxpool"]["validation accuracy"]) <= 0.01
    assert batchnorm["test"]["accuracy"] >= documented["batchnorm"]["test accuracy"]


@pytest.mark.parametrize("name", FLOORS)
def test_committed_checkpoints_carry_card_and_atlas(name):
    folder = CHECKPOINTS / name
    loaded = checkpoint.load(folder)
    card = yaml.safe_load((folder / "README.md").read_text().split("---")[1])
    accuracy = card["model-index"][0]["results"][0]["metrics"][0]["value"]
    assert accuracy == round(loaded.metrics["test"]["accuracy"], 4)
    with torch.inference_mode():
        outputs = loaded.model.activations(torch.zeros(1, 1, 28, 28))
    for stage in ("conv1", "act1", "pool1", "conv2", "act2", "pool2", "act3", "logits"):
        mean = load_file(folder / "atlas" / f"{stage}.safetensors")["mean"]
        assert mean.shape == (10, *outputs[stage].shape[1:])
    for layer in (1, 2):
        pictures = load_file(folder / "atlas" / f"favourites{layer}.safetensors")["picture"]
        assert pictures.shape == (outputs[f"act{layer}"].shape[1], 9, 28, 28)
    if loaded.metrics["recipe"]["snapshots"]:
        numbers = [int(path.stem.removeprefix("epoch-")) for path in sorted((folder / "snapshots").iterdir())]
        assert numbers == experiment.written(len(loaded.metrics["epochs"]) + 1)


def test_a_network_is_what_it_was_after_an_epoch():
    trained = checkpoint.load(CHECKPOINTS / "fashion-classic")
    assert checkpoint.snapshots(trained) == list(range(11))
    first, last = checkpoint.after_epoch(trained, 0), checkpoint.after_epoch(trained, 10)
    expected = load_file(CHECKPOINTS / "fashion-classic" / "snapshots" / "epoch-10.safetensors")
    assert all(torch.equal(tensor, expected[name].float()) for name, tensor in last.model.state_dict().items())
    assert not torch.equal(first.model.conv1.weight, last.model.conv1.weight)
    assert (first.name, first.folder, first.model.training) == (trained.name, trained.folder, False)
    with pytest.raises(FileNotFoundError, match="no snapshot of epoch 11"):
        checkpoint.after_epoch(trained, 11)


def test_snapshots_that_nobody_may_look_at_are_none(tmp_path, monkeypatch):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "network")
    loaded = checkpoint.load(tmp_path / "network")

    def listdir(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(checkpoint.os, "listdir", listdir)
    assert checkpoint.snapshots(loaded) == []


def test_a_checkpoint_without_snapshots_has_none(tmp_path):
    assert checkpoint.snapshots(checkpoint.load(CHECKPOINTS / "mnist-modern")) == []
    assert checkpoint.snapshots(replace(checkpoint.load(CHECKPOINTS / "mnist-classic"), folder=None)) == []


def test_a_snapshot_of_another_network_is_refused(tmp_path):
    shutil.copytree(CHECKPOINTS / "fashion-classic", tmp_path / "mine")
    other = CHECKPOINTS / "fashion-maxpool" / "snapshots" / "epoch-03.safetensors"
    shutil.copy(other, tmp_path / "mine" / "snapshots" / "epoch-03.safetensors")
    with pytest.raises(ValueError, match="epoch-03"):
        checkpoint.after_epoch(checkpoint.load(tmp_path / "mine"), 3)
