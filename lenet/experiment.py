"""One recipe on one data set with one seed, from the untrained network to everything its checkpoint carries."""

import platform
import statistics
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from lenet import assess, atlas, augment, strokes
from lenet.checkpoint import CARD, FILE_LIMIT, Checkpoint, halved, pack, stored_weights
from lenet.datasets import SOURCES, Dataset, Source
from lenet.model import LeNet, Members, initialise, join, parameter_count
from lenet.model_card import model_card
from lenet.recipes import Recipe
from lenet.training import Labelled, Training, logits

CHOSEN = {
    "last": "the last epoch, whatever it gave",
    "best": "the epoch with the highest validation accuracy",
}
"""How the published weights were chosen, by ``Recipe.keep``."""


@dataclass
class Experiment:
    """A training with what belongs to it. ``snapshots`` are the weights after 0, 1, 2 ... epochs, in half precision."""

    recipe: Recipe
    source: Source
    seed: int
    training: Training
    snapshots: list[dict[str, Tensor]] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, **hooks):
        """Yield each epoch that is still to come; ``hooks`` are those of ``Training.run``."""
        self._take_snapshot()
        started = time.perf_counter()
        for epoch in self.training.run(**hooks):
            self.seconds += time.perf_counter() - started
            self._take_snapshot()
            yield epoch
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
        """Go on where ``state`` was taken, read to the CPU. Raises ValueError when it belongs to other settings."""
        if state["identity"] != self._identity():
            raise ValueError(f"the training to resume was {state['identity']}, and not {self._identity()}")
        self.training.load_state_dict(state["training"])
        self.snapshots, self.seconds = state["snapshots"], state["seconds"]

    def _identity(self) -> dict[str, Any]:
        """What decides the data and the random draws, beside the recipe."""
        return {"dataset": self.source.title, "seed": self.seed, "device": self.training.generator.device.type}

    def _take_snapshot(self) -> None:
        if self.recipe.snapshots and len(self.snapshots) == len(self.training.epochs):
            self.snapshots.append(halved(self.training.average.state_dict()))


def prepare(recipe: Recipe, data: Dataset, seed: int, device: torch.device) -> Experiment:
    """Build the network and split the data; the same seed gives the same on one machine."""
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    torch.backends.cudnn.allow_tf32 = False  # float32 is what the recipe says and what the page computes in
    torch.manual_seed(seed)
    generator = torch.Generator(device).manual_seed(seed)
    source = SOURCES[data.name]
    model = build_model(recipe, source).to(device)
    train, validation = split(data, recipe, seed)
    if recipe.strokes and source.kind == "digit":
        drawn = strokes.draw(recipe.strokes, torch.Generator().manual_seed(seed))
        train = tuple(torch.cat(pair) for pair in zip(train, drawn, strict=True))
    training = Training(
        model,
        _on(device, train),
        _on(device, validation) if recipe.validation else None,
        recipe,
        generator=generator,
        augment=augment.BY_KIND[source.kind] if recipe.augment else None,
    )
    return Experiment(recipe, source, seed, training)


def build_model(recipe: Recipe, source: Source) -> LeNet | Members:
    """The recipe's untrained network, or its members, for the pictures of ``source``."""
    config = replace(recipe.model, classes=len(source.classes))
    if recipe.standardise:
        config = replace(config, mean=source.mean, std=source.std)
    members = [LeNet(config) for _ in range(recipe.members)]
    for member in members:
        initialise(member, recipe.initialisation)
    return Members(members) if len(members) > 1 else members[0]


def split(data: Dataset, recipe: Recipe, seed: int) -> tuple[Labelled, Labelled]:
    """((training images, labels), (validation images, labels)), as the recipe holds them out.

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
    return tuple((data.train_images[part], data.train_labels[part]) for part in (train, held_out))


def finish(
    experiment: Experiment, data: Dataset, files: dict[str, str], name: str, command: str
) -> tuple[Checkpoint, dict[str, bytes]]:
    """The checkpoint of a training that is over, and its further files by path.

    The test set is looked at here, once, with the weights as they will be stored. ``files`` are the fingerprints of the
    data's files, ``command`` is what trains this again.
    """
    training, source = experiment.training, experiment.source
    device = training.generator.device
    model, validation = training.model.cpu(), training.validation and _on("cpu", training.validation)
    if isinstance(model, Members):
        model = join(model)
    model.load_state_dict(stored_weights(model))
    epochs, images, labels = training.epochs, data.test_images, data.test_labels
    metrics = {
        "command": command,
        "dataset": data.name,
        "recipe": asdict(experiment.recipe),
        "seed": experiment.seed,
        "parameters": parameter_count(model),
        "training_images": len(training.train[1]),
        "chosen": _chosen(experiment),
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "device": device.type,
        "seconds": round(experiment.seconds, 1),
        "examples_per_second": round(statistics.median(epoch.examples_per_second for epoch in epochs)),
        "weights": str(stored_weights(model)["logits.weight"].dtype).removeprefix("torch."),
        "test": assess.assess(logits(model, images), labels, source.classes),
        "validation": validation and _score(assess.assess(logits(model, validation[0]), validation[1], source.classes)),
        "epochs": [asdict(epoch) for epoch in epochs],
        "data_sha256": files,
    }
    checkpoint = Checkpoint(name, model.eval(), source.kind, source.classes, metrics)
    extras = {CARD: model_card(checkpoint, source.title).encode()}
    extras |= {
        f"snapshots/epoch-{number:02}.safetensors": pack(weights) for number, weights in enumerate(experiment.snapshots)
    }
    means = atlas.class_means(model, images, labels)
    extras |= {f"atlas/{stage}.safetensors": pack({"mean": mean}) for stage, mean in means.items()}
    for layer in atlas.LAYERS[: len(model.config.channels)]:
        extras[f"atlas/favourites{layer}.safetensors"] = pack(atlas.favourites(model, images, layer))
    # A network of very many channels has an atlas that the Hub would refuse: it goes without those parts.
    return checkpoint, {path: content for path, content in extras.items() if len(content) < FILE_LIMIT}


def _chosen(experiment: Experiment) -> str:
    """How the published weights were chosen, and what the test images had to do with it."""
    done, planned = len(experiment.training.epochs), experiment.recipe.epochs
    stopped = f", stopped after {done} of {planned} epochs" if done < planned else ""
    average = "; its weights are a moving average" if experiment.recipe.average else ""
    return f"{CHOSEN[experiment.recipe.keep]}{stopped}{average}; the test images were looked at afterwards only"


def _on(device: torch.device | str, labelled: Labelled) -> Labelled:
    return labelled[0].to(device), labelled[1].to(device)


def _score(report: dict[str, Any]) -> dict[str, float]:
    return {name: report[name] for name in ("loss", "accuracy")}
