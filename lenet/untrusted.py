"""Read files that anyone may have written: a checkpoint can be a stranger's.

Nothing here waits for a pipe, follows a link out of the folder, or takes more memory than a small file does. Every
sentence names the folder and the file, and never where on this machine they lie.
"""

import json
import math
import os
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

MOST_DEPTH = 20
"""Levels of lists and objects within one another in a JSON file."""

FILES_KEPT = 64
"""Files of tensors that stay in memory once they are read, at most."""

HEADER_LIMIT = 100_000
"""Bytes of the header of a safetensors file: the names and shapes of its tensors."""

HEADER_LENGTH = 8
"""Bytes at the head of a safetensors file that say how long its header is, the lowest first."""


def said(folder: Path, name: str) -> str:
    """A file of a folder as sentences name it."""
    return f"{folder.name}/{name}" if folder.name else name


def file_of(folder: Path, name: str) -> Path:
    """The regular file ``name`` in ``folder``, its links resolved.

    Raises FileNotFoundError when there is none, ValueError when it is anything else, or a link out of the folder.
    """
    path = folder / name
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve()):
            raise ValueError(f"{said(folder, name)} is a link out of its folder; put the file itself there")
        if not target.is_file():
            raise ValueError(f"{said(folder, name)} is no file, but a folder, a pipe or a device")
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{said(folder, name)} is missing") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise ValueError(f"{said(folder, name)} cannot be read: {_why(error)}") from error
    return target


def read(folder: Path, name: str, limit: int) -> bytes:
    """The content of a file of at most ``limit`` bytes; a larger one is not read. Raises what ``file_of`` raises."""
    target = file_of(folder, name)
    try:
        # What stands there may have been exchanged since: a link is not followed, and a pipe not waited for.
        descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise ValueError(f"{said(folder, name)} is no file")
            content = b"" if status.st_size > limit else file.read(limit + 1)
    except OSError as error:
        raise ValueError(f"{said(folder, name)} cannot be read: {_why(error)}") from error
    if max(status.st_size, len(content)) > limit:
        raise ValueError(f"{said(folder, name)} is larger than {limit:,} bytes; such a file of a LeNet is smaller")
    return content


def read_json(folder: Path, name: str, limit: int) -> dict[str, Any]:
    """The JSON object in a file. A number that is not finite becomes None. Raises what ``read`` raises."""
    content = read(folder, name, limit)
    try:
        found = json.loads(content.decode("utf-8"), parse_float=_finite, parse_constant=lambda word: None)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{said(folder, name)} is not JSON: {str(error)[:100]}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{said(folder, name)} must hold one JSON object")
    if _is_deep(found):
        raise ValueError(f"{said(folder, name)} has more than {MOST_DEPTH} lists and objects within one another")
    return found


def read_tensors(folder: Path, name: str, limit: int) -> dict[str, NDArray]:
    """The tensors in a safetensors file by their names, unchecked. Raises what ``read`` raises."""
    content = read(folder, name, limit)
    try:
        if not header_fits(content):
            raise ValueError("no sensible header")
        return load(content)
    except (SafetensorError, LookupError, TypeError, ValueError) as error:  # also numbers that numpy does not know
        raise ValueError(f"{said(folder, name)} is damaged ({str(error)[:100]}); copy or train it again") from error


def kept_tensors(
    folder: Path, name: str, limit: int, check: Callable[..., dict[str, NDArray]] | None = None, *wanted: Any
) -> dict[str, NDArray]:
    """The same, from memory as long as the file was not written again. Raises what ``read`` raises.

    What is kept is what ``check`` makes of the folder, the tensors, and what is ``wanted``, which must be hashable.
    """
    return _kept(folder, name, limit, file_of(folder, name).stat().st_mtime_ns, check, *wanted)


@lru_cache(maxsize=FILES_KEPT)
def _kept(
    folder: Path, name: str, limit: int, written: int, check: Callable[..., dict[str, NDArray]] | None, *wanted: Any
) -> dict[str, NDArray]:
    tensors = read_tensors(folder, name, limit)
    return check(folder, tensors, *wanted) if check else tensors


def header_fits(content: bytes) -> bool:
    """Whether a safetensors file has a header of a sensible length."""
    return int.from_bytes(content[:HEADER_LENGTH], "little") <= HEADER_LIMIT


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _is_deep(value: Any) -> bool:
    """Whether there are more than MOST_DEPTH levels; level by level, since recursion is what a deep one attacks."""
    level = [value]
    for _ in range(MOST_DEPTH):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for values in inner for each in values if isinstance(each, dict | list)]
    return bool(level)


def _why(error: Exception) -> str:
    """What is wrong, without the path that an OSError ends with."""
    return (error.strerror if isinstance(error, OSError) else None) or "its links lead in a circle"
