"""Measure how well photos are read: digits on paper and garments on a bed, put together by code as a phone takes them.

Each kind of scene is photographed many times, now and then with nothing in it, which must be called blank. The textures
and the edges of shadows are those that no training has seen, and the digits and garments are test images. Both ways of
finding the ink or the cloth are measured: the constants of ``pictures`` alone, and the network of photos.

python -m benchmarks.photos data/
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from lenet import checkpoint
from lenet.pictures.finder import WEIGHTS
from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import Prepared, prepare
from lenet.pictures.several import find_digits
from lenet.prediction import look
from lenet.settings import CHECKPOINTS
from lenet.training import datasets
from lenet.training.photos import SCENES, Photo, take

RESULTS = Path(__file__).parent / "photos.json"

NETWORKS = {"digit": ("mnist-modern", "mnist-lenet"), "garment": ("fashion-modern", "fashion-lenet")}
"""The networks that are measured, by what they read."""

DATASETS = {"digit": "mnist", "garment": "fashion"}

WAYS = ("constants", "finder")

SHOWN, BLANK = 300, 20
"""Photos of each scene with something on them, and without. Of three thousand, 0.9 has a standard error of 0.0055."""

SIDES = (300, 600)
"""The photos' longest side, in pixels."""

NUMBERS, LENGTHS = 42, (2, 5)
"""Photos of numbers, and how many digits each has: from the first to less than the second."""

NOTHING = -1
"""The label of a photo of nothing."""


def photographed(
    kind: str, scene: str, images: np.ndarray, labels: np.ndarray, seed: int, counts: tuple[int, int] = (SHOWN, BLANK)
) -> Iterator[tuple[Photo, int]]:
    """Photos of a scene with their labels: so many of something and so many of nothing."""
    random = np.random.default_rng([seed, *scene.encode()])
    for number in range(sum(counts)):
        shown = number < counts[0]
        chosen = int(random.integers(len(images)))
        pictures = [images[chosen].astype(np.float32) / 255] if shown else []
        photo = take(random, kind, SCENES[kind][scene], pictures, side=int(random.integers(*SIDES)), held_out=True)
        yield photo, int(labels[chosen]) if shown else NOTHING


def prepared(photo: Photo, kind: str, way: str = "finder") -> Prepared | None:
    """The photo as a network sees it, or None where nothing is found."""
    try:
        return prepare(Image.fromarray(photo.pixels), kind, finder=way == "finder")
    except BlankPicture:
        return None


def measured_on(kind: str, networks: list[checkpoint.Checkpoint]) -> dict[str, str]:
    """The SHA-256 of the weights that are measured: the finder's and each network's."""
    finder = (WEIGHTS / f"{kind}.safetensors").read_bytes()
    return {"finder": hashlib.sha256(finder).hexdigest()} | {
        network.name: network.metrics["weights_sha256"] for network in networks
    }


def measure(
    kind: str, scene: str, networks: list[checkpoint.Checkpoint], data: tuple[np.ndarray, np.ndarray], seed: int
) -> dict[str, Any]:
    """The share of a scene's photos that each network reads rightly, and of its empty ones that are called blank."""
    right = {way: dict.fromkeys([*(network.name for network in networks), "blank"], 0) for way in WAYS}
    for photo, label in photographed(kind, scene, *data, seed):
        for way, counts in right.items():
            seen = prepared(photo, kind, way)
            counts["blank"] += label == NOTHING and seen is None
            if label != NOTHING and seen:
                for network in networks:
                    counts[network.name] += look(network, seen).label == network.classes[label]
    return {
        way: {name: round(count / (BLANK if name == "blank" else SHOWN), 3) for name, count in counts.items()}
        for way, counts in right.items()
    }


def measure_numbers(network: checkpoint.Checkpoint, data: tuple[np.ndarray, np.ndarray], seed: int) -> dict[str, Any]:
    """The share of photographed numbers that are split into their digits, and that are read without a mistake."""
    random, scenes = np.random.default_rng(seed), list(SCENES["digit"].values())
    split = read = 0
    for number in range(NUMBERS):
        chosen = random.integers(len(data[0]), size=int(random.integers(*LENGTHS)))
        pictures = [data[0][each].astype(np.float32) / 255 for each in chosen]
        scene = scenes[number % len(scenes)]
        photo = take(random, "digit", scene, pictures, side=int(random.integers(*SIDES)), held_out=True)
        try:
            found = find_digits(Image.fromarray(photo.pixels))
        except BlankPicture:
            continue
        split += len(found) == len(chosen)
        labels = [look(network, each.prepared).label for each in found]
        read += labels == [network.classes[data[1][each]] for each in chosen]
    return {"split": round(split / NUMBERS, 3), "read": round(read / NUMBERS, 3)}


def mean(scenes: dict[str, dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of all scenes of a kind, by way and column."""
    rows = list(scenes.values())
    return {
        way: {column: float(np.mean([row[way][column] for row in rows])) for column in rows[0][way]} for way in WAYS
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", default=datasets.default_data_dir(), help="the data sets' folder")
    parser.add_argument(
        "--kind", choices=NETWORKS, help="measure this kind alone, and keep what was measured of others"
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if options.kind and RESULTS.exists() else {}
    weights = before.get("weights_sha256", {})
    results: dict[str, Any] = before | {"shown": SHOWN, "blank": BLANK, "numbers": NUMBERS, "weights_sha256": weights}
    for kind, names in NETWORKS.items():
        if options.kind not in (None, kind):
            continue
        data = datasets.load(DATASETS[kind], options.data)
        test = (np.round(data.test_images[:, 0].numpy() * 255).astype(np.uint8), data.test_labels.numpy())
        networks = [checkpoint.load(CHECKPOINTS / name) for name in names]
        results[kind], weights[kind] = {}, measured_on(kind, networks)
        for scene in SCENES[kind]:
            results[kind][scene] = measure(kind, scene, networks, test, seed=0)
            print(scene, json.dumps(results[kind][scene]), flush=True)
        if kind == "digit":
            results["several"] = measure_numbers(networks[0], test, seed=0)
            print("several digits", json.dumps(results["several"]))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
