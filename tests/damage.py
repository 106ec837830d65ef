"""Checkpoint folders as a stranger may damage them: a table of damages, field by field and file by file."""

import json
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from support import real_pictures

from lenet import checkpoint, doubt
from lenet.checkpoint import CONFIG, METRICS, WEIGHTS, Checkpoint
from lenet.microscope import atlas
from lenet.model import LeNet, LeNetConfig

Broken = Literal["network", "metrics", "atlas", "doubt", "snapshot", "nothing"]
"""What a damage leaves unusable. With "network" nothing is left; else only that part says what is wrong with it."""

EPOCH = 3
"""Of the one snapshot."""

SNAPSHOT = f"snapshots/epoch-{EPOCH:02}.safetensors"

HUGE_FILE = 10**10
"""Bytes of a file that takes none on the disk."""

NOT_ONE = (None, True, "x", [], [[]], {}, 1.5, -1, 10**9, 10**400, float("nan"), float("inf"))
"""What may stand in place of a whole number."""


@dataclass(frozen=True)
class Damage:
    """What is done to a whole checkpoint folder, and what it breaks."""

    do: Callable[[Path], Any]
    breaks: Broken = "network"


def whole(folder: Path) -> Checkpoint:
    """Write a small checkpoint that has everything: metrics, atlas, a snapshot."""
    torch.manual_seed(0)
    model = LeNet(LeNetConfig(channels=(2, 3), hidden=(8,), batch_norm=True, activation="relu")).eval()
    images = torch.from_numpy(real_pictures("digit").copy())[:, None].float() / 255
    labels = torch.arange(30) % 10
    files: dict[str, bytes] = {SNAPSHOT: checkpoint.pack(checkpoint.halved(model.state_dict()))}
    for name, mean in atlas.class_means(model, images, labels).items():
        files[f"atlas/{name}.safetensors"] = checkpoint.pack({"mean": mean})
    for layer in atlas.LAYERS:
        files[f"atlas/favourites{layer}.safetensors"] = checkpoint.pack(atlas.favourites(model, images, layer))
    files["atlas/tests.safetensors"] = checkpoint.pack(atlas.cell_pictures(images, labels, labels))
    for file, parts in _doubting(model, images, labels).items():
        files[file] = checkpoint.pack(parts)
    network = Checkpoint("whole", model, "digit", tuple("0123456789"), METRICS_OF_IT)
    checkpoint.save(network, folder, files)
    return network


METRICS_OF_IT: dict[str, Any] = {
    "command": "python train.py --recipe lenet --dataset mnist",
    "dataset": "mnist",
    "recipe": {
        "source": "a book",
        "documented": {"dataset": "mnist", "test accuracy": 0.9},
        "optimizer": "adamw",
        "learning_rate": 0.003,
        "weight_decay": 0.1,
        "batch_size": 128,
        "epochs": 3,
        "validation": 0,
        "members": 1,
        "strokes": 12_000,
    },
    "seed": 0,
    "training_images": 60_000,
    "chosen": "the last epoch",
    "versions": {"python": "3.11", "torch": "2.14"},
    "device": "cpu",
    "seconds": 12.5,
    "examples_per_second": 1_743,
    "weights": "float32",
    "data_sha256": {"train": "0" * 64},
    "epochs": [{"number": n, "train": {"loss": 1 / n, "accuracy": 0.5}, "validation": None} for n in (1, 2, 3)],
    "test": {
        "accuracy": 1.0,
        "loss": 0.1,
        "confusion": [[3 * (a == b) for a in range(10)] for b in range(10)],
        "most_confused": [{"pair": ["0", "1"], "count": 1}],
        "calibration": [{"confidence": 0.5, "accuracy": 0.5, "count": 3} for _ in range(10)],
        "calibration_error": 0.1,
    },
}


# How a file is damaged


