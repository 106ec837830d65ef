"""What an order would build, and what a page allows."""

import time
from dataclasses import replace

import pytest

from lenet.model import LeNet, parameter_count, summarise
from lenet.settings import Limits
from lenet.training import loop
from lenet.training.order import DATASETS, Order
from lenet.training.recipes import RECIPES
from lenet.ui.plan import MEASURED_AT_ONCE, plan
from lenet.ui.values.plan import order_words, plan_value

FEW = {"epochs": 2, "validation": 5_000}


def classic(**knobs) -> Order:
    return Order("classic", "fashion", 0, FEW | knobs)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_can_be_planned_with_a_few_epochs(recipe, dataset):
    found = plan(Order(recipe, dataset, 0, FEW), Limits())
    model = LeNet(RECIPES[recipe].model)
    assert found.stages == summarise(model)
    assert found.parameters == parameter_count(model)
    assert 0 < found.seconds < 300


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"epochs": 21}, "at most 20 epochs, and this order has 21"),
        ({"hidden": (512, 512, 512)}, "at most 500,000 parameters"),
        ({"channels": (513, 1)}, "at most 512 for a size"),
        ({"channels": (128, 16), "kernel_sizes": (15, 5), "paddings": (7, 0)}, "multiply-adds for a picture"),
        ({"batch_size": 10_000}, "numbers in a batch"),
        ({"kernel_sizes": (29, 29), "paddings": (0, 0)}, "convolution 1 does not fit"),
        ({"learning_rate": 0.0}, "the learning rate above 0"),
        ({"validation": 60_000}, "can be held out"),
        ({"validation": 20_001}, "at most 20,000 pictures held out"),
        ({"paddings": (65, 0)}, "at most 64 for a padding"),
        (
            {"channels": (12,), "kernel_sizes": (1,), "paddings": (64,), "hidden": (1,), "batch_size": 1},
            "numbers in a batch",
        ),
    ],
)
def test_what_cannot_be_trained_here_is_a_sentence(knobs, said):
    with pytest.raises(ValueError) as caught:
        plan(classic(**knobs), Limits())
    assert said in str(caught.value)


def test_the_largest_network_costs_nothing_to_refuse():
    started = time.perf_counter()
    for knobs in ({"hidden": (999_999,) * 8}, {"channels": (512, 512), "kernel_sizes": (512, 1), "paddings": (512, 9)}):
        with pytest.raises(ValueError):
            plan(classic(**knobs), Limits())
    assert time.perf_counter() - started < 1


def test_the_numbers_of_the_loop_are_the_loop_s():
    assert MEASURED_AT_ONCE == loop.EVALUATION_BATCH


def test_a_page_can_allow_more_or_less():
    with pytest.raises(ValueError, match="at most 1"):
        plan(classic(), Limits(epochs=1))
    assert plan(classic(epochs=50), Limits(epochs=50, examples=10**7)).recipe.epochs == 50


def test_twice_the_epochs_take_twice_as_long():
    assert plan(classic(epochs=4), Limits()).seconds == pytest.approx(2 * plan(classic(), Limits()).seconds, rel=0.05)


def test_the_value_has_rows_totals_and_the_command():
    value = plan_value(7, plan(classic(pooling="max"), Limits()), Limits(), seconds=12.5)
    assert (value["asked"], value["problem"], value["seconds"]) == (7, "", 12.5)
    assert value["command"] == (
        "python train.py --recipe classic --dataset fashion --seed 0 --epochs 2 --validation 5000 --pooling max"
    )
    conv1 = value["stages"][1]
    assert conv1 == {
        "name": "conv1",
        "layer": "Conv2d",
        "shape": "6 × 28 × 28",
        "parameters": 156,
        "multiply_adds": 117_600,
    }
    assert value["parameters"] == 61_706


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_starts_with_can_be_trained(name):
    start = plan_value(0, None, Limits())["recipes"][name]
    order = Order(name, "fashion", 0, start)
    assert plan(order, Limits()).recipe.epochs <= Limits().epochs
    assert set(plan(order, Limits()).order.knobs) <= {"epochs", "validation"}
    assert plan(Order(name, "mnist", 0, start), Limits()).recipe.epochs == start["epochs"]


def test_a_training_is_called_by_what_was_changed():
    assert order_words(plan(classic(pooling="max"), Limits())) == "classic on fashion: epochs 2, pooling max"
    whole = replace(classic(hidden=(30,), batch_norm=True), seed=4)
    assert order_words(plan(whole, Limits())) == "classic on fashion: epochs 2, dense 30, batch norm on, seed 4"
    plain = Order("classic", "mnist", 0, {"validation": 5_000})
    assert order_words(plan(plain, Limits())) == "classic on mnist"
