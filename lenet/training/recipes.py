"""The recipes: one row for each system that can be trained, and the documents that describe these systems."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lenet.model import LeNetConfig

TRAINING_IMAGES = 60_000
"""How many training pictures MNIST has, and Fashion-MNIST too."""

MOMENTUM = 0.9
"""The momentum of the "nesterov" optimiser (Sutskever et al. 2013)."""


@dataclass(frozen=True)
class Document:
    """A text that describes a LeNet and its training. ``address`` is empty where the text gives none."""

    title: str
    author: str
    address: str = ""


SOURCES = {
    "chapter": Document(
        "卷积神经网络(LeNet)",
        "Aston Zhang, Zachary C. Lipton, Mu Li and Alexander J. Smola, Dive into Deep Learning, Chinese edition",
        "https://zh.d2l.ai/chapter_convolutional-neural-networks/lenet.html",
    ),
    "translation": Document(
        "Convolutional neural network (LeNet)",
        "an unsigned translation of the same chapter",
        "https://d2l.ai/chapter_convolutional-neural-networks/lenet.html",  # the chapter in English: its own is unknown
    ),
    "fundamentals": Document("Fundamentals of Convolutional Neural Networks", "unsigned"),
    "maxpool": Document(
        "Pytorch: Convolutional Neural Network-LeNet",
        "Jingmin Wei, Huazhong University of Science and Technology",
    ),
    "batchnorm": Document("Some words (a LeNet-5 re-implemented with PyTorch)", "bdim"),
}
"""The five source documents."""


def cite(key: str) -> str:
    """Title, author and address of one of ``SOURCES``, in one line."""
    document = SOURCES[key]
    address = f", {document.address}" if document.address else ""
    return f'"{document.title}" ({document.author}{address})'


@dataclass(frozen=True)
class Recipe:
    """An architecture and its training.

    ``optimizer``, ``schedule`` and ``precision`` name entries of the tables in ``loop``; ``initialisation``
    names one in ``lenet.model``. ``validation`` training images are held out: the last ones where ``held_out`` is
    "last", a random draw where it is "random". ``keep`` chooses the epoch whose weights are the result: the "last" one,
    or the "best" one on the validation images.

    ``standardise`` gives the model the mean and std of its data set. ``augment`` varies each batch in the way that
    suits the kind of data, except in the last ``plain_epochs``. ``strokes`` is how many digits drawn by code join the
    training images, and ``photos`` how many photos of training images, prepared as the page does it. ``teacher`` is the
    folder of a checkpoint whose answers are learned, too. ``average`` is the share of a moving average of the weights
    that stays at each training step.
    ``members`` networks, each as ``model`` says, are trained side by side and joined into one.

    ``snapshots`` keeps the weights after the epochs, so that a person can watch the network form. ``source`` cites the
    document that describes the system, and ``documented`` holds the results that the document prints.
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
    photos: int = 0
    teacher: str = ""
    precision: str = "float32"
    snapshots: bool = False
    documented: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
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

MODERN_TRAINING: dict[str, Any] = {
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
"""What ``lenet`` and both modern recipes share.

Each value was chosen with 5,000 pictures held out; then all 60,000 were used.
"""

EXERCISES = f"exercises 1 to 3 of {cite('chapter')}"

RECIPES = {
    "classic": Recipe(
        f"{cite('chapter')}; also {cite('fundamentals')} and, for 5 epochs, {cite('translation')}",
        initialisation="xavier",
        snapshots=True,
        documented={"dataset": "fashion", "train loss": 0.467, "train accuracy": 0.825, "test accuracy": 0.821},
    ),
    "maxpool": Recipe(
        cite("maxpool"),
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
        cite("batchnorm"),
        model=replace(NO_PADDING, input_size=32, activation="relu", batch_norm=True),
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=64,
        standardise=True,
        snapshots=True,
        documented={"dataset": "mnist", "test accuracy": 0.9896},
    ),
    # The chapter's kernels, maps and dense layers, trained with what has been learned since. So few maps do not need
    # dropout for garments and learn them best three times as fast: of 5,000 held-out pictures, 18 epochs read 92.4 %
    # with learning rate 0.01, no dropout and 2 plain epochs, and 91.4 % with the values below. `modern` did not help as
    # a teacher; a network of three convolutions did, and most with photos.
    # Digits gain nothing: of 10,000 held-out pictures, 36 epochs read 99.39 % so, and 99.36 % with the values below.
    "lenet": Recipe(
        f"{EXERCISES}, with the chapter's own kernels, maps and dense layers",
        model=replace(MODERN, dropout=0.1),
        snapshots=True,
        **MODERN_TRAINING | {"precision": "float32"},  # faster than bfloat16 in so few maps
    ),
    # Two convolutions and three dense layers still, but wider. A third convolution (48, 96 and 160 maps) read as many
    # held-out pictures of garments, 95.6 %, and fewer held-out photos: 92.7 instead of 93.1 %.
    "modern": Recipe(
        EXERCISES,
        model=replace(MODERN, channels=(48, 96), dropout=0.3),
        **MODERN_TRAINING,
    ),
    "modern-small": Recipe(
        f"{EXERCISES}, with fewer than 100,000 parameters",
        model=replace(MODERN, channels=(16, 32), hidden=(84, 84), dropout=0.1),
        **MODERN_TRAINING,
    ),
}


def adjust(recipe: Recipe, **knobs: Any) -> Recipe:
    """A copy of ``recipe`` in which ``knobs`` replace fields of the recipe or of its model; None replaces nothing.

    The knob ``convolutions`` sets the number of convolution layers. Where a list of channels, kernel sizes or paddings
    is then too short, its last entry is repeated. Where a list of the recipe's own is too long, it is cut.

    Raises ValueError when the result is no network or no training, TypeError for a knob that does not exist.
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
