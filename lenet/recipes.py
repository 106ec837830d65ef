"""The systems that can be trained: one row each, an architecture and how it is trained."""

from dataclasses import dataclass, field

from lenet.model import LeNetConfig


@dataclass(frozen=True)
class Recipe:
    """An architecture and its training.

    ``optimizer``, ``schedule`` and ``keep`` name entries of the tables in ``lenet.training``. ``validation`` is the
    number of training images held out. ``standardise`` gives the model its data set's mean and std, ``augment`` varies
    each batch as suits the data set's kind.
    """

    model: LeNetConfig = field(default_factory=LeNetConfig)
    optimizer: str = "sgd"
    learning_rate: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "constant"
    batch_size: int = 256
    epochs: int = 10
    validation: int = 5_000
    keep: str = "last"
    xavier: bool = False
    standardise: bool = False
    augment: bool = False


RECIPES = {
    # Documents 000, 002 and 003 (d2l's chapter): sigmoid, average pooling, plain SGD with a large step.
    "classic": Recipe(xavier=True),
    # Exercises 1 to 3: two convolutions and three dense layers, wider, with what has been learned since.
    "modern": Recipe(
        model=LeNetConfig(channels=(16, 32), activation="relu", pooling="max", batch_norm=True, dropout=0.1),
        optimizer="adamw",
        learning_rate=4e-3,
        weight_decay=1e-2,
        schedule="one-cycle",
        batch_size=128,
        epochs=30,
        standardise=True,
        augment=True,
    ),
}
