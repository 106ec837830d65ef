"""The value of the model cards: what one network is, or two side by side, from their metrics.

Anyone can write a checkpoint's metrics. What is missing or malformed there is a part that is missing here.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypedDict

from lenet.checkpoint import Checkpoint
from lenet.microscope.atlas import pictures_of_cell
from lenet.model import summarise
from lenet.training.assess import BINS, interval
from lenet.training.recipes import SOURCES
from lenet.ui.values.curve import CurveValue, curve_value
from lenet.ui.values.facts import (
    FactValue,
    cost_facts,
    documented,
    hash_facts,
    limits,
    number,
    part,
    recipe_facts,
    text,
    whole,
)
from lenet.ui.values.maps import PartValue, about
from lenet.ui.values.menu import Choice, accuracy_of
from lenet.ui.values.pixels import encode
from lenet.ui.values.plan import StageValue, stage_values

MOST_CLASSES = 30
"""Classes of which a confusion matrix is drawn."""

MOST_PAIRS = 5
"""Pairs of classes that are named."""

FULL_ERROR = 0.25
"""An error that this share of a class's pictures meets has the full colour. Rarer ones are paler by the square root."""

FEW = 30
"""Pictures of a bin below which its share of right answers is hardly more than chance."""

AGREES = 1e-4
"""The share of right answers and the confusion matrix agree when they are no further apart."""

UNREAD = "What its training measured is not known: {reason}."

CLAIM = ("T-shirt/top", "Shirt")
"""The pair of which a source says that it is confused most."""

CLAIM_WORDS = "“{title}” ({author}) finds that T-shirt and Shirt are mistaken most easily. {here}"


class AccuracyValue(TypedDict):
    """The share of right answers; ``count`` pictures, 0 where that is not known. ``low`` and ``high`` are the ends of
    its 95 % interval.
    """

    share: float
    count: int
    low: float
    high: float


class PairValue(TypedDict):
    """Two classes that are taken for each other, ``count`` times in both directions. ``cell`` is the larger one."""

    names: tuple[str, str]
    count: int
    cell: tuple[int, int]


class ConfusionValue(TypedDict):
    """A row for each true class, a column for each answer. ``shades`` say how strong a cell's colour is, from 0 to 1.

    ``claim`` says what a source finds, or is "".
    """

    counts: list[list[int]]
    shades: list[list[float]]
    pairs: list[PairValue]
    claim: str


class BinValue(TypedDict):
    """The pictures whose answer has a probability from ``low`` to ``high``: how many, their mean probability, and the
    share of right answers. The two are None where there are none. ``few`` says that so few could be chance.
    """

    low: float
    high: float
    count: int
    few: bool
    confidence: float | None
    accuracy: float | None


class CalibrationValue(TypedDict):
    """``error`` is the mean distance of the two, over all pictures."""

    bins: list[BinValue]
    error: float | None


class NetworkCardValue(TypedDict):
    """A network. A part that its metrics lack is None, "" or empty. ``source`` cites, ``documented`` quotes."""

    name: str
    about: list[PartValue]
    classes: list[str]
    accuracy: AccuracyValue | None
    curve: CurveValue | None
    confusion: ConfusionValue | None
    calibration: CalibrationValue | None
    source: str
    documented: str
    recipe: list[FactValue]
    stages: list[StageValue]
    cost: list[FactValue]
    hashes: list[FactValue]
    command: str
    limits: list[str]


class CardValue(TypedDict):
    """The cards of one network or two.

    ``asked`` is the number of the question. ``offered`` are the networks that can stand beside the first. ``apart``
    says what the two intervals tell. ``problem`` says why there is no card, or is "".
    """

    asked: int
    networks: list[NetworkCardValue]
    offered: list[Choice]
    apart: str
    problem: str


class TestedValue(TypedDict):
    """Test pictures of one cell, PICTURE_SIZE x PICTURE_SIZE bytes in base64 each. ``words`` say what they are."""

    pictures: list[str]
    words: str


class TestedCellValue(TypedDict):
    """The test pictures of a ``cell``, its true class and the answer, one entry for each network that was asked for."""

    asked: int
    cell: tuple[int, int]
    tested: list[TestedValue]


