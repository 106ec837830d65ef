"""A checkpoint from the Hub, with a server on this machine in the Hub's place."""

import json
import os
import subprocess
import sys
from functools import partial

import pytest
from fake_hub import COMMIT, NAME, Repository, served
from PIL import Image
from support import ROOT

from lenet import from_pretrained


@pytest.fixture
def repository(monkeypatch) -> Repository:
    held = Repository()
    with served(held) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield held


@pytest.fixture
def fetch(repository, tmp_path):
    return partial(from_pretrained, cache_dir=tmp_path / "cache")


def test_it_is_the_checkpoint_of_that_name(fetch, repository, classic):
    network = fetch(NAME)
    assert network.name == NAME
    assert (network.kind, network.classes, network.metrics) == (classic.kind, classic.classes, classic.metrics)
    assert all(a.equal(b) for a, b in zip(network.model.parameters(), classic.model.parameters(), strict=True))


def test_only_what_a_checkpoint_needs_is_downloaded(fetch, repository):
    repository.files |= {"pytorch_model.bin": b"pickle", "modeling.py": b"print()", "README.md": b""}
    fetch(NAME)
    assert set(repository.asked) == {"config.json", "metrics.json", "model.safetensors"}


def test_what_was_downloaded_once_is_there_without_the_hub(fetch, monkeypatch):
    fetch(NAME)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert fetch(NAME).name == NAME


def test_without_the_hub_and_without_a_download_it_is_a_sentence(fetch, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        ConnectionError, match="the Hub cannot be reached for user/repository, and it was not downloaded"
    ):
        fetch(NAME)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("RepoNotFound", FileNotFoundError, "no repository user/repository on the Hub, or it is private"),
        ("GatedRepo", FileNotFoundError, "user/repository is gated"),
    ],
)
def test_what_the_hub_refuses_is_a_sentence(fetch, repository, code, error, words):
    repository.error = code
    with pytest.raises(error, match=words):
        fetch(NAME)


def test_a_revision_that_is_not_there_is_a_sentence(fetch):
    with pytest.raises(FileNotFoundError, match="has no branch, tag or commit v9"):
        fetch(NAME, "v9")


def test_a_commit_can_be_asked_for(fetch):
    assert fetch(NAME, COMMIT).name == NAME


@pytest.mark.parametrize("name", ["lenet", "a/b/c", "../lenet", "a/..", "", "a/b?c", "https://host/a"])
def test_other_names_are_refused_before_anything_is_asked(fetch, repository, name):
    with pytest.raises(ValueError, match="USER/REPOSITORY"):
        fetch(name)
    assert repository.asked == []


def test_a_repository_that_changes_meanwhile_is_refused(fetch, repository):
    repository.sizes["metrics.json"] = 10
    with pytest.raises(ValueError, match="has changed while it was loaded"):
        fetch(NAME)


def test_a_file_that_is_too_large_or_missing_is_refused_before_any_is_downloaded(fetch, repository):
    repository.sizes["model.safetensors"] = 10**10
    with pytest.raises(ValueError, match="model.safetensors of user/repository is 10,000,000,000 bytes large"):
        fetch(NAME)
    del repository.files["model.safetensors"], repository.sizes["model.safetensors"]
    with pytest.raises(ValueError, match="holds no checkpoint of LeNet Lab: model.safetensors missing"):
        fetch(NAME)
    assert repository.asked == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"channels": [10**6, 10**6]}, "channels must be whole numbers from 1 to 65,536"),
        ({"channels": [10**12, 10**12]}, "channels must be whole numbers from 1 to 65,536"),
        (
            {"input_size": 10**5, "kernel_sizes": [5, 49_000], "channels": [6, 1]},
            "kernel_sizes must be whole numbers from 1 to 512",
        ),
        (
            {"input_size": 10**4, "kernel_sizes": [9_998, 5], "channels": [1, 6], "paddings": [5_000, 0]},
            "kernel_sizes must be whole numbers from 1 to 512",
        ),
        (
            {"input_size": 4_000, "kernel_sizes": [1, 1], "channels": [1, 1], "hidden": []},
            "input_size must be a whole number from 1 to 256",
        ),
        ({"mean": "none"}, "config.json does not describe a network"),
        ({"activation": "eval"}, "activation is 'eval'"),
        ({"run": "code"}, "unknown: .'run'."),
    ],
)
def test_a_network_that_cannot_be_is_refused_before_it_is_built(fetch, repository, change, words):
    config = json.loads(repository.files["config.json"])
    config["model"] |= change
    repository.files["config.json"] = json.dumps(config).encode()
    with pytest.raises(ValueError, match=words):
        fetch(NAME)


def test_the_command_line_takes_it_by_name(repository, tmp_path, digits):
    Image.fromarray(digits[7]).save(tmp_path / "seven.png")
    asked = ["predict", str(tmp_path / "seven.png"), "--checkpoint", f"hf:{NAME}@main", "--json"]
    environment = os.environ | {"HF_HOME": str(tmp_path)}
    run = subprocess.run([sys.executable, "-m", "lenet", *asked], cwd=ROOT, capture_output=True, env=environment)
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert (answer["checkpoint"], answer["label"]) == (NAME, "7")
