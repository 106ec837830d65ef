"""The checkpoints, and what they make of a scene: the picture as A, what stands beside it as B, one explained cell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from reprlib import repr as brief

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.checkpoint import CONFIG, METRICS, MOST_NAMED, WEIGHTS, Checkpoint, after_epoch, load, names, snapshots
from lenet.microscope import atlas, explain
from lenet.microscope.ablation import broken
from lenet.microscope.layers import Subject, paired, stage_name
from lenet.model import Constants
from lenet.pictures.drawing import prepare_drawing, squeeze_drawing
from lenet.pictures.files import open_picture
from lenet.pictures.planes import PICTURE_SIZE, resize
from lenet.pictures.prepare import Prepared, prepare, squeeze
from lenet.prediction import Prediction, look
from lenet.ui.scene import Scene
from lenet.ui.sentence import Sentence
from lenet.ui.values.dense import dense_stage, dense_value
from lenet.ui.values.explanation import ExplanationValue, cell_words, explanation_value, nothing
from lenet.ui.values.maps import means_of
from lenet.ui.values.menu import Choice, menu_value
from lenet.ui.view import View

HINT = "{way} The ten probabilities appear here. The exercises lead through the page, step by step."
HINTS = {
    "digit": HINT.format(way="Draw a digit, drop a picture, or choose an example."),
    "garment": HINT.format(way="Drop a picture of a garment, choose an example, or draw one."),
}

Stamp = tuple[int, ...]
"""When each file of a checkpoint was written, in nanoseconds."""

Pin = tuple[int, int, int, int]
"""A pinned cell: its layer, counted from 1, and from 0 its channel, row and column."""

ALTERED_KEPT = 32
"""Networks of an earlier epoch, or with something broken, that stay in memory, at most: a training has up to 26."""

NOT_HERE = "There is no checkpoint {name} here, or not any more; there is {known}."

NOTHING_KEPT = "There is no picture kept as B yet; keep one first."
NO_OTHER = "Choose the other network."


@dataclass(frozen=True)
class Seen:
    """What the checkpoints make of a scene: the answer, and A and B as they are looked at.

    A sentence says why there is none; ``b`` is None when nothing is compared. Kernels can be looked at
    without an answer: then ``a`` is there alone. ``opened`` is False where an uploaded file cannot be opened.
    """

    answer: Prediction | Sentence
    a: Subject | Sentence
    b: Subject | Sentence | None = None
    opened: bool = True


@dataclass(frozen=True)
class Known:
    """A checkpoint that was read from a ``folder`` whose files were written at ``stamp``, or why it cannot be read."""

    folder: Path
    stamp: Stamp
    network: Checkpoint | Sentence


class Lab:
    """The checkpoints in a folder, each read when it is first asked for, and again when it has changed.

    ``private`` says where further ones lie, which are not listed: whoever knows the name of one can look at it.
    """

    def __init__(self, root: Path, private: Callable[[str], Path | None] = lambda name: None):
        self.root = root
        self._private = private
        self._loaded: dict[str, Known] = {}
        self._altered = lru_cache(ALTERED_KEPT)(self._alter)  # threads share it

    @property
    def names(self) -> list[str]:
        """The checkpoints that are in the folder now."""
        return [name for name in names(self.root) if name.isprintable()]  # others cannot be sent as JSON

    @property
    def menu(self) -> list[Choice]:
        """The checkpoints that are in the folder now, as a person chooses among them."""
        return menu_value({name: self._readable(name) for name in self.names})

    def menu_with(self, *names: str) -> list[Choice]:
        """The menu, and before it those networks that it does not list."""
        private = {name: self._readable(name) for name in names if self._private(name)}
        return [*menu_value(private), *self.menu]

    def _readable(self, name: str) -> Checkpoint | str:
        """A checkpoint, or why it cannot be read."""
        try:
            return self.find(name)
        except (ValueError, OSError) as error:
            return str(error)

    def find(self, name: str) -> Checkpoint:
        """Raises FileNotFoundError or ValueError, with a sentence, for a checkpoint that is not offered or damaged."""
        return self._known(name)[1]

    def _known(self, name: str) -> tuple[Stamp, Checkpoint]:
        """A checkpoint, and when its files were written."""
        known = self._loaded.get(name)
        if known is None or _stamp(known.folder) != known.stamp:
            known = self._read(name)
        if isinstance(known.network, Sentence):
            raise ValueError(known.network.text)
        return known.stamp, known.network

    def _read(self, name: str) -> Known:
        """Read a checkpoint. Raises FileNotFoundError for one that is not offered."""
        folder = self.folder(name)
        for gone in [each for each, known in list(self._loaded.items()) if not known.folder.is_dir()]:
            self._loaded.pop(gone, None)
        if folder is None:
            raise FileNotFoundError(NOT_HERE.format(name=brief(name), known=_some(self.names)))
        stamp = _stamp(folder)
        self._loaded[name] = known = Known(folder, stamp, _loaded(folder))
        return known

    def folder(self, name: str) -> Path | None:
        """Where a checkpoint lies; None for one that is not offered."""
        return self._private(name) or (self.root / name if name in self.names else None)

    def looked_through(self, scene: Scene) -> Checkpoint:
        """The scene's network, after the view's epoch and with what is broken in it. Raises what ``find`` raises."""
        (stamp, whole), view = self._known(scene.checkpoint), scene.view
        epoch = view.epoch
        if epoch is not None and epoch not in snapshots(whole):
            epoch = None  # another network has been chosen since
        if epoch is None and not view.noise and view.biases and view.pooling:
            return whole
        return self._altered(scene.checkpoint, stamp, epoch, view.noise, view.biases, view.pooling)

    def _alter(self, name: str, stamp: Stamp, epoch: int | None, noise: int, biases: bool, pooling: bool) -> Checkpoint:
        """A network after an epoch and with what is broken in it; another ``stamp`` asks for it again."""
        network = self.find(name) if epoch is None else after_epoch(self.find(name), epoch)
        model = broken(network.model, noise=noise / 100, biases=biases, pooling=pooling)
        return replace(network, model=model, altered=True)

    def first(self, wished: str) -> str:
        """The checkpoint that a fresh page shows: the one that is wished for, or else the first that can be read.

        Raises FileNotFoundError when there are none, FileNotFoundError or ValueError when none can be read.
        """
        problem: Exception = FileNotFoundError(
            f"there is no checkpoint in {self.root.name}; train one with 'python train.py'"
        )
        for name in sorted(self.names, key=lambda name: name != wished):
            try:
                self.find(name)
                return name
            except (ValueError, OSError) as error:
                problem = error
        raise problem

    # What is seen

    def answer(self, scene: Scene) -> Prediction | Sentence:
        """What the scene's network says about the picture."""
        return _answer(self._a(scene), Sight(scene), scene.view)

    def see(self, scene: Scene) -> Seen:
        """The answer, with A and B."""
        sight, network = Sight(scene), self._a(scene)
        answer = _answer(network, sight, scene.view)
        a = _subject(_title(scene), network, scene.view, answer)
        b = self._b(scene, sight) if isinstance(a, Subject) else None
        return Seen(answer, a, b, opened=not isinstance(sight.picture, Sentence))

    def frames(self, scene: Scene) -> tuple[Subject | Sentence, Subject | Sentence | None]:
        """A and B without a picture: what there will be to see once there is one."""
        view, network = scene.view, self._a(scene)
        if isinstance(network, Sentence):
            return network, None
        a = _unlit(_title(scene), network)
        if view.compare == "checkpoint" and view.other:
            other = self._found(view.other)
            return a, other if isinstance(other, Sentence) else _unlit(view.other, other)
        return a, self._b(scene, Sight(scene))

    def _a(self, scene: Scene) -> Checkpoint | Sentence:
        """The network that A is seen by; a sentence where it cannot be had."""
        try:
            return self.looked_through(scene)
        except (ValueError, OSError) as error:
            return Sentence(str(error))

    def _found(self, name: str) -> Checkpoint | Sentence:
        try:
            return self.find(name)
        except (ValueError, OSError) as error:
            return Sentence(str(error))

    def _b(self, scene: Scene, sight: "Sight") -> Subject | Sentence | None:
        """What the reader compares with; None for nothing."""
        view = scene.view
        try:
            if view.compare == "kept":
                return self._kept(scene) if view.kept else Sentence(NOTHING_KEPT)
            if view.compare == "checkpoint":
                if not view.other:
                    return Sentence(NO_OTHER)
                other = self._found(view.other)
                return _subject(view.other, other, view, _answer(other, sight))
            if view.compare == "class":
                return self._class_mean(scene)
        except (ValueError, OSError) as error:
            return Sentence(str(error))
        return None

    def _kept(self, scene: Scene) -> Subject:
        """A picture that was prepared for one kind of network is prepared again for another kind."""
        view, network = scene.view, self.looked_through(scene)
        if view.prepare and view.kept_as not in ("", network.kind):
            answer = look(network, prepare_drawing(np.round(view.kept_picture() * 255).astype(np.uint8), network.kind))
            return _looked_at(f"the kept picture, prepared as a {network.kind}", network, answer)
        return _looked_at("the kept picture", network, look(network, Prepared({"network": view.kept_picture()})))

    def _class_mean(self, scene: Scene) -> Subject:
        network, number = self.looked_through(scene), scene.view.label
        if not 0 <= number < len(network.classes):
            raise ValueError(f"{scene.checkpoint} has {len(network.classes)} classes and no number {number}.")
        stages, config = atlas.class_mean(network, number), network.model.config
        picture = resize(stages["input"][0] * config.std + config.mean, PICTURE_SIZE, PICTURE_SIZE)
        return Subject(f"mean of {network.classes[number]}", network, stages, picture)

    # One cell

    def explanation(self, scene: Scene, seen: Seen) -> ExplanationValue:
        """The arithmetic of what is pinned, or the sentence that says why there is none."""
        view, place = scene.view, (scene.drawing.number, scene.revision)
        if view.pin is None or view.phase == "kernels" or isinstance(seen.a, Sentence):
            return nothing(*place)
        try:
            subject = _side(seen, view.side)
            # A cell that was pinned in another network's map is no value of a dense layer here.
            stage = dense_stage(subject.network.model.config, view.pin[0]) if view.pin[2:] == (0, 0) else None
            if stage:
                return _dense(place, view.side, view.pin[1], subject, stage)
            return _cell(place, view, view.pin, seen, subject)
        except ValueError as error:
            return nothing(*place, str(error))


