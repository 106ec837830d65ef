"""What an order would build, whether this page allows it, and how long it would take here."""

import math
from dataclasses import dataclass

import torch

from lenet.model import LeNet, StageSummary, parameter_count, summarise
from lenet.settings import Limits
from lenet.training.order import Order
from lenet.training.recipes import TRAINING_IMAGES, Recipe

HELD_OUT = 5_000
"""Pictures that a training in the page holds out unless a person says otherwise: else there is no validation curve."""

MEASURED_AT_ONCE = 200
"""``loop.EVALUATION_BATCH``; the page does not know the loop."""

MEASURED_SHARE = 1 / 3
"""The time of a picture that is only read, in that of one that is learned from."""

TEST_IMAGES = 10_000

MOST_PADDING = 64
"""Wider maps would have cells that the atlas cannot number in a byte."""

START_SECONDS = 6
"""From the button to the first training step: Python, torch and the data are loaded."""

STEP_SECONDS, CELL_SECONDS, PRODUCT_SECONDS, AUGMENTED_SECONDS = 1.5e-3, 3e-9, 2e-11, 3e-5
"""A training step on two cores takes so long, and each of its pictures so long for each number that a stage puts out,
for each multiply-add, and for being varied. Fitted to the times of the committed networks; a page learns its own pace.
"""


@dataclass(frozen=True)
class Plan:
    """An order that can be trained here.

    ``examples`` is how many pictures all epochs have together, ``seconds`` how long they take on two cores.
    """

    order: Order
    recipe: Recipe
    stages: list[StageSummary]
    parameters: int
    multiply_adds: int
    examples: int
    seconds: float


def plan(order: Order, limits: Limits) -> Plan:
    """Raises ValueError, with a sentence, for what is no network or more than the ``limits`` allow."""
    order = order.trimmed()
    recipe = order.changed_recipe()
    config = recipe.model
    widest = max(*config.channels, *config.kernel_sizes, *config.paddings, *config.hidden)
    _check("for a size", widest, limits.width)
    _check("for a padding", max(config.paddings), MOST_PADDING)
    _check("epochs", recipe.epochs, limits.epochs)
    _check("pictures held out", recipe.validation, limits.held_out)
    with torch.device("meta"):  # shapes alone: nothing is computed, and no memory is taken
        model = LeNet(config)
        stages = summarise(model)
    parameters, products = parameter_count(model), sum(stage.multiply_adds for stage in stages)
    cells = sum(math.prod(stage.shape) for stage in stages)
    drawn = recipe.strokes if order.dataset == "mnist" else 0
    examples = recipe.epochs * (TRAINING_IMAGES - recipe.validation + drawn)
    _check("parameters", parameters, limits.parameters)
    _check("multiply-adds for a picture", products, limits.multiply_adds)
    _check("pictures in all epochs", examples, limits.examples)
    _check("numbers in a batch", max(recipe.batch_size, MEASURED_AT_ONCE) * cells, limits.batch_numbers)
    varied = AUGMENTED_SECONDS if recipe.augment else 0.0
    one = STEP_SECONDS / recipe.batch_size + cells * CELL_SECONDS + products * PRODUCT_SECONDS + varied
    seconds = (examples + MEASURED_SHARE * (recipe.epochs * recipe.validation + TEST_IMAGES)) * one
    return Plan(order, recipe, stages, parameters, products, examples, seconds)


def _check(what: str, value: int, most: int) -> None:
    if value > most:
        raise ValueError(f"This page allows at most {most:,} {what}, and this order has {value:,}.")
