"""The scales and distances that the browser finds while the pen moves are those that Python sends when it rests."""

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from support import ROOT, real_pictures, seen

from lenet.model import LeNet
from lenet.ui.values.maps import maps_value
from lenet.ui.view import CHOICES, View
from tools import node

WEB = ROOT / "lenet" / "ui" / "web"

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="asks the scripts in Node")

PROGRAM = f"""
import {{ readFileSync }} from "node:fs";
import {{ dataOf, shapesOf }} from {json.dumps((WEB / "maps" / "model.js").as_uri())};
import {{ scaled }} from {json.dumps((WEB / "maps" / "scales.js").as_uri())};
import {{ unpack }} from {json.dumps((WEB / "maps" / "unpack.js").as_uri())};
const found = [];
for (const value of JSON.parse(readFileSync(0))) {{
  const data = dataOf(value.layers, await unpack(value.cells, shapesOf(value)));
  found.push(scaled(value.layers, data, value.scale));
}}
console.log(JSON.stringify(found));
"""


def in_tanh(network):
    """A network of the same weights whose maps after the activation are signed."""
    model = LeNet(replace(network.model.config, activation="tanh"))
    model.load_state_dict(network.model.state_dict())
    return replace(network, model=model.eval())


@pytest.fixture(scope="module")
def values(classic):
    """The maps' values of several comparisons, in every phase and with every scale."""
    pictures, tanh = real_pictures("digit"), in_tanh(classic)
    blank = np.zeros_like(pictures[3])
    blank[4:24, 14] = 255
    pairs = [
        (seen(classic, pictures[3]), None),
        (seen(classic, pictures[3]), seen(classic, blank)),
        (seen(tanh, pictures[3]), seen(classic, pictures[3])),
        (seen(tanh, pictures[8]), None),
    ]
    return [
        maps_value(1, 1, View(phase=phase, scale=scale), a, b)
        for a, b in pairs
        for phase in CHOICES["phase"]
        for scale in CHOICES["scale"]
    ]


def test_scales_and_distances_are_those_of_python(values):
    command = [NODE, "--input-type=module", "--eval", PROGRAM]
    done = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=True, timeout=60)
    compared = 0
    for value, layers in zip(values, json.loads(done.stdout), strict=True):
        for sent, found in zip(value["layers"], layers, strict=True):
            assert found["scale"]["signed"] == sent["scale"]["signed"]
            pairs = [
                ([found["scale"][end] for end in ("low", "high")], [sent["scale"][end] for end in ("low", "high")])
            ]
            pairs += [(found[side]["own"], sent[side]["own"]) for side in ("a", "b") if sent[side]]
            if sent["apart"]:
                pairs += [(found["apart"][name], sent["apart"][name]) for name in ("channels", "most", "order")]
            for one, other in pairs:
                np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)
                compared += 1
    assert compared > 300
