"""Train the two networks that find ink or cloth in a photo, and write what they are beside them.

python -m tools.train_finders --data-dir DIR [--kind digit]
"""

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from lenet.pictures.finder import WEIGHTS
from lenet.training import datasets
from lenet.training.finding import Plan, photographs, rounded, samples, score, train

METRICS = WEIGHTS / "metrics.json"

PLANS = {"digit": Plan(), "garment": Plan(channels=(16, 24, 32, 40), epochs=22)}
"""A garment's outline takes more maps than a stroke."""

DATASETS = {"digit": "mnist", "garment": "fashion"}

TRAINED_ON = 50_000
"""Training images of the data set that the photos show. The other 10,000 are for measuring."""

MEASURED, MEASURING_SEED = 300, 1
"""Photos with held-out textures on which a network is measured, and their seed."""


def made(kind: str, data_dir: Path, plan: Plan) -> dict[str, Any]:
    """Train the network of a kind and write its weights: what there is to say about it."""
    data = datasets.load(DATASETS[kind], data_dir)
    images = (data.train_images[:, 0] * 255).round().to(torch.uint8).numpy()
    unseen = photographs(kind, images[TRAINED_ON:], MEASURED, MEASURING_SEED, held_out=True)
    held_out = samples(unseen, MEASURING_SEED)
    epochs = []
    for finder, epoch in train(kind, images[:TRAINED_ON], plan):
        epochs.append({name: round(value, 4) for name, value in (epoch | score(finder, *held_out)).items()})
        print(kind, json.dumps(epochs[-1]), flush=True)
    weights = save(rounded(finder.folded()))
    (WEIGHTS / f"{kind}.safetensors").write_bytes(weights)
    return {
        "plan": asdict(plan),
        "bytes": len(weights),
        "sha256": hashlib.sha256(weights).hexdigest(),
        "epochs": epochs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data-dir", type=Path, default=datasets.default_data_dir())
    parser.add_argument("--kind", choices=PLANS, help="train this one alone, and keep the other")
    options = parser.parse_args()
    torch.set_num_threads(1)  # the sums of two threads would round in another order
    kinds = [options.kind] if options.kind else list(PLANS)
    finders = {kind: made(kind, options.data_dir, PLANS[kind]) for kind in kinds}
    if METRICS.exists():
        finders = json.loads(METRICS.read_text(encoding="utf-8"))["finders"] | finders
    METRICS.write_text(json.dumps({"finders": finders}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
