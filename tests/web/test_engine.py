"""The browser's engine against torch: the same files, the same pictures, every stage."""

import json
import random
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
import torch
from support import ROOT, real_pictures
from torch import Tensor

from lenet import checkpoint, doubt
from lenet.model import ACTIVATIONS, POOLINGS, LeNet, LeNetConfig, Members, join
from lenet.settings import CHECKPOINTS
from tools import node

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="runs the engine in Node")

TOLERANCE = 1e-4
"""The largest difference of any value of any stage between the browser and torch."""

RANDOM_NETWORKS = 25
COMMITTED = checkpoint.names(CHECKPOINTS)
SNAPSHOTS = {"fashion-classic": 0, "fashion-maxpool": 7, "mnist-lenet": 4, "mnist-batchnorm": 1}
"""Epochs of whose end a network's weights are in its folder."""

EARLY = [f"{name} early" for name in SNAPSHOTS]


@dataclass(frozen=True)
class Case:
    """A network as torch has it, and the folder with the files that the engine reads."""

    folder: Path
    model: LeNet
    pictures: Tensor

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        with torch.inference_mode():
            return {name: output.numpy() for name, output in self.model.activations(self.pictures).items()}

    @cached_property
    def said(self) -> dict:
        return json.loads((self.folder / "answer.json").read_text())

    @cached_property
    def answered(self) -> dict[str, np.ndarray]:
        """Each stage's values for all pictures, as the engine gave them."""
        names, shapes = zip(*self.said["shapes"], strict=True)
        values = np.fromfile(self.folder / "answer.f32", np.float32).reshape(len(self.pictures), -1)
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])[:-1]
        parts = zip(names, shapes, np.split(values, ends, axis=1), strict=True)
        return {name: part.reshape(-1, *shape) for name, shape, part in parts}

    def differences(self) -> dict[str, float]:
        """The largest difference in each stage."""
        assert list(self.answered) == list(self.expected)
        assert {name: part.shape for name, part in self.answered.items()} == {
            name: part.shape for name, part in self.expected.items()
        }
        return {name: float(np.abs(part - self.expected[name]).max()) for name, part in self.answered.items()}


def write(folder: Path, model: LeNet, weights: bytes, pictures: Tensor) -> Case:
    folder.mkdir()
    (folder / checkpoint.CONFIG).write_text(json.dumps({"model": asdict(model.config)}))
    (folder / checkpoint.WEIGHTS).write_bytes(weights)
    (folder / "pictures.f32").write_bytes(pictures.numpy().tobytes())
    return Case(folder, model.eval(), pictures)


def some_pictures(kind: str, seed: int) -> Tensor:
    """Two real pictures, a blank one and noise, in 256 greys."""
    real = torch.from_numpy(real_pictures(kind)[[seed % 30, (seed + 11) % 30]].copy())
    noise = torch.randint(0, 256, (1, 28, 28), generator=torch.Generator().manual_seed(seed))
    return torch.cat([real, torch.zeros(1, 28, 28), noise])[:, None].float() / 255


def committed(folder: Path, name: str) -> Case:
    loaded = checkpoint.load(CHECKPOINTS / name)
    weights = (CHECKPOINTS / name / checkpoint.WEIGHTS).read_bytes()
    case = write(folder / name, loaded.model, weights, some_pictures(loaded.kind, len(name)))
    (case.folder / checkpoint.CONFIG).write_bytes((CHECKPOINTS / name / checkpoint.CONFIG).read_bytes())
    (case.folder / "doubt.safetensors").write_bytes((CHECKPOINTS / name / doubt.FILE).read_bytes())
    return case


def snapshot(folder: Path, name: str, epoch: int) -> Case:
    """A network as it was after an epoch of its training, out of the file that the browser reads."""
    loaded = checkpoint.after_epoch(checkpoint.load(CHECKPOINTS / name), epoch)
    weights = (CHECKPOINTS / name / "snapshots" / f"epoch-{epoch:02}.safetensors").read_bytes()
    return write(folder / f"{name} early", loaded.model, weights, some_pictures(loaded.kind, epoch))


