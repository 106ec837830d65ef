"""Doubt: how much a picture looks like what a network has learned, judged by the network's own activations.

Training fits a small network, one hidden layer, on what the checkpoint's last maps and dense layers put out for digits
(or garments), and for drawings that are none. It keeps it in the checkpoint's ``atlas``. A picture below its threshold
gets a sentence and the nearest pictures that the network has learned from. The answer stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lenet.checkpoint import FILE_LIMIT, Checkpoint
from lenet.model import PICTURE_SIZE, LeNetConfig
from lenet.untrusted import kept_tensors, said

FILE, LEARNED_FILE = "atlas/doubt.safetensors", "atlas/learned.safetensors"
"""The small network, and the pictures that were learned from; by their path in the checkpoint's folder."""

MOST_MAP_VALUES = 400
"""The last maps are averaged to so few cells that all together have at most so many values."""

SHARES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)
"""Shares of the test pictures. For each share the file keeps the score below which that share of them lies."""

NEAREST = 3
"""How many of the learned pictures are shown beside a doubt."""

LARGEST = 1e6
"""No number of the files is farther from 0."""

NONE_OF_ITS_KIND = "This does not look like a {kind}{judged}."
JUDGED = ": {fewer:,} of {count:,} test {kind}s look more like one"

DAMAGED = "{file} is damaged ({reason}); copy or train it again"
UNJUDGED = "Whether it looks like a {kind} cannot be said: {reason}."

Tensors = dict[str, NDArray]


@dataclass(frozen=True)
class Learned:
    """A picture that the network has learned from: (28, 28) bytes, ink 255, and the name of its class."""

    picture: NDArray[np.uint8]
    label: str


@dataclass(frozen=True)
class Doubt:
    """How much a picture looks like a ``kind``, "digit" or "garment".

    ``score`` is a logit; a picture is ``strange`` where it is below the checkpoint's threshold. ``more`` is the share
    of the test pictures that are known to score more, 0 where that is not known. ``nearest`` are the learned pictures
    whose last dense layer is nearest by the cosine, the nearest first, and none unless the picture is strange.
    ``problem`` says why the picture could not be judged.
    """

    kind: str
    score: float = 0.0
    strange: bool = False
    more: float = 0.0
    nearest: tuple[Learned, ...] = ()
    problem: str = ""

    @property
    def sentence(self) -> str:
        """What a person is told; "" where there is nothing to doubt."""
        if self.problem:
            return UNJUDGED.format(kind=self.kind, reason=self.problem)
        count = round(1 / (1 - self.more)) if self.more else 0
        judged = JUDGED.format(fewer=count - 1, count=count, kind=self.kind) if count else ""
        return NONE_OF_ITS_KIND.format(kind=self.kind, judged=judged) if self.strange else ""


def judge(checkpoint: Checkpoint, outputs: dict[str, Tensor]) -> Sequence[Doubt | None]:
    """How much each of the N pictures whose ``outputs`` the stages put out looks like a digit, or a garment.

    None where nothing was learned about that: the checkpoint has no such file, or other weights than when it was made.
    """
    count = len(outputs["logits"])
    try:
        known = None if checkpoint.altered else _scorer(checkpoint)
        if known is None:
            return [None] * count
        found = scores(known, features(checkpoint.model.config, outputs).numpy())
        rows = summary(checkpoint.model.config, outputs).numpy()
        return [_doubt(checkpoint, known, float(score), row) for score, row in zip(found, rows, strict=True)]
    except ValueError as error:
        return [Doubt(checkpoint.kind, problem=str(error))] * count


def verdicts(checkpoint: Checkpoint) -> list[tuple[float, str]]:
    """What is said of a strange picture: bounds of its score, the lowest first, each with a sentence for what is below.

    Empty where nothing was learned about that, or the file is damaged.
    """
    try:
        known = _scorer(checkpoint)
    except ValueError:
        return []
    if known is None:
        return []
    threshold = float(known["threshold"][0])
    shares = [(float(test), 1 - share) for test, share in zip(known["tests"], SHARES, strict=True)]
    bounds = [bound for bound in shares if bound[0] < threshold]
    bounds.append((threshold, shares[len(bounds)][1] if len(bounds) < len(shares) else 0.0))
    return [(bound, Doubt(checkpoint.kind, strange=True, more=more).sentence) for bound, more in bounds]


def _doubt(checkpoint: Checkpoint, known: Tensors, score: float, row: NDArray[np.float32]) -> Doubt:
    """What is said of a picture with this score and this ``summary``."""
    strange = bool(score < known["threshold"][0])
    more = [1 - share for share, test in zip(SHARES, known["tests"], strict=True) if score < test]
    nearest = _nearest(checkpoint, row) if strange else ()
    return Doubt(checkpoint.kind, score, strange, more[0] if more else 0.0, nearest)


