"""The value of the workbench: what can be trained, and what the order that stands there would build."""

from collections.abc import Iterable
from typing import Any, TypedDict

from lenet.model import ACTIVATIONS, INITIALISATIONS, POOLINGS, StageSummary
from lenet.settings import Limits
from lenet.training.order import DATASETS, KNOBS, OPTIMIZERS, OPTION_NAMES
from lenet.training.recipes import RECIPES, TRAINING_IMAGES, Recipe
from lenet.ui.plan import HELD_OUT, Plan

CHOICES: dict[str, Iterable[str]] = {
    "pooling": POOLINGS,
    "activation": ACTIVATIONS,
    "initialisation": INITIALISATIONS,
    "optimizer": OPTIMIZERS,
}

TITLES = {"mnist": "MNIST, digits", "fashion": "Fashion-MNIST, garments"}


class StageValue(TypedDict):
    """A row of the layer table. ``shape`` is in words: "6 × 28 × 28"."""

    name: str
    layer: str
    shape: str
    parameters: int
    multiply_adds: int


class PlanValue(TypedDict):
    """What would be trained.

    ``asked`` counts the orders, so that an answer to an earlier one can be told. ``problem`` says why the order cannot
    be trained, or is "". ``seconds`` is how long training takes here, about; after ``most`` it is stopped. ``command``
    is the line that trains the same network elsewhere. ``limits`` says in words what the page allows.

    ``choices`` are the words that a knob can be, by its name. ``datasets`` are names and titles.
    ``recipes`` has the knobs of each recipe to start from, by the recipe's name.
    """

    asked: int
    problem: str
    stages: list[StageValue]
    parameters: int
    multiply_adds: int
    seconds: float
    most: int
    command: str
    limits: str
    choices: dict[str, list[str]]
    datasets: list[tuple[str, str]]
    recipes: dict[str, dict[str, Any]]


def plan_value(asked: int, found: Plan | str | None, limits: Limits, seconds: float = 0.0) -> PlanValue:
    """A plan that takes so many ``seconds`` here, the sentence that says why there is none, or the choices alone."""
    plan = found if isinstance(found, Plan) else None
    return {
        "asked": asked,
        "problem": found if isinstance(found, str) else "",
        "stages": stage_values(plan.stages if plan else []),
        "parameters": plan.parameters if plan else 0,
        "multiply_adds": plan.multiply_adds if plan else 0,
        "seconds": seconds,
        "most": limits.seconds,
        "command": plan.order.command() if plan else "",
        "limits": _limits(limits),
        "choices": {name: list(words) for name, words in CHOICES.items()},
        "datasets": [(name, TITLES[name]) for name in DATASETS],
        "recipes": {name: _start(recipe, limits) for name, recipe in RECIPES.items()},
    }


def stage_values(stages: Iterable[StageSummary]) -> list[StageValue]:
    """The layer table of a network."""
    return [
        {
            "name": stage.name,
            "layer": stage.layer,
            "shape": " × ".join(map(str, stage.shape)),
            "parameters": stage.parameters,
            "multiply_adds": stage.multiply_adds,
        }
        for stage in stages
    ]


def order_words(plan: Plan) -> str:
    """What makes the order another than its recipe: "classic on fashion: pooling max, epochs 2"."""
    changed = [f"{OPTION_NAMES.get(name, name).replace('_', ' ')} {_said(value)}" for name, value in _told(plan)]
    seed = [f"seed {plan.order.seed}"] if plan.order.seed else []
    title, more = f"{plan.order.recipe} on {plan.order.dataset}", ", ".join(changed + seed)
    return f"{title}: {more}" if more else title


def _told(plan: Plan) -> list[tuple[str, Any]]:
    """The knobs that are worth a word: every training in the page holds pictures out."""
    knobs = plan.order.knobs
    return [(name, value) for name, value in knobs.items() if (name, value) != ("validation", HELD_OUT)]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _start(recipe: Recipe, limits: Limits) -> dict[str, Any]:
    """The knobs as they stand for a recipe at first."""
    own = vars(recipe.model) | vars(recipe)
    start = {name: own[name] for name in KNOBS if name in own}
    validation = recipe.validation or HELD_OUT
    epochs = min(recipe.epochs, limits.epochs, limits.examples // (TRAINING_IMAGES - validation + recipe.strokes))
    return start | {"epochs": max(epochs, 1), "validation": validation}


def _limits(limits: Limits) -> str:
    return (
        f"This page trains one network at a time, for up to {limits.epochs} epochs and {limits.seconds} seconds, "
        f"with up to {limits.parameters:,} parameters. It keeps a network for {limits.keep_seconds // 60} minutes."
    )
