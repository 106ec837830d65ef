import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.nn import functional as F

from lenet.model import (
    INITIALISATIONS,
    POOLINGS,
    LeNet,
    LeNetConfig,
    Members,
    initialise,
    join,
    parameter_count,
    summarise,
)
from lenet.training.recipes import RECIPES

NO_PADDING = RECIPES["maxpool"].model
BATCH_NORM = dataclasses.replace(RECIPES["batchnorm"].model, mean=0.1307, std=0.3081)


def pictures(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(0))


CONV1, CONV2 = (5 * 5 * 1 + 1) * 6, (5 * 5 * 6 + 1) * 16
DENSE4, LOGITS = (120 + 1) * 84, (84 + 1) * 10

# Each document's stages by hand: name, shape, parameters, multiply-adds.
STAGES = {
    "classic": [
        ("input", (1, 28, 28), 0, 0),
        ("conv1", (6, 28, 28), CONV1, 5 * 5 * 6 * 28 * 28),
        ("act1", (6, 28, 28), 0, 0),
        ("pool1", (6, 14, 14), 0, 0),
        ("conv2", (16, 10, 10), CONV2, 5 * 5 * 6 * 16 * 10 * 10),
        ("act2", (16, 10, 10), 0, 0),
        ("pool2", (16, 5, 5), 0, 0),
        ("flatten", (400,), 0, 0),
        ("dense3", (120,), (400 + 1) * 120, 400 * 120),
        ("act3", (120,), 0, 0),
        ("dense4", (84,), DENSE4, 120 * 84),
        ("act4", (84,), 0, 0),
        ("logits", (10,), LOGITS, 84 * 10),
    ],
    "maxpool": [
        ("input", (1, 28, 28), 0, 0),
        ("conv1", (6, 24, 24), CONV1, 5 * 5 * 6 * 24 * 24),
        ("act1", (6, 24, 24), 0, 0),
        ("pool1", (6, 12, 12), 0, 0),
        ("conv2", (16, 8, 8), CONV2, 5 * 5 * 6 * 16 * 8 * 8),
        ("act2", (16, 8, 8), 0, 0),
        ("pool2", (16, 4, 4), 0, 0),
        ("flatten", (256,), 0, 0),
        ("dense3", (120,), (256 + 1) * 120, 256 * 120),
        ("act3", (120,), 0, 0),
        ("dense4", (84,), DENSE4, 120 * 84),
        ("act4", (84,), 0, 0),
        ("logits", (10,), LOGITS, 84 * 10),
    ],
    "batchnorm": [
        ("input", (1, 32, 32), 0, 0),
        ("conv1", (6, 28, 28), CONV1, 5 * 5 * 6 * 28 * 28),
        ("norm1", (6, 28, 28), 2 * 6, 0),
        ("act1", (6, 28, 28), 0, 0),
        ("pool1", (6, 14, 14), 0, 0),
        ("conv2", (16, 10, 10), CONV2, 5 * 5 * 6 * 16 * 10 * 10),
        ("norm2", (16, 10, 10), 2 * 16, 0),
        ("act2", (16, 10, 10), 0, 0),
        ("pool2", (16, 5, 5), 0, 0),
        ("flatten", (400,), 0, 0),
        ("dense3", (120,), (400 + 1) * 120, 400 * 120),
        ("act3", (120,), 0, 0),
        ("dense4", (84,), DENSE4, 120 * 84),
        ("act4", (84,), 0, 0),
        ("logits", (10,), LOGITS, 84 * 10),
    ],
}


@pytest.mark.parametrize("name", STAGES)
def test_each_document_s_stages_are_those_by_hand(name):
    rows = summarise(LeNet(RECIPES[name].model))
    assert [(row.name, row.shape, row.parameters, row.multiply_adds) for row in rows] == STAGES[name]


@pytest.mark.parametrize(("name", "count"), [("classic", 61_706), ("maxpool", 44_426), ("batchnorm", 61_750)])
def test_each_document_s_network_has_its_number_of_parameters(name, count):
    assert parameter_count(LeNet(RECIPES[name].model)) == count


def test_lenet_has_the_chapter_s_shape():
    chapter, config = RECIPES["classic"].model, RECIPES["lenet"].model
    assert (config.channels, config.kernel_sizes, config.paddings) == ((6, 16), (5, 5), (2, 0))
    assert (config.hidden, config.input_size) == ((120, 84), 28)
    # Batch normalisation has two parameters for each of the 22 maps.
    assert parameter_count(LeNet(config)) == parameter_count(LeNet(chapter)) + 2 * 22


