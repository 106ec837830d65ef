"""The chapter's exercises as guided steps: each sets the page up, points at what to see, asks, and has the answer.

Every number in an answer is measured: a claim names what was measured, and a test measures it again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.planes import PICTURE_SIZE, resize
from lenet.ui.values.examples import COLUMNS, example_picture
from lenet.ui.values.pixels import encode, to_bytes
from lenet.ui.view import View

NOISE, UPSIDE_DOWN = "noise", "upside down"
"""Pictures beside the examples: one that shows nothing, and one turned by half."""

NOISE_SEED = 5
"""Any: the noise of an exercise is the same for a whole class."""

SMALL_SIDE, SMALL_EDGE = 12, 1
"""The small digit of exercise 3, in pixels: its side, and how far it stands from the edge."""


class Claim(NamedTuple):
    """A part of an answer that was measured: a measure's name, what it is asked, and the words that it gives."""

    measure: str
    asked: tuple[Any, ...]
    words: str


What = Literal["map", "layer", "pad", "picture", "answer", "panel", "epochs"]


class Ring(NamedTuple):
    """What a step points at: a "map", by its layer and its number, both from 1; a "layer"; or a part of the page."""

    what: What
    layer: int = 0
    number: int = 0


@dataclass(frozen=True)
class Step:
    """A step of an exercise: what the page shows, and what is said about it.

    ``text`` says what to look at, ``question`` asks, and ``answer`` is what was measured. ``picture`` is (28, 28)
    uint8. ``table`` has rows of a knob's value and the test accuracy that it gave.
    """

    text: str
    question: str
    answer: str
    checkpoint: str
    picture: NDArray[np.uint8]
    view: View = View()
    rings: tuple[Ring, ...] = ()
    claims: tuple[Claim, ...] = ()
    table: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Exercise:
    """An exercise: its name in links, its title, and its steps."""

    name: str
    title: str
    steps: tuple[Step, ...]

    def offered(self, checkpoints: Collection[str]) -> bool:
        """Whether all networks that it needs are among those named ``checkpoints``."""
        return {name for step in self.steps for name in (step.checkpoint, step.view.other)} <= {"", *checkpoints}


def noise(seed: int) -> NDArray[np.uint8]:
    """(28, 28): every pixel drawn by itself."""
    return np.random.default_rng(seed).integers(0, 256, (PICTURE_SIZE, PICTURE_SIZE), np.uint8)


def upside_down(picture: NDArray) -> NDArray:
    """Turned by half."""
    return np.ascontiguousarray(picture[::-1, ::-1])


T_SHIRT, TROUSER, PULLOVER, COAT, SHIRT, ANKLE_BOOT = 0, 1, 2, 4, 6, 9
"""Fashion-MNIST's numbers of these classes, and so of their first examples."""


def garment(number: int, row: int = 0) -> NDArray[np.uint8]:
    return example_picture("garment", row * COLUMNS + number)


def digit(number: int) -> NDArray[np.uint8]:
    return example_picture("digit", number)


