"""How a reader looks at a picture: every switch of the page in one value, which travels in links as well."""

import base64
from dataclasses import asdict, dataclass, fields
from typing import Any, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.planes import PICTURE_SIZE

CHOICES: dict[str, tuple] = {
    "phase": ("kernels", "before", "after", "pooled"),
    "scale": ("map", "layer", "both"),
    "overlay": ("none", "occlusion", "gradient"),
    "compare": ("none", "kept", "checkpoint", "class"),
    "kept_as": ("", "digit", "garment"),
    "side": ("a", "b"),
    "instead": ("zero", "mean"),
    "noise": (0, 25, 50, 100, 200),
}

MOST_OFF = 200
"""Maps that can be switched off: more than a page shows."""


class ViewValue(TypedDict):
    """A view as JSON; see ``View`` for what each switch means."""

    phase: str
    scale: str
    prepare: bool
    steps: bool
    overlay: str
    compare: str
    kept: str
    kept_as: str
    other: str
    label: int
    numbers: bool
    sort: bool
    hide: bool
    pin: tuple[int, int, int, int] | None
    side: str
    off: list[tuple[int, int]]
    instead: str
    noise: int
    biases: bool
    pooling: bool
    epoch: int | None


class BadView(ValueError):
    """A value that is no view; it came from a browser or a link."""

    def __init__(self, what: str):
        super().__init__(f"The page's settings cannot be read ({what}); reload the page.")


@dataclass(frozen=True)
class View:
    """The page's switches.

    ``phase`` is what is shown of each layer, ``scale`` what shares one colour scale. ``prepare`` says whether pictures
    are prepared, ``steps`` whether that is shown; ``overlay`` is laid on what the network sees.

    ``compare`` is what stands beside the picture as B: the kept one (``kept``, base64 of 28 x 28 bytes, ``kept_as``
    the kind of network that it was prepared for, "" if it was not), the same picture through the checkpoint ``other``,
    or the mean of the class with the number ``label``.

    ``numbers`` writes minimum, maximum and mean under each map, ``sort`` puts the channels that differ most first,
    ``hide`` hides the answer. ``pin`` is the explained cell, (layer, channel, row, column) of ``phase``, from 0 but for
    the layer, or None; ``side`` says whether it is A's or B's.

    ``off`` are the maps that are switched off for A, each as (layer, channel); ``instead`` is what they are set to:
    zero or their mean over the test pictures. What is broken in A's network: ``noise`` on its weights, in hundredths of
    their standard deviation, its ``biases`` and its ``pooling`` where they are False. ``epoch`` is the one of its
    training after which the network is looked at, or None for the trained one.

    Raises BadView when a value is not of its kind.
    """

    phase: str = "after"
    scale: str = "map"
    prepare: bool = True
    steps: bool = False
    overlay: str = "none"
    compare: str = "none"
    kept: str = ""
    kept_as: str = ""
    other: str = ""
    label: int = 0
    numbers: bool = False
    sort: bool = False
    hide: bool = False
    pin: tuple[int, int, int, int] | None = None
    side: str = "a"
    off: tuple[tuple[int, int], ...] = ()
    instead: str = "zero"
    noise: int = 0
    biases: bool = True
    pooling: bool = True
    epoch: int | None = None

    def __post_init__(self) -> None:
        if self.pin is not None:
            if not (isinstance(self.pin, list | tuple) and len(self.pin) == 4 and all(map(_is_whole, self.pin))):
                raise BadView("pin")
            object.__setattr__(self, "pin", tuple(self.pin))  # JSON has lists only
        if not isinstance(self.off, list | tuple) or len(self.off) > MOST_OFF or not all(map(_is_channel, self.off)):
            raise BadView("off")
        object.__setattr__(self, "off", tuple(map(tuple, self.off)))
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise BadView(name)
        for field in fields(self):
            if field.type in (str, bool, int) and type(getattr(self, field.name)) is not field.type:
                raise BadView(field.name)
        self._check_numbers()
        if self.kept:
            self.kept_picture()

    def _check_numbers(self) -> None:
        if self.epoch is not None and not _is_whole(self.epoch):
            raise BadView("epoch")
        if not _is_whole(self.label) or not self.other.isprintable():
            raise BadView("compare")

    @classmethod
    def read(cls, value: Any) -> "View":
        """The view that a browser or a link holds as a JSON object; what is missing is as on a fresh page."""
        if not isinstance(value, dict):
            raise BadView("no object")
        try:
            return cls(**value)
        except TypeError as error:
            raise BadView("an unknown switch") from error

    def value(self) -> ViewValue:
        """What the page's controls are given."""
        return cast(ViewValue, asdict(self))

    def kept_picture(self) -> NDArray[np.float32]:
        """The kept picture, (28, 28) from 0 to 1."""
        return self.kept_pixels().astype(np.float32) / np.float32(255)

    def kept_pixels(self) -> NDArray[np.uint8]:
        """The kept picture in bytes, (28, 28)."""
        try:
            pixels = np.frombuffer(base64.b64decode(self.kept, validate=True), np.uint8)
        except ValueError as error:
            raise BadView("kept") from error
        if pixels.size != PICTURE_SIZE * PICTURE_SIZE:
            raise BadView("kept")
        return pixels.reshape(PICTURE_SIZE, PICTURE_SIZE)


def _is_channel(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_whole, value))


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10_000
