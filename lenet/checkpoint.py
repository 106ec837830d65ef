"""Save and load a trained network as a folder that explains itself: config.json, model.safetensors, metrics.json.

The weights are in safetensors and not in pickle, so that a stranger's checkpoint cannot run code.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from reprlib import repr as brief
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from lenet.model import MOST_PARAMETERS, PICTURE_SIZE, LeNet, LeNetConfig
from lenet.untrusted import HEADER_LIMIT, header_fits, read, read_json, said

CONFIG, WEIGHTS, METRICS, CARD = "config.json", "model.safetensors", "metrics.json", "README.md"
SNAPSHOTS, SNAPSHOT = "snapshots", re.compile(r"epoch-([0-9]{2,3})\.safetensors")
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

CONFIG_LIMIT, METRICS_LIMIT = 100_000, 500_000
"""Bytes of the two files: those that training writes are far smaller."""

WEIGHTS_LIMIT = 4 * MOST_PARAMETERS + HEADER_LIMIT
"""Bytes of the weights' file, and of a snapshot: the largest network that can be built, in float32."""

LARGEST_WEIGHT = 1e6
"""No weight of a trained network comes near it."""

KINDS = ("digit", "garment")
"""What a network's pictures show. This decides how a picture is prepared for it."""

LONGEST_CLASS = 40
"""Characters of a class's name."""

MOST_NAMED = 12
"""Checkpoints that a sentence names."""


@dataclass(frozen=True)
class Checkpoint:
    """A network in evaluation mode, with what a caller must know to use it.

    ``classes`` are the labels in the order of the logits; ``metrics`` is what training measured. ``folder`` is where it
    was loaded from, and None before it is saved. ``unread`` says why its metrics, which are empty then, cannot be read.
    A network is ``altered`` when its weights are others than the folder's: what training has measured does not hold.
    """

    name: str
    model: LeNet
    kind: str
    classes: tuple[str, ...]
    metrics: dict[str, Any]
    folder: Path | None = None
    unread: str = ""
    altered: bool = False

    def __post_init__(self) -> None:
        _check(self.kind, self.classes, self.model.config)


def _check(kind: Any, classes: Any, config: LeNetConfig) -> None:
    """Raise ValueError where the kind is unknown, or the classes are no names or do not fit the network."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind is {brief(kind)}; it can be {', '.join(KINDS)}")
    if not isinstance(classes, list | tuple):
        raise ValueError(f"classes must be a list of names, not {brief(classes)}")
    if len(classes) != config.classes:
        raise ValueError(f"{len(classes)} class names for a network of {config.classes} classes")
    for name in classes:
        if not _is_class(name):
            raise ValueError(
                f"the name of a class must be 1 to {LONGEST_CLASS} printable characters without < and >, "
                f"not {brief(name)}"
            )
    if len(set(classes)) != len(classes):
        raise ValueError("two classes have the same name")


def _is_class(name: Any) -> bool:
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_CLASS:
        return False
    return name.isprintable() and not name.isspace() and not set(name) & {"<", ">"}


def names(root: Path) -> list[str]:
    """The checkpoints in the folder ``root``, in alphabetical order."""
    for scratch in root.glob(f".*{SCRATCH_SUFFIX}"):
        _recover(root / scratch.name[1 : -len(SCRATCH_SUFFIX)])
    return sorted(path.parent.name for path in root.glob(f"*/{CONFIG}") if not path.parent.name.startswith("."))


def is_checkpoint(folder: Path) -> bool:
    """Whether ``folder`` holds a checkpoint of LeNet Lab; its weights may be damaged."""
    try:
        _described(folder)
        return (folder / METRICS).is_file()
    except (OSError, ValueError):
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
    """Finish a save that was stopped between its two moves: the new checkpoint is whole once the old one is aside.

    A reader comes here too. It changes nothing in a folder of checkpoints that belongs to somebody else.
    """
    scratch = _scratch(folder)
    new, old = scratch / "new", scratch / "old"
    if folder.exists() or not _is_own(scratch.parent):
        return
    if all(path.is_dir() and not path.is_symlink() for path in (scratch, new, old)):
        with suppress(OSError):  # save itself, or another reader, was quicker
            os.rename(new, folder.resolve())


def _is_own(folder: Path) -> bool:
    """Whether this process may write to a folder, which belongs to its user."""
    return folder.is_dir() and folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK)


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

    Its files may be a stranger's; whatever they hold, this takes little memory and time. The metrics alone may be
    damaged or missing: ``unread`` says so then.

    Raises FileNotFoundError when the folder, its configuration or its weights are missing, ValueError when one is
    damaged or does not fit the other.
    """
    folder = Path(folder)
    _recover(folder)
    before = _identity(folder)
    try:
        checkpoint = _read(folder)
    except (OSError, ValueError):
        if _identity(folder) == before:
            raise
    except (ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError) as error:
        raise ValueError(f"{folder.name} is damaged ({type(error).__name__}); copy or train it again") from error
    else:
        if _identity(folder) == before:
            return checkpoint
    return load(folder)  # it was replaced while it was read, and its files may be of two checkpoints