def written(name: str, content: bytes | str) -> Callable[[Path], Any]:
    """A file with another content."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return lambda folder: (folder / name).write_bytes(data)


def cut(name: str, length: int) -> Callable[[Path], Any]:
    return lambda folder: os.truncate(folder / name, length)


def without(name: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / name).unlink()


def piped(name: str) -> Callable[[Path], Any]:
    def do(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return do


def linked(name: str, target: str | None = None) -> Callable[[Path], Any]:
    """A link in place of a file: to a path, or to the file itself, moved out of the folder."""

    def do(folder: Path) -> None:
        outside = folder.parent.parent / f"outside-{folder.name}"
        shutil.move(folder / name, outside)
        (folder / name).symlink_to(target or outside)

    return do


def foldered(name: str) -> Callable[[Path], Any]:
    def do(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return do


def set_in(name: str, *path: str | int, to: Any) -> Callable[[Path], Any]:
    """A JSON file in which one value is another one."""

    def do(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
        (folder / name).write_text(json.dumps(content))

    return do


def tensors(name: str, **changed: Any) -> Callable[[Path], Any]:
    """A file of tensors in which some are others, or missing where they are None. "__" in a name is a dot."""

    def do(folder: Path) -> None:
        content = checkpoint.load_tensors((folder / name).read_bytes())
        for key, tensor in changed.items():
            key = key.replace("__", ".")
            if tensor is None:
                del content[key]
            else:
                content[key] = tensor(content[key]) if callable(tensor) else tensor
        (folder / name).write_bytes(checkpoint.pack(content))

    return do


def header(name: str, content: bytes, length: int | None = None) -> Callable[[Path], Any]:
    """A safetensors file with this header alone, which may lie about its length."""
    return written(name, struct.pack("<Q", len(content) if length is None else length) + content)


def deep(levels: int) -> str:
    """JSON within JSON."""
    return '{"a":' * levels + "1" + "}" * levels


def filled(value: float) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda tensor: torch.full_like(tensor, value, dtype=torch.float64)


@torch.inference_mode()
def _doubting(model: LeNet, images: torch.Tensor, labels: torch.Tensor) -> dict[str, dict[str, torch.Tensor]]:
    """The files of a doubt without an end: every picture is below the threshold."""
    outputs = model.activations(images)
    values = doubt.features(model.config, outputs).shape[1]
    known = {
        "hidden.weight": torch.zeros(4, values),
        "hidden.bias": torch.zeros(4),
        "score.weight": torch.zeros(4),
        "score.bias": torch.zeros(1),
        "threshold": torch.ones(1),
        "tests": torch.arange(len(doubt.SHARES)).float(),
    }
    pictures = (images[:, 0] * 255).byte()
    summaries = doubt.summary(model.config, outputs).half()
    return {
        doubt.FILE: known,
        doubt.LEARNED_FILE: {"pictures": pictures, "labels": labels.byte(), "summaries": summaries},
    }


# The table


def _files() -> dict[str, Damage]:
    """Whole files: gone, cut, exchanged for what is none, far too large."""
    found: dict[str, Damage] = {}
    parts: dict[str, Broken] = {
        CONFIG: "network",
        WEIGHTS: "network",
        METRICS: "metrics",
        SNAPSHOT: "snapshot",
        "atlas/act1.safetensors": "atlas",
        "atlas/favourites1.safetensors": "atlas",
        "atlas/tests.safetensors": "atlas",
        doubt.FILE: "doubt",
        doubt.LEARNED_FILE: "doubt",
    }
    for name, breaks in parts.items():
        ways: dict[str, Callable[[Path], Any]] = {
            "empty": cut(name, 0),
            "cut": cut(name, 60),
            "noise": written(name, bytes(range(256)) * 8),
            "huge": cut(name, HUGE_FILE),
            "piped": piped(name),
            "linked": linked(name),
            "device": linked(name, "/dev/zero"),
            "circle": linked(name, Path(name).name),
            "folder": foldered(name),
            "missing": without(name),
        }
        if name == CONFIG:
            del ways["missing"], ways["circle"]  # such a folder is no checkpoint at all
        found |= {f"{name} {way}": Damage(do, breaks) for way, do in ways.items()}
    return found


def _config() -> dict[str, Damage]:
    """The configuration, field by field."""
    found = {f"config {at}": Damage(written(CONFIG, text)) for at, text in enumerate(JSON_THAT_IS_NONE)}
    lists = (None, "6,16", 6, [], [[6], 16], [6, None], [6, "16"], [10**9, 16], [10**400, 16], [6] * 5_000, [-1, 16])
    values: dict[str, tuple[Any, ...]] = {
        **{name: lists for name in ("channels", "kernel_sizes", "paddings")},
        "hidden": lists[:3] + lists[4:] + ([65_536] * 8,),
        "activation": (None, [], {}, "swish", "x" * 10**5),
        "pooling": (None, [[]], 5, "\ud800"),
        "batch_norm": (None, 1, "yes"),
        "dropout": (None, "0.5", [], -1, 1, float("nan")),
        "classes": NOT_ONE,
        "input_size": NOT_ONE,
        "mean": tuple(value for value in NOT_ONE if value not in (1.5, -1)),
        "std": (*NOT_ONE[:6], 0, -1, 10**400, float("nan")),
    }
    for name, others in values.items():
        for at, value in enumerate(others):
            found[f"config model.{name} {at}"] = Damage(set_in(CONFIG, "model", name, to=value))
    for at, kind in enumerate((None, [], {}, "cat", 5, "digit" * 10**4)):
        found[f"config kind {at}"] = Damage(set_in(CONFIG, "kind", to=kind))
    for at, classes in enumerate(CLASSES_THAT_ARE_NONE):
        found[f"config classes {at}"] = Damage(set_in(CONFIG, "classes", to=classes))
    return found


JSON_THAT_IS_NONE = (
    *("null", "[]", "5", '"x"', "{", "{}", "\ud800", "\ufeff{}", "[" * 50_000, deep(30), deep(50_000)),
    *('{"model": null}', '{"model": []}', '{"model": {}}', '{"model": {"depth": 3}}', "9" * 5_000),
)

TEN = [str(number) for number in range(10)]

CLASSES_THAT_ARE_NONE = (
    *(None, "0123456789", {}, 10, [], TEN[:9], [*TEN, "10"], [*TEN[:9], "0"], [[name] for name in TEN]),
    *([*TEN[:9], name] for name in ("", " ", "\n", "a\0b", "\ud800", "\u202e9", "x" * 10**4, None, 9, [[]])),
    *([*TEN[:9], name] for name in ("<b>9</b>", "<img src=x onerror=alert(1)>")),
)


def _weights() -> dict[str, Damage]:
    """The weights, and a snapshot, which is read in the same way."""
    nan, infinite = float("nan"), float("inf")
    ways: dict[str, Callable[[str], Callable[[Path], Any]]] = {
        "of no numbers": lambda name: tensors(name, conv1__weight=filled(nan)),
        "endless": lambda name: tensors(name, logits__bias=filled(infinite)),
        "too large": lambda name: tensors(name, conv1__weight=filled(1e300)),
        "with no finite answer": lambda name: tensors(
            name, **{f"{stage}__weight": filled(9e5) for stage in ("conv1", "norm1", "conv2", "norm2")},
            **{f"norm{at}__running_var": filled(0) for at in (1, 2)},
            dense3__weight=filled(9e5), logits__weight=filled(9e5), norm2__bias=filled(9e5),
        ),
        "of a negative variance": lambda name: tensors(name, norm1__running_var=filled(-5)),
        "without one": lambda name: tensors(name, conv1__bias=None),
        "with one more": lambda name: tensors(name, more=torch.zeros(1)),
        "with a thousand more": lambda name: tensors(name, **{f"m{at}": torch.zeros(1) for at in range(1_000)}),
        "of another rank": lambda name: tensors(name, conv1__weight=torch.zeros(2, 25)),
        "of no rank": lambda name: tensors(name, conv1__bias=torch.zeros(())),
        "of whole numbers": lambda name: tensors(name, conv1__bias=torch.zeros(2, dtype=torch.int64)),
        "complex": lambda name: tensors(name, conv1__bias=torch.zeros(2, dtype=torch.complex64)),
        "true and false": lambda name: tensors(name, conv1__bias=torch.zeros(2, dtype=torch.bool)),
        "a Git-LFS pointer": lambda name: written(name, "version https://git-lfs.github.com/spec/v1\nsize 9\n"),
        "a pickle": lambda name: written(name, b"\x80\x04\x95" + b"x" * 500),
        "with an endless header": lambda name: header(name, b"{}", 2**63),
        "with a long header": lambda name: header(name, b" " * 10**6),
        "with a deep header": lambda name: header(name, b"[" * 90_000),
        "with a lying header": lambda name: header(name, LYING),
    }  # fmt: skip
    return {
        f"{name} {way}": Damage(make(name), breaks)
        for name, breaks in ((WEIGHTS, "network"), (SNAPSHOT, "snapshot"))
        for way, make in ways.items()
    }


LYING = json.dumps(
    {"conv1.weight": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}}
).encode()


def _metrics() -> dict[str, Damage]:
    """The metrics, value by value. A value of a wrong type is left out, without a word."""
    found = {
        f"metrics {at}": Damage(written(METRICS, text), "metrics") for at, text in enumerate(METRICS_THAT_ARE_NONE)
    }
    odd = (None, [], {}, "<b>", "\ud800", "x" * 10**5, float("nan"), float("inf"), 10**400, -1, [[[[]]]], [None] * 99)
    places: list[tuple[str | int, ...]] = [(name,) for name in METRICS_OF_IT]
    places += [(name, inner) for name in ("recipe", "test", "versions") for inner in METRICS_OF_IT[name]]
    places += [("epochs", 1), ("epochs", 1, "train"), ("epochs", 1, "train", "loss"), ("epochs", 1, "number")]
    places += [("test", "confusion", 0), ("test", "confusion", 0, 0), ("test", "most_confused", 0, "pair")]
    places += [("test", "calibration", 0), ("test", "calibration", 0, "count"), ("weights_sha256",)]
    for at, place in enumerate(places):
        way = at % len(odd)
        found[f"metrics {'.'.join(map(str, place))} {way}"] = Damage(set_in(METRICS, *place, to=odd[way]), "nothing")
    found["metrics test null"] = Damage(set_in(METRICS, "test", to=None), "nothing")
    return found


METRICS_THAT_ARE_NONE = ("null", "[]", "{", "\ud800", deep(30), deep(50_000), '{"a": ' + "9" * 5_000 + "}")


def _atlas() -> dict[str, Damage]:
    """The atlas, tensor by tensor."""
    tests, liked = "atlas/tests.safetensors", "atlas/favourites1.safetensors"
    found = {}
    for name in ("conv1", "act1", "logits"):
        file = f"atlas/{name}.safetensors"
        ways = {
            "of no numbers": tensors(file, mean=filled(float("nan"))),
            "endless": tensors(file, mean=filled(1e300)),
            "of no rank": tensors(file, mean=torch.zeros(())),
            "of another shape": tensors(file, mean=torch.zeros(10, 3)),
            "of no known type": tensors(file, mean=lambda mean: mean.to(torch.bfloat16)),
        }
        found |= {f"{file} {way}": Damage(do, "atlas") for way, do in ways.items()}
    for part in ("picture", "value", "cell"):
        found[f"{liked} no {part}"] = Damage(tensors(liked, **{part: None}), "atlas")
        found[f"{liked} {part} of no rank"] = Damage(tensors(liked, **{part: torch.zeros(())}), "atlas")
    found[f"{liked} value of no number"] = Damage(tensors(liked, value=filled(float("nan"))), "atlas")
    found[f"{liked} cell of no number"] = Damage(tensors(liked, cell=filled(float("nan"))), "atlas")
    found[f"{liked} cell outside"] = Damage(tensors(liked, cell=filled(28)), "atlas")
    found[f"{liked} picture of no number"] = Damage(tensors(liked, picture=filled(float("nan"))), "nothing")
    found[f"{tests} labels of no rank"] = Damage(tensors(tests, labels=torch.zeros(())), "atlas")
    found[f"{tests} pictures of numbers"] = Damage(tensors(tests, pictures=filled(1)), "atlas")
    found["snapshots of odd names"] = Damage(_odd_snapshots, "nothing")
    return found


def _doubts() -> dict[str, Damage]:
    """What a doubt is judged by, tensor by tensor."""
    found = {}
    for file, parts in {
        doubt.FILE: ("hidden.weight", "hidden.bias", "score.weight", "score.bias", "threshold", "tests"),
        doubt.LEARNED_FILE: ("pictures", "labels", "summaries"),
    }.items():
        for part in parts:
            ways = {
                "gone": None,
                "of no numbers": filled(float("nan")),
                "endless": filled(1e30),
                "of no rank": torch.zeros(()),
                "of another shape": torch.zeros(2, 3, 4),
                "of words": torch.zeros(3, dtype=torch.bool),
            }
            found |= {f"{file} {part} {way}": Damage(tensors(file, **{part: to}), "doubt") for way, to in ways.items()}
    found[f"{doubt.LEARNED_FILE} labels beyond"] = Damage(tensors(doubt.LEARNED_FILE, labels=filled(200)), "doubt")
    return found


def _odd_snapshots(folder: Path) -> None:
    for name in (
        "epoch-\u0661\u0662.safetensors",
        "epoch-007.safetensors",
        "epoch-1.safetensors",
        "epoch--1.safetensors",
    ):
        (folder / "snapshots" / name).touch()


DAMAGES = _files() | _config() | _weights() | _metrics() | _atlas() | _doubts()
"""By name."""


def damaged(source: Path, target: Path, damage: Damage) -> Path:
    """A copy of a whole checkpoint with a damage."""
    shutil.copytree(source, target)
    damage.do(target)
    return target


def ink() -> np.ndarray:
    """A drawing."""
    return real_pictures("digit")[3]
