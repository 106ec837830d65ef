"""The systems that can be trained: one row each, an architecture and how it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lenet.model import LeNetConfig

TRAINING_IMAGES = 60_000
"""In either data set."""

MOMENTUM = 0.9
"""Of the "nesterov" optimiser (Sutskever et al. 2013)."""


@dataclass(frozen=True)
class Recipe:
    """An architecture and its training.

    ``optimizer``, ``schedule`` and ``precision`` name entries of the tables in ``lenet.training``, ``initialisation``
    one in ``lenet.model``. ``validation`` training images are held out: the ``held_out`` "last" ones or a "random"
    draw. After the last epoch the model is that of the epoch that ``keep`` chooses, "last" or "best" on validation.

    ``standardise`` gives the model its data set's mean and std. ``augment`` varies each batch as suits the data set's
    kind, but not in the last ``plain_epochs``. ``strokes`` digits drawn by ``lenet.strokes`` join the training images.
    ``average`` is the share of an exponential moving average of the weights that stays at each step. ``members``
    networks, each as ``model`` says, are trained side by side and joined into one: an ensemble in a single network.

    ``snapshots`` says that watching it form is worth a file an epoch. ``source`` is the document and ``documented`` its
    results.
    """

    source: str
    model: LeNetConfig = field(default_factory=LeNetConfig)
    initialisation: str = "pytorch"
    optimizer: str = "sgd"
    learning_rate: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "constant"
    batch_size: int = 256
    epochs: int = 10
    validation: int = 0
    held_out: str = "random"
    shuffle: bool = True
    keep: str = "last"
    standardise: bool = False
    augment: bool = False
    plain_epochs: int = 0
    average: float = 0.0
    members: int = 1
    strokes: int = 0
    precision: str = "float32"
    snapshots: bool = False
    documented: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self):
        if self.batch_size < 1 or self.epochs < 1 or self.learning_rate <= 0 or not 0 <= self.average < 1:
            raise ValueError(
                "batch size and epochs must be 1 or more, the learning rate above 0, the average in [0, 1)"
            )
        if not 0 <= self.validation < TRAINING_IMAGES:
            raise ValueError(f"between 0 and {TRAINING_IMAGES - 1:,} pictures can be held out, not {self.validation}")
        if self.members < 1 or self.members > 1 and self.snapshots:
            raise ValueError("a network has 1 member or more, and one whose forming is kept has just one")
        if self.keep == "best" and not self.validation:
            raise ValueError("the best epoch is chosen on validation pictures; hold some out, or keep the last epoch")


NO_PADDING = LeNetConfig(paddings=(0, 0), pooling="max")

MODERN = LeNetConfig(activation="relu", pooling="max", batch_norm=True)

MODERN_TRAINING = {
    "initialisation": "kaiming",
    "optimizer": "adamw",
    "learning_rate": 3e-3,
    "weight_decay": 3e-2,
    "schedule": "one-cycle",
    "batch_size": 128,
    "epochs": 36,
    "standardise": True,
    "augment": True,
    "plain_epochs": 4,
    "average": 0.998,
    "strokes": 12_000,
    "precision": "bfloat16",
}
"""What both modern recipes share; each value was chosen with 5,000 pictures held out, then all 60,000 were used."""

RECIPES = {
    "classic": Recipe(
        "documents 002 and 003, the chapter itself (000 stops after 5 epochs)",
        initialisation="xavier",
        snapshots=True,
        documented={"dataset": "fashion", "train loss": 0.467, "train accuracy": 0.825, "test accuracy": 0.821},
    ),
    "maxpool": Recipe(
        "document 001",
        model=NO_PADDING,
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=64,
        epochs=25,
        validation=12_000,  # the last 188 of 938 batches of 64
        held_out="last",
        shuffle=False,
        keep="best",
        snapshots=True,
        documented={"dataset": "fashion", "validation accuracy": 0.8771, "test accuracy": 0.8677},
    ),
    "batchnorm": Recipe(
        "document 004",
        model=replace(NO_PADDING, input_size=32, activation="relu", batch_norm=True),
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=64,
        standardise=True,
        snapshots=True,
        documented={"dataset": "mnist", "test accuracy": 0.9896},
    ),
    # Exercises 1 to 3: two convolutions and three dense layers, with what has been learned since.
    "modern": Recipe(
        "the chapter's exercises 1 to 3",
        model=replace(MODERN, channels=(48, 96), dropout=0.3),
        **MODERN_TRAINING,
    ),
    "modern-small": Recipe(
        "the chapter's exercises 1 to 3, in fewer than 100,000 parameters",
        model=replace(MODERN, channels=(16, 32), hidden=(84, 84), dropout=0.1),
        **MODERN_TRAINING,
    ),
}


def adjust(recipe: Recipe, **knobs: Any) -> Recipe:
    """``recipe`` with some of its own fields or its model's changed; a knob that is None leaves its field alone.

    ``convolutions`` sets the number of convolution layers. Where there are then too few channels, kernel sizes or
    paddings, the last one is repeated, so that one kernel size serves every layer; the recipe's own are cut.

    Raises ValueError when the result is no network or no training, TypeError for a knob that neither has.
    """
    knobs = {name: value for name, value in knobs.items() if value is not None}
    count = knobs.pop("convolutions", len(knobs.get("channels", recipe.model.channels)))
    if count < 1:
        raise ValueError(f"a LeNet has 1 convolution layer or more, not {count}")
    model = {name: knobs.pop(name) for name in [field.name for field in fields(LeNetConfig)] if name in knobs}
    for name in ("channels", "kernel_sizes", "paddings"):
        if len(model.get(name, ())) > count:
            raise ValueError(f"{name} has more entries than there are convolution layers: {model[name]} for {count}")
        model[name] = _stretch(model.get(name, getattr(recipe.model, name)), count)
    return replace(recipe, model=replace(recipe.model, **model), **knobs)


def _stretch(values: tuple[int, ...], count: int) -> tuple[int, ...]:
    return (tuple(values) + tuple(values[-1:]) * count)[:count]
