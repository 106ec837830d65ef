"""The same network behind gradio's own drawing pad, as anybody would write it: what the page is measured against.

python -m benchmarks.stock     serves the Interface, with its button, until it is stopped
"""

import argparse
from functools import cache
from typing import Any

import gradio as gr
import torch
from playwright.sync_api import Page

from lenet.checkpoint import Checkpoint, load
from lenet.pictures.planes import BlankPicture
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS, DEFAULT_CHECKPOINT

ONE = ((0.5, 0.2), (0.5, 0.5), (0.5, 0.8))
"""A stroke, (x, y) in shares of the paper's side."""

STEPS = 6
"""Moves of the mouse from one point to the next."""

RESTING = 1_500
"""Milliseconds after which a Sketchpad has sent everything."""

LABEL = "[data-testid=label-output-value]"

WATCH = f"""() => {{
  window.times = {{ lifted: 0, answered: 0 }};
  addEventListener("pointerup", () => {{ times.lifted = performance.now(); times.answered = 0; }}, {{ capture: true }});
  new MutationObserver(() => {{
    if (document.querySelector("{LABEL}")?.textContent) times.answered ||= performance.now();
  }}).observe(document.querySelector("#answer"), {{ subtree: true, childList: true, characterData: true }});
}}"""
"""Notes when the pen was lifted last, and when a label came after that."""


@cache
def network() -> Checkpoint:
    """The network that the page shows first."""
    torch.set_num_threads(1)  # as on the page: two threads are slower for one picture
    return load(CHECKPOINTS / DEFAULT_CHECKPOINT)


def read(sketch: dict[str, Any] | None) -> dict[str, float] | None:
    """The probabilities of what is on a Sketchpad; None when nothing is."""
    if not sketch or sketch["composite"] is None:
        return None
    try:
        return predict(network(), sketch["composite"]).probabilities
    except BlankPicture:
        return None


def page() -> gr.Blocks:
    """A page that answers whenever its drawing changes."""
    network()
    with gr.Blocks(analytics_enabled=False) as demo:
        pad, answer = gr.Sketchpad(), gr.Label(num_top_classes=10, elem_id="answer")
        pad.change(read, pad, answer)
    return demo


def interface() -> gr.Interface:
    """A page that answers when its button is pressed."""
    network()
    return gr.Interface(read, gr.Sketchpad(), gr.Label(num_top_classes=10), analytics_enabled=False)


def pen_up(page: Page, turns: int) -> list[float]:
    """The milliseconds from lifting the pen to the label that is shown, for as many drawings.

    One drawing more comes first, to warm up.
    """
    page.evaluate(WATCH)
    return [_draw(page) for _ in range(turns + 1)][1:]


def _draw(page: Page) -> float:
    """Draw once, and clear the canvas, which takes the label away: so the next one is seen to come."""
    page.get_by_role("button", name="Brush").click()  # neither at first nor after Clear is a tool chosen
    box = page.locator("canvas").first.bounding_box()
    assert box, "the canvas is there"
    side = box["height"]
    left = box["x"] + (box["width"] - side) / 2  # the paper stands in the middle of the canvas
    for number, (x, y) in enumerate(ONE):
        page.mouse.move(left + x * side, box["y"] + y * side, steps=STEPS if number else 1)
        if number == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_function("times.answered")
    page.wait_for_timeout(RESTING)
    times = page.evaluate("times")
    page.get_by_role("button", name="Clear canvas").click()
    page.wait_for_function(f"!document.querySelector('{LABEL}')?.textContent")
    page.wait_for_timeout(RESTING)
    return float(times["answered"] - times["lifted"])


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    interface().launch(server_name="127.0.0.1", quiet=True)


if __name__ == "__main__":
    main()
