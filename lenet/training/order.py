"""An order for a network: a recipe on a data set, with some knobs turned. It needs no data set and no torchvision."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lenet.model import ACTIVATIONS, INITIALISATIONS, POOLINGS
from lenet.training.recipes import RECIPES, Recipe, adjust

DATASETS = ("mnist", "fashion")
"""The names in ``datasets.SOURCES``."""

OPTIMIZERS = ("sgd", "nesterov", "adam", "adamw")
"""The names in ``loop.OPTIMIZERS``."""

OPTION_NAMES = {"kernel_sizes": "kernel", "paddings": "padding", "hidden": "dense"}
"""Fields of a recipe whose option of ``train.py`` has another name: field -> option."""

FORMING = "forming"
"""The folder, in a training's own, of the network as it is now: its configuration and weights."""

STOP = "stop"
"""The file, in a training's folder, that asks it to stop."""

MOST_LAYERS = 8
"""Entries of a list of sizes that comes from outside."""

MOST = 1_000_000
"""No size or count that comes from outside is larger; what a page allows is its own matter."""


@dataclass(frozen=True)
class Order:
    """``knobs`` are fields of the recipe, or of its model, with their new values, as ``recipes.adjust`` takes them."""

    recipe: str
    dataset: str
    seed: int = 0
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def changed_recipe(self) -> Recipe:
        """The recipe with its knobs turned. Raises ValueError when that is no network or no training."""
        return adjust(RECIPES[self.recipe], **self.knobs)

    def trimmed(self) -> "Order":
        """The same order without the knobs that have the recipe's own value."""
        recipe = RECIPES[self.recipe]
        own = vars(recipe.model) | vars(recipe)
        changed = {name: value for name, value in self.knobs.items() if name not in own or value != own[name]}
        return replace(self, knobs=changed)

    def command(self) -> str:
        """The command line that trains this network."""
        words = ["python train.py", f"--recipe {self.recipe}", f"--dataset {self.dataset}", f"--seed {self.seed}"]
        for name, value in self.knobs.items():
            option = OPTION_NAMES.get(name, name).replace("_", "-")
            if isinstance(value, bool):
                words.append(f"--{option}" if value else f"--no-{option}")
            elif value is not None:
                text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
                words.append(f"--{option} {shlex.quote(text)}")
        return " ".join(words)


def _whole(value: Any, least: int) -> int:
    if type(value) is not int or not least <= value < MOST:
        raise ValueError(f"a whole number from {least} to {MOST - 1:,}")
    return value


def _sizes(value: Any, least: int) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_LAYERS:
        raise ValueError(f"1 to {MOST_LAYERS} whole numbers")
    return tuple(_whole(size, least) for size in value)


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < MOST:
        raise ValueError("a number of 0 or more")
    return float(value)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("true or false")
    return value


def _one_of(names: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError("one of " + ", ".join(names))
        return value

    return read


KNOBS: dict[str, Callable[[Any], Any]] = {
    "channels": lambda value: _sizes(value, 1),
    "kernel_sizes": lambda value: _sizes(value, 1),
    "paddings": lambda value: _sizes(value, 0),
    "pooling": _one_of(POOLINGS),
    "activation": _one_of(ACTIVATIONS),
    "batch_norm": _flag,
    "hidden": lambda value: _sizes(value, 1),
    "dropout": _number,
    "initialisation": _one_of(INITIALISATIONS),
    "optimizer": _one_of(OPTIMIZERS),
    "learning_rate": _number,
    "batch_size": lambda value: _whole(value, 1),
    "epochs": lambda value: _whole(value, 1),
    "validation": lambda value: _whole(value, 0),
}
"""The knobs that can be turned from outside, those of the chapter's exercise 2, and what reads a value of each."""


def read_order(value: Any) -> Order:
    """The order that a browser or another process sent: an object with the fields of ``Order``.

    Raises ValueError, with a sentence, for whatever is no order.
    """
    if not isinstance(value, dict) or not isinstance(value.get("knobs"), dict):
        raise ValueError("this is no order for a network; reload the page")
    if unknown := [name for name in value["knobs"] if name not in KNOBS]:
        raise ValueError(f"there is no knob {str(unknown[0])[:40]!r}; there is {', '.join(KNOBS)}")
    return Order(
        recipe=_read("recipe", _one_of(RECIPES), value.get("recipe")),
        dataset=_read("dataset", _one_of(DATASETS), value.get("dataset")),
        seed=_read("seed", lambda seed: _whole(seed, 0), value.get("seed")),
        knobs={name: _read(name, KNOBS[name], given) for name, given in value["knobs"].items()},
    )


def _read(name: str, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except ValueError as error:
        said = OPTION_NAMES.get(name, name).replace("_", " ")
        raise ValueError(f"{said} must be {error}, not {str(value)[:40]!r}") from error
