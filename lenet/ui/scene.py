"""What is on the page, and what the checkpoints make of it: the picture as A, what stands beside it as B, one cell."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from lenet.checkpoint import Checkpoint, load, names
from lenet.microscope import explain
from lenet.microscope.layers import Subject, paired, stage_name
from lenet.pictures.planes import resize
from lenet.pictures.prepare import Prepared, open_picture, squeeze
from lenet.predict import Prediction, look, predict
from lenet.ui import components as ui
from lenet.ui.values.explanation import NOTHING, cell_words, explanation_value
from lenet.ui.view import SIDE, View

HINTS = {
    "digit": "Draw a digit, drop a picture, or choose an example. The ten probabilities appear here.",
    "garment": "Drop a picture of a garment, choose an example, or draw one. The ten probabilities appear here.",
}


@dataclass(frozen=True)
class Scene:
    """All that is on the page: what pad.js sent, the path of an uploaded picture or None, a checkpoint's name, the
    view and how often it has changed; ``problem`` says what is wrong with it.
    """

    pad: Any
    file: str | None
    name: str
    view: View
    turn: int
    problem: str = ""


class Lab:
    """The checkpoints that are in the folder ``root`` now, each read when it is first asked for, and what they make of
    a scene.

    What cannot be shown is a sentence in its place.
    """

    def __init__(self, root: Path):
        self.root, self.names = root, names(root)
        self._loaded: dict[str, Checkpoint] = {}
        self._mean = cache(lambda name, number: explain.class_mean(root / name, self.find(name).model, number))

    def find(self, name: str) -> Checkpoint:
        """Raises FileNotFoundError or ValueError, with a sentence, for a checkpoint that is not offered or damaged."""
        if name not in self._loaded:
            if name not in self.names:
                raise FileNotFoundError(f"There is no checkpoint {name!r} here; there is {', '.join(self.names)}.")
            self._loaded[name] = load(self.root / name)
        return self._loaded[name]

    def first(self, wished: str) -> str:
        """The checkpoint that a fresh page shows: the one that is wished for, or else the first that can be read.

        Raises FileNotFoundError when there are none, FileNotFoundError or ValueError when none can be read.
        """
        problem = FileNotFoundError(f"there is no checkpoint in {self.root}; train one with 'python train.py'")
        for name in sorted(self.names, key=lambda name: name != wished):
            try:
                self.find(name)
                return name
            except (ValueError, OSError) as error:
                problem = error
        raise problem

    def answer(self, scene: Scene) -> Prediction | str:
        """What the network says about the picture."""
        if scene.problem:
            return scene.problem
        try:
            network = self.find(scene.name)
            picture = open_picture(scene.file) if scene.file else ui.pad_grid(scene.pad)
            if picture is None:
                return HINTS[network.kind]
            return predict(network, picture) if scene.view.prepare else look(network, squeeze(picture))
        except (ValueError, OSError) as error:
            return str(error)

    def a(self, scene: Scene, answer: Prediction | str) -> Subject | str:
        """The picture in the network; kernels can be looked at without a picture."""
        if isinstance(answer, Prediction):
            title = scene.name if scene.view.compare == "checkpoint" else "this picture"
            return _subject(title, self.find(scene.name), answer)
        try:
            return Subject(scene.name, self.find(scene.name), {}) if scene.view.step == "kernels" else answer
        except (ValueError, OSError):
            return answer

    def b(self, scene: Scene) -> Subject | str | None:
        """What the reader compares with; None for nothing."""
        view = scene.view
        try:
            if view.compare == "kept":
                return self._kept(scene) if view.kept else "There is no picture kept as B yet; keep one first."
            if view.compare == "checkpoint":
                if not view.other:
                    return "Choose the other checkpoint."
                there = replace(scene, name=view.other)
                return self.a(there, self.answer(there))
            if view.compare == "class":
                return self._class_mean(scene)
        except (ValueError, OSError) as error:
            return str(error)
        return None

    def _kept(self, scene: Scene) -> Subject:
        """A picture that was prepared for one kind of network is prepared anew for another kind."""
        view, network = scene.view, self.find(scene.name)
        if view.prepare and view.kept_as not in ("", network.kind):
            answer = predict(network, view.kept_picture())
            return _subject(f"kept, prepared as a {network.kind}", network, answer)
        return _subject("kept", network, look(network, Prepared({"network": view.kept_picture()})))

    def _class_mean(self, scene: Scene) -> Subject:
        network, number = self.find(scene.name), scene.view.label
        if not 0 <= number < len(network.classes):
            raise ValueError(f"{scene.name} has {len(network.classes)} classes and no number {number}.")
        stages, config = self._mean(scene.name, number), network.model.config
        picture = resize(stages["input"][0] * config.std + config.mean, SIDE, SIDE)
        return Subject(f"mean of {network.classes[number]}", network, stages, picture)

    def explanation(self, scene: Scene, a: Subject | str, b: Subject | str | None) -> dict[str, Any]:
        """The pinned cell's arithmetic, with the counts that it belongs to."""
        return self._explain(scene, a, b) | {"n": ui.pad_count(scene.pad), "turn": scene.turn}

    def _explain(self, scene: Scene, a: Subject | str, b: Subject | str | None) -> dict[str, Any]:
        view = scene.view
        if view.pin is None or view.step == "kernels" or isinstance(a, str):
            return NOTHING
        layer, channel, *_ = view.pin
        title = cell_words(view, compared=isinstance(b, Subject))
        subject = a if view.side == "a" else b
        try:
            if not isinstance(subject, Subject):
                raise ValueError(b or "There is no B here; choose one under Compare.")
            cell = (stage_name(subject.network.model.config, view.step, layer), *view.pin[1:])
            value = explain.value_at(subject.stages, *cell)
            if not subject.probabilities:
                raise ValueError(f"{title}: {value:.4f}, the mean over the test pictures of the class.")
            found = explain.explain(subject.network.model, subject.stages, *cell)
        except ValueError as error:
            return NOTHING | {"text": str(error)}
        values = _pair(a, b, view) if isinstance(b, Subject) else {}
        liked = self._favourites(subject.network.name, layer, channel)
        return explanation_value(view, title, subject.network.model.config, found, values, liked)

    def _favourites(self, name: str, layer: int, channel: int) -> list[explain.Favourite]:
        try:
            return explain.favourites(self.root / name, layer, channel)
        except (ValueError, OSError):
            return []  # a checkpoint of one's own may have no atlas


def _subject(title: str, network: Checkpoint, answer: Prediction) -> Subject:
    return Subject(title, network, answer.activations, answer.prepared.picture, answer.probabilities)


def _pair(a: Subject, b: Subject, view: View) -> dict[str, float]:
    """The value of the pinned cell in A and in B, where the two can be compared."""
    layer, channel, row, column = view.pin
    for mine, theirs in paired(a, b, view.step):
        if mine.number == layer and theirs and mine.comparable(theirs):
            return {side: float(item.values[channel, 0, row, column]) for side, item in (("A", mine), ("B", theirs))}
    return {}