def features(config: LeNetConfig, outputs: dict[str, Tensor]) -> Tensor:
    """What a doubt is judged by: (N, values), the last maps averaged to a few cells, the dense layers, the logits."""
    layers, dense = len(config.channels), len(config.hidden)
    maps = F.adaptive_avg_pool2d(outputs[f"pool{layers}"], _cells(config))
    parts = [outputs[f"act{number}"] for number in range(layers + 1, layers + dense + 1)]
    return torch.cat([maps.flatten(1), *parts, outputs["logits"]], 1)


def _cells(config: LeNetConfig) -> int:
    """The side, in cells, to which the last maps are averaged."""
    fits = int((MOST_MAP_VALUES / config.channels[-1]) ** 0.5)
    return max(1, min(fits, config.map_sizes[-1]))


def summary(config: LeNetConfig, outputs: dict[str, Tensor]) -> Tensor:
    """What two pictures are compared by: (N, values) of length 1, what the logits are made from."""
    last = len(config.channels) + len(config.hidden)
    return F.normalize(outputs[f"act{last}"] if config.hidden else outputs["flatten"], dim=1)


def scores(known: Tensors, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, values) features -> (N,) logits of being a digit, or a garment."""
    hidden = rows @ known["hidden.weight"].T + known["hidden.bias"]
    return np.maximum(hidden, 0) @ known["score.weight"] + known["score.bias"]


def _nearest(checkpoint: Checkpoint, mine: NDArray[np.float32]) -> tuple[Learned, ...]:
    """The learned pictures whose ``summary`` is nearest to ``mine``."""
    learned = _kept(checkpoint, LEARNED_FILE, _checked_pictures, len(checkpoint.classes), len(mine))
    if learned is None:
        return ()
    order = np.argsort(-(learned["summaries"] @ mine), kind="stable")[:NEAREST]
    pictures, labels = learned["pictures"], learned["labels"]
    return tuple(Learned(pictures[number], checkpoint.classes[labels[number]]) for number in order)


def _checked_pictures(folder: Path, learned: Tensors, classes: int, values: int) -> Tensors:
    """The tensors of ``LEARNED_FILE``, summaries in float32. Raises ValueError where they do not fit the network."""
    pictures, labels = (learned.get(name, np.zeros(0)) for name in ("pictures", "labels"))
    count = labels.size
    shapes = {"pictures": (count, PICTURE_SIZE, PICTURE_SIZE), "labels": (count,), "summaries": (count, values)}
    _check(folder, LEARNED_FILE, learned, shapes)
    if pictures.dtype != np.uint8 or labels.dtype != np.uint8 or (labels >= classes).any():
        raise ValueError(_damaged(folder, LEARNED_FILE, "its pictures or labels are not what they should be"))
    return learned | {"summaries": learned["summaries"].astype(np.float32)}


def _scorer(checkpoint: Checkpoint) -> Tensors | None:
    return _kept(checkpoint, FILE, _checked_scorer, checkpoint.model.config)


def _checked_scorer(folder: Path, known: Tensors, config: LeNetConfig) -> Tensors:
    """The tensors of ``FILE`` in float32. Raises ValueError where they do not fit the network."""
    hidden = known.get("hidden.bias", np.zeros(0)).size
    values = config.channels[-1] * _cells(config) ** 2 + sum(config.hidden) + config.classes
    shapes: dict[str, tuple[int, ...]] = {
        "hidden.weight": (hidden, values),
        "hidden.bias": (hidden,),
        "score.weight": (hidden,),
        "score.bias": (1,),
        "threshold": (1,),
        "tests": (len(SHARES),),
    }
    _check(folder, FILE, known, shapes)
    return {name: known[name].astype(np.float32) for name in shapes}


def _check(folder: Path, file: str, tensors: Tensors, shapes: dict[str, tuple[int, ...]]) -> None:
    """Raise ValueError where a tensor is missing, has another shape, or holds what is no number."""
    for name, shape in shapes.items():
        tensor = tensors.get(name)
        if tensor is None or tensor.shape != shape or tensor.dtype.kind not in "uf" or not _is_tame(tensor):
            raise ValueError(_damaged(folder, file, f"{name} is missing, or no numbers of the shape {shape}"))


def _is_tame(tensor: NDArray) -> bool:
    return bool((np.abs(tensor.astype(np.float64)) <= LARGEST).all())


def _damaged(folder: Path, file: str, reason: str) -> str:
    return DAMAGED.format(file=said(folder, file), reason=reason)


def _kept(checkpoint: Checkpoint, file: str, check: Callable[..., Tensors], *wanted: Any) -> Tensors | None:
    """The tensors of one of a checkpoint's files; None where it has none. Raises ValueError when it is damaged."""
    if checkpoint.folder is None:
        return None
    try:
        return kept_tensors(checkpoint.folder, file, FILE_LIMIT, check, *wanted)
    except FileNotFoundError:
        return None