def card_value(asked: int, networks: Sequence[Checkpoint], offered: Sequence[Choice]) -> CardValue:
    """The cards of ``networks``, one or two, and those that are ``offered`` to stand beside the first."""
    cards = [_network(network) for network in networks]
    others = [choice for choice in offered if choice[1] != networks[0].name]
    return {"asked": asked, "networks": cards, "offered": others, "apart": _apart(networks, cards), "problem": ""}


def no_card(asked: int, problem: str) -> CardValue:
    """A sentence in place of cards."""
    return {"asked": asked, "networks": [], "offered": [], "apart": "", "problem": problem}


def cell_value(asked: int, cell: tuple[int, int], networks: Sequence[Checkpoint]) -> TestedCellValue:
    """The test pictures of a ``cell`` of each network's confusion matrix."""
    return {"asked": asked, "cell": cell, "tested": [_tested(network, *cell) for network in networks]}


def no_cell(asked: int, cell: tuple[int, int], problem: str) -> TestedCellValue:
    """A sentence in place of test pictures."""
    return {"asked": asked, "cell": cell, "tested": [{"pictures": [], "words": problem}]}


def _network(network: Checkpoint) -> NetworkCardValue:
    metrics = network.metrics
    return {
        "name": network.name,
        "about": _about(network),
        "classes": list(network.classes),
        "accuracy": _accuracy(network),
        "curve": curve_value(metrics),
        "confusion": _confusion(network),
        "calibration": _calibration(part(metrics, "test")),
        "source": text(part(metrics, "recipe").get("source")),
        "documented": documented(network),
        "recipe": recipe_facts(network),
        "stages": stage_values(summarise(network.model)),
        "cost": cost_facts(network),
        "hashes": hash_facts(network),
        "command": text(metrics.get("command")),
        "limits": [*([UNREAD.format(reason=network.unread)] if network.unread else []), *limits(network)],
    }


def _about(network: Checkpoint) -> list[PartValue]:
    """What kind of network it is; its name and its accuracy stand above."""
    reads: PartValue = {"text": f"reads {network.kind}s", "term": "checkpoint"}
    return [reads, *(said for said in about(network) if said["term"] not in ("checkpoint", "accuracy"))]


def _accuracy(network: Checkpoint) -> AccuracyValue | None:
    """The share, and its interval where the confusion matrix says the same."""
    share, counts = accuracy_of(network.metrics), _counts(network)
    if share is None:
        return None
    count = sum(map(sum, counts))
    right = sum(row[at] for at, row in enumerate(counts))
    if not count or abs(right / count - share) > AGREES:
        return {"share": share, "count": 0, "low": 0.0, "high": 1.0}
    low, high = interval(right, count)
    return {"share": share, "count": count, "low": low, "high": high}


def _apart(networks: Sequence[Checkpoint], cards: Sequence[NetworkCardValue]) -> str:
    """What the intervals of two networks say that have read the same pictures."""
    datasets = [text(network.metrics.get("dataset")) for network in networks]
    if len(networks) != 2 or not datasets[0] or datasets[0] != datasets[1]:
        return ""
    a, b = (card["accuracy"] for card in cards)
    if not a or not b or not a["count"] or not b["count"]:
        return ""
    if a["low"] <= b["high"] and b["low"] <= a["high"]:
        return "The two intervals overlap: with other test pictures, the order could be the other way round."
    return "The two intervals do not overlap: this difference is hardly chance."


def _counts(network: Checkpoint) -> list[list[int]]:
    """The confusion matrix; empty where there is none that fits the network's classes."""
    rows, size = part(network.metrics, "test").get("confusion"), len(network.classes)
    if not isinstance(rows, list) or len(rows) != size or size > MOST_CLASSES:
        return []
    fits = all(isinstance(row, list) and len(row) == size for row in rows)
    return rows if fits and all(whole(count) is not None for row in rows for count in row) else []


def _confusion(network: Checkpoint) -> ConfusionValue | None:
    counts = _counts(network)
    if not counts:
        return None
    pairs = _pairs(network, counts)
    return {"counts": counts, "shades": _shades(counts), "pairs": pairs, "claim": _claim(network, pairs)}


