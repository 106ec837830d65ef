"""The maps' value, unpacked again as the browser does it."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from support import CHECKPOINTS, real_pictures, seen

from lenet import checkpoint
from lenet.microscope.layers import STEPS, Subject, differences, stage_name
from lenet.model import LeNet, LeNetConfig
from lenet.ui.values.maps import maps_value
from lenet.ui.view import View

LIMIT = 20_000
"""Bytes of the whole value while the pen moves, as it travels: a JSON string in JSON."""


def size(value: dict) -> int:
    return len(json.dumps(json.dumps(value)))


def example(network: checkpoint.Checkpoint, number: int) -> Subject:
    """One of the real example pictures before a network."""
    return seen(network, real_pictures(network.kind)[number], f"example {number}")


def unpacked(value: dict) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The layers of A and those of B."""
    value = json.loads(json.dumps(value))
    shapes = [layer["shape"] for layer in value["layers"]]
    pairs = [layer["pair"] for layer in value["layers"] if "pair" in layer and value["withB"]]
    content = zlib.decompress(base64.b64decode(value["cells"]))
    channels = sum(shape[0] for shape in shapes + pairs)
    lows, highs = np.frombuffer(content, "<f4", 2 * channels).reshape(2, channels)
    steps = np.frombuffer(content, np.uint8 if value["top"] < 256 else "<u2", offset=8 * channels)
    layers, channel, at = [], 0, 0
    for shape in shapes + pairs:
        size = int(np.prod(shape))
        rows = steps[at : at + size].reshape(shape[0], -1)
        low, high = (ends[channel : channel + shape[0], None] for ends in (lows, highs))
        layers.append((low + rows / value["top"] * (high - low)).reshape(shape))
        channel, at = channel + shape[0], at + size
    assert at == len(steps)
    return layers[: len(shapes)], layers[len(shapes) :]


DENSE = {"before": "dense", "after": "act", "pooled": "act"}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ["classic", "modern"])
def test_every_layer_arrives_to_the_fourth_digit(name, step, request):
    subject = example(request.getfixturevalue(name), 8)
    value = maps_value(4, View(step=step), subject)
    maps = [stage_name(subject.network.model.config, step, number) for number in (1, 2)]
    assert [layer["name"] for layer in value["layers"]] == [*maps, f"{DENSE[step]}3", f"{DENSE[step]}4", "logits"]
    for layer, found in zip(value["layers"], unpacked(value)[0], strict=True):
        expected = subject.stages[layer["name"]]
        np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=max(np.ptp(expected), 1) * 1e-4)


def test_the_kernels_are_the_weights_even_without_a_picture(classic):
    value = maps_value(0, View(step="kernels"), Subject("", classic, {}))
    assert [layer["title"] for layer in value["layers"]] == [
        "Layer 1 · 6 × 1 kernels of 5 × 5",
        "Layer 2 · 16 × 6 kernels of 5 × 5",
    ]
    for number, found in enumerate(unpacked(value)[0], start=1):
        np.testing.assert_allclose(found, classic.model.get_submodule(f"conv{number}").weight.detach(), atol=1e-4)


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
@pytest.mark.parametrize("step", STEPS)
def test_while_the_pen_moves_the_value_is_small_and_not_far_off(name, step):
    network = checkpoint.load(CHECKPOINTS / name)
    subject = example(network, 3)
    value = maps_value(1, View(step=step), subject, moving=True)
    assert size(value | {"n": 100_000, "turn": 100_000}) <= LIMIT
    for found, exact in zip(unpacked(value)[0], unpacked(maps_value(1, View(step=step), subject))[0], strict=True):
        span = np.ptp(exact.reshape(len(exact), -1), axis=1).max()
        assert abs(found - exact).max() <= span / value["top"]


def test_the_first_layer_s_kernels_come_along_when_the_pen_rests(classic):
    layers = maps_value(1, View(), example(classic, 3))["layers"]
    kernels = layers[0]["kernels"]
    weights = classic.model.conv1.weight.detach().numpy()
    shown = np.frombuffer(base64.b64decode(kernels["cells"]), np.uint8).reshape(weights.shape)
    np.testing.assert_allclose((shown / 127.5 - 1) * kernels["most"], weights, atol=kernels["most"] / 127)
    assert "kernels" not in maps_value(1, View(), example(classic, 3), moving=True)["layers"][0]


def test_two_pictures_stand_side_by_side_with_their_distance(classic):
    a, b = example(classic, 3), example(classic, 8)
    value = maps_value(1, View(compare="kept"), a, b)
    mine, theirs = unpacked(value)
    for layer, first, second in zip(value["layers"], mine, theirs, strict=True):
        stages = [subject.stages[layer["name"]] for subject in (a, b)]
        for found, exact in zip((first, second), stages, strict=True):
            np.testing.assert_allclose(found.reshape(exact.shape), exact, atol=2e-3)
        if not layer["strip"]:
            apart = [[item.l2, item.cosine] for item in differences(*stages)]
            np.testing.assert_allclose(layer["apart"], apart, rtol=1e-3, atol=1e-3)
    assert (value["a"], value["b"], value["note"]) == ("example 3", "example 8", "")


def test_b_stays_in_the_browser_while_the_pen_moves_unless_it_moves_too(classic, modern):
    kept = maps_value(1, View(compare="kept"), example(classic, 3), example(classic, 8), moving=True)
    assert not kept["withB"]
    assert unpacked(kept)[1] == []
    other = maps_value(1, View(compare="checkpoint"), example(classic, 3), example(modern, 3), moving=True)
    assert other["withB"]
    assert len(unpacked(other)[1]) == 5


