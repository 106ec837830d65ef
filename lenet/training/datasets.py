"""MNIST and Fashion-MNIST as tensors in memory. Each of torchvision's files is checked before it is used.

No other module of the core imports torchvision.
"""

import gzip
import hashlib
import math
import os
import shutil
import socket
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor
from torchvision import datasets as sources

from lenet.model import PICTURE_SIZE

DOWNLOAD_TIMEOUT = 30
"""A download is given up after so many seconds without a byte; torchvision itself would wait for ever."""

DEBIAN = Path("/usr/share/datasets")
"""The folder in which Debian's package dataset-fashion-mnist installs its packed files, as fashion-mnist/*.gz."""

SCRATCH = ".new-"
"""Begins the name of the folder into which files are downloaded, beside those that they replace."""

ABANDONED = 3_600
"""Seconds after which such a folder belongs to a download that was killed."""

ASIDE = ".replaced"
"""Ends the new name of a damaged file that an intact one has replaced."""

TRAIN_SIZE, TEST_SIZE = 60_000, 10_000

FILES = {
    "train-images-idx3-ubyte": (TRAIN_SIZE, PICTURE_SIZE, PICTURE_SIZE),
    "train-labels-idx1-ubyte": (TRAIN_SIZE,),
    "t10k-images-idx3-ubyte": (TEST_SIZE, PICTURE_SIZE, PICTURE_SIZE),
    "t10k-labels-idx1-ubyte": (TEST_SIZE,),
}
"""The shape of the bytes in each file; both data sets have the same four."""


@dataclass(frozen=True)
class Source:
    """What is known about a data set before it is read."""

    kind: str
    classes: tuple[str, ...]
    mean: float
    std: float
    loader: type[sources.MNIST]
    title: str
    download_bytes: int
    debian: str = ""


SOURCES = {
    "mnist": Source("digit", tuple("0123456789"), 0.1307, 0.3081, sources.MNIST, "MNIST", 11_594_722),
    "fashion": Source(
        "garment",
        tuple(sources.FashionMNIST.classes),
        0.2860,
        0.3530,
        sources.FashionMNIST,
        "Fashion-MNIST",
        30_878_645,
        debian="fashion-mnist",
    ),
}
"""mean and std describe the pixels, in [0, 1], of all 60,000 training images; debian names a folder in ``DEBIAN``.

download_bytes is the size of the four packed files.
"""


@dataclass(frozen=True)
class Dataset:
    """Images are (N, 1, 28, 28) float32 in [0, 1], ink or cloth 1.0 on ground 0.0; labels are (N,) int64."""

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def default_data_dir() -> Path:
    """The folder that ``$LENET_DATA`` names, or ``data/`` in the working directory."""
    return Path(os.environ.get("LENET_DATA") or "data")


def load(name: str, data_dir: Path) -> Dataset:
    """Read a data set. Files that are missing or damaged are downloaded first.

    Raises ValueError for an unknown name or labels out of range, and OSError when a file is missing or damaged and
    cannot be downloaded.
    """
    if name not in SOURCES:
        raise ValueError(f"there is no data set {name!r}; there is {', '.join(SOURCES)}")
    loader = SOURCES[name].loader
    _ensure_files(SOURCES[name], Path(data_dir))
    train, test = (loader(data_dir, train=part, download=False) for part in (True, False))
    if max(train.targets.max(), test.targets.max()) >= len(SOURCES[name].classes):
        raise ValueError(f"{data_dir} holds labels that {name} does not have; name another folder with --data-dir")
    return Dataset(name, _pictures(train.data), train.targets, _pictures(test.data), test.targets)


def downloaded_share(name: str, data_dir: Path) -> float:
    """How much of a download that is under way has come, from 0 to 1; 0 without one."""
    raw = Path(data_dir) / SOURCES[name].loader.__name__ / "raw"
    size = 0
    with suppress(OSError):  # files are moved to their place
        under_way = max(raw.glob(f"{SCRATCH}*"), key=lambda folder: folder.stat().st_mtime, default=raw / SCRATCH)
        size = sum(path.stat().st_size for path in under_way.glob("**/*.gz"))
    return min(size / SOURCES[name].download_bytes, 1.0)


def fingerprints(name: str, data_dir: Path) -> dict[str, str]:
    """The SHA-256 of each of a data set's files, by file name."""
    raw = Path(data_dir) / SOURCES[name].loader.__name__ / "raw"
    return {file: hashlib.sha256((raw / file).read_bytes()).hexdigest() for file in FILES}


