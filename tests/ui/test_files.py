"""The files that the browser computes with, asked for as a stranger asks."""

import os
import shutil

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lenet.settings import CHECKPOINTS
from lenet.ui.files import network_files
from lenet.ui.lab import Lab


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "snapshots/epoch-03.safetensors"])
def test_a_network_s_configuration_and_weights_are_sent_as_they_are(page_url, file):
    answer = httpx.get(f"{page_url}/networks/mnist-classic/{file}")
    assert answer.content == (CHECKPOINTS / "mnist-classic" / file).read_bytes()
    again = httpx.get(f"{page_url}/networks/mnist-classic/{file}", headers={"If-None-Match": answer.headers["etag"]})
    assert answer.headers["cache-control"] == "no-cache"
    assert again.status_code in (200, 304)


@pytest.mark.parametrize(
    "path",
    [
        "mnist-classic/metrics.json",
        "mnist-classic/README.md",
        "mnist-classic/..%2f..%2fapp.py",
        "..%2f/config.json",
        "../app.py",
        ".hidden/config.json",
        "mnist-gone/config.json",
        "mnist-classic/atlas",
        "mnist-classic/atlas/act1.safetensors",
        "mnist-classic/snapshots/epoch-99.safetensors",
        "mnist-classic/snapshots/../metrics.json",
        "mnist-classic/snapshots/..%2f..%2fmnist-lenet%2fsnapshots%2fepoch-00.safetensors",
        "mnist-classic/epoch-03.safetensors",
        "a%00b/config.json",
        "%ff/config.json",
    ],
)
def test_nothing_else_is_sent(page_url, path):
    answer = httpx.get(f"{page_url}/networks/{path}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_a_pipe_in_a_network_s_folder_stops_nobody(tmp_path):
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "mine")
    (tmp_path / "mine" / "model.safetensors").unlink()
    os.mkfifo(tmp_path / "mine" / "model.safetensors")
    with TestClient(Starlette(routes=[network_files(Lab(tmp_path))])) as client:
        assert client.get("/networks/mine/config.json").status_code == 200
        assert client.get("/networks/mine/model.safetensors").status_code == 404