def fill(model: LeNet, seed: int) -> None:
    """Random biases and running statistics; the weights are random already."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var") or (name.startswith("norm") and name.endswith("weight")):
            tensor.uniform_(0.5, 2, generator=generator)
        elif name.endswith(("bias", "running_mean")):
            tensor.uniform_(-0.5, 0.5, generator=generator)


def random_network(folder: Path, number: int, config: LeNetConfig) -> Case:
    """Every other one is stored in half precision, and torch has the same rounded weights."""
    torch.manual_seed(number)
    model = LeNet(config)
    fill(model, number)
    tensors = checkpoint.halved(model.state_dict()) if number % 2 else model.state_dict()
    model.load_state_dict(tensors)
    return write(folder / f"random{number}", model, checkpoint.pack(tensors), some_pictures("digit", number))


def random_config(number: int) -> LeNetConfig:
    """Small, and the same at every run. The first that fits its own input is taken."""
    rng = random.Random(number)
    while True:
        layers = rng.randint(1, 3)
        with suppress(ValueError):  # a kernel that does not fit
            return LeNetConfig(
                channels=tuple(rng.randint(1, 9) for _ in range(layers)),
                kernel_sizes=tuple(rng.randint(1, 5) for _ in range(layers)),
                paddings=tuple(rng.randint(0, 2) for _ in range(layers)),
                activation=rng.choice(list(ACTIVATIONS)),
                pooling=rng.choice(list(POOLINGS)),
                batch_norm=rng.random() < 0.5,
                dropout=rng.choice([0.0, 0.3]),
                hidden=tuple(rng.randint(1, 30) for _ in range(rng.randint(0, 2))),
                classes=rng.randint(2, 12),
                input_size=rng.choice([28, rng.randint(16, 40)]),
                mean=rng.uniform(-0.5, 0.5),
                std=rng.uniform(0.2, 2),
            )


CONFIGS = [random_config(number) for number in range(RANDOM_NETWORKS)]


def side_by_side(folder: Path) -> Case:
    """Three networks as one: the weights between them are zero, and no group of four maps is of one network alone."""
    config = LeNetConfig(channels=(3, 5), kernel_sizes=(3, 3), paddings=(1, 0), activation="relu", hidden=(7,))
    model = join(Members([LeNet(config) for _ in range(3)]))
    fill(model, 3)
    return write(folder / "joined", model, checkpoint.pack(model.state_dict()), some_pictures("digit", 3))


def with_one_other_weight(folder: Path) -> Case:
    """The engine's file has one weight of the first convolution 1 % larger than torch's."""
    model = checkpoint.load(CHECKPOINTS / "mnist-modern-small").model
    tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tensors["conv1.weight"][5, 0, 2, 2] *= 1.01
    return write(folder / "other", model, checkpoint.pack(tensors), some_pictures("digit", 4))


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> dict[str, Case]:
    """Every case, answered by one process of Node."""
    folder = tmp_path_factory.mktemp("engine")
    made = [committed(folder, name) for name in COMMITTED]
    made += [random_network(folder, number, config) for number, config in enumerate(CONFIGS)]
    made += [snapshot(folder, *each) for each in SNAPSHOTS.items()]
    made += [side_by_side(folder), with_one_other_weight(folder)]
    script = ROOT / "tests" / "web" / "engine-answers.js"
    subprocess.run([NODE, str(script), *(str(case.folder) for case in made)], check=True, timeout=60)
    return {case.folder.name: case for case in made}


@pytest.mark.parametrize(
    "name",
    [
        *COMMITTED,
        *EARLY,
        "joined",
        *(f"random{number}" for number in range(len(CONFIGS))),
    ],
)
def test_every_stage_is_torch_s(cases, name):
    case = cases[name]
    assert {stage: off for stage, off in case.differences().items() if not off <= TOLERANCE} == {}
    probabilities = torch.from_numpy(case.expected["logits"]).softmax(1).numpy()
    assert np.abs(np.array(case.said["probabilities"]) - probabilities).max() <= TOLERANCE
    assert (np.argmax(case.said["probabilities"], 1) == probabilities.argmax(1)).all()


@pytest.mark.parametrize("name", COMMITTED)
def test_a_doubt_s_score_is_python_s(cases, name):
    network, case = checkpoint.load(CHECKPOINTS / name), cases[name]
    with torch.inference_mode():
        judged = doubt.judge(network, network.model.activations(case.pictures))
    assert case.said["scores"] == pytest.approx([each.score for each in judged], abs=2e-3)


def test_one_weight_that_is_a_hundredth_larger_is_noticed(cases):
    off = cases["other"].differences()
    assert off["input"] <= TOLERANCE
    assert min(off[stage] for stage in ("conv1", "norm1", "act1", "pool1", "conv2", "dense3", "logits")) > TOLERANCE


def test_the_random_networks_have_every_variant():
    for field, variants in {
        "activation": set(ACTIVATIONS),
        "pooling": set(POOLINGS),
        "batch_norm": {True, False},
        "dropout": {0.0, 0.3},
    }.items():
        assert {getattr(config, field) for config in CONFIGS} == variants
    assert {len(config.channels) for config in CONFIGS} == {1, 2, 3}
    assert {len(config.hidden) for config in CONFIGS} == {0, 1, 2}
    assert {size for config in CONFIGS for size in config.kernel_sizes} == {1, 2, 3, 4, 5}
    assert {padding for config in CONFIGS for padding in config.paddings} == {0, 1, 2}
    sizes = [config.input_size for config in CONFIGS]
    assert min(sizes) < 28 < max(sizes)
