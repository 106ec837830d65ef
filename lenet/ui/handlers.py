"""What happens when a person, or a program, does something on the page. Nothing is kept between two calls."""

import base64
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from numpy.typing import NDArray

from lenet.microscope import export, saliency
from lenet.microscope.layers import Subject
from lenet.microscope.sheet import sheet
from lenet.pictures.prepare import open_picture
from lenet.predict import Prediction, predict
from lenet.ui import components as ui
from lenet.ui import link
from lenet.ui.door import Chosen, Refused
from lenet.ui.exercises import EXERCISES, NOISE, UPSIDE_DOWN, noise, upside_down
from lenet.ui.scene import Lab, Scene
from lenet.ui.values.maps import maps_value
from lenet.ui.view import View

FILES = {
    "png": ("image/png", lambda a, b, answer, view: sheet(a, b, view.step, view.scale, view.sort)),
    "npz": ("application/zip", lambda a, b, answer, view: export.npz(a.network, answer)),
    "csv": ("text/csv", lambda a, b, answer, view: export.probabilities(answer.probabilities, b and b.probabilities)),
}
"""What can be taken away, by file ending: its media type, and (A, B or None, answer to A, view) -> its content."""

File = str | Refused | None
"""The path of an uploaded picture, what stands in place of one that is not opened, or None without one."""

OVERLAYS = {"occlusion": saliency.occlusion, "gradient": saliency.input_gradient}


