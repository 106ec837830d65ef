"""The browser's arithmetic behind a cell is that of Python, for cells of every layer and phase."""

import json
import subprocess

import numpy as np
import pytest
from support import ROOT, real_pictures, seen

from lenet import checkpoint
from lenet.microscope.explain import explain
from lenet.microscope.layers import PHASES, Stages, stage_name
from lenet.settings import CHECKPOINTS
from lenet.ui.values.explanation import explanation_value
from lenet.ui.view import View
from tools import node

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="asks the scripts in Node")

ENGINE = ROOT / "lenet" / "ui" / "web" / "engine"

NAMES = ("mnist-classic", "mnist-lenet", "mnist-batchnorm", "fashion-maxpool")
"""With padding and without, with batch normalisation and without, of 28 and of 32 pixels, with an odd side."""

PHASES_OF_MAPS = [phase for phase in PHASES if phase != "kernels"]

PROGRAM = f"""
import {{ readFileSync }} from "node:fs";
import {{ arithmeticOf, strongestOf }} from {json.dumps((ENGINE / "cell.js").as_uri())};
import {{ Network }} from {json.dumps((ENGINE / "network.js").as_uri())};
import {{ readTensors }} from {json.dumps((ENGINE / "safetensors.js").as_uri())};
const found = [];
for (const {{ folder, picture, cells }} of JSON.parse(readFileSync(0))) {{
  const tensors = readTensors(Uint8Array.from(readFileSync(`${{folder}}/model.safetensors`)).buffer);
  const network = new Network(JSON.parse(readFileSync(`${{folder}}/config.json`, "utf8")), tensors);
  const values = {{ ...tensors, ...network.stages(Float32Array.from(picture, (grey) => grey / 255)) }};
  for (const {{ pin: [layer, channel, row, column], stages, maps, pooled }} of cells) {{
    const place = {{ layer, channel, row, column }};
    const at = pooled ? strongestOf(values[stages.after], place) : place;
    found.push(arithmeticOf(values, stages, at, maps));
  }}
}}
console.log(JSON.stringify(found));
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


def test_the_arithmetic_is_that_of_python():
    asked = []
    for name in NAMES:
        network = checkpoint.load(CHECKPOINTS / name)
        subject = seen(network, real_pictures(network.kind)[3])
        picture = np.round(subject.picture * 255).ravel().tolist()
        asked.append(
            {"folder": str(CHECKPOINTS / name), "picture": picture, "cells": cells_of(network, subject.stages)}
        )
    command = [NODE, "--input-type=module", "--eval", PROGRAM]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60)
    expected = [cell for each in asked for cell in each["cells"]]
    for found, cell in zip(json.loads(done.stdout), expected, strict=True):
        for name in ("patch", "kernel", "products", "sums", "window"):
            np.testing.assert_allclose(found[name], cell[name], atol=1e-4)
        numbers = {line["kind"]: line["value"] for line in cell["lines"]}
        assert set(numbers) <= set(found["numbers"])
        assert ("pooled" in found["numbers"]) == ("pooled" in numbers)
        for kind, value in numbers.items():
            assert found["numbers"][kind] == pytest.approx(value, abs=1e-4)
