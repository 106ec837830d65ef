"""The browser's arithmetic behind a cell or a dense value, and with something missing or broken, is that of Python."""

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from support import ROOT, real_pictures, seen

from lenet import checkpoint
from lenet.microscope.ablation import broken
from lenet.microscope.explain import explain, explain_dense, stage_before
from lenet.microscope.layers import PHASES, Stages, stage_name
from lenet.pictures.prepare import Prepared
from lenet.prediction import look
from lenet.settings import CHECKPOINTS
from lenet.ui.values.dense import dense_stage
from lenet.ui.values.explanation import explanation_value
from lenet.ui.view import View
from tools import node

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="asks the scripts in Node")

ENGINE = ROOT / "lenet" / "ui" / "web" / "engine"

NAMES = ("mnist-classic", "mnist-lenet", "mnist-batchnorm", "fashion-maxpool")
"""With padding and without, with batch normalisation and without, of 28 and of 32 pixels, with an odd side."""

OFF = {(1, 0): 0.0, (1, 3): 0.25, (2, 5): 0.0}
"""Maps that are switched off, and what they are set to."""

BROKEN = (
    {"noise": 25, "biases": True, "pooling": True},
    {"noise": 0, "biases": False, "pooling": True},
    {"noise": 0, "biases": True, "pooling": False},
    {"noise": 200, "biases": False, "pooling": False},
)

PHASES_OF_MAPS = [phase for phase in PHASES if phase != "kernels"]

PROGRAM = f"""
import {{ readFileSync }} from "node:fs";
import {{ broken }} from {json.dumps((ENGINE / "ablation.js").as_uri())};
import {{ contributionsOf }} from {json.dumps((ENGINE / "contributions.js").as_uri())};
import {{ arithmeticOf, strongestOf }} from {json.dumps((ENGINE / "cell.js").as_uri())};
import {{ Network }} from {json.dumps((ENGINE / "network.js").as_uri())};
import {{ readTensors }} from {json.dumps((ENGINE / "safetensors.js").as_uri())};
const [found, added, without, ruined] = [[], [], [], []];
for (const {{ folder, picture, cells, dense }} of JSON.parse(readFileSync(0))) {{
  const tensors = readTensors(Uint8Array.from(readFileSync(`${{folder}}/model.safetensors`)).buffer);
  const network = new Network(JSON.parse(readFileSync(`${{folder}}/config.json`, "utf8")), tensors);
  const input = Float32Array.from(picture, (grey) => grey / 255);
  const numbers = (outputs) => Object.values(outputs).map(({{ data }}) => [...data]);
  without.push(numbers(network.stages(input, {json.dumps([[*channel, value] for channel, value in OFF.items()])})));
  ruined.push({json.dumps(BROKEN)}.map((how) => numbers(broken(network, how).stages(input))));
  const values = {{ ...tensors, ...network.stages(input) }};
  for (const {{ pin: [layer, channel, row, column], stages, maps, pooled }} of cells) {{
    const place = {{ layer, channel, row, column }};
    const at = pooled ? strongestOf(values[stages.after], place) : place;
    found.push(arithmeticOf(values, stages, at, maps));
  }}
  for (const [value, rival] of dense) {{
    const {{ products, numbers }} = contributionsOf(values, value, rival);
    added.push({{ products: [...products], numbers }});
  }}
}}
console.log(JSON.stringify({{ found, added, without, ruined }}));
"""


