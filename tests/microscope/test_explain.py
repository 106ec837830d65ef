import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import real_pictures
from torch import nn

from lenet import checkpoint
from lenet.microscope.explain import MAPS, Field, explain, explain_dense, receptive_field
from lenet.model import LeNet, LeNetConfig
from lenet.settings import CHECKPOINTS

NETWORKS = [checkpoint.load(CHECKPOINTS / name) for name in checkpoint.names(CHECKPOINTS)]


@torch.inference_mode()
def stages_of(model: LeNet, picture: np.ndarray) -> dict[str, np.ndarray]:
    outputs = model.activations(torch.from_numpy(picture.astype(np.float32) / 255)[None, None])
    return {name: output[0].numpy() for name, output in outputs.items()}


WALKED = [
    (network, stages_of(network.model, picture)) for network in NETWORKS for picture in real_pictures(network.kind)[:2]
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WALKED), st.data())
def test_the_arithmetic_of_any_cell_adds_up_to_the_network_s_value(walked, data):
    network, stages = walked
    maps = [name for name in stages if name.startswith(MAPS) and stages[name].ndim == 3]
    stage = data.draw(st.sampled_from(maps))
    cell = tuple(data.draw(st.integers(0, side - 1)) for side in stages[stage].shape)
    found = explain(network.model, stages, stage, *cell)
    place = (found.channel, found.row, found.column)
    assert found.sums.sum() + found.bias == pytest.approx(found.before)
    assert found.before == pytest.approx(stages[f"conv{found.layer}"][place], abs=1e-4)
    assert found.after == pytest.approx(stages[f"act{found.layer}"][place], abs=1e-4)
    if network.model.config.batch_norm:
        assert found.normalised == pytest.approx(stages[f"norm{found.layer}"][place], abs=1e-4)
    pooled = stages[f"pool{found.layer}"]
    half = (found.channel, found.row // 2, found.column // 2)
    if stage.startswith("pool"):
        assert half == cell
        assert found.after == pytest.approx(found.window.max(), abs=1e-4)
    else:
        assert place == cell
    if max(half[1:]) < pooled.shape[-1]:
        assert found.pooled == pytest.approx(pooled[half], abs=1e-4)
    else:
        assert found.window is found.pooled is None


@pytest.mark.parametrize(
    ("stage", "cell", "words"),
    [
        ("conv3", (0, 0, 0), "no maps of layer 3 here; the last with maps is 2"),
        ("logits", (0, 0, 0), "no maps"),
        ("act3", (0, 0, 0), "no maps"),
        ("act1", (6, 0, 0), "Layer 1 has no map 7 here; it has 6"),
        ("act1", (0, 28, 0), "no row 29 here; it has 28"),
        ("pool2", (0, 0, -1), "no column 0 here; it has 5"),
    ],
)
def test_a_cell_that_is_not_there_is_a_sentence(classic, digits, stage, cell, words):
    with pytest.raises(ValueError, match=words):
        explain(classic.model, stages_of(classic.model, digits[0]), stage, *cell)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(WALKED), st.data())
def test_the_contributions_to_any_dense_value_add_up_to_it(walked, data):
    network, stages = walked
    stage = data.draw(st.sampled_from([name for name in stages if name.startswith(("dense", "logits"))]))
    index = data.draw(st.integers(0, len(stages[stage]) - 1))
    found = explain_dense(network.model, stages, stage, index)
    assert found.products.sum() + found.bias == pytest.approx(found.before)
    assert found.before == pytest.approx(stages[stage][index], abs=1e-4)
    if stage == "logits":
        assert found.after is None
    else:
        assert found.after == pytest.approx(stages[stage.replace("dense", "act")][index], abs=1e-4)


@pytest.mark.parametrize(("stage", "index"), [("logits", 10), ("logits", -1), ("dense3", 120), ("conv1", 0), ("x", 0)])
def test_a_dense_value_that_is_not_there_is_a_sentence(classic, digits, stage, index):
    with pytest.raises(ValueError, match=f"no value {index + 1} in {stage}"):
        explain_dense(classic.model, stages_of(classic.model, digits[3]), stage, index)


def test_receptive_fields_of_the_book_s_network():
    config = LeNetConfig()
    assert receptive_field(config, "conv1") == Field(size=5, stride=1, offset=-2)
    assert receptive_field(config, "pool1") == Field(size=6, stride=2, offset=-2)
    assert receptive_field(config, "act2") == Field(size=14, stride=2, offset=-2)
    assert receptive_field(config, "pool2") == Field(size=16, stride=4, offset=-2)
    assert receptive_field(config, "act2", onto="pool1") == Field(size=5, stride=1, offset=0)
    assert receptive_field(config, "act2", onto="act1") == Field(size=10, stride=2, offset=0)


@pytest.mark.parametrize("config", [network.model.config for network in NETWORKS], ids=[n.name for n in NETWORKS])
@pytest.mark.parametrize("onto", ["input", "act1", "pool1"])
@pytest.mark.parametrize("stage", ["act2", "pool2"])
def test_a_cell_changes_with_its_field_and_with_nothing_else(config, onto, stage):
    """Of random positive weights and no saturation: whatever is in the field reaches the cell."""
    torch.manual_seed(0)
    plain = LeNet(
        LeNetConfig(
            config.channels, config.kernel_sizes, config.paddings, "tanh", "average", input_size=config.input_size
        )
    )
    for parameter in plain.parameters():
        parameter.data = parameter.abs() / parameter.numel()
    names = [name for name, _ in plain.named_children()]
    rest = nn.Sequential(*list(plain.children())[names.index(onto) + 1 : names.index(stage) + 1])
    start = plain.eval().activations(torch.zeros(1, 1, 28, 28))[onto].detach().requires_grad_()
    output = rest(start)
    row, column = 1, output.shape[-1] - 1
    output[0, 0, row, column].backward()
    touched = start.grad[0].abs().sum(0) > 0
    field = receptive_field(config, stage, onto)
    rows, columns = (
        range(at * field.stride + field.offset, at * field.stride + field.offset + field.size) for at in (row, column)
    )
    side = touched.shape[-1]
    expected = [[y in rows and x in columns for x in range(side)] for y in range(side)]
    assert touched.tolist() == expected


@pytest.mark.parametrize(("stage", "onto"), [("conv1", "pool1"), ("conv9", "input"), ("dense3", "input")])
def test_a_field_on_something_later_is_refused(stage, onto):
    with pytest.raises(ValueError, match="no map of this network"):
        receptive_field(LeNetConfig(), stage, onto)
