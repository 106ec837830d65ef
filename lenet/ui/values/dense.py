"""The value of a pinned value of a dense layer: its name, its arithmetic, and from which stages it follows."""

from typing import Literal, TypedDict

from lenet.microscope.activations import ACTIVATIONS
from lenet.microscope.explain import DenseExplanation, stage_before
from lenet.model import LeNetConfig

DECIMALS = 6
"""Of every number of an explanation: what is shown adds up far below 0.0001."""

DenseKind = Literal["sum", "bias", "before", "after"]
"""Which number of the arithmetic: the sum of all products, the bias, both together, the activation of that."""


class DenseLineValue(TypedDict):
    """A line of the arithmetic: what happens, and the number that it gives; ``terms`` are the words that it needs."""

    kind: DenseKind
    words: str
    terms: list[str]
    value: float


class DenseValue(TypedDict):
    """A value of a dense layer, number ``index`` from 0 of A or B, which is its ``side``.

    ``stage`` puts out the sums and holds the weights, as STAGE.weight and STAGE.bias; ``reads`` is the stage before.
    ``shape`` is that of what is read: maps before they were flattened, (channels, height, width), or (values,).
    ``origin`` is what that is called, and ``layer`` its number. ``classes`` names the logits; of another layer it is
    empty. ``apart`` are the words for the difference of two logits, in place of those for one.
    """

    name: str
    side: Literal["a", "b"]
    index: int
    stage: str
    reads: str
    shape: list[int]
    origin: str
    layer: int
    classes: list[str]
    lines: list[DenseLineValue]
    apart: str


def dense_stage(config: LeNetConfig, number: int) -> str | None:
    """The stage of the dense layer with a ``number``, 0 for the logits; None for a layer that is not dense."""
    if number == 0:
        return "logits"
    count = len(config.channels)
    return f"dense{number}" if count < number <= count + len(config.hidden) else None


def dense_value(
    config: LeNetConfig, classes: tuple[str, ...], stage: str, index: int, side: str, found: DenseExplanation
) -> DenseValue:
    """What was ``found`` for the value ``index`` of a ``stage``. ``classes`` are the network's."""
    reads, logit, count = stage_before(config, stage), stage == "logits", len(config.channels)
    number = count + len(config.hidden) + 1 if logit else int(stage.removeprefix("dense"))
    flattened = reads == "flatten"
    maps = [config.channels[-1], config.map_sizes[-1], config.map_sizes[-1]]
    return {
        "name": f"Logit of {classes[index]}" if logit else f"Dense layer {number}, value {index + 1}",
        "side": "b" if side == "b" else "a",
        "index": index,
        "stage": stage,
        "reads": reads,
        "shape": maps if flattened else [len(found.inputs)],
        "origin": f"layer {count}, pooled" if flattened else f"dense layer {number - 1}",
        "layer": number - 1,
        "classes": list(classes) if logit else [],
        "lines": _lines(found),
        "apart": "the difference of the two logits: sum + difference of their biases",
    }


def _lines(found: DenseExplanation) -> list[DenseLineValue]:
    numbers: dict[DenseKind, float] = {"sum": float(found.products.sum()), "bias": found.bias, "before": found.before}
    words: dict[DenseKind, str] = {"sum": "sum of all products", "bias": "bias"}
    terms: dict[DenseKind, list[str]] = {"sum": ["sum"], "bias": ["bias"], "before": ["logits"]}
    if found.after is None:
        words["before"] = "the logit: sum + bias"
    else:
        numbers["after"] = found.after
        words["before"] = "before the activation: sum + bias"
        words["after"] = f"after the activation: {ACTIVATIONS[found.activation].words}"
        terms |= {"before": ["dense"], "after": ["activation", found.activation]}
    return [
        {"kind": kind, "words": words[kind], "terms": terms[kind], "value": round(numbers[kind], DECIMALS)}
        for kind in words
    ]