def noisy(network: checkpoint.Checkpoint) -> Subject:
    """Maps in which no two cells are alike: nothing is larger packed."""
    stages = example(network, 3).stages
    noise = {name: np.random.default_rng(0).normal(size=values.shape) for name, values in stages.items()}
    return Subject("noise", network, {name: values.astype(np.float32) for name, values in noise.items()})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_b_that_is_too_large_waits_until_the_pen_rests(name, step, modern):
    b = noisy(replace(modern, model=LeNet(modern.model.config).eval()))
    value = maps_value(
        1, View(step=step, compare="checkpoint"), example(checkpoint.load(CHECKPOINTS / name), 3), b, True
    )
    assert size(value | {"n": 100_000, "turn": 100_000}) <= LIMIT
    assert value["late"] == (not value["withB"])
    assert value["late"] or step == "pooled"


def test_maps_that_are_too_large_altogether_wait_until_the_pen_rests():
    config = LeNetConfig((64, 128), (5, 5), (2, 0))
    wide = checkpoint.Checkpoint("wide", LeNet(config).eval(), "digit", tuple("0123456789"), {})
    assert maps_value(1, View(), noisy(wide), moving=True) is None
    assert maps_value(1, View(), noisy(wide))["cells"]


def test_networks_of_other_sizes_or_depths_are_shown_with_a_caution(classic, modern, digits):
    value = maps_value(1, View(), example(classic, 3), example(modern, 3))
    assert "differ in size" in value["note"]
    assert "apart" not in value["layers"][0]
    assert "apart" in value["layers"][-1]
    assert value["layers"][0]["pairFields"] == value["layers"][0]["fields"]
    deep = LeNet(LeNetConfig((6, 16, 20), (5, 5, 5), (2, 2, 2))).eval()
    with torch.inference_mode():
        outputs = deep.activations(torch.from_numpy(digits[3].astype(np.float32) / 255)[None, None])
    deeper = Subject(
        "deep", replace(classic, model=deep), {name: output[0].numpy() for name, output in outputs.items()}
    )
    value = maps_value(1, View(), example(classic, 3), deeper)
    assert "differ in depth" in value["note"]
    assert ["pair" in layer for layer in value["layers"]] == [True, True, False, True, True]
    assert len(unpacked(value)[1]) == 4
    assert "differ in depth" in maps_value(1, View(), deeper, example(classic, 3))["note"]


def test_another_network_of_the_same_size_is_no_other_picture(classic):
    a, twin = example(classic, 3), replace(classic, model=LeNet(classic.model.config).eval())
    value = maps_value(1, View(), a, Subject("twin", twin, a.stages))
    assert "Only the logits mean the same" in value["note"]
    assert "apart" in value["layers"][-1]
    letters = tuple("abcdefghij")
    value = maps_value(1, View(), a, Subject("twin", replace(twin, classes=letters), a.stages))
    assert "logits" not in value["note"]
    assert (value["layers"][-1]["classes"], value["layers"][-1]["pairClasses"]) == (classic.classes, letters)
    assert "apart" not in value["layers"][-1]


def test_a_sentence_leaves_nothing_to_show(classic):
    value = maps_value(2, View(), "Draw.")
    assert (value["n"], value["layers"], value["cells"]) == (2, [], "")
    assert maps_value(2, View(), example(classic, 3), "There is no B.")["note"] == "There is no B."


def test_a_constant_map_does_not_divide_by_zero(classic):
    stages = {name: np.zeros_like(values) for name, values in example(classic, 3).stages.items()}
    value = maps_value(1, View(), Subject("nothing", classic, stages))
    assert all(not layer.any() for layer in unpacked(value)[0])


def test_the_logits_have_their_classes_names(classic):
    layers = maps_value(1, View(), example(classic, 3), moving=True)["layers"]
    assert [layer["classes"] for layer in layers] == [()] * 4 + [classic.classes]


def test_fields_say_what_a_cell_sees_of_each_earlier_picture(classic):
    after = {layer["name"]: layer.get("fields") for layer in maps_value(1, View(), example(classic, 3))["layers"]}
    assert after["act1"] == {"input": [5, 1, -2, 28]}
    assert after["act2"] == {"input": [14, 2, -2, 28], "1": [10, 2, 0, 28]}
    assert after["act3"] is None
    pooled = maps_value(1, View(step="pooled"), example(classic, 3))["layers"][1]["fields"]
    assert pooled == {"input": [16, 4, -2, 28], "1": [6, 2, 0, 14]}


def test_the_sides_in_the_fields_are_those_of_the_maps():
    config = LeNetConfig((4, 6, 8), (3, 5, 3), (0, 1, 2), input_size=32)
    network = checkpoint.Checkpoint("", LeNet(config).eval(), "digit", tuple("0123456789"), {})
    with torch.inference_mode():
        outputs = network.model.activations(torch.zeros(1, 1, 28, 28))
    stages = {name: output[0].numpy() for name, output in outputs.items()}
    for step in STEPS:
        for layer in maps_value(1, View(step=step), Subject("", network, stages))["layers"][:3]:
            for onto, (*_, side) in layer["fields"].items():
                assert side == stages["input" if onto == "input" else stage_name(config, step, int(onto))].shape[-1]
