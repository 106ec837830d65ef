"""The value of the verdict: what the network sees and says."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from lenet.microscope.layers import Subject
from lenet.microscope.saliency import PATCH
from lenet.pictures.planes import resize
from lenet.pictures.prepare import Prepared
from lenet.prediction import Digit, Prediction
from lenet.ui.sentence import Sentence
from lenet.ui.values.pixels import encode, encode_picture, to_bytes
from lenet.ui.view import View

STEP_SIZE = 56
"""Longest side of a preparation step's small picture, in pixels."""

MIDDLE = 128
"""The byte of zero in an overlay."""

STEP_TITLES: dict[str, str | dict[str, str]] = {
    "picture": {"drawn": "as drawn", "uploaded": "as uploaded"},
    "ink": "ink found",
    "cleaned": "specks dropped",
    "cloth": "cloth found",
    "box": {"digit": "fitted to 20 × 20", "garment": "fitted to 28 × 28"},
    "network": {"digit": "centred at 14", "garment": "centred"},
}
"""What a reader is told about each step of the preparation; some depend on where the picture comes from or its kind."""

UNPREPARED_TITLES = STEP_TITLES | {"network": "squeezed to 28 × 28"}
"""The same for a picture that goes to the network without preparation."""

OVERLAY_NOTES = {
    "occlusion": "Orange: covering this place makes {label} less likely, by up to {fall:.0%}. Blue: more likely, by up "
    "to {rise:.0%}. Each place has the mean over all squares of {patch} × {patch} pixels that cover it.",
    "gradient": "Orange: more ink here would speak for {label}. Blue: against it.",
}


class OtherValue(TypedDict):
    """B beside the verdict on A. ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64."""

    title: str
    picture: str
    label: str
    probabilities: list[tuple[str, float]]


class DigitValue(TypedDict):
    """One of several digits in a picture: PICTURE_SIZE x PICTURE_SIZE bytes in base64, and what it is taken for."""

    picture: str
    label: str


class StepValue(TypedDict):
    """One step of the preparation as a small picture: ``height`` x ``width`` bytes in base64."""

    title: str
    height: int
    width: int
    cells: str


class OverlayValue(TypedDict):
    """What is laid over the picture: PICTURE_SIZE x PICTURE_SIZE bytes in base64, 128 for zero, and what it means."""

    cells: str
    note: str


class NearestValue(TypedDict):
    """A picture that the network has learned from: PICTURE_SIZE x PICTURE_SIZE bytes in base64, and its class."""

    picture: str
    label: str


class VerdictValue(TypedDict):
    """The verdict of a ``network``, by its name, on one picture.

    ``text`` stands in place of a label without an answer; it is no hint where something is ``refused``.
    ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64, or "". ``note`` is a remark on the picture, ``digits``
    are those of a photo that shows several, ``hide`` keeps the answer back until it is asked for. ``nearest`` are
    learned pictures that are like one that is doubted; several digits are like none.
    """

    drawing: int
    revision: int
    network: str
    text: str
    refused: bool
    picture: str
    label: str
    note: str
    probabilities: list[tuple[str, float]]
    doubts: list[str]
    digits: list[DigitValue]
    nearest: list[NearestValue]
    hide: bool
    prepared: bool
    other: OtherValue | None
    steps: list[StepValue]
    overlay: OverlayValue | None


def verdict_value(
    drawing: int,
    revision: int,
    view: View,
    answer: Prediction | Sentence,
    *,
    network: str = "",
    note: str = "",
    other: OtherValue | None = None,
    steps: Sequence[StepValue] = (),
    overlay: OverlayValue | None = None,
    digits: Sequence[Digit] = (),
) -> VerdictValue:
    """The verdict that ``answer`` is, or the sentence where there is none. A sentence stands alone, without a note."""
    said = answer if isinstance(answer, Prediction) else None
    return {
        "drawing": drawing,
        "revision": revision,
        "network": network,
        "text": answer.text if isinstance(answer, Sentence) else "",
        "refused": isinstance(answer, Sentence) and not answer.hint,
        "picture": encode_picture(said.prepared.picture) if said else "",
        "label": said.label if said else "",
        "note": note if said else "",
        "probabilities": list(said.probabilities.items()) if said else [],
        "doubts": list(said.doubts) if said and not digits else [],  # several digits speak for themselves
        "digits": [_digit_value(digit) for digit in digits],
        "nearest": _nearest(said) if said and not digits else [],
        "hide": view.hide,
        "prepared": view.prepare,
        "other": other,
        "steps": list(steps),
        "overlay": overlay,
    }


def _digit_value(digit: Digit) -> DigitValue:
    return {"picture": encode_picture(digit.prediction.prepared.picture), "label": digit.prediction.label}


def _nearest(answer: Prediction) -> list[NearestValue]:
    learned = answer.doubt.nearest if answer.doubt and answer.doubt.sentence in answer.doubts else ()
    return [{"picture": encode(each.picture), "label": each.label} for each in learned]


def other_value(b: Subject) -> OtherValue | None:
    """B beside the verdict on A; None where B has no picture."""
    if b.picture is None:
        return None
    return {
        "title": b.title,
        "picture": encode_picture(b.picture),
        "label": b.label,
        "probabilities": list(b.probabilities.items()),
    }


def steps_value(prepared: Prepared, kind: str, *, uploaded: bool = False) -> list[StepValue]:
    """The preparation as small pictures, in order."""
    return [_step_value(_title(prepared, name, kind, uploaded), plane) for name, plane in prepared.steps.items()]


def _title(prepared: Prepared, name: str, kind: str, uploaded: bool) -> str:
    titles = STEP_TITLES if len(prepared.steps) > 2 else UNPREPARED_TITLES
    title = titles[name]
    if isinstance(title, str):
        return title
    return title[("uploaded" if uploaded else "drawn") if name == "picture" else kind]


def _step_value(title: str, plane: NDArray[np.float32]) -> StepValue:
    share = min(1, STEP_SIZE / max(plane.shape))
    height, width = (max(1, round(length * share)) for length in plane.shape)
    return {"title": title, "height": height, "width": width, "cells": encode_picture(resize(plane, height, width))}


def overlay_value(kind: str, values: NDArray[np.float32], label: str) -> OverlayValue:
    """Signed ``values`` with the picture's shape, zero in the middle of the palette."""
    fall, rise = float(values.max()), float(-values.min())
    most = max(fall, rise)
    cells = to_bytes(values, -most, most) if most else np.full(values.shape, MIDDLE, np.uint8)
    note = OVERLAY_NOTES[kind].format(label=label, fall=max(fall, 0), rise=max(rise, 0), patch=PATCH)
    return {"cells": encode(cells), "note": note}