def snapshots(checkpoint: Checkpoint) -> list[int]:
    """The epochs after which the checkpoint's folder has the network's weights, in order; 0 is before training."""
    if checkpoint.folder is None:
        return []
    folder = checkpoint.folder / SNAPSHOTS
    try:
        found = {int(match[1]) for name in os.listdir(folder) if (match := SNAPSHOT.fullmatch(name))}
        return sorted(epoch for epoch in found if (folder / _snapshot(epoch)).is_file())
    except OSError:  # there is no such folder, or nobody may look into it
        return []


def _snapshot(epoch: int) -> str:
    """The name of a snapshot's file."""
    return f"epoch-{epoch:02}.safetensors"


def after_epoch(checkpoint: Checkpoint, epoch: int) -> Checkpoint:
    """The network as it was after an epoch, one of ``snapshots``.

    Raises FileNotFoundError when there is no such snapshot, ValueError when it is damaged or of another network.
    """
    if checkpoint.folder is None or epoch not in snapshots(checkpoint):
        raise FileNotFoundError(f"{checkpoint.name} has no snapshot of epoch {epoch}")
    model = _network(checkpoint.model.config, checkpoint.folder, f"{SNAPSHOTS}/{_snapshot(epoch)}")
    return replace(checkpoint, model=model, altered=True)


def read_metrics(folder: Path) -> dict[str, Any]:
    """What training measured, without the network. Raises FileNotFoundError or ValueError, with a sentence."""
    return read_json(folder, METRICS, METRICS_LIMIT)


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that took its name; None where there is no folder."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _read(folder: Path) -> Checkpoint:
    if not folder.is_dir():
        there = names(folder.parent)
        known = ", ".join(there[:MOST_NAMED] + ["..."] * (len(there) > MOST_NAMED)) or "none"
        raise FileNotFoundError(f"there is no checkpoint folder {brief(folder.name)}; beside it there is: {known}")
    kind, classes, config = _described(folder)
    model = _network(config, folder, WEIGHTS)
    try:
        return Checkpoint(folder.name, model, kind, classes, read_metrics(folder), folder)
    except (OSError, ValueError) as error:
        return Checkpoint(folder.name, model, kind, classes, {}, folder, str(error))


def _described(folder: Path) -> tuple[str, tuple[str, ...], LeNetConfig]:
    """The kind, the classes and the network that a folder's configuration describes."""
    try:
        described = read_json(folder, CONFIG, CONFIG_LIMIT)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error}; a checkpoint has {CONFIG}, {WEIGHTS} and {METRICS}") from error
    try:
        config = _model_config(described["model"])
        _check(described["kind"], described["classes"], config)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{said(folder, CONFIG)} does not describe a network: {_reason(error)}") from error
    return described["kind"], tuple(described["classes"]), config


