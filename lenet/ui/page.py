"""The page: what stands where, and which handler answers what."""

import os
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from starlette.middleware import Middleware

from lenet.ui import components as ui
from lenet.ui.door import Door, Sentences
from lenet.ui.handlers import Handlers
from lenet.ui.scene import Lab, Scene
from lenet.ui.view import View

DEFAULT_CHECKPOINT = "mnist-modern"
PAGE_SCRIPTS = ("menu.js", "server.js")
"""What runs once for the whole page, beside the components' own scripts."""
MAX_UPLOAD = "20mb"
KEEP_UPLOADS = 3600
"""Seconds for which an uploaded file is kept, and between two looks for such files."""

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
"""The visitor's own: a web font would be fetched from another host."""

INTRODUCTION = """# LeNet Lab
Draw, and watch a small convolutional network think: what it sees, what its two layers make of it, what it says."""

WORDS = """* **Checkpoint**: a trained network, as it was stored.
* **Kernel**, or the weights of a filter: a small square of numbers that training has found.
* **Map**: what a filter answers at each place of the picture, or of the maps of the layer before: each weight times
  what lies below it, all added up, plus the filter's **bias**.
* **Batch normalisation**: each map multiplied by a number and moved by another, so that all have the same size.
* **Activation**: a curve that every value passes. A sigmoid presses it between 0 and 1, ReLU makes what is negative 0.
* **Pooling**: of each square of four values, the average or the largest one stays.
* **Dense layer**: every value of it weighs all values before it.
* **Logits**: the last layer's values, one for each class; the larger, the likelier. **Softmax** makes the ten
  probabilities of them, which add up to 1."""


def build(root: Path) -> gr.Blocks:
    """The page over the checkpoints in the folder ``root``.

    Raises FileNotFoundError when there are none, FileNotFoundError or ValueError when none of them can be read.
    """
    torch.set_num_threads(1)  # two threads are slower for one picture
    lab = Lab(root)
    handlers, first = Handlers(lab), lab.first(DEFAULT_CHECKPOINT)
    fresh = Scene(None, None, first, View(), 0)
    verdict_now, maps_now, explanation_now, *_, examples_now, controls_now = handlers.stage(fresh)

    with Door(title="LeNet Lab", analytics_enabled=False, delete_cache=(KEEP_UPLOADS, KEEP_UPLOADS)) as demo:
        with gr.Row(elem_classes="lab-head"):
            gr.Markdown(INTRODUCTION, elem_classes="lab-title")
            chosen = ui.CheckpointMenu(lab.names, value=first, label="Checkpoint", filterable=False)
        exercises = ui.Exercises(handlers.exercises())
        with gr.Row(elem_classes="lab-main"):
            with gr.Column(elem_classes="lab-pad", min_width=300):
                pad = ui.Pad()
            with gr.Column(scale=2, min_width=300):
                verdict = ui.Verdict(verdict_now)
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
                    with gr.Column(scale=2, min_width=260, elem_classes="lab-examples"):
                        gr.Markdown("or choose an example", elem_classes="lab-caption")
                        examples = ui.Examples(examples_now)
        controls = ui.Controls(controls_now)
        takeaway = ui.Takeaway({})
        maps = ui.Maps(maps_now)
        explanation = ui.Explanation(explanation_now)
        with gr.Accordion("What the words mean", open=False):
            gr.Markdown(WORDS, elem_classes="lab-words")
        api, more = gr.Button(visible=False), gr.Button(visible=False)  # endpoints need triggers; these are never shown
        reply, file, fragment = gr.JSON(visible=False), gr.File(visible=False), gr.Textbox(visible=False)

        # "once", the default, drops what happens while an answer is under way: the last stroke, or the picture of an
        # upload, which gr.Image announces as two inputs, "cleared" and "there". Progress is shown on nothing: gradio
        # would copy all that it knows of each output whenever a request starts and ends, some 5 ms a stroke.
        live = {
            "trigger_mode": "always_last",
            "show_progress": "hidden",
            "show_progress_on": [],
            "queue": False,
            "api_visibility": "private",
        }
        scene, shown = [pad, box, chosen, controls], [verdict, maps, explanation]
        everything = [*shown, pad, box, chosen, examples, controls, exercises]
        pad.begin(None, None, box, js="() => null", api_visibility="private")  # a drawing replaces an uploaded picture
        pad.input(handlers.on_draw, [pad, chosen, controls], shown, **live)
        box.input(handlers.on_upload, scene, [*shown, pad], **live)
        chosen.input(handlers.on_checkpoint, scene, [*shown, examples, controls, exercises], **live)
        controls.input(handlers.on_view, scene, shown, **live)
        controls.pin(handlers.on_pin, scene, explanation, **live)
        controls.keep(handlers.on_keep, scene, [controls, takeaway], **live)
        controls.take(handlers.on_take, scene, takeaway, **live)
        examples.select(handlers.on_example, scene, [*shown, pad, box, controls, exercises], **live)
        exercises.select(handlers.on_exercise, [pad, controls], everything, **live)
        demo.load(handlers.on_link, fragment, [*everything, takeaway], js="() => location.hash.slice(1)", **live)
        api.click(handlers.predict, [box, chosen], reply, api_name="predict")
        more.click(handlers.activations, [box, chosen], file, api_name="activations")
    return demo


def page_script() -> str:
    """The page's own scripts as one function, which gradio runs when the page is loaded."""
    scripts = [(ui.WEB / name).read_text(encoding="utf-8") for name in PAGE_SCRIPTS]
    return "\n".join(["() => {", *scripts, "}"])


def launch_options() -> dict[str, Any]:
    """What every launch of the page needs."""
    port = os.environ.get("GRADIO_SERVER_PORT")
    return {
        "server_port": int(port) if port else None,  # gradio itself would take the next free one without a word
        "css_paths": ui.STYLE_SHEETS,
        "js": page_script(),
        "theme": gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=FONTS),
        "run_history": False,  # it makes live drawing three to four times slower
        "ssr_mode": False,  # custom CSS and JS have open bugs under it
        "max_file_size": MAX_UPLOAD,
        "app_kwargs": {"middleware": [Middleware(Sentences)]},
    }
