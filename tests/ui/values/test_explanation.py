"""The explanation's value, made from real cells."""

import base64
import json

import numpy as np
import pytest
from support import real_pictures, seen

from lenet import checkpoint
from lenet.microscope import atlas
from lenet.microscope.explain import explain
from lenet.microscope.layers import stage_name
from lenet.model import LeNet, LeNetConfig, Members, join
from lenet.settings import CHECKPOINTS
from lenet.ui.values.explanation import ExplanationValue, cell_words, explanation_value, nothing
from lenet.ui.view import View


def explained(network: checkpoint.Checkpoint, view: View, values=None, liked=(), *, compared=False) -> ExplanationValue:
    """The value of the cell that ``view`` has pinned, for the picture of a three."""
    config = network.model.config
    stages = seen(network, real_pictures("digit")[3]).stages
    found = explain(network.model, stages, stage_name(config, view.phase, view.pin[0]), *view.pin[1:])
    return explanation_value(4, 5, view, config, found, values or {}, list(liked), compared=compared)


def test_nothing_is_a_value_too():
    assert (nothing(3, 4)["drawing"], nothing(3, 4)["revision"]) == (3, 4)
    assert (nothing(3, 4)["text"], nothing(3, 4)["cell"], nothing(3, 4)["favourites"]) == ("", None, [])
    assert nothing(3, 4, "There is no B here.")["text"] == "There is no B here."


def test_a_map_is_named_with_its_side_where_two_are_compared(classic):
    view = View(phase="pooled", pin=(2, 0, 3, 4), side="b")
    assert explained(classic, view)["cell"]["name"] == "Layer 2, map 1"
    cell = explained(classic, view, compared=True)["cell"]
    assert (cell["name"], cell["where"], cell["channels"]) == ("Layer 2, map 1 of B", "after pooling", 16)
    assert cell["stages"] == {"input": "pool1", "before": "conv2", "after": "act2", "pooled": "pool2"}


def test_a_cell_is_named_from_1():
    view = View(phase="pooled", pin=(2, 0, 3, 4), side="b")
    assert cell_words(view, compared=False) == "Layer 2, map 1, row 4, column 5, after pooling"
    assert cell_words(view, compared=True) == "Layer 2, map 1 of B, row 4, column 5, after pooling"


@pytest.mark.parametrize("phase", ["before", "after", "pooled"])
@pytest.mark.parametrize("name", ["mnist-classic", "mnist-modern", "mnist-batchnorm"])
def test_the_cell_s_own_step_has_its_value(name, phase):
    network = checkpoint.load(CHECKPOINTS / name)
    value = explained(network, View(phase=phase, pin=(2, 1, 3, 2)))
    cell = value["cell"]
    assert (value["drawing"], value["revision"], value["text"]) == (4, 5, "")
    assert [line["value"] for line in cell["lines"] if line["own"]] == [cell["value"]]
    assert [line["kind"] for line in cell["lines"] if line["own"]] == [phase]
    stages = seen(network, real_pictures("digit")[3]).stages
    assert cell["value"] == pytest.approx(stages[stage_name(network.model.config, phase, 2)][1, 3, 2], abs=1e-4)
    assert cell["shape"] == stages[stage_name(network.model.config, phase, 2)].shape[1:]
    assert json.loads(json.dumps(value))["cell"]["sums"] == cell["sums"]


def test_maps_that_the_filter_does_not_read_are_left_out(classic):
    joined = join(Members([LeNet(LeNetConfig((2, 3), (5, 5), (2, 0))) for _ in range(2)])).eval()
    network = checkpoint.Checkpoint("joined", joined, "digit", classic.classes, {})
    cell = explained(network, View(pin=(2, 4, 0, 0)))["cell"]
    assert cell["maps"] == [2, 3]
    assert [len(cell[name]) for name in ("patch", "kernel", "products", "sums")] == [2] * 4
    assert "2 of the 4 maps" in cell["about"]


def test_a_first_layer_s_filter_of_zeros_still_reads_the_picture(classic):
    model = LeNet(classic.model.config).eval()
    model.conv1.weight.data[2] = 0
    cell = explained(checkpoint.Checkpoint("dead", model, "digit", classic.classes, {}), View(pin=(1, 2, 9, 9)))["cell"]
    assert cell["first"]
    assert (cell["maps"], np.shape(cell["patch"]), cell["sums"]) == ([0], (1, 5, 5), [0])


def test_a_and_b_stand_beside_each_other_with_their_difference(classic):
    assert explained(classic, View(pin=(1, 0, 9, 9)))["cell"]["pair"] == []
    cell = explained(classic, View(pin=(1, 0, 9, 9)), {"A": 0.5, "B": 0.125})["cell"]
    assert cell["pair"] == [0.5, 0.125, 0.375]


def test_the_channel_s_favourites_are_pictures(classic):
    liked = atlas.favourites_of(classic, 1, 2)
    found = explained(classic, View(pin=(1, 2, 9, 9)), liked=liked)["favourites"]
    assert [item["value"] for item in found] == pytest.approx([item.value for item in liked], abs=1e-6)
    pixels = np.frombuffer(base64.b64decode(found[0]["picture"]), np.uint8).reshape(28, 28)
    assert np.array_equal(pixels, liked[0].picture)


def test_what_a_channel_sees_in_its_favourites_can_be_framed_and_its_mean_is_shown(classic):
    picture = np.zeros((28, 28), np.uint8)
    picture[10:15, 20:25] = 200
    inside, corner = atlas.Favourite(picture, 2.0, 12, 22), atlas.Favourite(picture, 1.0, 0, 0)
    value = explained(classic, View(pin=(1, 2, 9, 9)), liked=[inside, corner])
    assert [(item["row"], item["column"]) for item in value["favourites"]] == [(12, 22), (0, 0)]
    assert value["cell"]["field"] == {"size": 5, "stride": 1, "offset": -2, "side": 28}
    mean = np.frombuffer(base64.b64decode(value["liking"]["cells"]), np.uint8)
    assert (value["liking"]["side"], mean.tolist()) == (5, [100] * 25)
