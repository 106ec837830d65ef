"""The page's own gradio components, and the bundling of their modules.

Each is a class here and three files of the same name in ``web/``: what it looks like (html, css) and what it does (js).
What it shows is the value of the same name in ``values/``.
"""

import json
from pathlib import Path
from string import Template
from typing import Any

import gradio as gr

from lenet.ui.bundle import bundle, later, later_bundle
from lenet.ui.door import uploaded
from lenet.ui.sentence import Sentence
from lenet.ui.words import word_list

WEB = Path(__file__).parent / "web"
STYLE_SHEETS = sorted(WEB.glob("*.css"))

WORDS = Template((WEB / "words.html").read_text(encoding="utf-8")).substitute(words=word_list())
"""What the page's words mean; it shows nothing that changes."""

VIEWS = (WEB / "views.html").read_text(encoding="utf-8")
"""The switch between the page's views."""


class Asset(gr.HTML):
    """A component whose template and module are files named after it; ``triggers`` are the events of its module.

    The module comes with the page, or, where only one ``view`` of the page shows the component, when that is wanted.
    """

    triggers: tuple[str, ...] = ()
    view = ""

    def __init__(self, value: Any = None, **options: Any):
        name = type(self).__name__.lower()
        script = WEB / f"{name}.js"
        super().__init__(
            value,
            html_template=(WEB / f"{name}.html").read_text(encoding="utf-8"),
            js_on_load=later(script, self.triggers, self.view) if self.view else bundle(script, self.triggers),
            css_template="",
            apply_default_css=False,
            **options,
        )

    def __getattr__(self, name: str) -> Any:
        """gradio would look for the name of whatever is missing in the whole text of the module, 11 ms a visitor."""
        if name in self.triggers:
            return super().__getattr__(name)
        raise AttributeError(name)

    def preprocess(self, payload: Any) -> Any:
        try:
            return json.loads(payload) if payload else None
        except (TypeError, ValueError, RecursionError) as error:
            raise gr.Error("The page sent something that cannot be read; reload it.", print_exception=False) from error

    def postprocess(self, value: Any) -> str | None:
        """One JSON string: of an object, gradio copies every number and every word by itself."""
        return None if value is None else json.dumps(value)


class Pad(Asset):
    """The drawing pad. Triggers ``begin`` when something new is started on it, ``input`` when it has changed."""

    triggers = ("begin", "input")


class Verdict(Asset):
    """What the network sees and says. Triggers ``put`` when one of several digits in a photo is on the pad."""

    triggers = ("put",)


class Controls(Asset):
    """How the reader looks. Triggers ``input`` when the view has changed, ``pin`` when the pinned cell alone has,
    ``keep``, and ``take`` with {"what", "page"}.
    """

    triggers = ("input", "pin", "keep", "take")


class Maps(Asset):
    """What the layers computed."""


class Explanation(Asset):
    """The arithmetic of the pinned cell."""


class Exercises(Asset):
    """The chapter's exercises. Triggers ``select`` with {"index"}, the name of a step."""

    triggers = ("select",)


class Lesson(Asset):
    """A step of an exercise. Triggers ``select`` with {"index"}, the name of another step."""

    triggers = ("select",)


class Examples(Asset):
    """A strip of example pictures. Triggers ``select`` with {"index"}."""

    triggers = ("select",)


class Bench(Asset):
    """Where a training is ordered. Triggers ``input`` with {"order", "asked"} when the order has changed, and ``train``
    with {"order"} when it is given.
    """

    triggers = ("input", "train")
    view = "train"


class Progress(Asset):
    """What the trainings give. Triggers ``stop`` with {"what"}, the name of the network that forms, and ``use`` with
    {"what", "mine"}: the name of one, and the names of all that were trained on this page.
    """

    triggers = ("stop", "use")
    view = "train"


class Card(Asset):
    """The model cards. Triggers ``input`` with {"asked", "what"} to ask for them, ``select`` with {"asked", "cell",
    "what"} for a cell's test pictures, and ``put`` when one of these is on the pad.
    """

    triggers = ("input", "select", "put")
    view = "card"


class Takeaway(Asset):
    """Hands over what is taken away."""


class PictureBox(gr.Image):
    """gr.Image that hands over the uploaded file unopened, so that one place opens pictures and says what is wrong."""

    is_template = True

    def preprocess(self, payload: Any) -> str | Sentence | None:  # type: ignore[override]  # a sentence says why
        return uploaded(payload.path) if payload else None


class Menu(gr.Dropdown):
    """gr.Dropdown that hands over any name: the checkpoints may have changed since the menu was filled."""

    is_template = True

    def preprocess(self, payload: Any) -> str:
        return payload if isinstance(payload, str) else ""


class Reply(gr.JSON):
    """gr.JSON that hands over the answer as it is: MCP clients are sent its text, and a model's begins with "root="."""

    is_template = True

    def postprocess(self, value: Any) -> Any:
        return value


def later_scripts() -> dict[str, str]:
    """The modules that come when their view is wanted, by the component's name."""
    late = [kind.__name__.lower() for kind in Asset.__subclasses__() if kind.view]
    return {name: later_bundle(WEB / f"{name}.js") for name in late}
