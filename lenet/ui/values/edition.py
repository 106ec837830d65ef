"""The values of the static edition: what the server would answer, worked out beforehand.

The browser puts its own numbers into them, and says which drawing and which view they answer.
"""

from typing import TypedDict

from lenet.ui.values.controls import ControlsValue
from lenet.ui.values.dense import DenseValue
from lenet.ui.values.examples import ExamplesValue
from lenet.ui.values.exercises import ExercisesValue
from lenet.ui.values.explanation import CellValue, FavouriteValue, SquareValue
from lenet.ui.values.lesson import LessonValue
from lenet.ui.values.maps import MapsValue, PartValue
from lenet.ui.values.menu import Choice
from lenet.ui.values.verdict import VerdictValue
from lenet.ui.view import ViewValue


class SetUpValue(TypedDict):
    """A step of an exercise: all that it changes on the page.

    ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64.
    """

    checkpoint: str
    picture: str
    view: ViewValue
    exercises: ExercisesValue
    lesson: LessonValue


class SentencesValue(TypedDict):
    """What is said where there is nothing to show.

    ``nothing_to_keep``: there is no picture to keep as B. ``nothing_kept``: none was kept yet. ``no_other``: the other
    network is not chosen. ``broken``: a cell of a broken network is pinned. ``link``: the address has a link that this
    edition cannot open. ``no_files``: the files beside the page cannot be had.
    """

    nothing_to_keep: str
    nothing_kept: str
    no_other: str
    broken: str
    link: str
    no_files: str


class EditionValue(TypedDict):
    """What the static edition holds: its networks, the ``first`` of them, and the ``steps`` of its exercises by name.

    ``noise`` is a picture that shows nothing, PICTURE_SIZE x PICTURE_SIZE bytes in base64.
    """

    first: str
    choices: list[Choice]
    exercises: ExercisesValue
    steps: dict[str, SetUpValue]
    noise: str
    sentences: SentencesValue


class OpeningValue(TypedDict):
    """A fresh page of a network, and the frames for what can stand beside its picture.

    ``alone`` is the frame of a picture by itself, ``kept`` of one beside a kept picture, and ``others`` of one beside
    the same picture in another network, by that network's name. ``unpooled`` says what the network is without its
    pooling. ``notes`` say what each example shows.
    """

    verdict: VerdictValue
    controls: ControlsValue
    examples: ExamplesValue
    notes: list[str]
    alone: MapsValue
    kept: MapsValue
    others: dict[str, MapsValue]
    doubts: list[tuple[float, str]]
    unpooled: list[PartValue]


class ExplainedMapValue(TypedDict):
    """What is said about every cell of a map. The numbers in ``cells``, which are by phase, mean nothing.

    ``names`` are the map's by itself, as A's and as B's. ``off`` has the words of the line "after" where the map is
    switched off, by what it becomes. ``before`` has the words of the line "before" by epoch, which is text here.
    """

    cells: dict[str, CellValue]
    names: tuple[str, str, str]
    off: dict[str, str]
    before: dict[str, str]
    favourites: list[FavouriteValue]
    liking: SquareValue


class ExplainedValue(TypedDict):
    """What is said about each value of a network: of its ``maps``, layer by layer, and of its dense layers.

    ``dense`` is by the layer's number, 0 for the logits.
    """

    maps: list[list[ExplainedMapValue]]
    dense: dict[str, list[DenseValue]]
