"""A checkpoint from the Hub, with a server on this machine in the Hub's place."""

import hashlib
import json
import os
import subprocess
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image
from support import ROOT

from lenet import from_pretrained, hub
from lenet.settings import CHECKPOINTS

NAME, COMMIT = "somebody/lenet", "0123456789abcdef0123456789abcdef01234567"


class Repository:
    """A repository's files, what is said of it, and what was asked for."""

    def __init__(self):
        folder = CHECKPOINTS / "mnist-classic"
        self.files = {name: (folder / name).read_bytes() for name in hub.LIMITS}
        self.sizes: dict[str, int] = {}
        self.error = ""
        self.asked: list[str] = []


class Hub(BaseHTTPRequestHandler):
    """Answers as the Hub does: what a repository holds, and its files."""

    def __init__(self, repository: Repository, *arguments):
        self.repository = repository
        super().__init__(*arguments)

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = self.path.split("?")[0]
        if path.startswith(f"/api/models/{NAME}") and not self.repository.error:
            revision = path.partition("/revision/")[2]
            if revision and revision not in ("main", COMMIT):
                return self.send(404, b"", {"X-Error-Code": "RevisionNotFound"})
            return self.send(200, json.dumps(self.description()).encode(), {"Content-Type": "application/json"})
        file = path.removeprefix(f"/{NAME}/resolve/").partition("/")[2]
        if file in self.repository.files:
            self.repository.asked.append(file)
            content = self.repository.files[file]
            return self.send(200, content, {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha1(content).hexdigest()}"'})
        self.send(403 if "Gated" in self.repository.error else 404, b"", {"X-Error-Code": self.repository.error})

    def description(self) -> dict:
        sizes = {name: len(content) for name, content in self.repository.files.items()} | self.repository.sizes
        files = [{"rfilename": name, "size": size} for name, size in sizes.items()]
        return {"id": NAME, "sha": COMMIT, "siblings": files}

    def send(self, status: int, content: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def repository(monkeypatch) -> Repository:
    held = Repository()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, held))
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield held
    server.shutdown()
    server.server_close()


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
        ConnectionError, match="the Hub cannot be reached for somebody/lenet, and it was not downloaded"
    ):
        fetch(NAME)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("RepoNotFound", FileNotFoundError, "no repository somebody/lenet on the Hub, or it is private"),
        ("GatedRepo", FileNotFoundError, "somebody/lenet is gated"),
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
    with pytest.raises(ValueError, match="model.safetensors of somebody/lenet is 10,000,000,000 bytes large"):
        fetch(NAME)
    del repository.files["model.safetensors"], repository.sizes["model.safetensors"]
    with pytest.raises(ValueError, match="holds no checkpoint of LeNet Lab: model.safetensors missing"):
        fetch(NAME)
    assert repository.asked == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"channels": [10**6, 10**6]}, "parameters, and model.safetensors holds fewer"),
        ({"channels": [10**12, 10**12]}, "parameters, and model.safetensors holds fewer"),
        ({"input_size": 10**5, "kernel_sizes": [5, 49_000], "channels": [6, 1]}, "holds fewer"),
        ({"input_size": 10**4, "kernel_sizes": [9_998, 5], "channels": [1, 6], "paddings": [5_000, 0]}, "holds fewer"),
        ({"input_size": 4_000, "kernel_sizes": [1, 1], "channels": [1, 1], "hidden": []}, "holds fewer"),
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