def _shades(counts: list[list[int]]) -> list[list[float]]:
    """Right answers by their share of the class's pictures. Errors are rare: the square root shows them, too."""
    shades = []
    for true, row in enumerate(counts):
        shares = [count / max(sum(row), 1) for count in row]
        colours = [
            share if said == true else math.sqrt(min(share / FULL_ERROR, 1)) for said, share in enumerate(shares)
        ]
        shades.append([round(colour, 3) for colour in colours])
    return shades


def _pairs(network: Checkpoint, counts: list[list[int]]) -> list[PairValue]:
    """The most confused pairs that the metrics name."""
    rows = part(network.metrics, "test").get("most_confused")
    found = [_pair(row, network.classes, counts) for row in (rows[:MOST_PAIRS] if isinstance(rows, list) else [])]
    return [pair for pair in found if pair]


def _pair(row: Any, classes: Sequence[str], counts: list[list[int]]) -> PairValue | None:
    names = row.get("pair") if isinstance(row, dict) else None
    if not isinstance(names, list) or len(names) != 2 or not all(name in classes for name in names):
        return None
    a, b = (classes.index(name) for name in names)
    count, cell = whole(row.get("count")), (a, b) if counts[a][b] >= counts[b][a] else (b, a)
    return {"names": (names[0], names[1]), "count": count, "cell": cell} if count else None


def _claim(network: Checkpoint, pairs: Sequence[PairValue]) -> str:
    """What a source says of the garments, and whether it holds here."""
    if not pairs or not all(name in network.classes for name in CLAIM):
        return ""
    first = pairs[0]["names"]
    here = "So it is here." if first in (CLAIM, CLAIM[::-1]) else f"Here it is {' and '.join(first)}."
    source = SOURCES["maxpool"]
    return CLAIM_WORDS.format(title=source.title, author=source.author.split(",")[0], here=here)


def _calibration(test: dict[str, Any]) -> CalibrationValue | None:
    bins = test.get("calibration")
    if not isinstance(bins, list) or len(bins) != BINS:
        return None
    found = [_bin(each, at) for at, each in enumerate(bins)]
    read = [each for each in found if each]
    return {"bins": read, "error": number(test.get("calibration_error"), 0, 1)} if len(read) == BINS else None


def _bin(found: Any, at: int) -> BinValue | None:
    count = whole(found.get("count")) if isinstance(found, dict) else None
    if count is None:
        return None
    confidence, accuracy = (number(found.get(name), 0, 1) if count else None for name in ("confidence", "accuracy"))
    if count and (confidence is None or accuracy is None):
        return None
    return {
        "low": at / BINS,
        "high": (at + 1) / BINS,
        "count": count,
        "few": count < FEW,
        "confidence": confidence,
        "accuracy": accuracy,
    }


def _tested(network: Checkpoint, true: int, said: int) -> TestedValue:
    """The pictures that the atlas has of a cell, or the sentence that says why there are none."""
    if max(true, said) >= len(network.classes):
        return {"pictures": [], "words": f"{network.name} has no such class."}
    counts, pictures = _counts(network), []
    with suppress(FileNotFoundError):  # a checkpoint of one's own may have no such pictures
        try:
            pictures = [encode(picture) for picture in pictures_of_cell(network, true, said)]
        except ValueError as error:
            return {"pictures": [], "words": f"{error}."}
    return {"pictures": pictures, "words": _words(network.classes, true, said, counts, len(pictures))}


def _words(classes: Sequence[str], true: int, said: int, counts: list[list[int]], shown: int) -> str:
    """What the pictures of a cell are."""
    name, answer = classes[true], classes[said]
    what = f"{name}, read rightly" if true == said else f"{name}, taken for {answer}"
    if not counts:
        return f"{what}:"
    count = counts[true][said]
    if not count:
        return f"{what}: no test picture."
    if not shown:
        return f"{what}: {count:,} of {sum(counts[true]):,}. This network came without their pictures."
    first = f"; the first {shown}" if shown < count else ""
    return f"{what}: {count:,} of {sum(counts[true]):,} test pictures{first}:"
