"""An experiment: one recipe on one data set with one seed, from the untrained network to the checkpoint."""

import math
import platform
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

import torch
from torch import Tensor, nn

from lenet import doubt
from lenet.checkpoint import CARD, FILE_LIMIT, Checkpoint, halved, load, pack, stored_weights
from lenet.microscope import atlas
from lenet.model import LeNet, Members, initialise, join, parameter_count
from lenet.training import assess, augment, distillation, exposure, photographed, strokes
from lenet.training.datasets import SOURCES, Dataset, Source
from lenet.training.events import Epoch, Part
from lenet.training.loop import Labelled, Training, logits
from lenet.training.model_card import model_card
from lenet.training.recipes import Recipe

CHOSEN = {
    "last": "the last epoch, whatever it gave",
    "best": "the epoch with the highest validation accuracy",
}
"""How the weights of the checkpoint were chosen, for each value of ``Recipe.keep``."""

ALL_SNAPSHOTS = 25
"""The longest training, in epochs, of which every snapshot is written. Each takes some 0.1 MB of the repository."""

SNAPSHOTS = 12
"""How many snapshots of a longer training are written at most, besides the one before training."""


@dataclass
class Experiment:
    """A training and what belongs to it. ``snapshots`` are the weights after 0, 1, 2 ... epochs, in half precision.

    ``teacher`` is the network whose answers are learned, too.
    """

    recipe: Recipe
    source: Source
    seed: int
    training: Training
    snapshots: list[dict[str, Tensor]] = field(default_factory=list)
    seconds: float = 0.0
    teacher: Checkpoint | None = None

    def run(self, **hooks: Any) -> Iterator[Epoch]:
        """Train, and yield each epoch that is still to come; ``hooks`` are those of ``Training.run``."""
        return (result for result in self.watch(math.inf, **hooks) if isinstance(result, Epoch))

    def watch(self, pause: float, **hooks: Any) -> Iterator[Epoch | Part]:
        """Train, and yield also parts of an epoch, as ``Training.watch`` does."""
        self._take_snapshot()
        started = time.perf_counter()
        for result in self.training.watch(pause, **hooks):
            self.seconds += time.perf_counter() - started
            if isinstance(result, Epoch):
                self._take_snapshot()
            yield result
            started = time.perf_counter()

    def state_dict(self) -> dict[str, Any]:
        """What ``load_state_dict`` needs to go on after the last whole epoch."""
        return {
            "identity": self._identity(),
            "training": self.training.state_dict(),
            "snapshots": self.snapshots,
            "seconds": self.seconds,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state``, whose tensors are on the CPU. Raises ValueError when it belongs to other settings."""
        if state["identity"] != self._identity():
            raise ValueError(f"the training to resume was {state['identity']}, and not {self._identity()}")
        self.training.load_state_dict(state["training"])
        self.snapshots, self.seconds = state["snapshots"], state["seconds"]

    def _identity(self) -> dict[str, Any]:
        """What decides the data and the random draws, besides the recipe."""
        return {
            "dataset": self.source.title,
            "seed": self.seed,
            "device": self.training.generator.device.type,
            "teacher": self.teacher and distillation.described(self.teacher),
        }

    def _take_snapshot(self) -> None:
        if self.recipe.snapshots and len(self.snapshots) == len(self.training.epochs):
            self.snapshots.append(halved(self.training.average.state_dict()))


def prepare(recipe: Recipe, data: Dataset, seed: int, device: torch.device) -> Experiment:
    """Build the network and split the data. On one machine, the same seed gives the same training.

    Raises FileNotFoundError when the recipe's teacher is not there, ValueError when it has learned other classes.
    """
    source = SOURCES[data.name]
    teacher = _teacher(recipe.teacher, source) if recipe.teacher else None
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    torch.backends.cudnn.allow_tf32 = False  # float32 is what the recipe says and what the page computes in
    torch.manual_seed(seed)
    generator = torch.Generator(device).manual_seed(seed)
    model = build_model(recipe, source).to(device)
    train, validation = split(data, recipe, seed)
    training = Training(
        model,
        _on(device, _extended(train, recipe, source.kind, seed, teacher)),
        _on(device, validation) if recipe.validation else None,
        recipe,
        generator=generator,
        augment=augment.BY_KIND[source.kind] if recipe.augment else None,
    )
    return Experiment(recipe, source, seed, training, teacher=teacher)


def _extended(train: Labelled, recipe: Recipe, kind: str, seed: int, teacher: Checkpoint | None) -> Labelled:
    """The training images with all that the recipe adds: drawn digits, a teacher's answers, photos."""
    if recipe.strokes and kind == "digit":
        train = _joined(train, strokes.draw(recipe.strokes, torch.Generator().manual_seed(seed)))
    if teacher:
        mirrored = augment.BY_KIND[kind].flip > 0
        train = train[0], distillation.soft_labels(teacher.model, train, mirrored=mirrored)
    if recipe.photos:
        train = _joined(train, _photos_of(train, recipe.photos, kind, seed))
    return train


def _joined(one: Labelled, other: Labelled) -> Labelled:
    return torch.cat((one[0], other[0])), torch.cat((one[1], other[1]))


def _teacher(folder: str, source: Source) -> Checkpoint:
    teacher = load(folder)
    if teacher.classes != source.classes:
        raise ValueError(f"{teacher.name} has learned other classes than those of {source.title}; name another teacher")
    return teacher


def _photos_of(train: Labelled, count: int, kind: str, seed: int) -> Labelled:
    """Photos of training images, prepared, with the labels of these images."""
    images = (train[0][:, 0] * 255).round().byte().numpy()
    pictures, shown = photographed.photographed(kind, images, count, seed)
    return torch.from_numpy(pictures)[:, None].float() / 255, train[1][torch.from_numpy(shown)]


def build_model(recipe: Recipe, source: Source) -> LeNet | Members:
    """The untrained network of ``recipe``, or its members, for the pictures of ``source``."""
    config = replace(recipe.model, classes=len(source.classes))
    if recipe.standardise:
        config = replace(config, mean=source.mean, std=source.std)
    members = [LeNet(config) for _ in range(recipe.members)]
    for member in members:
        initialise(member, recipe.initialisation)
    return Members(members) if len(members) > 1 else members[0]


def split(data: Dataset, recipe: Recipe, seed: int) -> tuple[Labelled, Labelled]:
    """Split the training part of ``data``: ((training images, labels), (validation images, labels)).

    Raises ValueError when nothing is left to train on.
    """
    count = len(data.train_labels)
    if recipe.validation >= count:
        raise ValueError(f"{recipe.validation} pictures cannot be held out of {count}")
    if not recipe.validation:
        return (data.train_images, data.train_labels), (data.train_images[:0], data.train_labels[:0])
    order = torch.arange(count)
    if recipe.held_out == "random":
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    train, held_out = order.split([count - recipe.validation, recipe.validation])
    images, labels = data.train_images, data.train_labels
    return (images[train], labels[train]), (images[held_out], labels[held_out])


def finish(
    experiment: Experiment, data: Dataset, files: dict[str, str], name: str, command: str, *, doubts: bool = True
) -> tuple[Checkpoint, dict[str, bytes]]:
    """The checkpoint of a training that is over, and its further files by their path in the folder.

    Here the test set is looked at, once, with the weights as they will be stored. ``files`` are the fingerprints of the
    data's files. ``command`` is the command line that trains this network again. With ``doubts`` it learns
    to tell what is no digit or garment, which takes about half a minute.
    """
    model = _network(experiment.training.model.cpu())
    model.load_state_dict(stored_weights(model))
    answers = logits(model, data.test_images)
    metrics = {"command": command, **_metrics(experiment, model, data, answers), "data_sha256": files}
    source = experiment.source
    checkpoint = Checkpoint(name, model.eval(), source.kind, source.classes, metrics)
    extras = {CARD: model_card(checkpoint, source.title).encode()}
    extras |= {
        f"snapshots/epoch-{number:02}.safetensors": pack(experiment.snapshots[number])
        for number in written(len(experiment.snapshots))
    }
    extras |= _atlas(model, data, answers.argmax(1))
    if doubts:
        extras |= doubt_files(model, data, source.kind, experiment.seed)
    # A network of very many channels has an atlas that the Hub would refuse: it goes without those parts.
    return checkpoint, {path: content for path, content in extras.items() if len(content) < FILE_LIMIT}


def written(count: int) -> list[int]:
    """The numbers of the snapshots that are written, of ``count``: the first and the last are among them.

    Of many, the numbers are the squares, stretched to the last one: a network changes most in its first epochs.
    """
    last = count - 1
    if last <= ALL_SNAPSHOTS:
        return list(range(count))
    return sorted({round(last * (step / SNAPSHOTS) ** 2) for step in range(SNAPSHOTS + 1)})


def _network(model: nn.Module) -> LeNet:
    """The one network that is stored: members are joined."""
    return join(model) if isinstance(model, Members) else cast(LeNet, model)


def _metrics(experiment: Experiment, model: LeNet, data: Dataset, answers: Tensor) -> dict[str, Any]:
    """What is known of ``experiment`` and of ``model``, which came out of it; ``answers`` are its test logits."""
    training, classes = experiment.training, experiment.source.classes
    held_out = training.validation and _on("cpu", training.validation)
    return {
        "dataset": data.name,
        "recipe": asdict(experiment.recipe),
        "seed": experiment.seed,
        "parameters": parameter_count(model),
        "training_images": len(training.train[1]),
        "chosen": _chosen(experiment),
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "device": training.generator.device.type,
        "seconds": round(experiment.seconds, 1),
        "examples_per_second": round(statistics.median(epoch.examples_per_second for epoch in training.epochs)),
        "teacher": experiment.teacher and distillation.described(experiment.teacher),
        "weights": str(stored_weights(model)["logits.weight"].dtype).removeprefix("torch."),
        "test": assess.assess(answers, data.test_labels, classes),
        "validation": held_out and _score(assess.assess(logits(model, held_out[0]), held_out[1], classes)),
        "epochs": [asdict(epoch) for epoch in training.epochs],
    }


def _atlas(model: LeNet, data: Dataset, answers: Tensor) -> dict[str, bytes]:
    """The files of the atlas, by their path in the checkpoint's folder; ``answers`` are classes, (test images,)."""
    means = atlas.class_means(model, data.test_images, data.test_labels)
    files = {f"atlas/{stage}.safetensors": pack({"mean": mean}) for stage, mean in means.items()}
    for layer in atlas.LAYERS[: len(model.config.channels)]:
        files[f"atlas/favourites{layer}.safetensors"] = pack(atlas.favourites(model, data.test_images, layer))
    files[f"atlas/{atlas.TESTS}.safetensors"] = pack(atlas.cell_pictures(data.test_images, data.test_labels, answers))
    return files


def doubt_files(model: LeNet, data: Dataset, kind: str, seed: int) -> dict[str, bytes]:
    """The files of a network's doubt, by their path in the checkpoint's folder."""
    scorer, learned = exposure.fit(model, kind, (data.train_images, data.train_labels), data.test_images, seed)
    return {doubt.FILE: pack(scorer), doubt.LEARNED_FILE: pack(learned)}


def _chosen(experiment: Experiment) -> str:
    """Say how the weights of the checkpoint were chosen, and that the test images had no part in it."""
    done, planned = len(experiment.training.epochs), experiment.recipe.epochs
    stopped = f", stopped after {done} of {planned} epochs" if done < planned else ""
    average = "; its weights are a moving average" if experiment.recipe.average else ""
    return f"{CHOSEN[experiment.recipe.keep]}{stopped}{average}; the test images were looked at afterwards only"


def _on(device: torch.device | str, labelled: Labelled) -> Labelled:
    return labelled[0].to(device), labelled[1].to(device)


def _score(report: dict[str, Any]) -> dict[str, float]:
    return {name: report[name] for name in ("loss", "accuracy")}
