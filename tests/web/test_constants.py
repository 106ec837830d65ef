"""What both languages must agree on: sizes and palettes have one home in each."""

import json
import subprocess

import numpy as np
import pytest
from support import ROOT

from lenet.microscope import colours
from lenet.pictures import digits, drawing, garments, planes
from lenet.pictures.planes import PICTURE_SIZE
from lenet.ui.values import strokes
from lenet.ui.values.pad import GRID_SIZE
from tools import node

WEB = ROOT / "lenet" / "ui" / "web"

NODE = node.find()

pytestmark = pytest.mark.skipif(NODE is None, reason="asks the scripts in Node")


def in_scripts(module: str, expression: str):
    """What an expression over the exports of a module gives."""
    program = f"import * as its from {json.dumps((WEB / module).as_uri())}; console.log(JSON.stringify({expression}))"
    command = [NODE, "--input-type=module", "--eval", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_sizes_are_the_same_in_python_and_javascript():
    assert in_scripts("lib/canvas.js", "its.PICTURE_SIZE") == PICTURE_SIZE
    assert in_scripts("pad/grid.js", "its.GRID_SIZE") == GRID_SIZE
    limits = [strokes.PAD_SIZE, strokes.BESIDE, strokes.MOST_LETTERS]
    assert in_scripts("pad/strokes.js", "[its.PAD_SIZE, its.BESIDE, its.MOST_LETTERS]") == limits


def test_the_constants_of_a_drawing_are_the_same_in_python_and_javascript():
    found = in_scripts(
        "engine/drawing.js", "Object.fromEntries(Object.entries(its).filter(([name]) => /^[A-Z]/.test(name)))"
    )
    modules = (digits, garments, planes, drawing)  # PEN is that of drawing, the last one
    assert found == {name: vars(module)[name] for module in modules for name in found if name in vars(module)}
    assert len(found) == 10


@pytest.mark.parametrize("name", ["SEQUENTIAL", "DIVERGING"])
def test_palettes_are_the_same_in_python_and_javascript(name):
    stops = getattr(colours, name)
    assert tuple(in_scripts("lib/palette.js", f"its.{name}_STOPS")) == stops
    painted = in_scripts("lib/palette.js", f"[...its.{name}].map(its.partsOf)")
    assert np.abs(np.array(painted) - colours.colours(stops)).max() <= 1  # the two round a half to different sides
