"""What happens when a person, or a program, does something on the page. Nothing is kept between two calls."""

import base64
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from lenet import explain, export, saliency
from lenet.checkpoint import Checkpoint, load, names
from lenet.explain import Subject
from lenet.planes import resize
from lenet.predict import Prediction, look, predict
from lenet.prepare import Prepared, open_picture, squeeze
from lenet.ui import components as ui
from lenet.ui import link
from lenet.ui.exercises import EXERCISES, NOISE, UPSIDE_DOWN, noise, upside_down
from lenet.ui.explanation import NOTHING, explanation_value
from lenet.ui.maps import maps_value
from lenet.ui.view import SIDE, View

HINTS = {
    "digit": "Draw a digit, drop a picture, or choose an example. The ten probabilities appear here.",
    "garment": "Drop a picture of a garment, choose an example, or draw one. The ten probabilities appear here.",
}

FILES = {
    "png": ("image/png", lambda network, answer, view, b: export.sheet(network, answer, view.step, view.scale, b)),
    "npz": ("application/zip", lambda network, answer, view, b: export.npz(network, answer)),
    "csv": ("text/csv", lambda network, answer, view, b: export.probabilities(answer)),
}
"""What can be taken away, by file ending: its media type, and (checkpoint, answer to A, view, B) -> its content."""

OVERLAYS = {"occlusion": saliency.occlusion, "gradient": saliency.input_gradient}


@dataclass(frozen=True)
class Scene:
    """All that is on the page: what pad.js sent, the path of an uploaded picture or None, a checkpoint's name, the
    view and how often it has changed.
    """

    pad: Any
    file: str | None
    name: str
    view: View
    turn: int


@dataclass(frozen=True)
class Other:
    """What stands beside the picture as B; ``picture`` is (28, 28), ``answer`` None where nothing was predicted."""

    subject: Subject
    picture: NDArray[np.float32]
    answer: Prediction | None


