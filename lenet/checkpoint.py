"""Save and load a trained network as a folder that explains itself: config.json, model.safetensors, metrics.json.

The weights are in safetensors and not in pickle, so that a stranger's checkpoint cannot run code.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as save_tensors

from lenet.model import LeNet, LeNetConfig

CONFIG, WEIGHTS, METRICS, CARD = "config.json", "model.safetensors", "metrics.json", "README.md"
SNAPSHOTS, SNAPSHOT = "snapshots", re.compile(r"epoch-(\d{2,3})\.safetensors")
"""The folder of a training's snapshots, and the name of one: the weights after that epoch."""

SUBFOLDERS = ("atlas", "snapshots")

WRITTEN = re.compile(
    rf"{re.escape(CONFIG)}|{re.escape(WEIGHTS)}|{re.escape(METRICS)}|{re.escape(CARD)}"
    rf"|(?:{'|'.join(SUBFOLDERS)})/[^/]+\.safetensors"
)
"""The files that training writes, by their path within the folder. ``save`` writes and deletes no others."""

SCRATCH_SUFFIX = ".saving"
"""Ends the name of the hidden folder beside a checkpoint in which ``save`` works."""

GIT_LFS_POINTER = b"version https://git-lfs"

FILE_LIMIT = 1_000_000
"""The size in bytes under which a committed file must stay: the Hub refuses larger ones without LFS."""

HEADER = 10_000
"""At most so many bytes of a weights file are not weights."""

KINDS = ("digit", "garment")
"""What a network's pictures show. This decides how a picture is prepared for it."""


@dataclass(frozen=True)
class Checkpoint:
    """A network in evaluation mode, with what a caller must know to use it.

    ``classes`` are the labels in the order of the logits; ``metrics`` is what training measured. ``folder`` is where it
    was loaded from, and None before it is saved. A network is ``altered`` when its weights are others than the
    folder's: what training has measured of it does not hold then.
    """

    name: str
    model: LeNet
    kind: str
    classes: tuple[str, ...]
    metrics: dict[str, Any]
    folder: Path | None = None
    altered: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; it can be {', '.join(KINDS)}")
        if len(self.classes) != self.model.config.classes:
            raise ValueError(f"{len(self.classes)} class names for a network of {self.model.config.classes} classes")


def names(root: Path) -> list[str]:
    """The checkpoints in the folder ``root``, in alphabetical order."""
    for scratch in root.glob(f".*{SCRATCH_SUFFIX}"):
        _recover(root / scratch.name[1 : -len(SCRATCH_SUFFIX)])
    return sorted(path.parent.name for path in root.glob(f"*/{CONFIG}") if not path.parent.name.startswith("."))


def is_checkpoint(folder: Path) -> bool:
    """Whether ``folder`` holds a checkpoint of LeNet Lab; its weights may be damaged."""
    try:
        config = _read_json(folder / CONFIG)
        _model_config(config["model"])
        return bool(config["kind"] in KINDS) and (folder / METRICS).is_file()
    except (OSError, KeyError, TypeError, ValueError):
        return False


