"""What the server would answer, worked out beforehand for the static edition: all but the numbers of a drawing."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from lenet import doubt
from lenet.checkpoint import Checkpoint, snapshots
from lenet.pictures.planes import PICTURE_SIZE
from lenet.ui.exercises import NOISE_SEED, PLACES, Place, noise
from lenet.ui.handlers import NOTHING_TO_KEEP, Handlers, Unchanged
from lenet.ui.lab import HINT, NO_OTHER, NOTHING_KEPT, Lab, Seen
from lenet.ui.scene import Scene
from lenet.ui.values.dense import DenseValue
from lenet.ui.values.edition import (
    EditionValue,
    ExplainedMapValue,
    ExplainedValue,
    OpeningValue,
    SentencesValue,
    SetUpValue,
)
from lenet.ui.values.examples import COLUMNS, ROWS, example_note, example_picture
from lenet.ui.values.exercises import exercises_value
from lenet.ui.values.explanation import CellValue, ExplanationValue, map_words
from lenet.ui.values.lesson import lesson_value
from lenet.ui.values.maps import FrameValue, MapsValue
from lenet.ui.values.pad import Drawing
from lenet.ui.values.pixels import encode
from lenet.ui.view import CHOICES, View

Value = TypeVar("Value")

LACKS = ("class", "steps", "overlay", "link", "code", "png", "npz", "csv")
"""The switches, choices and files of the page that need a server."""

HINTS = {
    "digit": HINT.format(way="Draw a digit, or choose an example."),
    "garment": HINT.format(way="Choose an example of a garment, or draw one."),
}
"""What an empty pad says where no picture can be dropped."""

PHASES = ("before", "after", "pooled")
"""Those whose cells have an arithmetic."""

BLANK = base64.b64encode(bytes(PICTURE_SIZE * PICTURE_SIZE)).decode()
"""An empty picture in place of one that will be kept."""

NO_FILES = (
    "The files beside this page cannot be loaded. A web server must send them: in their folder, run "
    "“python -m http.server” and open the address that it prints."
)

SENTENCES: SentencesValue = {
    "nothing_to_keep": NOTHING_TO_KEEP,
    "nothing_kept": NOTHING_KEPT,
    "no_other": NO_OTHER,
    "broken": "This edition explains the cells of a whole network; make it whole again first.",
    "link": "This edition opens links to steps of an exercise only. The whole page opens this one.",
    "no_files": NO_FILES,
}


@dataclass(frozen=True)
class Beforehand:
    """The answers of ``handlers`` over the networks of ``lab``; ``first`` is the one that a fresh page shows."""

    lab: Lab
    handlers: Handlers
    first: str

    def edition(self) -> EditionValue:
        """What there is."""
        return {
            "first": self.first,
            "choices": self.lab.menu,
            "exercises": exercises_value(self.lab.names),
            "steps": {place.name: self._set_up(place) for place in offered(self.lab.names)},
            "noise": encode(noise(NOISE_SEED)),
            "sentences": SENTENCES,
        }

    def _set_up(self, place: Place) -> SetUpValue:
        step = place.step
        return {
            "checkpoint": step.checkpoint,
            "picture": encode(step.picture),
            "view": step.view.value(),
            "exercises": exercises_value(self.lab.names, place),
            "lesson": lesson_value(place),
        }

    def opening(self, name: str) -> OpeningValue:
        """A fresh page of the network ``name``. Its examples' picture lies in ``examples/``."""
        fresh, network = self.handlers.opened(name), self.lab.find(name)
        others = [other for other in self.lab.names if other != name]
        return {
            "verdict": {**there(fresh.verdict), "text": HINTS[network.kind]},
            "controls": {**there(fresh.controls), "lacks": list(LACKS)},
            "examples": {**there(fresh.examples), "sheet": f"examples/{network.kind}.png"},
            "notes": [example_note(network.classes, index) for index in range(ROWS * COLUMNS)],
            "alone": self._frame(name, View()),
            "unpooled": self._staged(name, View(pooling=False))["words"][0],
            "kept": self._frame(name, View(compare="kept", kept=BLANK)),
            "doubts": doubt.verdicts(network),
            "others": {other: self._frame(name, View(compare="checkpoint", other=other)) for other in others},
        }

    def _frame(self, name: str, view: View) -> MapsValue:
        """The frame of a view, with every other phase as it would be if it were shown."""
        frames = {phase: self._staged(name, replace(view, phase=phase)) for phase in CHOICES["phase"]}
        others = {phase: frame for phase, frame in frames.items() if phase != view.phase}
        phases: dict[str, FrameValue] = {
            phase: {"note": frame["note"], "layers": frame["layers"]} for phase, frame in others.items()
        }
        return {**frames[view.phase], "phases": phases}

    def _staged(self, name: str, view: View) -> MapsValue:
        return there(self.handlers.staged(Scene(name, view)).maps)

    # What is explained

    def explained(self, name: str) -> ExplainedValue:
        """What is said about each value of the network ``name``, as it says it about an example."""
        network = self.lab.find(name)
        config = network.model.config
        scene = Scene(name, drawing=Drawing().followed_by(example_picture(network.kind, 0)))
        seen, earlier = self.lab.see(scene), self._earlier(scene, network)
        sizes = [*enumerate(config.hidden, start=len(config.channels) + 1), (0, config.classes)]
        return {
            "maps": [
                [self._map(scene, seen, earlier, layer, channel) for channel in range(count)]
                for layer, count in enumerate(config.channels, start=1)
            ],
            "dense": {str(layer): self._dense(scene, seen, layer, count) for layer, count in sizes},
        }

    def _earlier(self, scene: Scene, network: Checkpoint) -> dict[str, tuple[Scene, Seen]]:
        """The same picture in the network after each epoch that was kept."""
        scenes = {epoch: replace(scene, view=View(epoch=epoch)) for epoch in snapshots(network)}
        return {str(epoch): (then, self.lab.see(then)) for epoch, then in scenes.items()}

    def _map(
        self, scene: Scene, seen: Seen, earlier: dict[str, tuple[Scene, Seen]], layer: int, channel: int
    ) -> ExplainedMapValue:
        """What is said about the cells of a map: the first one stands for all."""
        view = View(pin=(layer, channel, 0, 0))
        whole, off = self._explain(scene, seen, view), replace(view, off=((layer, channel),))
        instead = {kind: self._explain(scene, seen, replace(off, instead=kind)) for kind in CHOICES["instead"]}
        epochs = {
            epoch: self._explain(then, result, replace(view, epoch=then.view.epoch))
            for epoch, (then, result) in earlier.items()
        }
        return {
            "cells": {phase: _blank(self._explain(scene, seen, replace(view, phase=phase))) for phase in PHASES},
            "names": (
                map_words(view, compared=False),
                map_words(view, compared=True),
                map_words(replace(view, side="b"), compared=True),
            ),
            "off": {kind: _line(value, "after") for kind, value in instead.items()},
            "before": {epoch: _line(value, "before") for epoch, value in epochs.items()},
            "favourites": whole["favourites"],
            "liking": whole["liking"],
        }

    def _dense(self, scene: Scene, seen: Seen, layer: int, count: int) -> list[DenseValue]:
        views = (View(pin=(layer, index, 0, 0)) for index in range(count))
        return [there(self._explain(scene, seen, view)["dense"]) for view in views]

    def _explain(self, scene: Scene, seen: Seen, view: View) -> ExplanationValue:
        return self.lab.explanation(replace(scene, view=view), seen)


def offered(names: Iterable[str]) -> list[Place]:
    """The steps of the exercises that the networks called ``names`` allow."""
    here = list(names)
    return [place for place in PLACES.values() if place.exercise.offered(here)]


def there(value: Value | Unchanged | None) -> Value:
    """A value that an answer must hold. Raises ValueError where it does not."""
    if value is None or isinstance(value, Unchanged):
        raise ValueError("a network has no answer here; train it again, or leave it out of the edition")
    return value


def _blank(value: ExplanationValue) -> CellValue:
    """An explained cell without its numbers."""
    cell = there(value["cell"])
    lines = [{**line, "value": 0.0} for line in cell["lines"]]
    none: dict[str, list] = {"patch": [], "kernel": [], "products": [], "sums": [], "window": [], "pair": []}
    return {**cell, **none, "value": 0.0, "lines": lines}  # type: ignore[typeddict-item]  # the keys are the cell's


def _line(value: ExplanationValue, kind: str) -> str:
    """The words of a line of the arithmetic."""
    return next(line["words"] for line in there(value["cell"])["lines"] if line["kind"] == kind)