def _pictures(pixels: Tensor) -> Tensor:
    """(N, 28, 28) uint8 -> (N, 1, 28, 28) float32 in [0, 1]."""
    return pixels.unsqueeze(1).float() / 255


def _ensure_files(source: Source, data_dir: Path) -> None:
    """Make sure that the four extracted files are intact; copy or download those that are not.

    Raises OSError when that fails. The damaged files then stay as they are.
    """
    raw = data_dir / source.loader.__name__ / "raw"
    faults = _faults(raw)
    if not faults:
        return
    new_folders = [folder for folder in (raw, raw.parent, data_dir) if not folder.exists()]
    try:
        raw.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(raw)
        with tempfile.TemporaryDirectory(dir=raw, prefix=SCRATCH) as scratch:
            reason = _fetch(source, Path(scratch), raw, list(faults))
    except OSError as error:
        reason = str(error)
    _remove_empty(new_folders)
    if faults := _faults(raw):
        raise OSError(_advice(source.loader, raw, faults) + f"; {reason}")


def _fetch(source: Source, scratch: Path, raw: Path, files: list[str]) -> str:
    """Replace ``files`` in ``raw`` by intact ones, fetched into ``scratch``. Returns why some could not be fetched."""
    if source.debian:
        _unpack(DEBIAN / source.debian, scratch, files)
    files = _install(scratch, raw, files)
    if not files:
        return ""
    fetched = scratch / source.loader.__name__ / "raw"
    fetched.mkdir(parents=True)
    for packed in raw.glob("*.gz"):  # of an earlier download; torchvision checks them and unpacks the intact ones
        shutil.copy(packed, fetched)
    reason = "the download did not help"
    try:
        with _socket_timeout(DOWNLOAD_TIMEOUT):
            source.loader(scratch, download=True)
    except (OSError, RuntimeError) as error:
        reason = "downloading failed: " + str(error).strip().splitlines()[-1]
    _install(fetched, raw, files)
    return reason


def _unpack(installed: Path, target: Path, files: list[str]) -> None:
    """Extract ``files`` into ``target`` where Debian's package has installed them packed."""
    for file in files:
        packed = installed / f"{file}.gz"
        if packed.is_file():
            damaged = (OSError, EOFError, zlib.error)  # the network may have an intact one
            with suppress(*damaged), gzip.open(packed) as source, (target / file).open("wb") as extracted:
                shutil.copyfileobj(source, extracted)


def _install(fetched: Path, raw: Path, files: list[str]) -> list[str]:
    """Move those of ``files`` that are intact from ``fetched`` to ``raw``. Returns the others.

    A file in ``raw`` that gives way is renamed, not deleted: it may be a person's work, such as a smaller data set.
    """
    intact = [file for file in files if not _fault(fetched / file, FILES[file])]
    for file in intact:
        if os.path.lexists(raw / file):
            os.rename(raw / file, _free_name(raw / f"{file}{ASIDE}"))
        os.rename(fetched / file, raw / file)
    return [file for file in files if file not in intact]


def _free_name(path: Path) -> Path:
    """The first of ``path``, ``path``-2, ``path``-3 ... that does not exist."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _remove_abandoned(raw: Path) -> None:
    """Remove what downloads have left that were killed."""
    for folder in raw.glob(f"{SCRATCH}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - ABANDONED:
                shutil.rmtree(folder)


def _remove_empty(folders: list[Path]) -> None:
    """Remove those of the folders that a failed download made, innermost first."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _faults(raw: Path) -> dict[str, str]:
    """What is wrong with each of the four files, by file name; empty when all are intact."""
    return {file: fault for file, shape in FILES.items() if (fault := _fault(raw / file, shape))}


def _fault(path: Path, shape: tuple[int, ...]) -> str:
    """What is wrong with one IDX file; empty when its size and its header are those of ``shape``.

    MNIST's page describes the header: two zero bytes, 8 for unsigned bytes, the number of dimensions, then each
    dimension as a big-endian 32-bit number.
    """
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    expected = len(header) + math.prod(shape)
    if not path.is_file():
        return "is missing"
    if path.stat().st_size != expected:
        return f"has {path.stat().st_size:,} bytes instead of {expected:,}"
    with path.open("rb") as file:
        return "" if file.read(len(header)) == header else "is not an IDX file"


def _advice(loader: type[sources.MNIST], raw: Path, faults: dict[str, str]) -> str:
    """One line that says what is wrong and what a person can do."""
    found = ", ".join(f"{file} {fault}" for file, fault in faults.items())
    return f"{loader.__name__} in {raw}: {found}; name a folder that holds the data with --data-dir"


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    """Give every new socket a timeout: torchvision's downloader takes none."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
