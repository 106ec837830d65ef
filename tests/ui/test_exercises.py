"""The chapter's exercises, without the page: every claim of every step is measured again on the committed networks."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.tables import exercises
from lenet.checkpoint import after_epoch, load
from lenet.microscope.explain import explain
from lenet.microscope.layers import Stages, Subject, differences, most_different_first
from lenet.pictures.prepare import Prepared
from lenet.prediction import look
from lenet.settings import CHECKPOINTS
from lenet.ui.exercises import EXERCISES, PLACES, Claim, Step, garment
from lenet.ui.lab import Lab, Seen
from lenet.ui.scene import Scene
from lenet.ui.values.pad import Drawing
from lenet.ui.view import View

LAB = Lab(CHECKPOINTS)


def scene_of(step: Step) -> Scene:
    return Scene(step.checkpoint, step.view, 1, Drawing().followed_by(step.picture))


# The measures: each is asked about what the page shows at a step, and gives the words that an answer quotes.


def subject(seen: Seen, side: str) -> Subject:
    found = seen.a if side == "a" else seen.b
    assert isinstance(found, Subject)
    return found


def stages(seen: Seen, side: str = "a") -> Stages:
    return subject(seen, side).stages


def listed(values: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


def percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %"


def says(step: Step, seen: Seen, side: str = "a") -> str:
    found = subject(seen, side)
    return f"{found.label}, {percent(found.probabilities[found.label])}"


def probability(step: Step, seen: Seen, label: str, side: str = "a") -> str:
    return percent(subject(seen, side).probabilities[label])


def whole(step: Step, seen: Seen, label: str) -> str:
    """A probability while nothing is off or broken."""
    return probability(step, LAB.see(scene_of(replace(step, view=View(prepare=step.view.prepare)))), label)


def accuracy(step: Step, seen: Seen, name: str) -> str:
    return percent(load(CHECKPOINTS / name).metrics["test"]["accuracy"])


def trained(step: Step, seen: Seen, number: int) -> str:
    """How many of the training pictures were right in an epoch."""
    return percent(load(CHECKPOINTS / step.checkpoint).metrics["epochs"][number - 1]["train"]["accuracy"])


def moved(step: Step, seen: Seen, stage: str, epoch: int) -> str:
    """How far the weights of a stage have come since training began, by the length that they had then."""
    network = LAB.find(step.checkpoint)
    before, now = (after_epoch(network, number).model.get_parameter(f"{stage}.weight") for number in (0, epoch))
    return f"{float((now - before).norm() / before.norm()):.1f}"


def bars(step: Step, seen: Seen, side: str) -> str:
    """The shortest and the longest."""
    shares = subject(seen, side).probabilities.values()
    return f"{percent(min(shares))} to {percent(max(shares))}"


def difference(step: Step, seen: Seen, stage: str) -> str:
    """How far the values of A and B are from each other, on average."""
    return f"{np.abs(stages(seen, 'a')[stage] - stages(seen, 'b')[stage]).mean():.3f}"


def apart(step: Step, seen: Seen, layer: int, count: int) -> str:
    order = most_different_first(differences(*(stages(seen, side)[f"act{layer}"] for side in "ab")))
    return listed([str(channel + 1) for channel in (order[:count] if count > 0 else order[count:])])


def distances(step: Step, seen: Seen, layer: int, *numbers: int) -> str:
    found = differences(*(stages(seen, side)[f"act{layer}"] for side in "ab"))
    return listed([f"{found[number - 1].l2:.1f}" for number in numbers])


def zero(step: Step, seen: Seen, layer: int, side: str) -> str:
    return percent((stages(seen, side)[f"act{layer}"] == 0).mean(), 0)


def is_zero_nowhere(step: Step, seen: Seen, layer: int, side: str) -> str:
    return "none" if (stages(seen, side)[f"act{layer}"] != 0).all() else "some"


def fires(step: Step, seen: Seen, layer: int, side: str) -> str:
    return percent((stages(seen, side)[f"act{layer}"] > 0).mean(), 0)


def cosine_of_means(step: Step, seen: Seen, layer: int) -> str:
    """Of the maps' means in A and in B."""
    a, b = (stages(seen, side)[f"act{layer}"].mean((1, 2)) for side in "ab")
    return f"{a @ b / np.linalg.norm(a) / np.linalg.norm(b):.3f}"


