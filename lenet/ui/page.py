"""The page: what stands where, and which handler answers what."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any, get_type_hints

import gradio as gr
import torch
from starlette.middleware import Middleware

from lenet import settings
from lenet.ui import components as ui
from lenet.ui.bundle import page_bundle
from lenet.ui.door import Chosen, Door, Packed, Sentences, own_uploads
from lenet.ui.files import later_files, network_files, trained_files
from lenet.ui.guard import Guard
from lenet.ui.handlers import UNCHANGED, Answer, Handlers
from lenet.ui.lab import Lab
from lenet.ui.trainer import Trainer
from lenet.ui.trainings import Trainings
from lenet.ui.values.menu import Choice

PACKING = 5
"""How hard the page's document is compressed: 9 takes 2.5 times as long a visit, for 2 % less."""

SESSIONS = 2_000
"""Visitors of whom gradio keeps something, at most: 5 KB each. Nothing is lost with it."""

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
"""The visitor's own: a web font would be fetched from another host."""

TITLE = "# LeNet Lab"

LIVE: dict[str, Any] = {
    # "once", the default, drops what happens while an answer is under way: the last stroke, or the picture of an
    # upload, which gr.Image announces as two inputs, "cleared" and "there".
    "trigger_mode": "always_last",
    # gradio would copy all that it knows of each output whenever a request starts and ends, some 5 ms a stroke.
    "show_progress": "hidden",
    "show_progress_on": [],
    "queue": False,
    "api_visibility": "private",
}
"""How the page asks: at once, and privately."""

EACH = LIVE | {"trigger_mode": "multiple"}
"""The same where the question is in the event: "always_last" would ask once more with the event of before."""