class Handlers:
    """The page's answers from the checkpoints in the folder ``root``, each read once, when it is first asked for.

    ``pad`` is what pad.js sent, ``file`` the path of an uploaded picture or None, ``name`` a checkpoint's name,
    ``controls`` what controls.js sent. Most return (verdict, maps, explanation) and what else changes. The values are
    those of ``lenet.ui``; whatever goes wrong is in them as a sentence.
    """

    def __init__(self, root: Path):
        self._root = root
        self._load = cache(lambda name: load(root / name))
        self._mean = cache(lambda name, number: explain.class_mean(root / name, self._find(name).model, number))

    # What is shown

    def on_draw(self, pad: Any, name: str, controls: Any):
        return self._show(_scene(pad, None, name, controls))

    def on_view(self, pad: Any, file: str | None, name: str, controls: Any):
        return self._show(_scene(pad, file, name, controls))

    def on_pin(self, pad: Any, file: str | None, name: str, controls: Any):
        """The explanation alone: nothing else changes with the pinned cell."""
        scene = _scene(pad, file, name, controls)
        return self._explanation(scene, self._answer(scene))

    def on_upload(self, pad: Any, file: str | None, name: str, controls: Any):
        """... and the pad: an uploaded picture replaces the drawing; without it the page is empty."""
        empty = ui.put_on_pad(pad, None)
        return *self._show(_scene(empty, file, name, controls)), empty

    def on_checkpoint(self, pad: Any, file: str | None, name: str, controls: Any):
        """... the examples, the controls and the exercises: another network looks at the same picture."""
        scene = _turned(_scene(pad, file, name, controls))
        shown = self._show(scene)
        try:
            return *shown, self.examples(name), self.controls(scene), self.exercises()
        except (ValueError, OSError):
            return *shown, gr.skip(), gr.skip(), gr.skip()

    def on_example(self, pad: Any, file: str | None, name: str, controls: Any, chosen: gr.EventData):
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
        network = self._find(scene.name)
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
        answer = self._answer(scene)
        return ui.to_bytes(answer.prepared.picture, 0, 1) if isinstance(answer, Prediction) else None

    def on_keep(self, pad: Any, file: str | None, name: str, controls: Any):
        """... the controls and the notice: what the network sees now is kept as B."""
        scene = _turned(_scene(pad, file, name, controls))
        answer = self._answer(scene)
        if isinstance(answer, str):
            return *[gr.skip()] * 4, notice("There is no picture to keep; draw one first.")
        kept = ui.encode(ui.to_bytes(answer.prepared.picture, 0, 1))
        scene = replace(scene, view=replace(scene.view, compare="kept", kept=kept))
        return *self._show(scene), self.controls(scene, "compare", "kept"), notice("")

    def on_exercise(self, pad: Any, controls: Any, chosen: gr.EventData):
        """... and everything else on the page; see ``stage``."""
        if chosen.index not in [number for number, _ in self.exercises()["titles"]]:
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
            self._find(linked.checkpoint)
        except (ValueError, OSError) as error:
            return *[gr.skip()] * 9, notice(str(error))
        pad = {"n": 1, "grid": linked.grid, "put": True}
        return *self.stage(Scene(pad, None, linked.checkpoint, linked.view, 1)), self.exercises(), notice("")

    def stage(self, scene: Scene) -> tuple:
        """(verdict, maps, explanation, pad, upload, checkpoint, examples, controls) as ``scene`` has them."""
        controls = self.controls(scene, *scene.view.value())
        return *self._show(scene), scene.pad, None, scene.name, self.examples(scene.name), controls

    # What is taken away

    def on_take(self, pad: Any, file: str | None, name: str, controls: Any, chosen: gr.EventData):
        """What takeaway.js hands over: the view as a link, or the activations as a file."""
        scene = _scene(pad, file, name, controls)
        answer = self._answer(scene)
        if chosen.what == "link":
            grid, view = ui.put_on_pad(None, self._as_grid(scene))["grid"], scene.view
            if scene.file:  # it travels as the network has seen it
                view = replace(view, prepare=False)
            return {"link": link.encode(link.Linked(grid, name, view)), "stamp": time.time_ns()}
        if isinstance(answer, str) or chosen.what not in FILES:
            return notice("There is nothing to take away yet; draw something first.")
        b = self._other(scene)
        kind, write = FILES[chosen.what]
        content = write(self._find(name), answer, scene.view, b.subject if isinstance(b, Other) else None)
        file_name = f"lenet-{name}-{answer.label.replace('/', '-').replace(' ', '-').lower()}.{chosen.what}"
        return {"name": file_name, "kind": kind, "content": base64.b64encode(content).decode(), "stamp": time.time_ns()}

    # What programs ask

    def predict(self, picture: str, checkpoint: str) -> dict[str, Any]:
        """Say what is in a picture: {"checkpoint", "label", "probabilities": {class: probability}}."""
        prediction = self._predict_file(picture, checkpoint)
        return {"checkpoint": checkpoint, "label": prediction.label, "probabilities": prediction.probabilities}

    def activations(self, picture: str, checkpoint: str) -> str:
        """Everything that a network computes for a picture, as an .npz of named arrays."""
        prediction = self._predict_file(picture, checkpoint)
        path = Path(picture).with_suffix(".npz")
        path.write_bytes(export.npz(self._find(checkpoint), prediction))
        return str(path)

    def _predict_file(self, picture: str, checkpoint: str) -> Prediction:
        if not picture:
            raise gr.Error(
                "There is no picture; send one, in Python as gradio_client.handle_file(path).", print_exception=False
            )
        try:
            return predict(self._find(checkpoint), open_picture(picture))
        except (ValueError, OSError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    # What a checkpoint brings along

    def examples(self, name: str) -> dict[str, Any]:
        """The strip of examples that suits a checkpoint."""
        network = self._find(name)
        return ui.examples_value(network.kind, network.classes)

    def exercises(self, shown: int | None = None) -> dict[str, Any]:
        """What exercises.js shows: the set-ups whose checkpoints are here, and what to see in number ``shown``."""
        here = {"", *names(self._root)}
        offered = [
            [number, exercise.title]
            for number, exercise in enumerate(EXERCISES)
            if {exercise.checkpoint, exercise.view.other} <= here
        ]
        return {"titles": offered, "shown": shown, "text": "" if shown is None else EXERCISES[shown].text}

    def controls(self, scene: Scene, *changed: str) -> dict[str, Any]:
        """The controls as ``scene`` has them, with its checkpoint's choices; see ``ui.controls_value``."""
        classes = self._find(scene.name).classes
        return ui.controls_value(scene.turn, scene.view, changed, names(self._root), classes)

    # From a scene to what is shown of it

    def _show(self, scene: Scene, note: str = "") -> tuple:
        """(verdict, maps, explanation)"""
        view, count = scene.view, ui.pad_count(scene.pad)
        turned, moving = {"turn": scene.turn}, ui.is_moving(scene.pad)
        answer = self._answer(scene)
        a = self._subject(scene, answer)
        b = self._other(scene) if isinstance(a, Subject) else None
        verdict = ui.verdict_value(count, view, answer, note, moving)
        if isinstance(answer, Prediction):
            verdict |= self._extras(scene, answer, b, moving)
        if moving and view.step == "kernels":
            return verdict | turned, gr.skip(), gr.skip()  # they do not depend on the drawing
        maps = maps_value(count, view, a, b.subject if isinstance(b, Other) else b, moving)
        return verdict | turned, maps | turned, gr.skip() if moving else self._explanation(scene, answer)

    def _extras(self, scene: Scene, answer: Prediction, b: Other | str | None, moving: bool) -> dict[str, Any]:
        """What a reader has asked for beside the verdict; what is costly waits until the pen rests."""
        view, network, extras = scene.view, self._find(scene.name), {}
        if isinstance(b, Other):
            extras["other"] = ui.other_value(b.subject.title, b.picture, b.answer)
        if view.steps and not moving:
            extras["steps"] = ui.steps_value(answer.prepared, network.kind)
        if view.overlay != "none" and not moving:
            number = network.classes.index(answer.label)
            values = OVERLAYS[view.overlay](network.model, answer.prepared.picture, number)
            extras["overlay"] = ui.overlay_value(view.overlay, values, answer.label)
        return extras

    def _subject(self, scene: Scene, answer: Prediction | str) -> Subject | str:
        """A; kernels can be looked at without a picture."""
        if isinstance(answer, Prediction):
            title = scene.name if scene.view.compare == "checkpoint" else "this picture"
            return _subject(title, self._find(scene.name), answer.activations)
        try:
            return _subject("", self._find(scene.name), {}) if scene.view.step == "kernels" else answer
        except (ValueError, OSError):
            return answer

    def _answer(self, scene: Scene) -> Prediction | str:
        """The prediction, or the sentence that stands in its place."""
        try:
            network = self._find(scene.name)
            picture = open_picture(scene.file) if scene.file else ui.pad_grid(scene.pad)
            if picture is None:
                return HINTS[network.kind]
            return predict(network, picture) if scene.view.prepare else look(network, squeeze(picture))
        except (ValueError, OSError) as error:
            return str(error)

    def _other(self, scene: Scene) -> Other | str | None:
        """B, or why there is none."""
        view = scene.view
        try:
            if view.compare == "kept" and view.kept:
                network = self._find(scene.name)
                return _seen("kept", network, look(network, Prepared({"network": view.kept_picture()})))
            if view.compare == "checkpoint" and view.other:
                answer = self._answer(replace(scene, name=view.other))
                return answer if isinstance(answer, str) else _seen(view.other, self._find(view.other), answer)
            if view.compare == "class":
                return self._class_mean(scene)
        except (ValueError, OSError) as error:
            return str(error)
        return None

    def _class_mean(self, scene: Scene) -> Other:
        network, number = self._find(scene.name), scene.view.label
        if not 0 <= number < len(network.classes):
            raise ValueError(f"{scene.name} has {len(network.classes)} classes and no number {number}.")
        stages = self._mean(scene.name, number)
        config = network.model.config
        picture = resize(stages["input"][0] * config.std + config.mean, SIDE, SIDE)
        return Other(_subject(f"mean of {network.classes[number]}", network, stages), picture, None)

    def _explanation(self, scene: Scene, answer: Prediction | str) -> dict[str, Any]:
        """The pinned cell's arithmetic, with the counts that it belongs to."""
        return self._explain(scene, answer) | {"n": ui.pad_count(scene.pad), "turn": scene.turn}

    def _explain(self, scene: Scene, answer: Prediction | str) -> dict[str, Any]:
        view = scene.view
        if view.pin is None or view.step == "kernels" or isinstance(answer, str):
            return NOTHING
        network = self._find(scene.name)
        layer, channel, row, column = view.pin
        folder = self._root / scene.name
        try:
            stage = f"{explain.STEPS[view.step]}{layer}"
            found = explain.explain(network.model, answer.activations, stage, channel, row, column)
        except ValueError as error:
            return explanation_value(view, str(error), [])
        try:
            liked = explain.favourites(folder, layer, channel)
        except (ValueError, OSError):
            liked = []  # a checkpoint of one's own may have no atlas
        return explanation_value(view, found, liked)

    def _find(self, name: str) -> Checkpoint:
        """Raises FileNotFoundError or ValueError, with a sentence, for a checkpoint that is not offered or damaged."""
        if name not in names(self._root):
            raise FileNotFoundError(f"There is no checkpoint {name!r} here; there is {', '.join(names(self._root))}.")
        return self._load(name)


def _scene(pad: Any, file: str | None, name: str, controls: Any) -> Scene:
    """Raises gr.Error when the browser sent controls that cannot be."""
    try:
        view = View.read(controls.get("view") if isinstance(controls, dict) else {})
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return Scene(pad, file, name, view, ui.turn(controls))


def _turned(scene: Scene) -> Scene:
    """After a change that the server makes: answers to what was asked before it come too late."""
    return replace(scene, turn=scene.turn + 1)


def _seen(title: str, network: Checkpoint, answer: Prediction) -> Other:
    return Other(_subject(title, network, answer.activations), answer.prepared.picture, answer)


def _subject(title: str, network: Checkpoint, stages: explain.Stages) -> Subject:
    return Subject(title, network.model, network.classes, stages)


def notice(sentence: str) -> dict[str, Any]:
    """What takeaway.js says when there is nothing to hand over. gradio shows no error's text without its queue."""
    return {"text": sentence, "stamp": time.time_ns()}
