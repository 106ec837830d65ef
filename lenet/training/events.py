"""What a training tells: its results, and what else happens; and how that is told to another process."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Score:
    """The mean cross-entropy in nats, and the share of pictures whose most likely class is the right one."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """The result of one pass over the training pictures. ``train`` is the mean over its batches.

    ``validation`` is None when no pictures are held out.
    """

    number: int
    train: Score
    validation: Score | None
    examples_per_second: float


@dataclass(frozen=True)
class Part:
    """The result of the training steps since the part before, within an epoch.

    ``epochs`` is how many epochs are over, with the share of this one: 0.5 is half of the first. ``train`` is the mean
    over the pictures of these steps.
    """

    epochs: float
    train: Score
    examples_per_second: float


@dataclass(frozen=True)
class Downloading:
    """The data set is fetched; ``share`` of it is here, from 0 to 1."""

    share: float


@dataclass(frozen=True)
class Begun:
    """The training starts, with so many pictures."""

    pictures: int


@dataclass(frozen=True)
class Finishing:
    """No more training steps: the network is measured and written."""


@dataclass(frozen=True)
class Written:
    """The checkpoint is there.

    ``test`` and ``validation`` are its share of right answers. ``stopped`` says why it is not trained to the end, or
    is "".
    """

    test: float
    validation: float | None
    stopped: str


@dataclass(frozen=True)
class Failed:
    """There is no network; ``reason`` is a sentence."""

    reason: str


Event = Downloading | Begun | Part | Epoch | Finishing | Written | Failed
KINDS = {kind.__name__: kind for kind in (Downloading, Begun, Part, Epoch, Finishing, Written, Failed)}


def encode(event: Event) -> dict[str, Any]:
    """An event as JSON can hold it."""
    return {"kind": type(event).__name__, **asdict(event)}


def decode(value: dict[str, Any]) -> Event:
    """The event that ``encode`` made a value of."""
    scores = {name: Score(**given) for name, given in value.items() if isinstance(given, dict)}
    fields = {name: given for name, given in value.items() if name != "kind"}
    event: Event = KINDS[value["kind"]](**fields | scores)
    return event
