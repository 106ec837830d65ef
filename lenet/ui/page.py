"""The page: what stands where, and what happens when a person does something."""

from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import torch

from lenet import checkpoint
from lenet.checkpoint import Checkpoint
from lenet.predict import Prediction, predict
from lenet.prepare import BlankPicture, open_picture
from lenet.ui import components as ui

DEFAULT_CHECKPOINT = "mnist-modern"
MAX_UPLOAD = "20mb"
KEEP_UPLOADS = 3600
"""Seconds for which an uploaded file is kept, and between two looks for such files."""

INTRODUCTION = """# LeNet Lab
Draw, and watch a small convolutional network think: what it sees, what its two layers make of it, what it says."""

HINTS = {
    "digit": "Draw a digit, drop a picture, or choose an example. The ten probabilities appear here.",
    "garment": "Drop a picture of a garment, choose an example, or draw one filled in. The ten probabilities appear here.",
}


def build(root: Path) -> gr.Blocks:
    """The page over the checkpoints in the folder ``root``. Raises FileNotFoundError when there are none."""
    names = checkpoint.names(root)
    if not names:
        raise FileNotFoundError(f"there is no checkpoint in {root}; train one with 'python train.py'")
    torch.set_num_threads(1)  # two threads are slower for one picture
    first = DEFAULT_CHECKPOINT if DEFAULT_CHECKPOINT in names else names[0]

    @cache
    def load(name: str) -> Checkpoint:
        return checkpoint.load(root / name)

    def answer(picture: Any, name: str) -> Prediction | str:
        """The prediction, or the sentence that stands in its place."""
        try:
            network = load(name)
            return HINTS[network.kind] if picture is None else predict(network, picture)
        except BlankPicture as blank:
            return str(blank)
        except (ValueError, OSError) as error:
            return f"{error}"

    def values(count: int, picture: Any, name: str) -> tuple[dict, dict]:
        said = answer(picture, name)
        activation = "" if isinstance(said, str) else load(name).model.config.activation
        return ui.verdict_value(count, said), ui.maps_value(count, said, activation)

    def current(pad: Any, file: str | None) -> Any:
        """The picture on the page: the uploaded one, else the drawing, else None. Raises ValueError."""
        return open_picture(file) if file else ui.pad_grid(pad)

    def on_draw(pad: Any, file: str | None, name: str):
        """The drawing replaces an uploaded picture."""
        verdict, maps = show(pad, None, name)
        return verdict, maps, gr.skip() if file is None else None

    def on_upload(pad: Any, file: str | None, name: str):
        """An uploaded picture replaces the drawing; taking it away again leaves the page empty."""
        return *show({"n": ui.pad_count(pad)}, file, name), None

    def on_checkpoint(pad: Any, file: str | None, name: str):
        network = load(name)
        return *show(pad, file, name), ui.examples_value(network.kind, network.classes)

    def on_example(pad: Any, name: str, chosen: gr.EventData):
        """The example is put on the pad, where it can be drawn on."""
        picture = ui.example_picture(load(name).kind, chosen._data.get("index"))
        return *values(ui.pad_count(pad), picture, name), ui.pad_value(picture), None

    def show(pad: Any, file: str | None, name: str) -> tuple[dict, dict]:
        count = ui.pad_count(pad)
        try:
            picture = current(pad, file)
        except (ValueError, OSError) as error:
            return ui.verdict_value(count, str(error)), ui.maps_value(count, str(error))
        return values(count, picture, name)

    def api_predict(picture: str, name: str = first) -> dict[str, Any]:
        """Say what is in a picture.

        Returns {"checkpoint", "label", "probabilities": {class: probability}}.
        """
        try:
            prediction = predict(load(name), open_picture(picture))
        except (ValueError, OSError) as error:
            raise gr.Error(str(error)) from error
        return {"checkpoint": name, "label": prediction.label, "probabilities": prediction.probabilities}

    with gr.Blocks(title="LeNet Lab", delete_cache=(KEEP_UPLOADS, KEEP_UPLOADS), fill_width=False) as demo:
        with gr.Row(elem_classes="lab-head"):
            gr.Markdown(INTRODUCTION, elem_classes="lab-title")
            chosen = gr.Dropdown(names, value=first, label="Checkpoint", filterable=False, elem_classes="lab-checkpoint")
        with gr.Row(elem_classes="lab-main"):
            with gr.Column(elem_classes="lab-pad", min_width=300):
                pad = ui.Pad()
            with gr.Column(scale=2, min_width=300):
                verdict = ui.Verdict(values(0, None, first)[0])
                with gr.Row(elem_classes="lab-pictures"):
                    box = ui.PictureBox(
                        label="or a picture",
                        placeholder="Drop a picture here",
                        sources=["upload", "clipboard"],
                        type="filepath",
                        height=150,
                        buttons=[],
                        min_width=240,
                    )
                    with gr.Column(scale=2, min_width=260):
                        gr.Markdown("or choose an example", elem_classes="lab-caption")
                        examples = ui.Examples(ui.examples_value(load(first).kind, load(first).classes))
        maps = ui.Maps(values(0, None, first)[1])
        api = gr.Button(visible=False)  # an endpoint needs a trigger; this one is never shown
        reply = gr.JSON(visible=False)

        live = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        pad.input(on_draw, [pad, box, chosen], [verdict, maps, box], trigger_mode="always_last", **live)
        gr.on([box.upload, box.clear], on_upload, [pad, box, chosen], [verdict, maps, pad], **live)
        chosen.input(on_checkpoint, [pad, box, chosen], [verdict, maps, examples], **live)
        examples.select(on_example, [pad, chosen], [verdict, maps, pad, box], **live)
        api.click(api_predict, [box, chosen], reply, api_name="predict")
    return demo


def launch_options() -> dict[str, Any]:
    """What every launch of the page needs."""
    return {
        "css_paths": ui.STYLE_SHEETS,
        "theme": gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=FONTS),
        "run_history": False,  # it makes live drawing three to four times slower
        "ssr_mode": False,  # custom CSS and JS have open bugs under it
        "max_file_size": MAX_UPLOAD,
    }


FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
"""The visitor's own: a web font would be fetched from another host."""