TRAINING: dict[str, Any] = {
    # The trainer has a line of its own: each visitor's request comes to it at once, and is told its place.
    "concurrency_limit": None,
    "trigger_mode": "multiple",
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
"""How a training is followed: it answers again and again, and ends when its visitor leaves."""

SHOWN = ("verdict", "maps", "explanation")
"""What every drawing changes."""

SCENE = ("pad", "upload", "checkpoint", "controls")
"""What a scene is read from."""

EVERYTHING = (*SHOWN, "pad", "upload", "checkpoint", "examples", "controls", "exercises", "lesson")

LINK = "(fragment, checkpoint) => [location.hash.slice(1), checkpoint]"
"""JavaScript: what the page is opened with."""

TELL_NETWORK = "(name) => { document.dispatchEvent(new CustomEvent('lab-network', { detail: name })); }"
"""JavaScript: the page's scripts are told which network is in the menu now."""

Components = dict[str, Any]
"""The page's components, by the names that ``Answer`` gives them."""


def build(root: Path) -> Door:
    """The page over the checkpoints in the folder ``root``.

    Raises FileNotFoundError when there are none, FileNotFoundError or ValueError when none of them can be read.
    """
    torch.set_num_threads(1)  # two threads are slower for one picture
    own_uploads()
    trainer = Trainer(settings.limits())
    lab = Lab(root, trainer.folder)
    first = lab.first(settings.DEFAULT_CHECKPOINT)
    routes = [network_files(lab), *trained_files(trainer), later_files(ui.later_scripts())]
    with Door(settings.visits(), routes, title="LeNet Lab", analytics_enabled=False) as demo:
        handlers = Handlers(lab, demo.disk)
        components = place(first, lab.menu, handlers.opened(first))
        connect(demo, handlers, components)
        connect_training(Trainings(lab, trainer, handlers), handlers.visitor, components)
        offer(handlers, components)
    return demo


def place(first: str, choices: Sequence[Choice], now: Answer) -> Components:
    """What stands where, and what it shows ``now``, with the checkpoint that is ``first``."""
    at: Components = {}
    with gr.Row(elem_classes="lab-head"):
        gr.Markdown(TITLE, elem_classes="lab-title")
        gr.HTML(ui.VIEWS, apply_default_css=False, elem_classes="lab-switch")
        at["checkpoint"] = ui.Menu(list(choices), value=first, label="Network", filterable=False)
    with gr.Row(elem_classes="lab-main"):
        with gr.Column(elem_classes="lab-hand", min_width=0):
            _place_hand(at, now)
        with gr.Column(elem_classes="lab-shown", min_width=0):
            _place_shown(at, now)
    at["explanation"] = ui.Explanation(now.explanation, elem_classes="at-explore")
    return at


def _place_hand(at: Components, now: Answer) -> None:
    """On the left, and staying there: what the hand does, what the network sees of it, and what it says."""
    at["pad"] = ui.Pad()
    at["verdict"] = ui.Verdict(now.verdict, elem_classes="lab-verdict")
    at["lesson"] = ui.Lesson(now.lesson, elem_classes="lab-lesson")
    with gr.Row(elem_classes="lab-pictures"):
        at["upload"] = ui.PictureBox(
            label="or a picture",
            show_label=False,
            placeholder="Drop a picture here",
            sources=["upload", "clipboard"],
            type="filepath",
            height=None,
            buttons=[],
            min_width=0,
        )
        at["examples"] = ui.Examples(now.examples)


def _place_shown(at: Components, now: Answer) -> None:
    """On the right: what the layers make of it, below the switches for looking at it."""
    with gr.Row(elem_classes="lab-tools at-explore"):
        at["controls"] = ui.Controls(now.controls)
        at["exercises"] = ui.Exercises(now.exercises)
        gr.HTML(ui.WORDS, apply_default_css=False)
        at["takeaway"] = ui.Takeaway()
    at["maps"] = ui.Maps(now.maps, elem_classes="at-explore")
    with gr.Row(elem_classes="lab-training at-train"):
        at["bench"] = ui.Bench()
        at["progress"] = ui.Progress()
    at["card"] = ui.Card(elem_classes="at-card")


def connect(demo: gr.Blocks, handlers: Handlers, at: Components) -> None:
    """Which handler answers what, and which components its answer changes."""
    on, scene = partial(_connect_one, at), SCENE
    # A drawing replaces an uploaded picture.
    at["pad"].begin(None, None, at["upload"], js="() => null", api_visibility="private")
    on(at["pad"].input, handlers.on_draw, ("pad", "checkpoint", "controls"), SHOWN)
    on(at["upload"].input, handlers.on_upload, scene, (*SHOWN, "pad", "upload"))
    on(at["checkpoint"].input, handlers.on_checkpoint, scene, (*SHOWN, "examples", "controls"))
    on(at["controls"].input, handlers.on_view, scene, SHOWN)
    on(at["controls"].pin, handlers.on_pin, scene, ("explanation",))
    on(at["controls"].keep, handlers.on_keep, scene, ("controls", "takeaway"))
    on(at["controls"].take, handlers.on_take, (*scene, "lesson"), ("takeaway",))
    on(at["examples"].select, handlers.on_example, scene, (*SHOWN, "pad", "upload", "controls"))
    at["checkpoint"].change(None, at["checkpoint"], None, js=TELL_NETWORK, api_visibility="private")
    on(at["card"].input, handlers.on_card, ("checkpoint",), ("card",))
    on(at["card"].select, handlers.on_cell, ("checkpoint",), ("card",))
    for chooser in ("card", "verdict"):
        on(at[chooser].put, handlers.on_draw, ("pad", "checkpoint", "controls"), SHOWN)
    outputs = (*EVERYTHING, "takeaway")
    for chooser in ("exercises", "lesson"):
        on(at[chooser].select, handlers.on_step, ("pad", "controls"), outputs)
    fragment = gr.Textbox(visible=False)
    demo.load(
        picked(handlers.on_open, outputs),
        [fragment, at["checkpoint"]],
        [at[name] for name in outputs],
        js=LINK,
        **LIVE,
    )


def connect_training(trainings: Trainings, visitor: Callable[[gr.Request], str], at: Components) -> None:
    """The same for what is trained, and for whom."""
    on = partial(_connect_one, at)
    on(at["bench"].input, trainings.on_order, (), ("bench",))
    at["bench"].train(told(trainings.on_train, "progress", visitor), None, at["progress"], **TRAINING)
    at["progress"].stop(trainings.on_stop, None, None, **LIVE)
    on(at["progress"].use, trainings.on_use, SCENE, (*SHOWN, "examples", "controls", "checkpoint", "takeaway"))


def _connect_one(
    at: Components, event: Callable, handler: Callable[..., Answer], inputs: Sequence[str], outputs: Sequence[str]
) -> None:
    how = EACH if Chosen in get_type_hints(handler).values() else LIVE
    event(picked(handler, outputs), [at[name] for name in inputs], [at[name] for name in outputs], **how)


def offer(handlers: Handlers, at: Components) -> None:
    """What programs can ask, and the tools of an MCP client. Endpoints need triggers; these are never shown.

    They are not queued: for a queued tool, gradio's MCP server asks itself through a client that would upload any file
    of this machine that a request names.
    """
    api, more = gr.Button(visible=False), gr.Button(visible=False)
    reply, file = ui.Reply(visible=False), gr.File(visible=False)
    asked = [at["upload"], at["checkpoint"]]
    api.click(handlers.predict, asked, reply, api_name="predict", queue=False)
    more.click(handlers.activations, asked, file, api_name="activations", queue=False)


def picked(handler: Callable[..., Answer], names: Sequence[str]) -> Callable[..., Any]:
    """``handler`` as gradio wants it: it returns what changes in the components called ``names``, in their order."""

    @wraps(handler)  # gradio looks at the signature for events
    def call(*arguments: Any) -> Any:
        answer = handler(*arguments)
        values = [_menu(answer) if name == "checkpoint" else _new_value(name, getattr(answer, name)) for name in names]
        return values if len(values) > 1 else values[0]

    return call


def told(
    handler: Callable[..., Iterator[Answer]], name: str, visitor: Callable[[gr.Request], str]
) -> Callable[..., Iterator[Any]]:
    """A ``handler`` that answers a ``visitor`` again and again, as gradio wants it; the component ``name`` changes."""

    def tell(chosen: Chosen, request: gr.Request) -> Iterator[Any]:
        for answer in handler(chosen, visitor(request)):
            yield getattr(answer, name)

    tell.__name__ = handler.__name__  # the endpoint's name
    return tell


def _menu(answer: Answer) -> dict[str, Any]:
    """What changes in the menu of checkpoints."""
    said: dict[str, Any] = {"choices": answer.offered, "value": answer.checkpoint}
    changes = {name: value for name, value in said.items() if value is not UNCHANGED}
    return gr.update(**changes) if changes else gr.skip()


def _new_value(name: str, value: Any) -> Any:
    """For None gradio does nothing to our own components, while gr.skip() builds them again, which takes 2 ms."""
    if value is not UNCHANGED:
        return value
    return None if name in SHOWN else gr.skip()


def launch_options(demo: Door) -> dict[str, Any]:
    """What every launch of the page needs."""
    return {
        "server_port": settings.port(),  # gradio itself would take the next free one without a word
        "css_paths": ui.STYLE_SHEETS,
        "js": page_bundle(ui.WEB / "page.js"),
        "theme": gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=FONTS),
        "mcp_server": settings.serves_mcp(),
        "run_history": False,  # it makes live drawing three to four times slower
        "ssr_mode": False,  # custom CSS and JS have open bugs under it
        "state_session_capacity": SESSIONS,
        "max_file_size": demo.visits.upload_bytes or None,
        "app_kwargs": {
            "middleware": [
                Middleware(Sentences),
                Middleware(Guard, demo.visits, settings.ancestors(), demo.disk, demo.sweep),
                Middleware(Packed, compresslevel=PACKING),
            ],
            "routes": demo.routes,
        },
    }
