"""How the page hands on what a handler answers."""

import inspect

import gradio as gr

from lenet.ui.door import Chosen
from lenet.ui.handlers import Answer, Handlers
from lenet.ui.page import picked
from lenet.ui.values.takeaway import notice


def test_the_page_picks_by_name():
    call = picked(lambda: Answer(checkpoint="mnist-modern", upload=None), ("upload", "checkpoint"))
    assert call() == [None, gr.update(value="mnist-modern")]


def test_one_output_is_one_value():
    said = notice("There is nothing.")
    assert picked(lambda: Answer(takeaway=said), ("takeaway",))() == said


def test_what_is_unchanged_stays():
    values = picked(Answer, ("verdict", "maps", "explanation", "pad", "upload", "checkpoint"))()
    assert values == [None, None, None, gr.skip(), gr.skip(), gr.skip()]


def test_gradio_sees_which_handlers_want_to_know_the_event():
    signature = inspect.signature(picked(Handlers.on_take, ("takeaway",)))
    assert signature.parameters["chosen"].annotation is Chosen
