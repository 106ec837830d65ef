"""A trained network as a folder that explains itself: config.json, model.safetensors, metrics.json.

safetensors and not pickle: a checkpoint from a stranger cannot run code.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as save_tensors

from lenet.model import LeNet, LeNetConfig

CONFIG, WEIGHTS, METRICS = "config.json", "model.safetensors", "metrics.json"
GIT_LFS_POINTER = b"version https://git-lfs"

FILE_LIMIT = 1_000_000
"""Bytes that a committed file must stay under: the Hub refuses larger ones without LFS."""

HEADER = 10_000
"""Bytes of a weights file that are not weights, at most."""

KINDS = ("digit", "garment")
"""What a network looks at, which decides how pictures are prepared for it."""


@dataclass(frozen=True)
class Checkpoint:
    """A network in evaluation mode and what a caller must know to use it.

    ``classes`` are the labels in the order of the logits; ``metrics`` is what training measured.
    """

    name: str
    model: LeNet
    kind: str
    classes: tuple[str, ...]
    metrics: dict[str, Any]

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; it can be {', '.join(KINDS)}")
        if len(self.classes) != self.model.config.classes:
            raise ValueError(f"{len(self.classes)} class names for a network of {self.model.config.classes} classes")


def names(root: Path) -> list[str]:
    """The checkpoints in the folder ``root``, in alphabetical order."""
    return sorted(path.parent.name for path in root.glob(f"*/{CONFIG}") if not path.parent.name.startswith("."))


def writable(folder: Path) -> None:
    """Make sure that a checkpoint can be written to ``folder``, before hours are spent on one. Raises OSError."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; a checkpoint is a folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-"):
            pass
    except OSError as error:
        raise OSError(f"{folder} cannot be written: {error.strerror}") from error


def save(checkpoint: Checkpoint, folder: Path, extras: Mapping[str, bytes] | None = None) -> None:
    """Write ``checkpoint`` to ``folder``, in place of what is there. A crash leaves the old folder or the new one.

    The metrics are written with the SHA-256 of the weights' file; ``extras`` are further files by their path within the
    folder. Raises OSError when the folder cannot be written, ValueError when a weight is not a finite number.
    """
    writable(folder)
    config = {
        "kind": checkpoint.kind,
        "classes": checkpoint.classes,
        "model": asdict(checkpoint.model.config),
    }
    stored = stored_weights(checkpoint.model)
    if not all(torch.isfinite(tensor).all() for tensor in stored.values()):
        raise ValueError(f"the weights of {checkpoint.name} are not all finite numbers; nothing was written")
    weights = pack(stored)
    metrics = checkpoint.metrics | {"weights_sha256": hashlib.sha256(weights).hexdigest()}
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        new, old = scratch / "new", scratch / "old"
        files = {CONFIG: _json(config), METRICS: _json(metrics), WEIGHTS: weights, **(extras or {})}
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        if folder.exists():
            os.rename(folder, old)
        os.rename(new, folder)
    finally:
        shutil.rmtree(scratch)


def stored_weights(model: LeNet) -> dict[str, torch.Tensor]:
    """The weights as ``save`` writes them: float32, or float16 where the file would else pass ``FILE_LIMIT``."""
    state = model.state_dict()
    size = sum(tensor.nbytes for tensor in state.values())
    if size + HEADER < FILE_LIMIT:
        return state
    return halved(state)


def halved(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Copies in half precision; whole numbers stay what they are."""
    return {name: tensor.half() if tensor.is_floating_point() else tensor.clone() for name, tensor in tensors.items()}


def pack(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """Tensors, on whichever device, as the bytes of a safetensors file."""
    return save_tensors({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def load(folder: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises FileNotFoundError when the folder or one of its files is missing, ValueError when one is damaged or does not
    fit the others.
    """
    folder = Path(folder)
    if not folder.is_dir():
        known = ", ".join(names(folder.parent)) or "none"
        raise FileNotFoundError(f"there is no checkpoint folder {folder}; in {folder.parent} there is: {known}")
    config, metrics = _read_json(folder / CONFIG), _read_json(folder / METRICS)
    try:
        model = LeNet(_model_config(config["model"]))
        checkpoint = Checkpoint(folder.name, model, config["kind"], tuple(config["classes"]), metrics)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} does not describe a network: {_reason(error)}") from error
    _load_weights(model, folder / WEIGHTS)
    model.eval()
    return checkpoint


def _model_config(values: dict[str, Any]) -> LeNetConfig:
    """Every field, and no other: a default that fills a gap would build another network than was trained."""
    expected, given = {field.name for field in fields(LeNetConfig)}, set(values)
    if expected != given:
        raise ValueError(f"fields missing: {sorted(expected - given)}, unknown: {sorted(given - expected)}")
    return LeNetConfig(**values)


def _load_weights(model: LeNet, path: Path) -> None:
    """Fill ``model`` from a safetensors file; each tensor must be there, of the right shape, and no other."""
    _must_exist(path)
    with path.open("rb") as file:
        if file.read(len(GIT_LFS_POINTER)) == GIT_LFS_POINTER:
            raise ValueError(f"{path} is a Git-LFS pointer, not the weights; run 'git lfs pull'")
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); copy or train it again") from error
    expected = model.state_dict()
    missing, unknown = sorted(expected.keys() - weights), sorted(weights.keys() - expected)
    wrong = [name for name in weights.keys() & expected if weights[name].shape != expected[name].shape]
    if missing or unknown or wrong:
        raise ValueError(
            f"{path} does not fit its {CONFIG}: tensors missing: {missing}, unknown: {unknown}, "
            f"of another shape: {sorted(wrong)}"
        )
    if not all(torch.isfinite(tensor).all() for tensor in weights.values()):
        raise ValueError(f"{path} holds values that are not finite numbers; train it again")
    model.load_state_dict(weights)


def _read_json(path: Path) -> dict[str, Any]:
    _must_exist(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} must hold one JSON object")
    return content


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; a checkpoint has {CONFIG}, {WEIGHTS} and {METRICS}")


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
