"""Load a checkpoint from a repository on the Hugging Face Hub, as strictly as from a folder.

Only the files that a checkpoint needs are downloaded, after the Hub has said how large they are. They are JSON and
safetensors, so nothing that a stranger has written is run. The Hub's own package comes with gradio.
"""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lenet.checkpoint import CONFIG, CONFIG_LIMIT, METRICS, METRICS_LIMIT, WEIGHTS, WEIGHTS_LIMIT, Checkpoint, load

if TYPE_CHECKING:
    from huggingface_hub import HfApi

REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)

LIMITS = {CONFIG: CONFIG_LIMIT, METRICS: METRICS_LIMIT, WEIGHTS: WEIGHTS_LIMIT}
"""The files that are downloaded, and the largest size of each in bytes."""

PATIENCE = 10
"""Seconds after which the Hub is given up."""


def from_pretrained(name: str, revision: str | None = None, *, cache_dir: str | Path | None = None) -> Checkpoint:
    """The checkpoint in the Hub's repository ``name``, "user/repository", at a branch, tag or commit.

    What was downloaded once is read from the Hub's cache, or from ``cache_dir``, where the Hub cannot be reached.

    Raises FileNotFoundError when the repository, the revision or one of its files does not exist or is private,
    ConnectionError when the Hub cannot be reached, and ValueError when the repository holds no sound checkpoint.
    """
    if not REPOSITORY.fullmatch(name):
        raise ValueError(f"{name!r} is no repository on the Hub; its name is USER/REPOSITORY")
    downloaded = _download(name, revision, cache_dir)
    with TemporaryDirectory() as scratch:  # the cache has links in place of files, and no checkpoint may
        folder = Path(scratch, name.split("/")[1])
        folder.mkdir()
        for file in LIMITS:
            shutil.copyfile(downloaded / file, folder / file)
        return replace(load(folder), name=name, folder=None)


def _download(name: str, revision: str | None, cache_dir: str | Path | None) -> Path:
    """The folder of the cache that holds the files of the repository."""
    try:
        from huggingface_hub import HfApi, errors
    except ImportError as error:
        raise ValueError("loading from the Hub needs its package; run: pip install huggingface_hub") from error
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    try:
        return _fetch(api, name, revision, cache_dir)
    except errors.GatedRepoError as error:
        raise FileNotFoundError(f"{name} is gated: ask its owner for access on the Hub, then log in") from error
    except errors.RepositoryNotFoundError as error:
        raise FileNotFoundError(
            f"there is no repository {name} on the Hub, or it is private; check the name, or log in: hf auth login"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise FileNotFoundError(f"{name} has no branch, tag or commit {revision}") from error
    except ValueError:
        raise  # a sentence of ours
    except Exception as error:  # which it is, depends on the library that the Hub's package asks with
        return _cached(api, name, revision, cache_dir, error)


def _fetch(api: "HfApi", name: str, revision: str | None, cache_dir: str | Path | None) -> Path:
    """Download the files, which must be of one commit, when the sizes that the Hub states are within ``LIMITS``."""
    info = api.model_info(name, revision=revision, files_metadata=True, timeout=PATIENCE)
    sizes = {file.rfilename: file.size for file in info.siblings or []}
    _check_sizes(name, sizes)
    paths = [
        Path(api.hf_hub_download(name, file, revision=revision, cache_dir=cache_dir, etag_timeout=PATIENCE))
        for file in LIMITS
    ]
    for path in paths:  # the folder of a commit has its name
        if path.parent.name != info.sha or path.stat().st_size != sizes[path.name]:
            raise ValueError(f"{name} has changed while it was loaded; load it again")
    return paths[0].parent


def _check_sizes(name: str, sizes: dict[str, int | None]) -> None:
    """Raises ValueError where a file is missing, too large, or of unknown size."""
    missing = [file for file in LIMITS if file not in sizes]
    if missing:
        raise ValueError(f"{name} holds no checkpoint of LeNet Lab: {', '.join(missing)} missing")
    for file, limit in LIMITS.items():
        size = sizes[file]
        if size is None or size > limit:
            said = "of unknown size" if size is None else f"{size:,} bytes large"
            raise ValueError(f"{file} of {name} is {said}; at most {limit:,} bytes are downloaded")


def _cached(api: "HfApi", name: str, revision: str | None, cache_dir: str | Path | None, reason: Exception) -> Path:
    """What was downloaded earlier. Raises ConnectionError where there is nothing."""
    from huggingface_hub import errors

    try:
        paths = [
            Path(api.hf_hub_download(name, file, revision=revision, cache_dir=cache_dir, local_files_only=True))
            for file in LIMITS
        ]
    except (errors.LocalEntryNotFoundError, OSError):
        raise ConnectionError(
            f"the Hub cannot be reached for {name}, and it was not downloaded before; check the connection, or copy "
            "the repository's files into a folder and name that"
        ) from reason
    return paths[0].parent