def writable(folder: Path, *, overwrite: bool) -> None:
    """Make sure that a checkpoint can be written to ``folder``, before hours are spent on one.

    The folder must be new, empty or a checkpoint, and a checkpoint only where ``overwrite`` allows to replace it.
    Raises OSError.
    """
    _recover(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; a checkpoint is a folder")
    try:
        if is_checkpoint(folder):
            if not overwrite:
                raise FileExistsError(
                    f"{folder} holds a checkpoint; name another with --out, or replace it with --overwrite"
                )
        elif folder.is_dir() and any(folder.iterdir()):
            raise FileExistsError(
                f"{folder} holds files that are no checkpoint; name a new or an empty folder with --out"
            )
        scratch = _scratch(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        if not any(scratch.iterdir()):
            scratch.rmdir()
    except FileExistsError:
        raise
    except OSError as error:
        raise OSError(f"{folder} cannot be written: {error.strerror}") from error


def save(checkpoint: Checkpoint, folder: Path, extras: Mapping[str, bytes] | None = None) -> None:
    """Write ``checkpoint`` to ``folder``, in place of a checkpoint that is there.

    Whoever loads the folder finds the old checkpoint or the new one, whole, also when this is killed at any point.
    Files in the folder that training does not write stay. The metrics are written with the SHA-256 of the weights'
    file; ``extras`` are further files by their path within the folder.

    Raises OSError when the folder cannot be written, ValueError when a weight is not a finite number.
    """
    writable(folder, overwrite=True)
    files = {**_files(checkpoint), **(extras or {})}
    if unknown := [name for name in files if not WRITTEN.fullmatch(name)]:
        raise ValueError(f"{', '.join(unknown)} cannot be part of a checkpoint; WRITTEN says what can")
    target = folder.resolve()
    scratch = _scratch(target)
    new, old = scratch / "new", scratch / "old"
    _clear(target)
    try:
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        _exchange(target, new, old)
    finally:
        _recover(target)
        _clear(target)


def _files(checkpoint: Checkpoint) -> dict[str, bytes]:
    """The content of the three files that every checkpoint has."""
    stored = stored_weights(checkpoint.model)
    if not all(torch.isfinite(tensor).all() for tensor in stored.values()):
        raise ValueError(f"the weights of {checkpoint.name} are not all finite numbers; nothing was written")
    weights = pack(stored)
    metrics = checkpoint.metrics | {"weights_sha256": hashlib.sha256(weights).hexdigest()}
    return {CONFIG: config_file(checkpoint), METRICS: _json(metrics), WEIGHTS: weights}


def config_file(checkpoint: Checkpoint) -> bytes:
    """The content of ``CONFIG``: with the weights, it is all that is needed to compute with the network."""
    config = {"kind": checkpoint.kind, "classes": checkpoint.classes, "model": asdict(checkpoint.model.config)}
    return _json(config)


def _scratch(folder: Path) -> Path:
    """The hidden folder beside ``folder`` in which ``save`` keeps the whole new checkpoint, then the old one."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}{SCRATCH_SUFFIX}")


def _exchange(folder: Path, new: Path, old: Path) -> None:
    """Move ``folder`` to ``old`` and ``new`` to ``folder``. Between the two moves, ``_recover`` can make the second."""
    if folder.exists():
        os.rename(folder, old)
    try:
        os.rename(new, folder)
    except OSError:
        if new.exists() and old.exists():
            os.rename(old, folder)
        if new.exists():  # else a reader made the second move
            raise


def _recover(folder: Path) -> None:
    """Finish a save that was stopped between its two moves: the new checkpoint is whole once the old one is aside."""
    new, old = _scratch(folder) / "new", _scratch(folder) / "old"
    if not folder.exists() and new.is_dir() and old.is_dir():
        with suppress(OSError):  # save itself, or another reader, was quicker; or the disk is read-only
            os.rename(new, folder.resolve())


def _clear(folder: Path) -> None:
    """Remove the scratch folder of ``folder``; files that training did not write move from it to ``folder``."""
    scratch = _scratch(folder)
    if not folder.exists() and (scratch / "old").exists():
        return  # the only copy there is
    for aside in (scratch / "new", scratch / "old"):
        if aside.is_dir():
            _empty(aside, folder)
    if scratch.is_dir():
        scratch.rmdir()


def _empty(aside: Path, target: Path, within: str = "") -> None:
    """Remove the folder ``aside``; what training did not write moves to the same place in the folder ``target``."""
    for entry in aside.iterdir():
        name = within + entry.name
        if WRITTEN.fullmatch(name) and not entry.is_dir():
            entry.unlink()
        elif name in SUBFOLDERS and entry.is_dir() and not entry.is_symlink():
            _empty(entry, target, f"{name}/")
        else:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.rename(entry, target / name)
    aside.rmdir()


def stored_weights(model: LeNet) -> dict[str, torch.Tensor]:
    """The weights as ``save`` writes them: float32, or float16 where float32 would make the file too large."""
    state = model.state_dict()
    size = sum(tensor.nbytes for tensor in state.values())
    if size + HEADER < FILE_LIMIT:
        return state
    return halved(state)


def halved(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Copies in half precision; tensors of whole numbers keep their type."""
    return {name: tensor.half() if tensor.is_floating_point() else tensor.clone() for name, tensor in tensors.items()}


def pack(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """The bytes of a safetensors file that holds ``tensors``, which may be on any device."""
    return save_tensors({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def load(folder: Path | str) -> Checkpoint:
    """Read a checkpoint.

    Raises FileNotFoundError when the folder or one of its files is missing, ValueError when one is damaged or does not
    fit the others.
    """
    folder = Path(folder)
    _recover(folder)
    before = _identity(folder)
    try:
        checkpoint = _read(folder)
    except (OSError, ValueError):
        if _identity(folder) == before:
            raise
    else:
        if _identity(folder) == before:
            return checkpoint
    return load(folder)  # it was replaced while it was read, and its files may be of two checkpoints


def snapshots(checkpoint: Checkpoint) -> list[int]:
    """The epochs after which the checkpoint's folder has the network's weights, in order; 0 is before training."""
    folder = checkpoint.folder / SNAPSHOTS if checkpoint.folder else None
    if folder is None or not folder.is_dir():
        return []
    return sorted(int(found[1]) for path in folder.iterdir() if (found := SNAPSHOT.fullmatch(path.name)))


def after_epoch(checkpoint: Checkpoint, epoch: int) -> Checkpoint:
    """The network as it was after an epoch, one of ``snapshots``.

    Raises FileNotFoundError when there is no such snapshot, ValueError when it is damaged or of another network.
    """
    if checkpoint.folder is None or epoch not in snapshots(checkpoint):
        raise FileNotFoundError(f"{checkpoint.name} has no snapshot of epoch {epoch}")
    model = LeNet(checkpoint.model.config)
    _load_weights(model, checkpoint.folder / SNAPSHOTS / f"epoch-{epoch:02}.safetensors")
    return replace(checkpoint, model=model.eval(), altered=True)


def read_metrics(folder: Path) -> dict[str, Any]:
    """What training measured, without the network. Raises FileNotFoundError or ValueError, as ``load`` does."""
    return _read_json(folder / METRICS)


def read_config(folder: Path) -> LeNetConfig:
    """The network's configuration, without the network. Raises FileNotFoundError or ValueError, as ``load`` does."""
    try:
        return _model_config(_read_json(folder / CONFIG)["model"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} does not describe a network: {_reason(error)}") from error


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that took its name; None where there is no folder."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _read(folder: Path) -> Checkpoint:
    if not folder.is_dir():
        known = ", ".join(names(folder.parent)) or "none"
        raise FileNotFoundError(f"there is no checkpoint folder {folder}; in {folder.parent} there is: {known}")
    config, metrics = _read_json(folder / CONFIG), read_metrics(folder)
    try:
        model = LeNet(_model_config(config["model"]))
        checkpoint = Checkpoint(folder.name, model, config["kind"], tuple(config["classes"]), metrics, folder)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} does not describe a network: {_reason(error)}") from error
    _load_weights(model, folder / WEIGHTS)
    model.eval()
    return checkpoint


def _model_config(values: dict[str, Any]) -> LeNetConfig:
    """The configuration that ``values`` describe. Each field must be given: a default could build another network."""
    expected, given = {field.name for field in fields(LeNetConfig)}, set(values)
    if expected != given:
        raise ValueError(f"fields missing: {sorted(expected - given)}, unknown: {sorted(given - expected)}")
    return LeNetConfig(**values)


def _load_weights(model: LeNet, path: Path) -> None:
    """Fill ``model`` from a safetensors file, which must hold exactly the model's tensors, in their shapes."""
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
    except (ValueError, RecursionError) as error:
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
