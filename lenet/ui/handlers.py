"""What happens when a person, or a program, does something on the page. Nothing is kept between two calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from numpy.typing import NDArray

from lenet.checkpoint import Checkpoint
from lenet.microscope import export, saliency
from lenet.microscope.layers import Subject
from lenet.microscope.sheet import sheet
from lenet.pictures.files import open_picture
from lenet.prediction import Digit, Prediction, predict, predict_each
from lenet.ui import link
from lenet.ui.allowance import Disk, Refusal, visitor
from lenet.ui.door import Chosen
from lenet.ui.door import note as note_failure
from lenet.ui.exercises import NOISE, PLACES, UPSIDE_DOWN, Place, noise, upside_down
from lenet.ui.lab import Lab, Seen, constants
from lenet.ui.qr import qr_rows
from lenet.ui.scene import Scene, read_scene
from lenet.ui.sentence import Sentence
from lenet.ui.values.card import CardValue, TestedCellValue, card_value, cell_value, no_card, no_cell
from lenet.ui.values.controls import ControlsValue, controls_value, view_revision
from lenet.ui.values.examples import ExamplesValue, example_note, example_picture, examples_value
from lenet.ui.values.exercises import ExercisesValue, exercises_value
from lenet.ui.values.explanation import ExplanationValue, nothing
from lenet.ui.values.lesson import LessonValue, lesson_value, read_place
from lenet.ui.values.maps import MapsValue, frame_mark, maps_value, painted_mark
from lenet.ui.values.menu import Choice
from lenet.ui.values.pad import Drawing, PutValue, drawing_number, put_value
from lenet.ui.values.pixels import decode_picture, encode_picture, to_bytes
from lenet.ui.values.plan import PlanValue
from lenet.ui.values.progress import ProgressValue
from lenet.ui.values.takeaway import TakeawayValue, code_value, file_value, link_value, notice
from lenet.ui.values.verdict import VerdictValue, other_value, overlay_value, steps_value, verdict_value
from lenet.ui.view import View

UNPREPARED = "Pictures are not prepared in this view; that can be changed under Picture."
NOTHING_TO_TAKE = "There is nothing to save yet; draw something first."
NOTHING_TO_KEEP = "There is no picture to keep as B; draw one first."
NO_PICTURE = "There is no picture; send one, in Python as gradio_client.handle_file(path)."

FAULT = "The page could not work this out; choose another checkpoint or picture, or reload the page."

Upload = str | Sentence | None
"""The path of an uploaded picture, a sentence in place of one that is not opened, or None without one."""

OVERLAYS = {"occlusion": saliency.occlusion, "gradient": saliency.input_gradient}


class Unchanged:
    """In place of a value: the page keeps what it shows."""


UNCHANGED = Unchanged()


@dataclass(frozen=True)
class Answer:
    """What changes on the page, by the names of its components.

    ``upload`` is None when the uploaded picture goes; ``offered`` are the choices of the menu of networks.
    """

    verdict: VerdictValue | Unchanged = UNCHANGED
    maps: MapsValue | Unchanged = UNCHANGED
    explanation: ExplanationValue | Unchanged = UNCHANGED
    pad: PutValue | Unchanged = UNCHANGED
    upload: None | Unchanged = UNCHANGED
    checkpoint: str | Unchanged = UNCHANGED
    offered: list[Choice] | Unchanged = UNCHANGED
    examples: ExamplesValue | Unchanged = UNCHANGED
    controls: ControlsValue | Unchanged = UNCHANGED
    exercises: ExercisesValue | Unchanged = UNCHANGED
    lesson: LessonValue | Unchanged = UNCHANGED
    takeaway: TakeawayValue | Unchanged = UNCHANGED
    bench: PlanValue | Unchanged = UNCHANGED
    progress: ProgressValue | Unchanged = UNCHANGED
    card: CardValue | TestedCellValue | Unchanged = UNCHANGED


@dataclass(frozen=True)
class File:
    """A kind of file that can be taken away: its media type, and what writes it from the answer and what is seen."""

    media_type: str
    write: Callable[[Prediction, Subject, Subject | None, View], bytes]


def _table(answer: Prediction, a: Subject, b: Subject | None, view: View) -> bytes:
    return export.probabilities(answer.probabilities, b.probabilities if b else None)


FILES = {
    "png": File("image/png", lambda answer, a, b, view: sheet(a, b, view.phase, view.scale, sort=view.sort)),
    "npz": File("application/zip", lambda answer, a, b, view: export.npz(a.network, answer)),
    "csv": File("text/csv", _table),
}
"""By file ending."""


class Handlers:
    """The page's answers, from the checkpoints of ``lab``. ``disk`` counts what is written for programs.

    ``pad``, ``upload``, ``checkpoint`` and ``controls`` are what the browser sent. They are read once, into a scene.
    Whatever goes wrong is in the answer as a sentence.
    """

    def __init__(self, lab: Lab, disk: Disk | None = None):
        self._lab, self._disk = lab, disk
        self._at_first = lab.menu

    # What is shown

    def on_draw(self, pad: Any, checkpoint: str, controls: Any) -> Answer:
        """The pen rests. Maps that the browser shows already are not sent."""
        return self._show(read_scene(pad, None, checkpoint, controls))

    def on_view(self, pad: Any, upload: Upload, checkpoint: str, controls: Any) -> Answer:
        """A switch was clicked."""
        return self._show(read_scene(pad, upload, checkpoint, controls))

    def on_pin(self, pad: Any, upload: Upload, checkpoint: str, controls: Any) -> Answer:
        """A cell was pinned: the explanation alone changes."""
        scene = read_scene(pad, upload, checkpoint, controls)
        return Answer(explanation=self._lab.explanation(scene, self._lab.see(scene)))

    def on_upload(self, pad: Any, upload: Upload, checkpoint: str, controls: Any) -> Answer:
        """A picture was uploaded: what the network sees of it stands on the pad, to be drawn on.

        When it was removed, the page is empty. A file that cannot be opened is not kept.
        """
        scene = read_scene(pad, upload, checkpoint, controls)
        before = scene.drawing
        shown = self._show(replace(scene, drawing=before.followed_by(None)))
        seen = "" if isinstance(shown.verdict, Unchanged) else shown.verdict["picture"]
        return replace(shown, pad=put_value(before.followed_by(decode_picture(seen))))

    def on_checkpoint(self, pad: Any, upload: Upload, checkpoint: str, controls: Any) -> Answer:
        """Another network looks at the same picture."""
        scene = read_scene(pad, upload, checkpoint, controls).changed()
        shown = self._show(scene)
        try:
            return replace(shown, examples=self._examples(checkpoint), controls=self._controls(scene))
        except (ValueError, OSError):
            return shown

    def on_example(self, pad: Any, upload: Upload, checkpoint: str, controls: Any, chosen: Chosen) -> Answer:
        """An example is put on the pad, to be drawn on, unless the browser has put it there already.

        Noise has no ink to find; it goes to the network as it is. Other examples are prepared.
        """
        sent, index = read_scene(pad, upload, checkpoint, controls), chosen.index
        try:
            picture, note = self._example(sent, index)
        except (ValueError, OSError):
            return self._show(sent)
        prepare = sent.view.prepare if index == UPSIDE_DOWN else index != NOISE
        scene = sent.with_ink(picture)
        if prepare != sent.view.prepare:
            scene = scene.changed(view=replace(sent.view, prepare=prepare))
        return replace(
            self._show(scene, note),
            pad=UNCHANGED if scene.drawing is sent.drawing else put_value(scene.drawing),
            upload=None,
            controls=UNCHANGED if scene.view is sent.view else self._controls(scene, "prepare"),
        )

    def _example(self, scene: Scene, index: Any) -> tuple[NDArray[np.uint8] | None, str]:
        """The picture that is chosen, and what there is to say about it. Raises ValueError when there is none."""
        network = self._lab.find(scene.checkpoint)
        if index == NOISE:
            return noise(scene.drawing.number), ""
        if index == UPSIDE_DOWN:
            ink = self._as_ink(scene, self._lab.answer(scene)) if scene.upload else scene.drawing.ink
            return None if ink is None else upside_down(ink), ""
        return example_picture(network.kind, index), example_note(network.classes, index)

    def on_keep(self, pad: Any, upload: Upload, checkpoint: str, controls: Any) -> Answer:
        """What the network sees now is kept as B, which the controls then ask for."""
        scene = read_scene(pad, upload, checkpoint, controls)
        answer = self._lab.answer(scene)
        if isinstance(answer, Sentence):
            return Answer(takeaway=notice(NOTHING_TO_KEEP))
        kind = self._lab.find(checkpoint).kind if scene.view.prepare else ""
        kept = encode_picture(answer.prepared.picture)
        scene = replace(scene, view=replace(scene.view, compare="kept", kept=kept, kept_as=kind))
        return Answer(controls=self._controls(scene, "compare", "kept", "kept_as"), takeaway=notice(""))

    def on_step(self, pad: Any, controls: Any, chosen: Chosen) -> Answer:
        """A step of an exercise is set up: everything on the page changes."""
        place = PLACES.get(chosen.index) if isinstance(chosen.index, str) else None
        if not place or not place.exercise.offered(self._lab.names):
            return Answer()
        return self._lesson(place, drawing_number(pad), view_revision(controls) + 1)

    def _lesson(self, place: Place, drawing: int, revision: int) -> Answer:
        """Everything on the page for a step, later than the given ``drawing`` and of the given ``revision``."""
        step = place.step
        scene = Scene(step.checkpoint, step.view, revision, Drawing(drawing).followed_by(step.picture))
        shown = replace(self.staged(scene), takeaway=notice(""))
        return replace(shown, exercises=self._exercises(place), lesson=lesson_value(place))

    def on_open(self, fragment: str, checkpoint: str) -> Answer:
        """The page was opened: with a link, everything is as the link has it; the menu follows the folder."""
        offered = self._lab.menu
        try:
            if not fragment:
                return Answer() if offered == self._at_first else self.opened(self._lab.first(checkpoint))
            linked = link.decode(fragment)
            self._lab.find(linked.checkpoint)
        except (ValueError, OSError) as error:
            return Answer(takeaway=notice(str(error)))
        scene = Scene(linked.checkpoint, linked.view, 1, Drawing(1, linked.ink, linked.strokes))
        said = notice("" if linked.view.prepare or linked.place else UNPREPARED)
        place = linked.place if linked.place and linked.place.exercise.offered(self._lab.names) else None
        shown = replace(self.staged(scene), offered=self._lab.menu_with(scene.checkpoint), takeaway=said)
        return replace(shown, exercises=self._exercises(place), lesson=lesson_value(place))

    def opened(self, checkpoint: str) -> Answer:
        """Everything on a fresh page."""
        fresh = self.staged(Scene(checkpoint))
        return replace(fresh, offered=self._lab.menu, exercises=self._exercises(), lesson=lesson_value(None))

    def staged(self, scene: Scene) -> Answer:
        """Everything on the page as ``scene`` has it, but for the exercises and the lesson."""
        return replace(
            self._show(scene),
            pad=put_value(scene.drawing),
            upload=None,
            checkpoint=scene.checkpoint,
            examples=self._examples(scene.checkpoint),
            controls=self._controls(scene, *scene.view.value()),
        )

    # What is taken away

    def on_take(self, pad: Any, upload: Upload, checkpoint: str, controls: Any, lesson: Any, chosen: Chosen) -> Answer:
        """The view is taken away as a link or the QR code of one, or what it shows as a file."""
        scene, what = read_scene(pad, upload, checkpoint, controls), chosen.what
        seen = self._lab.see(scene)
        if what in ("link", "code"):
            return Answer(takeaway=self._link(scene, seen, read_place(lesson), chosen))
        return Answer(takeaway=self._file(scene, seen, what))

    def _file(self, scene: Scene, seen: Seen, what: str | None) -> TakeawayValue:
        answer, a = seen.answer, seen.a
        if scene.problem:
            return notice(scene.problem)
        if what not in FILES or isinstance(answer, Sentence) or isinstance(a, Sentence):
            return notice(NOTHING_TO_TAKE)
        file, b = FILES[what], seen.b if isinstance(seen.b, Subject) else None
        label = "" if scene.view.hide else f"-{answer.label.replace('/', '-').replace(' ', '-').lower()}"
        content = file.write(answer, a, b, scene.view)
        return file_value(f"lenet-{scene.checkpoint}{label}.{what}", file.media_type, content)

    def _link(self, scene: Scene, seen: Seen, place: Place | None, chosen: Chosen) -> TakeawayValue:
        """The scene as a link, as that link's QR code, or the sentence that says why there is none."""
        try:
            fragment = self._fragment(scene, seen, place)
            if chosen.what == "link":
                return link_value(fragment)
            return code_value(fragment, qr_rows(chosen.page, fragment))
        except ValueError as error:
            return notice(str(error))

    def _fragment(self, scene: Scene, seen: Seen, place: Place | None) -> str:
        """The scene as a link. An uploaded picture travels as the network saw it, and so does the kept one then.

        Raises ValueError, with a sentence, when something of it cannot be read.
        """
        view, ink = scene.view, scene.drawing.ink
        if scene.problem:
            raise ValueError(scene.problem)
        if scene.upload:
            if isinstance(seen.answer, Sentence):
                raise ValueError(seen.answer.text)
            ink = Drawing().followed_by(self._as_ink(scene, seen.answer)).ink
            view = replace(view, prepare=False)
            if view.compare == "kept" and isinstance(seen.b, Subject) and seen.b.picture is not None:
                view = replace(view, kept=encode_picture(seen.b.picture), kept_as="")
        return link.encode(link.Linked(ink, scene.checkpoint, view, scene.drawing.strokes, place))

    @staticmethod
    def _as_ink(scene: Scene, answer: Prediction | Sentence) -> NDArray[np.uint8] | None:
        """An uploaded picture as the network sees it, in bytes; None when it cannot be seen."""
        return None if isinstance(answer, Sentence) else to_bytes(answer.prepared.picture, 0, 1)

    # The model cards

    def on_card(self, checkpoint: str, chosen: Chosen) -> Answer:
        """The card of a network, and beside it that of the one that is chosen, if one is."""
        try:
            menu = self._lab.menu_with(checkpoint, *chosen.mine)
            return Answer(card=card_value(chosen.asked, self._carded(checkpoint, chosen), menu))
        except (ValueError, OSError) as error:
            return Answer(card=no_card(chosen.asked, str(error)))
        except Exception as error:
            note_failure(error)
            return Answer(card=no_card(chosen.asked, FAULT))

    def on_cell(self, checkpoint: str, chosen: Chosen) -> Answer:
        """A cell of the confusion matrix: its test pictures, of the networks whose cards are shown."""
        if chosen.cell is None:
            return Answer()
        try:
            return Answer(card=cell_value(chosen.asked, chosen.cell, self._carded(checkpoint, chosen)))
        except (ValueError, OSError) as error:
            return Answer(card=no_cell(chosen.asked, chosen.cell, str(error)))
        except Exception as error:
            note_failure(error)
            return Answer(card=no_cell(chosen.asked, chosen.cell, FAULT))

    def _carded(self, checkpoint: str, chosen: Chosen) -> list[Checkpoint]:
        """The network in the menu, and the one beside it."""
        return [self._lab.find(name) for name in dict.fromkeys((checkpoint, chosen.what)) if name]

    # What programs ask

    def predict(self, picture: Upload, checkpoint: str) -> dict[str, Any]:
        """Say which handwritten digit, or which garment, a picture shows. A small LeNet looks at it.

        The picture may be a photo, a scan or a drawing of one digit or garment, dark on bright or bright on dark.

        Parameters:
            picture: The picture as a data URL (data:image/png;base64,...), or as the path of an upload.
            checkpoint: The network to ask. Names with "mnist" read digits, names with "fashion" garments.

        Returns:
            {"checkpoint", "label", "probabilities", "doubts"}: the likeliest class, the probability of each of the ten,
            and sentences that say why not to believe it. With several digits there is also "digits", a list with each
            one's "box" (left, top, right, bottom in pixels), "label" and "probabilities".
        """
        answer, digits = self._predict_file(picture, checkpoint)
        said = {"label": answer.label, "probabilities": answer.probabilities, "doubts": list(answer.doubts)}
        return {"checkpoint": checkpoint, **said, **export.digits(digits)}

    def activations(self, picture: Upload, checkpoint: str, request: gr.Request | None = None) -> str:
        """Write everything that a network computes for a picture, stage by stage, into an .npz file of named arrays.

        Parameters:
            picture: The picture as a data URL (data:image/png;base64,...), or as the path of an upload.
            checkpoint: The network to ask. Names with "mnist" read digits, names with "fashion" garments.

        Returns:
            The address of the file. Its arrays are the prepared "picture" and each stage's output by name.
        """
        prediction, _ = self._predict_file(picture, checkpoint)
        content = export.npz(self._lab.find(checkpoint), prediction)
        if self._disk:
            try:
                self._disk.take(self.visitor(request), len(content))
            except Refusal as refusal:
                raise gr.Error(refusal.sentence, print_exception=False) from refusal
        return save_bytes_to_cache(content, f"{Path(str(picture)).stem}.npz", get_upload_folder())

    def visitor(self, request: gr.Request | None) -> str:
        """Who asks; "" where that is not known."""
        return visitor(request.request.scope, self._disk.proxies) if request and request.request and self._disk else ""

    def _predict_file(self, picture: Upload, checkpoint: str) -> tuple[Prediction, tuple[Digit, ...]]:
        if isinstance(picture, Sentence):
            raise gr.Error(picture.text, print_exception=False)
        if not picture:
            raise gr.Error(NO_PICTURE, print_exception=False)
        try:
            network, opened = self._lab.find(checkpoint), open_picture(picture)
            prediction = predict(network, opened)
            return prediction, predict_each(network, prediction, opened.size)
        except (ValueError, OSError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    # What a checkpoint brings along

    def _examples(self, checkpoint: str) -> ExamplesValue:
        network = self._lab.find(checkpoint)
        return examples_value(network.kind, network.classes)

    def _exercises(self, place: Place | None = None) -> ExercisesValue:
        return exercises_value(self._lab.names, place)

    def _controls(self, scene: Scene, *changed: str) -> ControlsValue:
        """The controls as ``scene`` has them; ``changed`` names what the server has changed in the view."""
        network = self._lab.find(scene.checkpoint)
        return controls_value(scene.revision, scene.view, changed, self._lab.menu_with(scene.checkpoint), network)

    # From a scene to what is shown of it

    def _show(self, scene: Scene, note: str = "") -> Answer:
        """The verdict, the maps unless the browser shows them already, and the explanation.

        After a fault all are empty, so that no old ones stay.
        """
        try:
            return self._shown(scene, note)
        except Exception as error:
            note_failure(error)
            return _empty(scene, Sentence(FAULT))

    def _shown(self, scene: Scene, note: str) -> Answer:
        """What there is to show."""
        seen = self._lab.see(scene)
        return Answer(
            self._verdict(scene, seen, note),
            self._maps(scene, seen),
            self._lab.explanation(scene, seen),
            upload=UNCHANGED if seen.opened else None,
        )

    def _maps(self, scene: Scene, seen: Seen) -> MapsValue | Unchanged:
        """The maps, or without a picture their frames; nothing where the browser has painted them."""
        lit = isinstance(seen.a, Subject)
        a, b = (seen.a, seen.b) if lit else self._lab.frames(scene)
        place = (scene.drawing.number, scene.revision)
        if isinstance(a, Subject) and painted_mark(*place, frame_mark(a, b)) in scene.shown:
            return UNCHANGED
        return maps_value(*place, scene.view, a, b, lit=lit)

    def _verdict(self, scene: Scene, seen: Seen, note: str) -> VerdictValue:
        """The verdict with what a reader has asked for beside it."""
        view, answer = scene.view, seen.answer
        place = (scene.drawing.number, scene.revision, view)
        if isinstance(answer, Sentence):
            return verdict_value(*place, answer)
        network, steps, overlay = self._lab.looked_through(scene), [], None
        if view.steps:
            steps = steps_value(answer.prepared, network.kind, uploaded=bool(scene.upload))
        if view.overlay != "none":
            number = network.classes.index(answer.label)
            off = constants(network, view)
            values = OVERLAYS[view.overlay](network.model, answer.prepared.picture, number, off)
            overlay = overlay_value(view.overlay, values, answer.label)
        other = other_value(seen.b) if isinstance(seen.b, Subject) else None
        return verdict_value(
            *place,
            answer,
            network=network.name,
            note=note,
            other=other,
            steps=steps,
            overlay=overlay,
            digits=predict_each(network, answer, off=constants(network, view)) if scene.upload else (),
        )


def _empty(scene: Scene, fault: Sentence) -> Answer:
    """The sentence alone, without maps and explanation."""
    place = (scene.drawing.number, scene.revision)
    return Answer(verdict_value(*place, scene.view, fault), maps_value(*place, scene.view, fault), nothing(*place))
