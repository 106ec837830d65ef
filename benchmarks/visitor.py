"""What a visitor of the page draws, sends and asks, and how the measurements look at its server."""

import io
import json
import random
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from PIL import Image

from benchmarks import stock
from lenet.microscope.layers import Subject
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import look
from lenet.settings import DEFAULT_CHECKPOINT
from lenet.ui.values.examples import example_picture
from lenet.ui.values.maps import frame_mark, painted_mark
from lenet.ui.values.pad import Drawing, put_value
from lenet.ui.view import View

DIGITS = 30
"""Different drawings."""

DRAW = "on_draw"
"""The page's endpoint for a pen at rest."""

RUN = "/gradio_api/run/predict"
"""Where the page asks."""

REVISION = 1
"""Of the view; nobody changes it."""

PHOTO_SIDE = 600
"""Of a photo, in pixels."""


@dataclass(frozen=True)
class Sketch:
    """A drawing: what the pad sends of it, and what the network says."""

    grid: str
    label: str


def sketches() -> list[Sketch]:
    network, found = stock.network(), []
    for number in range(DIGITS):
        drawing = Drawing().followed_by(example_picture(network.kind, number))
        assert drawing.ink is not None, "an example has ink"
        found.append(
            Sketch(put_value(drawing)["grid"], look(network, prepare_drawing(drawing.ink, network.kind)).label)
        )
    return found


def question(endpoint: int, sketch: Sketch, number: int, session: str) -> dict[str, Any]:
    """What the page asks when the pen rests and the browser has painted the maps by itself."""
    network = stock.network()
    shown = painted_mark(number, REVISION, frame_mark(Subject("", network, {}), None))
    pad = {"drawing": number, "grid": sketch.grid, "shown": shown}
    controls = {"revision": REVISION, "view": View().value(), "shown": ""}
    data = [json.dumps(pad), network.name, json.dumps(controls)]
    return {"data": data, "fn_index": endpoint, "session_hash": session}


def seen_question(endpoint: int, path: str, number: int, session: str) -> bytes:
    """What the page asks about an uploaded picture."""
    file = {"path": path, "orig_name": "photo.jpg", "meta": {"_type": "gradio.FileData"}}
    pad = json.dumps({"drawing": number, "grid": "", "strokes": "", "shown": ""})
    controls = json.dumps({"revision": REVISION, "view": View().value(), "shown": ""})
    data = [pad, file, DEFAULT_CHECKPOINT, controls]
    return orjson.dumps({"data": data, "fn_index": endpoint, "session_hash": session})


def photo() -> bytes:
    """A digit in a photo that nobody has sent before."""
    noise = np.random.default_rng().normal(200, 6, (PHOTO_SIDE, PHOTO_SIDE))
    ink = np.asarray(Image.fromarray(example_picture("digit", random.randrange(10))).resize((PHOTO_SIDE, PHOTO_SIDE)))
    file = io.BytesIO()
    Image.fromarray((noise - 0.6 * ink).clip(0, 255).astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def new_session() -> str:
    """What tells one visitor's page from another's."""
    return secrets.token_hex(8)


def resident(pid: int) -> float:
    """The memory that a process holds, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