def _model_config(values: Any) -> LeNetConfig:
    """The configuration that ``values`` describe. Each field must be given: a default could build another network."""
    if not isinstance(values, dict):
        raise ValueError(f"model must be an object, not {brief(values)}")
    expected, given = {field.name for field in fields(LeNetConfig)}, set(values)
    if expected != given:
        raise ValueError(f"fields missing: {_listed(expected - given)}, unknown: {_listed(given - expected)}")
    return LeNetConfig(**values)


def _network(config: LeNetConfig, folder: Path, name: str) -> LeNet:
    """The network that ``config`` describes, in evaluation mode, with the weights in the file ``name``.

    The file must hold exactly the network's tensors, in their shapes. It is compared with the configuration before
    anything of the network's size is made.
    """
    with torch.device("meta"):  # shapes alone
        model = LeNet(config)
    expected = model.state_dict()
    weights = _weights(folder, name)
    missing, unknown = expected.keys() - weights, weights.keys() - expected
    wrong = {each for each in weights.keys() & expected if not _is_alike(weights[each], expected[each])}
    if missing or unknown or wrong:
        raise ValueError(
            f"{said(folder, name)} does not fit its {CONFIG}: tensors missing: {_listed(missing)}, "
            f"unknown: {_listed(unknown)}, of another shape or type: {_listed(wrong)}"
        )
    weights = {each: tensor.to(expected[each].dtype) for each, tensor in weights.items()}
    _must_be_weights(weights, said(folder, name))
    model.load_state_dict(weights, assign=True)
    _must_compute(model.eval(), said(folder, name))
    return model


def _weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """The tensors in a file of weights."""
    content = read(folder, name, WEIGHTS_LIMIT)
    if content.startswith(GIT_LFS_POINTER):
        raise ValueError(f"{said(folder, name)} is a Git-LFS pointer, not the weights; run 'git lfs pull'")
    if not header_fits(content):
        raise ValueError(f"{said(folder, name)} is damaged or cut short (no sensible header); copy or train it again")
    try:
        return load_tensors(content)
    except (SafetensorError, LookupError, RuntimeError, TypeError, ValueError) as error:
        reason = f"{str(error)[:100]}"
        raise ValueError(f"{said(folder, name)} is damaged or cut short ({reason}); copy or train it again") from error


def _is_alike(tensor: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether both have one shape, and both hold whole numbers or neither does."""
    return tensor.shape == expected.shape and tensor.is_floating_point() == expected.is_floating_point()


def _must_be_weights(weights: Mapping[str, torch.Tensor], where: str) -> None:
    """Raise ValueError for numbers that no training gives."""
    if not all(torch.isfinite(tensor).all() for tensor in weights.values()):
        raise ValueError(f"{where} holds values that are not finite numbers; train it again")
    floating = {name: tensor for name, tensor in weights.items() if tensor.is_floating_point()}
    if any(tensor.abs().amax() > LARGEST_WEIGHT for tensor in floating.values()):
        raise ValueError(f"{where} holds numbers beyond {LARGEST_WEIGHT:,.0f}; train it again")
    if any(name.endswith("running_var") and tensor.min() < 0 for name, tensor in floating.items()):
        raise ValueError(f"{where} holds a variance below 0; train it again")


@torch.inference_mode()
def _must_compute(model: LeNet, where: str) -> None:
    """Raise ValueError where finite weights give no finite answer, neither to an empty picture nor to a full one."""
    pictures = torch.stack([torch.full((1, PICTURE_SIZE, PICTURE_SIZE), ink) for ink in (0.0, 1.0)])
    if not all(torch.isfinite(output).all() for output in model.activations(pictures).values()):
        raise ValueError(f"{where} holds weights that give no finite answer; train it again")


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()


def _listed(names: Iterable[str]) -> str:
    """Some names, in order; strangers choose them."""
    return brief(sorted(names))


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
