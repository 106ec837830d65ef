"""What is on the page: parsed once, when it comes from the browser."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.ui.sentence import Sentence
from lenet.ui.values.controls import view_revision
from lenet.ui.values.pad import Drawing, drawing_number, read_ink, shown_mark
from lenet.ui.values.strokes import read_strokes
from lenet.ui.view import View


@dataclass(frozen=True)
class Scene:
    """All that is on the page.

    ``checkpoint`` is a name, ``revision`` counts the changes of the ``view``. ``upload`` is the path of an uploaded
    picture, which stands in place of the ``drawing``. ``problem`` says what is wrong with the scene, or is "".
    ``shown`` are the marks of the maps that the browser has painted by itself.
    """

    checkpoint: str
    view: View = View()
    revision: int = 0
    drawing: Drawing = Drawing()
    upload: str | None = None
    problem: str = ""
    shown: tuple[str, ...] = ()

    def changed(self, **changes: Any) -> "Scene":
        """The scene after a change that the server makes. An answer to the scene before the change is too old then.

        ``changes`` are fields of the scene.
        """
        return replace(self, revision=self.revision + 1, **changes)

    def with_ink(self, picture: NDArray[np.uint8] | None) -> "Scene":
        """The scene after a picture was put on the pad, or after the pad was emptied; without an upload.

        Where the same ink is on the pad, the drawing stays what it is.
        """
        put = self.drawing.followed_by(picture)
        same = put.ink is not None and self.drawing.ink is not None and np.array_equal(put.ink, self.drawing.ink)
        return replace(self, drawing=self.drawing if same else put, upload=None)


def read_scene(pad: Any, upload: str | Sentence | None, checkpoint: str, controls: Any) -> Scene:
    """What the browser sent; what cannot be read is a problem of the scene."""
    problems = []
    if isinstance(upload, Sentence):
        problems, upload = [upload.text], None
    try:
        view = View.read(controls.get("view") if isinstance(controls, dict) else {})
    except ValueError as error:
        view = View()
        problems.append(str(error))
    drawing = Drawing(drawing_number(pad))
    if not upload and isinstance(pad, dict):  # an uploaded picture stands in place of the drawing
        try:
            drawing = replace(drawing, ink=read_ink(pad.get("grid")), strokes=read_strokes(pad.get("strokes")))
        except ValueError as error:
            problems.append(str(error))
    shown = (shown_mark(pad), shown_mark(controls))
    return Scene(checkpoint, view, view_revision(controls), drawing, upload, problems[0] if problems else "", shown)