def arithmetic(step: Step, seen: Seen, part: str, decimals: int = 2) -> str:
    """A part of the pinned cell's explanation."""
    layer, *cell = step.view.pin
    kind = {"after": "act", "pooled": "pool"}[step.view.phase]
    found = explain(subject(seen, "a").network.model, stages(seen), f"{kind}{layer}", *cell)
    if part == "window":
        return listed([f"{value:.{decimals}f}" for value in found.window.ravel()])
    return f"{float(found.products.sum()) if part == 'sum' else getattr(found, part):.{decimals}f}"


def lead(step: Step, seen: Seen, label: str, rival: str) -> str:
    return f"{_lead(step, stages(seen), label, rival):.1f}"


def needs(step: Step, seen: Seen, label: str, rival: str, count: int = 1, layers: tuple = (1, 2)) -> str:
    """The maps without which a logit loses most against a rival's, each alone."""
    order = sorted(_losses(step, seen, label, rival).items(), key=lambda item: -item[1])
    return listed([f"{number + 1}" for (layer, number), _ in order if layer in layers][:count])


def loss(step: Step, seen: Seen, label: str, rival: str, layer: int, number: int) -> str:
    return f"{_losses(step, seen, label, rival)[layer, number - 1]:.1f}"


def _lead(step: Step, found: Stages, label: str, rival: str) -> float:
    classes = LAB.find(step.checkpoint).classes
    return float(found["logits"][classes.index(label)] - found["logits"][classes.index(rival)])


def _losses(step: Step, seen: Seen, label: str, rival: str) -> dict[tuple[int, int], float]:
    network, picture = LAB.find(step.checkpoint), Prepared({"network": subject(seen, "a").picture})
    whole = _lead(step, stages(seen), label, rival)
    channels = [
        (layer + 1, number) for layer, count in enumerate(network.model.config.channels) for number in range(count)
    ]
    return {
        channel: whole - _lead(step, look(network, picture, {channel: 0.0}).activations, label, rival)
        for channel in channels
    }


def parameters(step: Step, seen: Seen, value: str) -> str:
    """Of a row of the exercises' table."""
    return next(line.split(" | ")[2] for line in exercises().splitlines() if f" | {value} | " in line)


MEASURES: dict[str, Callable[..., str]] = {
    measure.__name__: measure
    for measure in (
        says,
        probability,
        accuracy,
        trained,
        moved,
        bars,
        difference,
        apart,
        distances,
        zero,
        is_zero_nowhere,
        whole,
        fires,
        cosine_of_means,
        arithmetic,
        lead,
        needs,
        loss,
        parameters,
    )
}


def claims() -> list[Any]:
    return [
        pytest.param(place.step, claim, id=f"{name} {claim.measure} {claim.words}")
        for name, place in PLACES.items()
        for claim in place.step.claims
    ]


@pytest.mark.parametrize(("step", "claim"), claims())
def test_what_an_answer_quotes_is_what_is_measured(step: Step, claim: Claim):
    assert MEASURES[claim.measure](step, LAB.see(scene_of(step)), *claim.asked) == claim.words
    assert claim.words in step.answer


@pytest.mark.parametrize("name", PLACES)
def test_every_number_of_an_answer_is_claimed(name):
    """But for those that the step itself says: sizes, and maps that it names."""
    step = PLACES[name].step
    rest = step.answer
    for claim in sorted(step.claims, key=lambda claim: -len(claim.words)):
        rest = rest.replace(claim.words, "")
    for value, measured in step.table:
        rest = rest.replace(measured.split(" ")[0], "").replace(value, "")
    assert not re.findall(r"\d+\.\d+|\d+ %", rest)


@pytest.mark.parametrize("name", PLACES)
def test_a_table_s_rows_are_those_of_the_readme(name):
    rows = [tuple(line.strip("| ").split(" | ")) for line in exercises().splitlines()]
    for value, measured in PLACES[name].step.table:
        assert any(value in row and measured == row[-1] for row in rows), value


def test_each_exercise_has_three_to_six_short_steps():
    for exercise in EXERCISES:
        assert 3 <= len(exercise.steps) <= 6
        for step in exercise.steps:
            assert step.question.endswith("?")
            assert len(step.text) <= 210 and len(step.question) <= 80 and len(step.answer) <= 270


def test_the_pictures_of_an_exercise_are_the_sheet_s(garments):
    assert np.array_equal(garment(4), garments[4])