class Sight:
    """The picture of a scene, opened once and prepared once for each kind of network, however many look at it."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._prepared: dict[str, Prepared | Sentence] = {}

    @cached_property
    def picture(self) -> Image.Image | NDArray[np.uint8] | Sentence | None:
        """The uploaded picture, or the ink on the pad; None where there is neither."""
        if self._scene.problem:
            return Sentence(self._scene.problem)
        try:
            return open_picture(self._scene.upload) if self._scene.upload else self._scene.drawing.ink
        except (ValueError, OSError) as error:
            return Sentence(str(error))

    def prepared(self, kind: str) -> Prepared | Sentence:
        """The picture as a network of that ``kind`` sees it."""
        if kind not in self._prepared:
            self._prepared[kind] = self._prepare(kind)
        return self._prepared[kind]

    def _prepare(self, kind: str) -> Prepared | Sentence:
        picture = self.picture
        if picture is None:
            return Sentence(HINTS[kind], hint=True)
        if isinstance(picture, Sentence):
            return picture
        try:
            if isinstance(picture, np.ndarray):
                return prepare_drawing(picture, kind) if self._scene.view.prepare else squeeze_drawing(picture)
            return prepare(picture, kind) if self._scene.view.prepare else squeeze(picture)
        except (ValueError, OSError) as error:
            return Sentence(str(error))


def _loaded(folder: Path) -> Checkpoint | Sentence:
    """A checkpoint, or why it cannot be read. It is kept, so that a damaged one is read once, too."""
    try:
        return load(folder)
    except (ValueError, OSError) as error:
        return Sentence(str(error))


def _some(found: list[str]) -> str:
    """Some of the checkpoints that there are."""
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _stamp(folder: Path) -> Stamp:
    """When the files of a checkpoint were last written; 0 for one that is not there."""
    return tuple(_written(folder / name) for name in (CONFIG, WEIGHTS, METRICS))


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _answer(network: Checkpoint | Sentence, sight: Sight, view: View | None = None) -> Prediction | Sentence:
    """What a network says; some of its maps may be switched off by the ``view``."""
    if isinstance(network, Sentence):
        return network
    prepared = sight.prepared(network.kind)
    if isinstance(prepared, Sentence):
        return prepared
    try:
        return look(network, prepared, constants(network, view) if view else None)
    except ValueError as error:
        return Sentence(str(error))


def constants(network: Checkpoint, view: View) -> Constants:
    """What the maps that are switched off are set to.

    Only those that the network has: another one may have been chosen since.
    """
    counts = network.model.config.channels
    off = [(layer, channel) for layer, channel in view.off if 1 <= layer <= len(counts) and channel < counts[layer - 1]]
    means = means_of(network) if off and view.instead == "mean" else []
    return {(layer, channel): means[layer - 1][channel] if means else 0.0 for layer, channel in off}


def _subject(
    title: str, network: Checkpoint | Sentence, view: View, answer: Prediction | Sentence
) -> Subject | Sentence:
    """The picture in the network; kernels can be looked at without a picture."""
    if isinstance(network, Sentence):
        return network
    if isinstance(answer, Prediction):
        return _looked_at(title, network, answer)
    return _unlit(title, network) if view.phase == "kernels" else answer


def _title(scene: Scene) -> str:
    """What A is called."""
    return scene.checkpoint if scene.view.compare == "checkpoint" else "this picture"


def _unlit(title: str, network: Checkpoint) -> Subject:
    """A network whose stages have their shapes, and zeros in place of numbers."""
    blank = np.zeros((PICTURE_SIZE, PICTURE_SIZE), np.float32)
    stages = look(network, Prepared({"network": blank})).activations
    return Subject(title, network, {name: np.zeros_like(values) for name, values in stages.items()})


def _looked_at(title: str, network: Checkpoint, answer: Prediction) -> Subject:
    return Subject(title, network, answer.activations, answer.prepared.picture, answer.probabilities)


def _cell(place: tuple[int, int], view: View, pin: Pin, seen: Seen, subject: Subject) -> ExplanationValue:
    """A cell of a map. Raises ValueError when there is no such cell, or no arithmetic behind it."""
    layer, channel, row, column = pin
    network, compared = subject.network, isinstance(seen.b, Subject)
    cell = (stage_name(network.model.config, view.phase, layer), channel, row, column)
    value = explain.value_at(subject.stages, *cell)
    if not subject.probabilities:
        title = cell_words(view, compared=compared)
        raise ValueError(f"{title}: {value:.4f}, the mean over the test pictures of the class.")
    found = explain.explain(network.model, subject.stages, *cell)
    values = {}
    if isinstance(seen.a, Subject) and isinstance(seen.b, Subject):
        values = _pair(seen.a, seen.b, view.phase, pin)
    liked = _favourites(network, layer, channel)
    return explanation_value(*place, view, network.model.config, found, values, liked, compared=compared)


def _dense(place: tuple[int, int], side: str, index: int, subject: Subject, stage: str) -> ExplanationValue:
    """A value of a dense layer. Raises ValueError when there is no such value, or no arithmetic behind it."""
    if not subject.probabilities:
        raise ValueError("These are means over the test pictures of the class; no single sum gives them.")
    network = subject.network
    found = explain.explain_dense(network.model, subject.stages, stage, index)
    value = dense_value(network.model.config, network.classes, stage, index, side, found)
    return {**nothing(*place), "dense": value}


def _side(seen: Seen, side: str) -> Subject:
    """A or B. Raises ValueError, with a sentence, when there is none."""
    subject = seen.a if side == "a" else seen.b
    if subject is None:
        raise ValueError("There is no B here; choose one under Compare.")
    if isinstance(subject, Sentence):
        raise ValueError(subject.text)
    return subject


def _pair(a: Subject, b: Subject, phase: str, pin: Pin) -> dict[str, float]:
    """The value of the pinned cell in A and in B, where the two can be compared."""
    layer, channel, row, column = pin
    for mine, theirs in paired(a, b, phase):
        if mine.number == layer and theirs and mine.comparable(theirs):
            return {side: float(item.values[channel, 0, row, column]) for side, item in (("A", mine), ("B", theirs))}
    return {}


def _favourites(network: Checkpoint, layer: int, channel: int) -> list[atlas.Favourite] | str:
    """The test pictures that a channel likes, or why there are none: a checkpoint of one's own may have no atlas."""
    try:
        return atlas.favourites_of(network, layer, channel)
    except (ValueError, OSError) as error:
        return f"{error}."
