"""What a checkpoint's metrics say, in words. Anyone can write the metrics: what is missing or malformed is left out."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from lenet.checkpoint import Checkpoint

LARGEST = 1e15
"""Numbers of metrics lie below it; JavaScript and Python write them alike."""

LONGEST = 1_000
"""Characters of a text out of metrics."""

MOST_FILES = 8
"""Files whose fingerprints are shown."""

MINUTE = 60
"""Seconds."""

Rows = tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
"""For each row its title, the key of its word or "", and what is said of which entries, where they are not 0."""

RECIPE_ROWS: Rows = (
    ("Optimiser", "optimiser", (("optimizer", "{}"), ("weight_decay", "weight decay {:g}"))),
    ("Learning rate", "learning-rate", (("learning_rate", "{:g}"), ("schedule", "{}"))),
    ("Batch size", "batch-size", (("batch_size", "{:,} pictures"),)),
    ("Epochs", "epoch", (("epochs", "{:,}"), ("plain_epochs", "the last {:,} with unvaried pictures"))),
    ("First weights", "initialisation", (("initialisation", "{}"),)),
    ("Held out", "validation", (("held", "{}"),)),
    (
        "Pictures",
        "",
        (
            ("augment", "varied at random"),
            ("strokes", "and {:,} digits drawn by code"),
            ("photos", "and {:,} photos, put together"),
        ),
    ),
    ("Ensemble", "", (("ensemble", "{} networks, joined into one"),)),
    ("Teacher", "", (("taught", "a larger network, whose answers it learned too: {}"),)),
)
"""What is said of a recipe."""

COST_ROWS: Rows = (
    ("Training pictures", "", (("training_images", "{:,}"),)),
    ("Time", "", (("time", "{}"), ("machine", "on a {}"))),
    ("Speed", "", (("examples_per_second", "{:,} pictures a second"),)),
    ("Stored as", "", (("weights", "{}"),)),
    ("Made with", "", (("torch", "PyTorch {}"), ("python", "Python {}"))),
)
"""What is said of a training's cost."""

DEVICES = {"cpu": "CPU", "cuda": "GPU"}
"""What a person calls PyTorch's devices."""

PREPARED = {
    "digit": "It knows digits as MNIST has them: one digit, upright and in the middle. They were written by employees "
    "and pupils in the United States; other ways to write a 1 or a 7 are rare among them.",
    "garment": "It knows garments as Fashion-MNIST has them: one piece alone, from the front, as a shop shows it. It "
    "has seen no people, no background and no second piece.",
}
"""What a network of each kind has seen."""

LIMITS = (
    "It names one of its {count} classes for every picture, also for one that shows none of them.",
    "{prepared}",
    "A high probability is no promise. See the calibration: how often it is right when it is that sure.",
    "It is made for learning. Do not let it decide what matters to a person.",
)
"""What every network's card says at its end."""


class FactValue(TypedDict):
    """A row: what it is about, what there is to say, and the key of the word that it needs, or ""."""

    name: str
    text: str
    term: str


def number(value: Any, low: float = -LARGEST, high: float = LARGEST) -> float | None:
    """A number from ``low`` to ``high``; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        return None
    return float(value)


def whole(value: Any, high: float = LARGEST) -> int | None:
    """A whole number from 0 on; None for all else."""
    return value if type(value) is int and 0 <= value <= high else None


def text(value: Any) -> str:
    """A text of a sensible length; "" for all else."""
    return value if isinstance(value, str) and len(value) <= LONGEST and value.isprintable() else ""


def part(value: Any, name: str) -> dict[str, Any]:
    """A part of metrics that has parts itself; empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}


def recipe_facts(network: Checkpoint) -> list[FactValue]:
    """How the network was trained."""
    recipe = dict(part(network.metrics, "recipe"))
    if network.kind != "digit":
        recipe.pop("strokes", None)  # only digits are joined by drawn ones
    members, held = whole(recipe.get("members")) or 1, whole(recipe.get("validation"))
    said: dict[str, Any] = {"ensemble": members} if members > 1 else {}
    if held is not None:
        said["held"] = f"{held:,} of the training pictures" if held else "nothing: all pictures were trained on"
    said["taught"] = text(part(network.metrics, "teacher").get("command"))
    facts = _facts(RECIPE_ROWS, recipe | said)
    chosen, seed = text(network.metrics.get("chosen")), whole(network.metrics.get("seed"))
    if chosen:
        facts.append({"name": "Weights", "text": chosen, "term": ""})
    if seed is not None:
        facts.append({"name": "Seed", "text": str(seed), "term": "seed"})
    return facts


def cost_facts(network: Checkpoint) -> list[FactValue]:
    """What the training took."""
    metrics = network.metrics
    seconds = number(metrics.get("seconds"), 0)
    device = text(metrics.get("device"))
    said = {"machine": DEVICES.get(device, device)} | ({} if seconds is None else {"time": _duration(seconds)})
    return _facts(COST_ROWS, {**metrics, **part(metrics, "versions"), **said})


def hash_facts(network: Checkpoint) -> list[FactValue]:
    """The SHA-256 of the weights' file, and of the files of the data."""
    files = [("weights", network.metrics.get("weights_sha256")), *part(network.metrics, "data_sha256").items()]
    return [
        {"name": name, "text": value, "term": ""} for name, value in files[:MOST_FILES] if text(name) and text(value)
    ]


def documented(network: Checkpoint) -> str:
    """The results that the recipe's source prints for this data set; "" where it prints none."""
    said = part(part(network.metrics, "recipe"), "documented")
    if not said or said.get("dataset") != network.metrics.get("dataset"):
        return ""
    results = [(name, number(value, 0)) for name, value in said.items() if text(name)]
    found = [f"{name} {value:.4g}" for name, value in results if value is not None]
    return f"The source prints: {', '.join(found)}." if found else ""


def limits(network: Checkpoint) -> list[str]:
    """What the network cannot do."""
    said = {"count": len(network.classes), "prepared": PREPARED[network.kind]}
    return [sentence.format_map(said) for sentence in LIMITS]


def _facts(rows: Rows, known: Mapping[str, Any]) -> list[FactValue]:
    """The rows of which something is ``known``."""
    facts: list[FactValue] = []
    for title, term, pieces in rows:
        if said := ", ".join(_said(words, known.get(name)) for name, words in pieces if _said(words, known.get(name))):
            facts.append({"name": title, "text": said, "term": term})
    return facts


def _said(words: str, value: Any) -> str:
    """A value in words; "" where there is nothing to say of it."""
    known: Any = text(value) if isinstance(value, str) else value if value is True else number(value)
    if not known:
        return ""
    if isinstance(known, float) and known.is_integer():
        known = int(known)
    try:
        return words.format(known)
    except ValueError:  # a text where a number is written
        return ""


def _duration(seconds: float) -> str:
    """A time: "40 s", "2 min 30 s"."""
    minutes, rest = divmod(math.floor(seconds + 0.5), MINUTE)
    parts: Iterable[str] = ([f"{minutes:,} min"] if minutes else []) + ([f"{rest} s"] if rest or not minutes else [])
    return " ".join(parts)