@pytest.mark.parametrize(("name", "limit"), [("modern", 500_000), ("modern-small", 100_000)])
def test_the_modern_networks_are_lenets_within_their_size(name, limit):
    config = RECIPES[name].model
    assert (len(config.channels), len(config.hidden)) == (2, 2)
    assert parameter_count(LeNet(config)) < limit


@pytest.mark.parametrize("config", [LeNetConfig(), NO_PADDING, BATCH_NORM], ids=["classic", "no padding", "batch norm"])
def test_activations_end_in_what_forward_gives(config):
    model = LeNet(config).eval()
    assert torch.equal(list(model.activations(pictures()).values())[-1], model(pictures()))


def test_maps_that_are_off_have_one_value_and_later_stages_go_on_from_it():
    model = LeNet(BATCH_NORM).eval()
    outputs = model.activations(pictures(), {(1, 2): 0.0, (1, 4): 0.0, (2, 0): 0.5})
    whole = model.activations(pictures())
    assert (outputs["act1"][:, [2, 4]] == 0).all()
    assert torch.equal(outputs["act1"][:, [0, 1, 3, 5]], whole["act1"][:, [0, 1, 3, 5]])
    assert (outputs["act2"][:, 0] == 0.5).all()
    with torch.no_grad():
        model.conv2.weight[:, [2, 4]] = 0
    torch.testing.assert_close(outputs["conv2"], model.activations(pictures())["conv2"])
    assert not torch.equal(outputs["logits"], whole["logits"])


def test_without_pooling_the_first_of_four_values_stays_and_an_odd_row_is_left_out():
    maps = torch.arange(2.0 * 5 * 7).view(1, 2, 5, 7)
    assert torch.equal(POOLINGS["none"](2)(maps), maps[:, :, :4:2, :6:2])
    assert POOLINGS["none"](2)(maps).shape == POOLINGS["max"](2)(maps).shape


def test_stages_agree_with_the_arithmetic_by_hand():
    model = LeNet().eval()
    outputs = model.activations(pictures())
    conv1 = F.conv2d(pictures(), model.conv1.weight, model.conv1.bias, padding=2)
    act1 = 1 / (1 + torch.exp(-conv1))
    pool1 = act1.unfold(2, 2, 2).unfold(3, 2, 2).mean((-1, -2))
    conv2 = F.conv2d(pool1, model.conv2.weight, model.conv2.bias)
    pool2 = torch.sigmoid(conv2).unfold(2, 2, 2).unfold(3, 2, 2).mean((-1, -2))
    dense3 = pool2.flatten(1) @ model.dense3.weight.T + model.dense3.bias
    for name, expected in {"conv1": conv1, "act1": act1, "pool1": pool1, "conv2": conv2, "dense3": dense3}.items():
        torch.testing.assert_close(outputs[name], expected, msg=name)


def test_activations_are_not_overwritten_by_later_stages():
    outputs = LeNet(LeNetConfig(activation="relu")).activations(pictures())
    assert outputs["conv1"].min() < 0 <= outputs["act1"].min()


def test_input_is_resized_and_standardised():
    model = LeNet(BATCH_NORM).eval()
    white = model.activations(torch.ones(1, 1, 28, 28))["input"]
    assert white.shape == (1, 1, 32, 32)
    torch.testing.assert_close(white, torch.full_like(white, (1 - 0.1307) / 0.3081))


