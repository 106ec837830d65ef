"""The page: what stands where, and which handler answers what."""

import os
from pathlib import Path
from typing import Any

import gradio as gr
import torch

from lenet import checkpoint
from lenet.ui import components as ui
from lenet.ui.handlers import Handlers

DEFAULT_CHECKPOINT = "mnist-modern"
MAX_UPLOAD = "20mb"
KEEP_UPLOADS = 3600
"""Seconds for which an uploaded file is kept, and between two looks for such files."""

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
"""The visitor's own: a web font would be fetched from another host."""

INTRODUCTION = """# LeNet Lab
Draw, and watch a small convolutional network think: what it sees, what its two layers make of it, what it says."""


def build(root: Path) -> gr.Blocks:
    """The page over the checkpoints in the folder ``root``. Raises FileNotFoundError when there are none."""
    names = checkpoint.names(root)
    if not names:
        raise FileNotFoundError(f"there is no checkpoint in {root}; train one with 'python train.py'")
    torch.set_num_threads(1)  # two threads are slower for one picture
    first = DEFAULT_CHECKPOINT if DEFAULT_CHECKPOINT in names else names[0]
    handlers = Handlers(root)
    hint, no_maps = handlers.show(None, None, first)

    with gr.Blocks(title="LeNet Lab", analytics_enabled=False, delete_cache=(KEEP_UPLOADS, KEEP_UPLOADS)) as demo:
        with gr.Row(elem_classes="lab-head"):
            gr.Markdown(INTRODUCTION, elem_classes="lab-title")
            chosen = gr.Dropdown(names, value=first, label="Checkpoint", filterable=False)
        with gr.Row(elem_classes="lab-main"):
            with gr.Column(elem_classes="lab-pad", min_width=300):
                pad = ui.Pad()
            with gr.Column(scale=2, min_width=300):
                verdict = ui.Verdict(hint)
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
                        examples = ui.Examples(handlers.examples(first))
        maps = ui.Maps(no_maps)
        api = gr.Button(visible=False)  # an endpoint needs a trigger; this one is never shown
        reply = gr.JSON(label="prediction", visible=False)

        # "once", the default, drops what happens while an answer is under way: the last stroke, or the picture of an
        # upload, which gr.Image announces as two inputs, "cleared" and "there".
        live = {
            "trigger_mode": "always_last",
            "show_progress": "hidden",
            "queue": False,
            "api_visibility": "private",
        }
        pad.begin(None, None, box, js="() => null", api_visibility="private")  # a drawing replaces an uploaded picture
        pad.input(handlers.on_draw, [pad, chosen], [verdict, maps], **live)
        box.input(handlers.on_upload, [pad, box, chosen], [verdict, maps, pad], **live)
        chosen.input(handlers.on_checkpoint, [pad, box, chosen], [verdict, maps, examples], **live)
        examples.select(handlers.on_example, [pad, chosen], [verdict, maps, pad, box], **live)
        api.click(handlers.predict, [box, chosen], reply, api_name="predict")
    return demo


def launch_options() -> dict[str, Any]:
    """What every launch of the page needs."""
    port = os.environ.get("GRADIO_SERVER_PORT")
    return {
        "server_port": int(port) if port else None,  # gradio itself would take the next free one without a word
        "css_paths": ui.STYLE_SHEETS,
        "theme": gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=FONTS),
        "run_history": False,  # it makes live drawing three to four times slower
        "ssr_mode": False,  # custom CSS and JS have open bugs under it
        "max_file_size": MAX_UPLOAD,
    }
