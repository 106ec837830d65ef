import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.nn import functional as F

from lenet.model import LeNet, LeNetConfig, initialise_xavier, parameter_count

NO_PADDING = LeNetConfig(paddings=(0, 0), pooling="max")
BATCH_NORM = LeNetConfig(
    paddings=(0, 0), activation="relu", pooling="max", batch_norm=True, input_size=32, mean=0.1307, std=0.3081
)


def pictures(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def test_the_book_s_network_has_61706_parameters():
    assert parameter_count(LeNet()) == 61_706


def test_the_network_without_padding_has_44426_parameters():
    assert parameter_count(LeNet(NO_PADDING)) == 44_426


def test_stages_have_the_shapes_that_the_book_prints():
    shapes = {name: tuple(output.shape[1:]) for name, output in LeNet().activations(pictures()).items()}
    assert shapes == {
        "input": (1, 28, 28),
        "conv1": (6, 28, 28),
        "act1": (6, 28, 28),
        "pool1": (6, 14, 14),
        "conv2": (16, 10, 10),
        "act2": (16, 10, 10),
        "pool2": (16, 5, 5),
        "flatten": (400,),
        "dense3": (120,),
        "act3": (120,),
        "dense4": (84,),
        "act4": (84,),
        "logits": (10,),
    }


@pytest.mark.parametrize("config", [LeNetConfig(), NO_PADDING, BATCH_NORM], ids=["classic", "no padding", "batch norm"])
def test_activations_end_in_what_forward_gives(config):
    model = LeNet(config).eval()
    assert torch.equal(list(model.activations(pictures()).values())[-1], model(pictures()))


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
        ({"hidden": (0, 84)}, "1 or more"),
        ({"std": 0.0}, "std above 0"),
        ({"dropout": 1.0}, "dropout"),
        ({"input_size": 8}, "too small"),
    ],
)
def test_a_config_that_describes_no_network_says_why(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(LeNetConfig(), **change)


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


def test_xavier_bounds_every_weight():
    model = LeNet()
    initialise_xavier(model)
    fan_in, fan_out = 1 * 5 * 5, 6 * 5 * 5
    bound = (6 / (fan_in + fan_out)) ** 0.5
    assert 0.8 * bound < model.conv1.weight.abs().max() <= bound
