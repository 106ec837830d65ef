"""The chapter's exercises as set-ups: one click shows a picture, a network and a view in which there is much to see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.planes import PICTURE_SIZE
from lenet.ui.values.examples import COLUMNS, example_picture
from lenet.ui.values.pixels import encode
from lenet.ui.view import View

NOISE, UPSIDE_DOWN = "noise", "upside down"
"""Pictures beside the examples: one that shows nothing, and one turned by half."""

NOISE_SEED = 5
"""Any: the noise of an exercise is the same for a whole class."""


@dataclass(frozen=True)
class Exercise:
    """A set-up: ``picture`` is (28, 28) uint8, ``text`` says what to look for."""

    title: str
    text: str
    checkpoint: str
    picture: NDArray[np.uint8]
    view: View = View()


def noise(seed: int) -> NDArray[np.uint8]:
    """(28, 28): every pixel drawn by itself."""
    return np.random.default_rng(seed).integers(0, 256, (PICTURE_SIZE, PICTURE_SIZE), np.uint8)


def upside_down(picture: NDArray) -> NDArray:
    """Turned by half."""
    return np.ascontiguousarray(picture[::-1, ::-1])


TROUSER, PULLOVER, COAT, ANKLE_BOOT = 1, 2, 4, 9
"""Fashion-MNIST's numbers of these classes, and so of their first examples."""


def garment(number: int, row: int = 0) -> NDArray[np.uint8]:
    return example_picture("garment", row * COLUMNS + number)


def digit(number: int) -> NDArray[np.uint8]:
    return example_picture("digit", number)


EXERCISES = (
    Exercise(
        "1 · Average or max pooling?",
        "A pools by the average, B by the maximum; nothing else differs: the same layers, recipe, seed and epochs. "
        "Look at the pooled maps: the average blurs and keeps how much there was, the maximum keeps the strongest "
        "answer and forgets where in its square it was. The menu says which of the two reads more garments.",
        "fashion-classic",
        garment(ANKLE_BOOT),
        View(phase="pooled", compare="checkpoint", other="fashion-classic-max"),
    ),
    Exercise(
        "2 · What do the modern parts change?",
        "The same eight through the chapter's network (A) and a modern one (B). A's sigmoid gives every place a value "
        "between 0 and 1 and none is ever quite 0; B's ReLU is exactly 0 wherever its filter finds nothing.",
        "mnist-classic",
        digit(8),
        View(compare="checkpoint", other="mnist-modern"),
    ),
    Exercise(
        "3 · The modern network on MNIST",
        "Draw over the five, or draw your own, and watch the bars. Then turn the preparation off (under Picture) and "
        "draw small, in a corner: what a demo does before its network matters as much as the network.",
        "mnist-modern",
        digit(5),
        View(steps=True),
    ),
    Exercise(
        "4 · A pullover and a coat",
        "A is a pullover, B a coat, both through the chapter's network and on one colour scale. The channels that tell "
        "them apart most stand first; in their third picture, orange is stronger for the pullover, blue for the coat.",
        "fashion-classic",
        garment(PULLOVER),
        View(scale="layer", compare="kept", kept=encode(garment(COAT)), kept_as="garment", sort=True),
    ),
    Exercise(
        "5 · Nothing but noise",
        "There is no digit here, yet the ten probabilities must add up to 1, so one of them has to win. A network that "
        "was only ever shown digits cannot answer 'none of these', and how sure it looks says little.",
        "mnist-modern",
        noise(NOISE_SEED),
        View(prepare=False),
    ),
    Exercise(
        "5 · A digit upside down",
        "A is a seven turned by half, B the same seven upright. Layer 1 finds the edges of both; layer 2 finds them in "
        "other places. A convolution does not care where a thing is, but it does care how it is turned.",
        "mnist-modern",
        upside_down(digit(7)),
        View(compare="kept", kept=encode(digit(7)), kept_as="digit"),
    ),
    Exercise(
        "5 · A garment for the digits' network",
        "A pair of trousers before a network that knows only digits. It answers with the digit whose parts it finds; "
        "see which maps of layer 2 take the legs for strokes.",
        "mnist-modern",
        garment(TROUSER),
        View(prepare=False),
    ),
    Exercise(
        "Why does layer 1 show the whole shoe?",
        "A filter sees only a patch of 5 × 5, but it is slid over all of them, so its map is as large as the picture "
        "and the shoe is still there: blurred, outlined or turned negative, as the small kernel under the map says. "
        "Edges are what a kernel makes of them, not all that layer 1 shows. Layer 2 reads all these maps at once, and "
        "what it makes of them is no longer a picture of the shoe.",
        "fashion-classic",
        garment(ANKLE_BOOT),
        View(phase="before"),
    ),
)