def small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(28, 28): the picture, reduced, in the upper left corner."""
    reduced = to_bytes(resize(picture.astype(np.float32), SMALL_SIDE, SMALL_SIDE), 0, 255)
    return np.pad(reduced, (SMALL_EDGE, PICTURE_SIZE - SMALL_SIDE - SMALL_EDGE))


def _beside(picture: NDArray[np.uint8], kind: str, **switches: Any) -> View:
    """A view that has a kept picture as B."""
    return View(compare="kept", kept=encode(picture), kept_as=kind, **switches)


CLASSIC, CLASSIC_MAX, GARMENTS = "fashion-classic", "fashion-classic-max", "fashion-lenet"
DIGITS, DIGITS_CLASSIC = "mnist-lenet", "mnist-classic"

PANEL = Ring("panel")
ANSWER = Ring("answer")
TIME_MACHINE = Ring("epochs")
LAYERS = (Ring("layer", 1), Ring("layer", 2))

POOLING = Exercise(
    "1",
    "1 · Which pooling?",
    (
        Step(
            "This network pools by the average. The panel explains one pooled cell of map 4: four cells of the map "
            "after the activation become one.",
            "By which rule do the four numbers become one?",
            "0.18, 0.85, 0.08 and 0.73 become 0.46: their average. The map has half as many rows and columns, and "
            "still says how much there was in each square.",
            CLASSIC,
            garment(ANKLE_BOOT),
            View(phase="pooled", pin=(1, 3, 7, 13)),
            (PANEL,),
            (
                Claim("arithmetic", ("window",), "0.18, 0.85, 0.08 and 0.73"),
                Claim("arithmetic", ("pooled",), "0.46"),
            ),
        ),
        Step(
            "This network differs in one thing: it pools by the maximum. Layers, data, recipe, seed and epochs are "
            "the same. Here is the same cell.",
            "By which rule now, and what is lost?",
            "0.28, 0.85, 0.12 and 0.77 become 0.85. The largest stays. The other three are lost, and so is the place "
            "of the largest.",
            CLASSIC_MAX,
            garment(ANKLE_BOOT),
            View(phase="pooled", pin=(1, 3, 7, 13)),
            (PANEL,),
            (
                Claim("arithmetic", ("window",), "0.28, 0.85, 0.12 and 0.77"),
                Claim("arithmetic", ("pooled",), "0.85"),
            ),
        ),
        Step(
            "A pools by the average, B by the maximum. Both were trained in the same way and see the same boot.",
            "Which of the two reads more of the 10,000 test garments?",
            "The maximum: 83.7 % against 80.7 %. Three networks each, with other seeds:",
            CLASSIC,
            garment(ANKLE_BOOT),
            View(phase="pooled", compare="checkpoint", other=CLASSIC_MAX),
            LAYERS,
            (Claim("accuracy", (CLASSIC_MAX,), "83.7 %"), Claim("accuracy", (CLASSIC,), "80.7 %")),
            (("average", "0.800 ± 0.008"), ("max", "0.825 ± 0.009")),
        ),
        Step(
            "What if there were no pooling, only its steps of two? Of each four cells the first one stays, large or "
            "small. Nothing else is changed. The answer is hidden: guess first.",
            "Does it still know the boot?",
            "Yes, but it is less sure: Ankle boot, 58.2 %. With the maximum it was 89.1 %.",
            CLASSIC_MAX,
            garment(ANKLE_BOOT),
            View(phase="pooled", pooling=False, hide=True),
            (ANSWER,),
            (Claim("says", (), "Ankle boot, 58.2 %"), Claim("whole", ("Ankle boot",), "89.1 %")),
        ),
    ),
)

KNOBS = Exercise(
    "2",
    "2 · One knob at a time",
    (
        Step(
            "The first knob is the activation. A has a sigmoid, B has ReLU (and other changes). Look at layer 1.",
            "In which of the two are many cells exactly 0?",
            "In B: 54 % of its cells are 0, and none of A's. Turned alone, this knob gives this test accuracy:",
            CLASSIC,
            garment(ANKLE_BOOT),
            View(compare="checkpoint", other=GARMENTS),
            (Ring("layer", 1),),
            (Claim("zero", (1, "b"), "54 %"), Claim("is_zero_nowhere", (1, "a"), "none")),
            (
                ("sigmoid", "0.800 ± 0.008"),
                ("ReLU, learning rate 0.9", "0.100 ± 0.000"),
                ("ReLU, learning rate 0.1", "0.845 ± 0.008"),
            ),
        ),
        Step(
            "The next knob is the width of the kernels. Each small square here is a kernel of 5 × 5 weights: orange "
            "is above 0, blue below.",
            "Do wider kernels read more garments?",
            "Hardly: the three lie within what another seed changes. Test accuracy:",
            GARMENTS,
            garment(ANKLE_BOOT),
            View(phase="kernels"),
            (Ring("layer", 1),),
            (),
            (("3 x 3", "0.862 ± 0.004"), ("5 x 5", "0.848 ± 0.013"), ("7 x 7", "0.855 ± 0.002")),
        ),
        Step(
            "The number of maps is a knob, too. A has 6 and 16 maps, B has 16 and 32.",
            "What do more maps give?",
            "A little, and they cost 117,078 parameters instead of 61,706. Test accuracy:",
            GARMENTS,
            garment(ANKLE_BOOT),
            View(compare="checkpoint", other="fashion-modern-small"),
            LAYERS,
            (Claim("parameters", ("12 and 32",), "117,078"), Claim("parameters", ("6 and 16",), "61,706")),
            (("3 and 8", "0.845 ± 0.001"), ("6 and 16", "0.848 ± 0.013"), ("12 and 32", "0.866 ± 0.013")),
        ),
        Step(
            "The learning rate says how far each step of training moves the weights. No map shows it, only what "
            "training has found.",
            "What happens when it is too small, and when it is too large?",
            "Too small: ten epochs are not enough. Too large: one of three networks fell to chance. Test accuracy:",
            CLASSIC,
            garment(ANKLE_BOOT),
            View(),
            (),
            (),
            (("0.01", "0.791 ± 0.012"), ("0.1", "0.848 ± 0.013"), ("0.5", "0.603 ± 0.435")),
        ),
        Step(
            "The last knob is the number of epochs. This network of sigmoids has seen all 60,000 digits twice. A is a "
            "seven, B a zero. Follow A − B from layer to layer, down to the bars. Draw something, too.",
            "What do the ten bars say, whatever is on the pad?",
            "That nobody knows: 7.7 % to 12.3 %, for A and for B. The two differ by 0.046 in layer 1, by 0.001 in "
            "dense layer 4. A sigmoid's slope is at most 1/4, and there are four in a row: little of a difference "
            "comes through, and little of the error comes back.",
            DIGITS_CLASSIC,
            digit(7),
            _beside(digit(0), "digit", scale="both", epoch=2),
            (ANSWER, TIME_MACHINE),
            (
                Claim("bars", ("a",), "7.7 % to 12.3 %"),
                Claim("bars", ("b",), "7.7 % to 12.3 %"),
                Claim("difference", ("act1",), "0.046"),
                Claim("difference", ("act4",), "0.001"),
            ),
        ),
        Step(
            "The same two after epoch 5. Move the slider back and forth, or press play. Blue is how many training "
            "pictures were right in each epoch, orange is the loss.",
            "In which epoch does the network begin to tell the two apart?",
            "In epoch 4: 60.4 % of the training pictures were right, after 13.3 % in epoch 3. While little of the "
            "error comes back, the kernels of layer 1 hardly move: by 0.3 of their length until epoch 2, by 4.0 until "
            "epoch 5. Now A is 7, 99.4 %.",
            DIGITS_CLASSIC,
            digit(7),
            _beside(digit(0), "digit", scale="both", epoch=5),
            (TIME_MACHINE, ANSWER),
            (
                Claim("trained", (4,), "60.4 %"),
                Claim("trained", (3,), "13.3 %"),
                Claim("moved", ("conv1", 2), "0.3"),
                Claim("moved", ("conv1", 5), "4.0"),
                Claim("says", (), "7, 99.4 %"),
            ),
        ),
    ),
)

ON_DIGITS = Exercise(
    "3",
    "3 · The same on digits",
    (
        Step(
            "The garments' network of 6 and 16 maps has a twin: the same layers and recipe, trained on MNIST's "
            "digits. Draw some of your own.",
            "Which task is easier: digits or garments?",
            "Digits: 99.6 % of the test pictures are read right. The twin reads 92.2 % of the garments right.",
            DIGITS,
            digit(5),
            View(),
            (Ring("pad"),),
            (Claim("accuracy", (DIGITS,), "99.6 %"), Claim("accuracy", (GARMENTS,), "92.2 %")),
        ),
        Step(
            "A is the chapter's own network, trained on digits. B has ReLU, max pooling and batch normalisation. Both"
            " see the same five.",
            "Which of the two is surer?",
            "B: it gives the five 98.7 %, A gives it 73.8 %. Test accuracy, one knob after the other:",
            DIGITS_CLASSIC,
            digit(5),
            View(compare="checkpoint", other=DIGITS),
            (ANSWER,),
            (Claim("probability", ("5", "b"), "98.7 %"), Claim("probability", ("5", "a"), "73.8 %")),
            (
                ("classic", "0.964 ± 0.007"),
                ("ReLU and max pooling", "0.984 ± 0.005"),
                ("and batch normalisation", "0.985 ± 0.008"),
            ),
        ),
        Step(
            "A small five stands in a corner. The page does not prepare it: the network gets the pad as it is, made "
            "smaller. Guess first.",
            "What does the network read?",
            "7, 99.8 %, which is wrong. It has only ever seen large digits in the middle.",
            DIGITS,
            small(digit(5)),
            View(prepare=False, hide=True),
            (Ring("picture"), ANSWER),
            (Claim("says", (), "7, 99.8 %"),),
        ),
        Step(
            "The same five. Now the page prepares it as MNIST's digits were: the ink fitted into 20 × 20 pixels, its "
            "centre of mass in the middle.",
            "What does the network read now?",
            "5, 97.6 %. What comes before the network matters as much as the network.",
            DIGITS,
            small(digit(5)),
            View(),
            (Ring("picture"), ANSWER),
            (Claim("says", (), "5, 97.6 %"),),
        ),
    ),
)

PULLOVER_AND_COAT = Exercise(
    "4a",
    "4a · A pullover and a coat",
    (
        Step(
            "A kernel is 5 × 5 weights, laid on a patch of the picture. Each weight times the grey below it, all "
            "added up, plus the bias, through the activation (a sigmoid): one cell of the map. Point at cells of the "
            "maps.",
            "What does the map show?",
            "Where in the picture the patch is like the kernel: here at the sleeve's right edge. The products add up "
            "to 6.5684; with the bias, the sigmoid makes 0.9984 of them. The same 25 weights visit all 28 × 28 "
            "places.",
            CLASSIC,
            garment(PULLOVER),
            View(pin=(1, 2, 8, 24)),
            (PANEL,),
            (Claim("arithmetic", ("sum", 4), "6.5684"), Claim("arithmetic", ("after", 4), "0.9984")),
        ),
        Step(
            "After the activation each map is pooled: of each square of 2 × 2 cells, only the average stays.",
            "Why are the maps 14 × 14 now, and 5 × 5 in layer 2?",
            "Half the rows and half the columns are left: 28 becomes 14. In layer 2 a kernel 5 wide fits into 14 "
            "cells at 14 − 5 + 1 = 10 places, and pooling halves that. In layer 1 a border of zeros (padding) kept 28"
            " at 28.",
            CLASSIC,
            garment(PULLOVER),
            View(phase="pooled"),
            LAYERS,
        ),
        Step(
            "B is a coat, read by the same kernels. In A − B, orange is stronger for the pullover, blue for the coat."
            " L2 says how far two maps are apart: the length of A − B, in any layer.",
            "Which two maps of layer 1 tell the two apart most?",
            "Maps 3 and 4: L2 is 11.3 and 11.0. But all six differ; map 1 differs least, by 8.4.",
            CLASSIC,
            garment(PULLOVER),
            _beside(garment(COAT), "garment", scale="layer"),
            (Ring("layer", 1),),
            (
                Claim("apart", (1, 2), "3 and 4"),
                Claim("distances", (1, 3, 4), "11.3 and 11.0"),
                Claim("apart", (1, -1), "1"),
                Claim("distances", (1, 1), "8.4"),
            ),
        ),
        Step(
            "Now look at layer 2: each filter reads all six maps of layer 1. The maps (also called channels) that "
            "differ most stand first.",
            "Which three maps of layer 2 tell them apart most?",
            "Maps 9, 10 and 1: L2 is 5.8, 5.1 and 4.8. Map 5 differs least, by 1.7. A kernel of layer 2 reads six "
            "maps at once, so it can answer to a part of a garment, not only to an edge.",
            CLASSIC,
            garment(PULLOVER),
            _beside(garment(COAT), "garment", scale="layer", sort=True),
            (Ring("layer", 2),),
            (
                Claim("apart", (2, 3), "9, 10 and 1"),
                Claim("distances", (2, 9, 10, 1), "5.8, 5.1 and 4.8"),
                Claim("apart", (2, -1), "5"),
                Claim("distances", (2, 5), "1.7"),
            ),
        ),
        Step(
            "To differ is one thing, to decide another. The panel adds up what speaks for “Pullover”. Choose "
            "“Pullover rather than Coat” in its menu, and press “Which maps does it need most?”.",
            "Which map of layer 2 does “Pullover rather than Coat” need most?",
            "Map 3: Pullover leads by 3.5, and by 2.5 less without it. The first three are 3, 12 and 9. Map 9 differs"
            " most, but without it the lead loses only 0.2: what differs is not always what decides.",
            CLASSIC,
            garment(PULLOVER),
            View(pin=(0, PULLOVER, 0, 0)),
            (PANEL,),
            (
                Claim("needs", ("Pullover", "Coat", 1), "3"),
                Claim("needs", ("Pullover", "Coat", 3, (2,)), "3, 12 and 9"),
                Claim("lead", ("Pullover", "Coat"), "3.5"),
                Claim("loss", ("Pullover", "Coat", 2, 3), "2.5"),
                Claim("loss", ("Pullover", "Coat", 2, 9), "0.2"),
            ),
        ),
        Step(
            "Maps 3, 12 and 9 of layer 2 are switched off. All others work as before. The answer is hidden: guess "
            "first.",
            "What is the pullover taken for now?",
            "Coat, 31.5 %. Pullover has 28.1 % left, and had 84.0 %. Three maps of 22 carried the difference.",
            CLASSIC,
            garment(PULLOVER),
            View(off=((2, 2), (2, 11), (2, 8)), hide=True),
            (Ring("map", 2, 3), Ring("map", 2, 12), Ring("map", 2, 9), ANSWER),
            (
                Claim("says", (), "Coat, 31.5 %"),
                Claim("probability", ("Pullover",), "28.1 %"),
                Claim("whole", ("Pullover",), "84.0 %"),
            ),
        ),
    ),
)

SHIRT_AND_T_SHIRT = Exercise(
    "4b",
    "4b · A shirt and a T-shirt",
    (
        Step(
            "A is a shirt, B a T-shirt, which networks confuse most. This network has batch normalisation, and ReLU: "
            "a map is 0 where its filter finds nothing. Most different first.",
            "Which two maps of layer 2 tell the two apart most?",
            "Maps 13 and 7: L2 is 3.6 and 3.5.",
            GARMENTS,
            garment(SHIRT),
            _beside(garment(T_SHIRT), "garment", scale="layer", sort=True),
            (Ring("layer", 2),),
            (Claim("apart", (2, 2), "13 and 7"), Claim("distances", (2, 13, 7), "3.6 and 3.5")),
        ),
        Step(
            "The panel adds up what speaks for “Shirt”. Choose “Shirt rather than T-shirt/top” in its menu, and press"
            " “Which maps does it need most?”.",
            "Which two maps does “Shirt rather than T-shirt” need most, of all 22?",
            "Maps 6 and 5 of layer 1. Shirt leads by 2.1, and without map 6 by 1.6 less. In layer 2 it needs maps 16 "
            "and 8 most.",
            GARMENTS,
            garment(SHIRT),
            View(pin=(0, SHIRT, 0, 0)),
            (PANEL,),
            (
                Claim("needs", ("Shirt", "T-shirt/top", 2), "6 and 5"),
                Claim("lead", ("Shirt", "T-shirt/top"), "2.1"),
                Claim("loss", ("Shirt", "T-shirt/top", 1, 6), "1.6"),
                Claim("needs", ("Shirt", "T-shirt/top", 2, (2,)), "16 and 8"),
            ),
        ),
        Step(
            "Maps 6 and 5 of layer 1 are switched off: they are 0 everywhere. The answer is hidden: guess first.",
            "Is it still a shirt?",
            "No: T-shirt/top, 47.8 %. Shirt has 32.3 % left, and had 88.0 %.",
            GARMENTS,
            garment(SHIRT),
            View(off=((1, 5), (1, 4)), hide=True),
            (Ring("map", 1, 6), Ring("map", 1, 5), ANSWER),
            (
                Claim("says", (), "T-shirt/top, 47.8 %"),
                Claim("probability", ("Shirt",), "32.3 %"),
                Claim("whole", ("Shirt",), "88.0 %"),
            ),
        ),
        Step(
            "To say 0 is to say “this part is not there”. Now each of the two maps has one number everywhere: its "
            "mean over all test pictures, which says nothing about this one.",
            "Is it a shirt now?",
            "Yes, by a little: Shirt, 47.3 %. What the two maps say about this picture is lost as before. It was the 0 "
            "that misled: where layer 1 says “not there”, layer 2 finds a T-shirt.",
            GARMENTS,
            garment(SHIRT),
            View(off=((1, 5), (1, 4)), instead="mean", hide=True),
            (Ring("map", 1, 6), Ring("map", 1, 5), ANSWER),
            (Claim("says", (), "Shirt, 47.3 %"),),
        ),
    ),
)

OTHER_PICTURES = Exercise(
    "5",
    "5 · Other pictures",
    (
        Step(
            "A is noise, B is a seven. Compare their maps, layer by layer.",
            "For which of the two are more cells of layer 2 above 0?",
            "For the noise: 33 % of its cells, and 20 % of the seven's. In layer 1 it is the other way round, 41 % "
            "and 52 %. Noise has a little of everything, so many filters of layer 2 find something.",
            DIGITS,
            noise(NOISE_SEED),
            _beside(digit(7), "", scale="layer", prepare=False),
            (Ring("layer", 2),),
            (
                Claim("fires", (2, "a"), "33 %"),
                Claim("fires", (2, "b"), "20 %"),
                Claim("fires", (1, "a"), "41 %"),
                Claim("fires", (1, "b"), "52 %"),
            ),
        ),
        Step(
            "There is no digit here. But ten probabilities must add up to 1, so one has to win. The answer is hidden:"
            " guess first.",
            "How sure is the network?",
            "8, 100.0 %. It was only ever shown digits, so it cannot answer “none of these”. To be sure is not to be "
            "right.",
            DIGITS,
            noise(NOISE_SEED),
            View(prepare=False, hide=True),
            (ANSWER,),
            (Claim("says", (), "8, 100.0 %"),),
        ),
        Step(
            "A is a seven turned upside down, B the same seven upright. Look at the mean of each map: how bright it is "
            "as a whole, wherever its bright cells are.",
            "In which layer are the same maps bright for A and for B?",
            "In layer 1: the cosine of A's means and B's is 1.000, the same pattern. In layer 2 it is 0.904: its "
            "kernels put edges together, and care how a thing is turned. The answer is 6, 80.5 %.",
            DIGITS,
            upside_down(digit(7)),
            _beside(digit(7), "digit", scale="layer"),
            LAYERS,
            (
                Claim("cosine_of_means", (1,), "1.000"),
                Claim("cosine_of_means", (2,), "0.904"),
                Claim("says", (), "6, 80.5 %"),
            ),
        ),
        Step(
            "These are trousers. The network knows only digits. The answer is hidden: guess first.",
            "Which digit does it see in them?",
            "0, 99.9 %. Click the logit of 0, and press “Which maps does it need most?” to see which maps speak for "
            "it.",
            DIGITS,
            garment(TROUSER),
            View(prepare=False, hide=True),
            (ANSWER,),
            (Claim("says", (), "0, 99.9 %"),),
        ),
    ),
)

EXERCISES = (POOLING, KNOBS, ON_DIGITS, PULLOVER_AND_COAT, SHIRT_AND_T_SHIRT, OTHER_PICTURES)


@dataclass(frozen=True)
class Place:
    """A step of an exercise, both as they are in the table; ``number`` counts the steps from 0."""

    exercise: Exercise
    number: int

    @property
    def step(self) -> Step:
        return self.exercise.steps[self.number]

    @property
    def name(self) -> str:
        """As links and the page name it, for example "4b-2": the exercise's name, and the step from 1."""
        return f"{self.exercise.name}-{self.number + 1}"


PLACES = {
    place.name: place
    for exercise in EXERCISES
    for place in (Place(exercise, number) for number in range(len(exercise.steps)))
}
"""Every step by its name."""
