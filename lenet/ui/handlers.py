"""What happens when a person, or a program, does something on the page. Nothing is kept between two calls."""

from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from lenet.checkpoint import Checkpoint, load
from lenet.predict import Prediction, predict
from lenet.prepare import open_picture
from lenet.ui import components as ui

HINTS = {
    "digit": "Draw a digit, drop a picture, or choose an example. The ten probabilities appear here.",
    "garment": "Drop a picture of a garment, choose an example, or draw one. The ten probabilities appear here.",
}


class Handlers:
    """The page's answers from the checkpoints in the folder ``root``, each read once, when it is first asked for.

    ``pad`` is what pad.js sent, ``file`` the path of an uploaded picture or None, ``name`` a checkpoint's name. The
    values returned are those of ``lenet.ui.components``; whatever goes wrong is in them as a sentence.
    """

    def __init__(self, root: Path):
        self._load = cache(lambda name: load(root / name))

    def checkpoint(self, name: str) -> Checkpoint:
        """Raises gr.Error, which the page shows, when the checkpoint is damaged."""
        try:
            return self._load(name)
        except (ValueError, OSError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    def show(self, pad: Any, file: str | None, name: str, note: str = "") -> tuple[dict, dict]:
        """(verdict, maps) for the uploaded picture, else the drawing, else nothing."""
        answer, count = self._answer(pad, file, name), ui.pad_count(pad)
        return ui.verdict_value(count, answer, note), ui.maps_value(count, answer)

    def on_draw(self, pad: Any, name: str):
        """(verdict, maps)"""
        return self.show(pad, None, name)

    def on_upload(self, pad: Any, file: str | None, name: str):
        """(verdict, maps, pad): an uploaded picture replaces the drawing; without it the page is empty."""
        empty = ui.put_on_pad(pad, None)
        return *self.show(empty, file, name), empty

    def on_checkpoint(self, pad: Any, file: str | None, name: str):
        """(verdict, maps, examples): another network looks at the same picture."""
        return *self.show(pad, file, name), self.examples(name)

    def on_example(self, pad: Any, name: str, chosen: gr.EventData):
        """(verdict, maps, pad, upload): the example is put on the pad, where it can be drawn on."""
        network = self.checkpoint(name)
        put = ui.put_on_pad(pad, ui.example_picture(network.kind, chosen.index))
        return *self.show(put, None, name, ui.example_note(network.classes, chosen.index)), put, None

    def examples(self, name: str) -> dict[str, Any]:
        """The strip of examples that suits a checkpoint."""
        network = self.checkpoint(name)
        return ui.examples_value(network.kind, network.classes)

    def predict(self, picture: str, checkpoint: str) -> dict[str, Any]:
        """Say what is in a picture: {"checkpoint", "label", "probabilities": {class: probability}}."""
        if not picture:
            raise gr.Error(
                "There is no picture; send one, in Python as gradio_client.handle_file(path).", print_exception=False
            )
        try:
            prediction = predict(self.checkpoint(checkpoint), open_picture(picture))
        except (ValueError, OSError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {"checkpoint": checkpoint, "label": prediction.label, "probabilities": prediction.probabilities}

    def _answer(self, pad: Any, file: str | None, name: str) -> Prediction | str:
        """The prediction, or the sentence that stands in its place."""
        network = self.checkpoint(name)
        try:
            picture = open_picture(file) if file else ui.pad_grid(pad)
            return HINTS[network.kind] if picture is None else predict(network, picture)
        except (ValueError, OSError) as error:
            return str(error)
