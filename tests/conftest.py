"""What several tests are given: the real checkpoints, real pictures, a small data set, the served page.

The process that hands out the tests reads this file too, and runs none of them: what is slow to import is imported by
the fixture that needs it.
"""

import gzip
import hashlib
import math
import os
import shutil
import struct
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from lenet.settings import CHECKPOINTS

if TYPE_CHECKING:
    import numpy as np

    from lenet.checkpoint import Checkpoint

os.environ["OMP_NUM_THREADS"] = "1"
"""The networks here are small: two threads of torch would only wait for each other."""

UPLOADS = tempfile.mkdtemp(prefix="lenet-uploads-")
"""gradio keeps the uploads of all pages on a machine in one folder: a page that closes empties it for other tests."""
os.environ["GRADIO_TEMP_DIR"] = UPLOADS  # before anything imports gradio

os.environ["GRADIO_MCP_SERVER"] = "false"
"""The page is an MCP server only in the tests of that: it takes a second to start one."""

os.environ["LENET_VISIT_REQUESTS"] = os.environ["LENET_VISIT_STREAMS"] = "0"
"""The tests of a process share one address, and ask without pause."""

SHUTDOWN_SECONDS = 0.01
"""How long a test waits, at most, for a server of its own to notice that it is over."""


@pytest.hookimpl(trylast=True)  # after the page has closed
def pytest_sessionfinish():
    shutil.rmtree(UPLOADS, ignore_errors=True)


@pytest.fixture(scope="session")
def digits() -> "np.ndarray":
    from support import real_pictures

    return real_pictures("digit")


@pytest.fixture(scope="session")
def garments() -> "np.ndarray":
    from support import real_pictures

    return real_pictures("garment")


@pytest.fixture(scope="session")
def modern() -> "Checkpoint":
    from lenet import checkpoint

    return checkpoint.load(CHECKPOINTS / "mnist-modern")


@pytest.fixture(scope="session")
def classic() -> "Checkpoint":
    from lenet import checkpoint

    return checkpoint.load(CHECKPOINTS / "mnist-classic")


@pytest.fixture(scope="session")
def idx_bytes() -> dict[str, bytes]:
    """The four IDX files of a small data set: the real example digits, slightly varied for training."""
    import torch
    from support import SMALL_FILES, real_pictures

    from lenet.training import augment

    generator = torch.Generator().manual_seed(0)
    vary = augment.Augmentation(rotation=5, scale=0.05, shift=1)
    files = {}
    for part in ("train", "t10k"):
        count = SMALL_FILES[f"{part}-labels-idx1-ubyte"][0]
        chosen = torch.arange(count) % 30
        pictures = torch.from_numpy(real_pictures("digit").copy())[chosen, None].float() / 255
        if part == "train":
            pictures = vary(pictures, generator)
        pixels = (pictures * 255).round().to(torch.uint8).numpy()
        files[f"{part}-images-idx3-ubyte"] = struct.pack(">4I", 0x803, count, 28, 28) + pixels.tobytes()
        labels = (chosen % 10).to(torch.uint8).numpy()
        files[f"{part}-labels-idx1-ubyte"] = struct.pack(">2I", 0x801, count) + labels.tobytes()
    return files


@pytest.fixture(scope="session")
def whole_data(tmp_path_factory, idx_bytes) -> Path:
    """A folder with the small data set's pictures, again and again, as many as MNIST has: for another process, which
    checks the sizes.
    """
    from lenet.training.datasets import FILES

    folder = tmp_path_factory.mktemp("data")
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, shape in FILES.items():
        header, size = 4 * (1 + len(shape)), math.prod(shape)
        content = idx_bytes[name][header:]
        whole = content * (size // len(content) + 1)
        (raw / name).write_bytes(struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape) + whole[:size])
    return folder


@pytest.fixture
def small_data(tmp_path, monkeypatch, idx_bytes) -> Path:
    """A data folder in torchvision's layout that holds the small data set as MNIST."""
    from support import SMALL_FILES

    from lenet.training import datasets

    monkeypatch.setattr(datasets, "FILES", SMALL_FILES)
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in idx_bytes.items():
        (raw / name).write_bytes(content)
    return tmp_path / "data"


@pytest.fixture(scope="session")
def packed(idx_bytes) -> dict[str, bytes]:
    """The small data set's files as MNIST's hosts have them."""
    return {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in idx_bytes.items()}


@pytest.fixture
def mirror(tmp_path, monkeypatch, packed) -> Path:
    """A folder that stands in for the hosts of MNIST's files; empty it to make every download fail."""
    from support import SMALL_FILES

    from lenet.training import datasets

    folder = tmp_path / "mirror"
    folder.mkdir()
    for name, content in packed.items():
        (folder / name).write_bytes(content)
    resources = [(name, hashlib.md5(content).hexdigest()) for name, content in packed.items()]
    monkeypatch.setattr(datasets, "FILES", SMALL_FILES)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
    Thread(target=server.serve_forever, args=[SHUTDOWN_SECONDS], daemon=True).start()
    monkeypatch.setattr(datasets.sources.MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(datasets.sources.MNIST, "resources", resources)
    yield folder
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def page_url() -> str:
    """The page over the committed checkpoints, served on this machine for as long as the tests run."""
    from lenet.ui.page import build, launch_options

    demo = build(CHECKPOINTS)
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options(demo))
    yield url.rstrip("/")
    demo.close()