class Handlers:
    """The page's answers, from the checkpoints of ``lab``.

    ``pad`` is what pad.js sent, ``file`` an uploaded picture (see ``File``), ``name`` a checkpoint's name,
    ``controls`` what controls.js sent. Most return (verdict, maps, explanation) and what else changes. The values are
    those of ``lenet.ui``; whatever goes wrong is in them as a sentence.
    """

    def __init__(self, lab: Lab):
        self._lab = lab

    # What is shown

    def on_draw(self, pad: Any, name: str, controls: Any):
        return self._show(_scene(pad, None, name, controls))

    def on_view(self, pad: Any, file: File, name: str, controls: Any):
        return self._show(_scene(pad, file, name, controls))

    def on_pin(self, pad: Any, file: File, name: str, controls: Any):
        """The explanation alone: nothing else changes with the pinned cell."""
        scene = _scene(pad, file, name, controls)
        a = self._lab.a(scene, self._lab.answer(scene))
        return self._lab.explanation(scene, a, self._lab.b(scene))

    def on_upload(self, pad: Any, file: File, name: str, controls: Any):
        """... and the pad: an uploaded picture replaces the drawing; without it the page is empty."""
        empty = ui.put_on_pad(pad, None)
        return *self._show(_scene(empty, file, name, controls)), empty

    def on_checkpoint(self, pad: Any, file: File, name: str, controls: Any):
        """... the examples, the controls and the exercises: another network looks at the same picture."""
        scene = _turned(_scene(pad, file, name, controls))
        shown = self._show(scene)
        try:
            return *shown, self.examples(name), self.controls(scene), self.exercises()
        except (ValueError, OSError):
            return *shown, gr.skip(), gr.skip(), gr.skip()

    def on_example(self, pad: Any, file: File, name: str, controls: Any, chosen: Chosen):
        """... the pad, the upload, the controls and the exercises: the example is put on the pad, to be drawn on.

        Noise has no ink to find; it goes to the network as it is. Other examples are prepared.
        """
        scene = _turned(_scene(pad, file, name, controls))
        try:
            picture, note = self._example(scene, chosen.index)
        except (ValueError, OSError):
            return *self._show(scene), *[gr.skip()] * 4
        prepare = scene.view.prepare if chosen.index == UPSIDE_DOWN else chosen.index != NOISE
        put, view = ui.put_on_pad(pad, picture), replace(scene.view, prepare=prepare)
        scene = replace(scene, pad=put, file=None, view=view)
        return *self._show(scene, note), put, None, self.controls(scene, "prepare"), self.exercises()

    def _example(self, scene: Scene, index: Any) -> tuple[NDArray[np.uint8] | None, str]:
        """The picture that is chosen, and what there is to say about it. Raises ValueError when there is none."""
        network = self._lab.find(scene.name)
        if index == NOISE:
            return noise(ui.pad_count(scene.pad)), ""
        if index == UPSIDE_DOWN:
            grid = self._as_grid(scene)
            return None if grid is None else upside_down(grid), ""
        return ui.example_picture(network.kind, index), ui.example_note(network.classes, index)

    def _as_grid(self, scene: Scene) -> NDArray[np.uint8] | None:
        """What the page shows as ink: the pad, or an uploaded picture as the network sees it."""
        if not scene.file:
            return ui.pad_grid(scene.pad)
        answer = self._lab.answer(scene)
        return ui.to_bytes(answer.prepared.picture, 0, 1) if isinstance(answer, Prediction) else None

    def on_keep(self, pad: Any, file: File, name: str, controls: Any):
        """(controls, notice): what the network sees now is kept as B, which the controls then ask for."""
        scene = _scene(pad, file, name, controls)
        answer = self._lab.answer(scene)
        if isinstance(answer, str):
            return gr.skip(), notice("There is no picture to keep; draw one first.")
        kind = self._lab.find(name).kind if scene.view.prepare else ""
        view = replace(scene.view, compare="kept", kept=_as_kept(answer.prepared.picture), kept_as=kind)
        return self.controls(replace(scene, view=view), "compare", "kept", "kept_as"), notice("")

    def on_exercise(self, pad: Any, controls: Any, chosen: Chosen):
        """... and everything else on the page; see ``stage``."""
        offered = [number for number, _ in self.exercises()["titles"]]
        if type(chosen.index) is not int or chosen.index not in offered:
            return [gr.skip()] * 9
        exercise = EXERCISES[chosen.index]
        turn = ui.turn(controls) + 1
        scene = Scene(ui.put_on_pad(pad, exercise.picture), None, exercise.checkpoint, exercise.view, turn)
        return *self.stage(scene), self.exercises(chosen.index)

    def on_link(self, fragment: str):
        """... everything else on the page and the notice, as a link has it; nothing changes without one."""
        if not fragment:
            return [gr.skip()] * 10
        try:
            linked = link.decode(fragment)
            self._lab.find(linked.checkpoint)
        except (ValueError, OSError) as error:
            return *[gr.skip()] * 9, notice(str(error))
        pad = {"n": 1, "grid": linked.grid, "put": True}
        said = (
            "" if linked.view.prepare else "Pictures are not prepared in this view; that can be changed under Picture."
        )
        return *self.stage(Scene(pad, None, linked.checkpoint, linked.view, 1)), self.exercises(), notice(said)

    def stage(self, scene: Scene) -> tuple:
        """(verdict, maps, explanation, pad, upload, checkpoint, examples, controls) as ``scene`` has them."""
        controls = self.controls(scene, *scene.view.value())
        return *self._show(scene), scene.pad, None, scene.name, self.examples(scene.name), controls

    # What is taken away

    def on_take(self, pad: Any, file: File, name: str, controls: Any, chosen: Chosen):
        """What takeaway.js hands over: the view as a link, or the activations as a file."""
        scene = _scene(pad, file, name, controls)
        answer = self._lab.answer(scene)
        if scene.problem:
            return notice(scene.problem)
        if chosen.what == "link":
            return self._link(scene, answer)
        if isinstance(answer, str) or chosen.what not in FILES:
            return notice("There is nothing to take away yet; draw something first.")
        a, b = self._lab.a(scene, answer), self._lab.b(scene)
        kind, write = FILES[chosen.what]
        content = write(a, b if isinstance(b, Subject) else None, answer, scene.view)
        said = "" if scene.view.hide else f"-{answer.label.replace('/', '-').replace(' ', '-').lower()}"
        content = base64.b64encode(content).decode()
        return {"name": f"lenet-{name}{said}.{chosen.what}", "kind": kind, "content": content, "stamp": time.time_ns()}

    def _link(self, scene: Scene, answer: Prediction | str) -> dict[str, Any]:
        """The scene as a link. An uploaded picture travels as the network saw it, and so does the kept one then."""
        view = scene.view
        if scene.file:
            if isinstance(answer, str):
                return notice(answer)
            b = self._lab.b(scene)
            view = replace(view, prepare=False)
            if view.compare == "kept" and isinstance(b, Subject):
                view = replace(view, kept=_as_kept(b.picture), kept_as="")
        try:
            grid = ui.put_on_pad(None, self._as_grid(scene))["grid"]
        except ValueError as error:
            return notice(str(error))
        return {"link": link.encode(link.Linked(grid, scene.name, view)), "stamp": time.time_ns()}

    # What programs ask

    def predict(self, picture: File, checkpoint: str) -> dict[str, Any]:
        """Say what is in a picture: {"checkpoint", "label", "probabilities": {class: probability}}."""
        prediction = self._predict_file(picture, checkpoint)
        return {"checkpoint": checkpoint, "label": prediction.label, "probabilities": prediction.probabilities}

    def activations(self, picture: File, checkpoint: str) -> str:
        """Everything that a network computes for a picture, as an .npz of named arrays."""
        prediction = self._predict_file(picture, checkpoint)
        content = export.npz(self._lab.find(checkpoint), prediction)
        return save_bytes_to_cache(content, f"{Path(picture).stem}.npz", get_upload_folder())

    def _predict_file(self, picture: File, checkpoint: str) -> Prediction:
        if not picture:
            raise gr.Error(
                "There is no picture; send one, in Python as gradio_client.handle_file(path).", print_exception=False
            )
        if isinstance(picture, Refused):
            raise gr.Error(picture.sentence, print_exception=False)
        try:
            return predict(self._lab.find(checkpoint), open_picture(picture))
        except (ValueError, OSError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    # What a checkpoint brings along

    def examples(self, name: str) -> dict[str, Any]:
        """The strip of examples that suits a checkpoint."""
        network = self._lab.find(name)
        return ui.examples_value(network.kind, network.classes)

    def exercises(self, shown: int | None = None) -> dict[str, Any]:
        """What exercises.js shows: the set-ups whose checkpoints are here, and what to see in number ``shown``."""
        here = {"", *self._lab.names}
        offered = [
            [number, exercise.title]
            for number, exercise in enumerate(EXERCISES)
            if {exercise.checkpoint, exercise.view.other} <= here
        ]
        return {"titles": offered, "shown": shown, "text": "" if shown is None else EXERCISES[shown].text}

    def controls(self, scene: Scene, *changed: str) -> dict[str, Any]:
        """The controls as ``scene`` has them, with its checkpoint's choices; see ``ui.controls_value``."""
        classes = self._lab.find(scene.name).classes
        return ui.controls_value(scene.turn, scene.view, changed, self._lab.names, classes)

    # From a scene to what is shown of it

    def _show(self, scene: Scene, note: str = "") -> tuple:
        """(verdict, maps, explanation); None leaves what is shown as it is.

        For None gradio does nothing, while ``gr.skip()`` makes it build the component anew, in some 2 ms.
        """
        view, count = scene.view, ui.pad_count(scene.pad)
        turned, moving = {"turn": scene.turn}, ui.is_moving(scene.pad)
        answer = self._lab.answer(scene)
        a = self._lab.a(scene, answer)
        b = self._lab.b(scene) if isinstance(a, Subject) else None
        verdict = ui.verdict_value(count, view, answer, note, moving)
        if isinstance(answer, Prediction):
            verdict |= self._extras(scene, answer, b, moving)
        if moving and view.step == "kernels":
            return verdict | turned, None, None  # they do not depend on the drawing
        maps = maps_value(count, view, a, b, moving)
        return verdict | turned, maps and maps | turned, None if moving else self._lab.explanation(scene, a, b)

    def _extras(self, scene: Scene, answer: Prediction, b: Subject | str | None, moving: bool) -> dict[str, Any]:
        """What a reader has asked for beside the verdict; what is costly waits until the pen rests."""
        view, network, extras = scene.view, self._lab.find(scene.name), {}
        if isinstance(b, Subject) and b.picture is not None:
            extras["other"] = ui.other_value(b)
        if view.steps and not moving:
            extras["steps"] = ui.steps_value(answer.prepared, network.kind, bool(scene.file))
        if view.overlay != "none" and not moving:
            number = network.classes.index(answer.label)
            values = OVERLAYS[view.overlay](network.model, answer.prepared.picture, number)
            extras["overlay"] = ui.overlay_value(view.overlay, values, answer.label)
        return extras


def _scene(pad: Any, file: File, name: str, controls: Any) -> Scene:
    """What the browser sent; controls that cannot be are a problem of the scene."""
    try:
        view, problem = View.read(controls.get("view") if isinstance(controls, dict) else {}), ""
    except ValueError as error:
        view, problem = View(), str(error)
    if isinstance(file, Refused):
        file, problem = None, file.sentence
    return Scene(pad, file, name, view, ui.turn(controls), problem)


def _turned(scene: Scene) -> Scene:
    """After a change that the server makes: answers to what was asked before it come too late."""
    return replace(scene, turn=scene.turn + 1)


def _as_kept(picture: NDArray[np.float32]) -> str:
    return ui.encode(ui.to_bytes(picture, 0, 1))


def notice(sentence: str) -> dict[str, Any]:
    """What takeaway.js says when there is nothing to hand over. gradio shows no error's text without its queue."""
    return {"text": sentence, "stamp": time.time_ns()}