def test_every_knob_of_exercise_2_can_be_turned():
    config = LeNetConfig(
        channels=(8, 12, 20),
        kernel_sizes=(3, 5, 3),
        paddings=(1, 2, 1),
        activation="tanh",
        pooling="max",
        batch_norm=True,
        dropout=0.3,
        hidden=(50,),
        classes=7,
    )
    outputs = LeNet(config).activations(pictures())
    assert outputs["pool3"].shape == (2, 20, 3, 3)
    assert {"norm2", "act4", "drop4"} <= set(outputs)
    assert outputs["logits"].shape == (2, 7)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"channels": (6,)}, "one entry for each convolution"),
        ({"activation": "swish"}, "sigmoid, tanh, relu"),
        ({"pooling": "median"}, "average, max"),
        ({"hidden": (0, 84)}, "hidden must be whole numbers from 1 to 65,536, not 0"),
        ({"hidden": [[120], 84]}, "hidden must be whole numbers"),
        ({"channels": "6,16"}, "channels must be a list"),
        ({"channels": (True, 16)}, "not True"),
        ({"hidden": (1,) * 17}, "at most 16 whole numbers"),
        ({"paddings": (-1, 0)}, "from 0 to 512, not -1"),
        ({"activation": ["relu"]}, "sigmoid, tanh, relu"),
        ({"batch_norm": 1}, "true or false"),
        ({"classes": 10.0}, "classes must be a whole number from 1 to 1,000"),
        ({"input_size": 10**6}, "input_size must be a whole number from 1 to 256"),
        ({"std": 0.0}, "std must be a number above 0"),
        ({"mean": "0.1"}, "mean must be a number"),
        ({"mean": float("nan")}, "mean must be a number"),
        ({"std": 10**400}, "std must be"),
        ({"dropout": 1.0}, "dropout"),
        ({"hidden": (65_536, 65_536)}, "parameters; at most 10,000,000"),
        ({"channels": (9_000, 1)}, "numbers for one picture; at most 2,000,000"),
        ({"channels": (1_000, 96), "input_size": 40}, "multiply-adds for one picture; at most 500,000,000"),
        ({"input_size": 8}, "4 x 4 maps that reach it, a 5 x 5 kernel with padding 0 makes 0 x 0"),
        ({"kernel_sizes": (40, 5)}, "28 x 28 maps that reach it, a 40 x 40"),
    ],
)
def test_a_config_that_describes_no_network_says_why(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(LeNetConfig(), **change)


@pytest.mark.parametrize("name", RECIPES)
def test_the_cost_of_a_config_is_nearly_that_of_its_network(name):
    config = RECIPES[name].model
    rows, (parameters, numbers, products) = summarise(LeNet(config)), config.cost
    assert 0.98 < parameters / sum(row.parameters for row in rows) <= 1
    assert numbers == sum(math.prod(row.shape) for row in rows if row.multiply_adds or row.name == "input")
    assert products == sum(row.multiply_adds for row in rows)


def test_a_config_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        LeNetConfig().dropout = 0.5


def test_threads_that_share_a_model_get_their_own_activations():
    model = LeNet(LeNetConfig(activation="relu")).eval()
    inputs = [torch.full((1, 1, 28, 28), value / 50) for value in range(50)]
    with torch.inference_mode():
        alone = [model.activations(x)["act1"] for x in inputs]

    def ask(x):
        with torch.inference_mode():
            return model.activations(x)["act1"]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, inputs * 4))
    assert all(torch.equal(a, b) for a, b in zip(together, alone * 4, strict=True))


@pytest.mark.parametrize(
    ("scheme", "bound"),
    [("xavier", (6 / (1 * 25 + 6 * 25)) ** 0.5), ("pytorch", (1 / 25) ** 0.5), ("kaiming", (6 / 25) ** 0.5)],
)
def test_each_initialisation_fills_its_bounds(scheme, bound):
    model = LeNet()
    initialise(model, scheme)
    assert 0.8 * bound < model.conv1.weight.abs().max() <= bound


def test_an_unknown_initialisation_names_the_known_ones():
    with pytest.raises(ValueError, match=", ".join(INITIALISATIONS)):
        initialise(LeNet(), "zeros")


def members(count: int = 3) -> Members:
    config = LeNetConfig(
        (4, 6), hidden=(20, 12), activation="relu", pooling="max", batch_norm=True, dropout=0.2, std=0.3
    )
    built = Members([LeNet(config) for _ in range(count)])
    for norm in (module for module in built.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
    return built.eval()


def test_a_joined_network_gives_the_mean_of_its_members_logits():
    apart = members()
    joined = join(apart).eval()
    assert (joined.config.channels, joined.config.hidden) == ((12, 18), (60, 36))
    torch.testing.assert_close(joined(pictures(5)), apart(pictures(5)))
    torch.testing.assert_close(apart(pictures(5)), sum(member(pictures(5)) for member in apart) / 3)


def test_a_joined_network_keeps_each_member_s_own_maps():
    apart = members()
    maps = join(apart).eval().activations(pictures())["act2"]
    torch.testing.assert_close(maps[:, 6:12], apart[1].activations(pictures())["act2"])


def test_members_in_training_answer_one_by_one():
    assert members().train()(pictures()).shape == (3, 2, 10)