def cells_of(network: checkpoint.Checkpoint, stages: Stages) -> list[dict]:
    """Cells of both layers in each phase: corners, the middle, the last row and column."""
    config, found = network.model.config, []
    for phase in PHASES_OF_MAPS:
        for layer in (1, 2):
            stage = stage_name(config, phase, layer)
            last = stages[stage].shape[1] - 1
            for row, column in ((0, 0), (last // 2, last // 3), (last, last)):
                view = View(phase=phase, pin=(layer, 3, row, column))
                value = explanation_value(
                    1, 1, view, config, explain(network.model, stages, stage, 3, row, column), {}, [], compared=False
                )
                found.append(value["cell"] | {"pooled": phase == "pooled"})
    return found


def dense_of(network: checkpoint.Checkpoint) -> list[tuple[dict, int | None]]:
    """Values of every dense layer; a logit also beside a rival."""
    config, found = network.model.config, []
    for number in (3, 4, 0):
        stage = dense_stage(config, number)
        reads = stage_before(config, stage)
        found.append(({"stage": stage, "reads": reads, "index": 7}, None))
    return [*found, (found[-1][0], 2)]


@pytest.fixture(scope="module")
def answers() -> tuple[list[dict], dict[str, list[dict]]]:
    """What was asked about each network, and what the browser's scripts say."""
    asked = []
    for name in NAMES:
        network = checkpoint.load(CHECKPOINTS / name)
        subject = seen(network, real_pictures(network.kind)[3])
        picture = np.round(subject.picture * 255).ravel().tolist()
        cells, dense = cells_of(network, subject.stages), dense_of(network)
        asked.append({"folder": str(CHECKPOINTS / name), "picture": picture, "cells": cells, "dense": dense})
    command = [NODE, "--input-type=module", "--eval", PROGRAM]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60)
    return asked, json.loads(done.stdout)


def test_the_arithmetic_of_a_cell_is_that_of_python(answers):
    asked, said = answers
    expected = [cell for each in asked for cell in each["cells"]]
    for found, cell in zip(said["found"], expected, strict=True):
        for name in ("patch", "kernel", "products", "sums", "window"):
            np.testing.assert_allclose(found[name], cell[name], atol=1e-4)
        numbers = {line["kind"]: line["value"] for line in cell["lines"]}
        assert set(numbers) <= set(found["numbers"])
        assert ("pooled" in found["numbers"]) == ("pooled" in numbers)
        for kind, value in numbers.items():
            assert found["numbers"][kind] == pytest.approx(value, abs=1e-4)


def test_the_contributions_to_a_dense_value_are_those_of_python(answers):
    asked, said = answers
    added = iter(said["added"])
    for each, name in zip(asked, NAMES, strict=True):
        network = checkpoint.load(CHECKPOINTS / name)
        stages = seen(network, real_pictures(network.kind)[3]).stages
        for dense, rival in each["dense"]:
            found, own = next(added), explain_dense(network.model, stages, dense["stage"], dense["index"])
            other = None if rival is None else explain_dense(network.model, stages, dense["stage"], rival)
            products = own.products - (0 if other is None else other.products)
            np.testing.assert_allclose(found["products"], products, atol=1e-4)
            before = own.before - (0 if other is None else other.before)
            assert found["numbers"]["before"] == pytest.approx(before, abs=1e-4)
            assert found["numbers"].get("after") == (None if own.after is None else pytest.approx(own.after, abs=1e-4))


def activations(asked: dict, network: checkpoint.Checkpoint, off: dict) -> list[np.ndarray]:
    picture = np.array(asked["picture"], np.float32).reshape(28, 28) / np.float32(255)
    return [values.ravel() for values in look(network, Prepared({"network": picture}), off).activations.values()]


def test_with_maps_switched_off_every_stage_is_that_of_torch(answers):
    for each, name, stages in zip(answers[0], NAMES, answers[1]["without"], strict=True):
        for found, values in zip(stages, activations(each, checkpoint.load(CHECKPOINTS / name), OFF), strict=True):
            np.testing.assert_allclose(found, values, atol=1e-4)


@pytest.mark.parametrize("which", range(len(BROKEN)))
def test_every_stage_of_a_broken_network_is_that_of_torch(answers, which):
    how = BROKEN[which]
    for each, name, ruined in zip(answers[0], NAMES, answers[1]["ruined"], strict=True):
        network = checkpoint.load(CHECKPOINTS / name)
        model = broken(network.model, **(how | {"noise": how["noise"] / 100}))
        expected = activations(each, replace(network, model=model), {})
        for found, values in zip(ruined[which], expected, strict=True):
            np.testing.assert_allclose(found, values, atol=1e-4, rtol=1e-5)
