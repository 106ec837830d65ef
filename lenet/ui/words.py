"""What every word of the page means: the one place of these texts.

The page has them once, in the list behind "What the words mean". An element that needs a word names it in its
``aria-describedby``, as ``word-KEY``: a screen reader reads the list's text, and so does the page's tip.
"""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Word:
    """A word as it stands in the list, and what it means."""

    name: str
    text: str


WORDS = {
    # The picture and the answer
    "prepared": Word(
        "The network sees",
        "The picture as the network reads it, 28 × 28 pixels. A digit is fitted into 20 × 20 of them, and its centre "
        "of mass is moved to pixel 14, as in the digits that the network has learned from. A garment fills all 28.",
    ),
    "probability": Word(
        "Probability, softmax",
        "Softmax makes probabilities of the logits: e to the power of each one, divided by the sum of all ten. They "
        "add up to 1, so one class always wins, even where the picture shows none of them.",
    ),
    "doubt": Word(
        "Nearest learned, and the doubt",
        "The three training pictures for which the last dense layer has the closest values. The doubt comes from a "
        "second, small network: it has learned to tell digits (or garments) from letters, scribbles and shapes by what "
        "the last maps and the dense layers make of them.",
    ),
    # The layers
    "convolution": Word(
        "Convolution layer, filter, map",
        "Each filter is slid over what the layer reads. At each place, each number of its kernel is multiplied by the "
        "number below it. The sum of all, plus the bias, is one cell of the filter's map. A map is also called a "
        "channel.",
    ),
    "phase-kernels": Word(
        "Kernel",
        "The weights of a filter: small squares of numbers that training has found, one for each map that the filter "
        "reads. Orange counts for, blue against.",
    ),
    "padding": Word(
        "Padding",
        "A border of zeros around what a layer reads. Without it the map gets smaller: a kernel of 5 × 5 fits at only "
        "14 − 5 + 1 = 10 places into a row of 14, so 14 × 14 becomes 10 × 10. With a border of 2, 28 stays 28.",
    ),
    "field": Word(
        "Frames, receptive field",
        "Point at a cell of a map: frames show the part of the picture, and of the layers before, that this cell sees. "
        "A cell of a later layer sees a larger part.",
    ),
    "activation": Word(
        "Activation",
        "A curve that every sum passes. Without it, two layers together could do no more than one.",
    ),
    "relu": Word("ReLU", "An activation: what is negative becomes 0, all else stays as it is."),
    "sigmoid": Word("Sigmoid", "An activation: it turns every number into one between 0 and 1. 0 becomes 0.5."),
    "tanh": Word("tanh", "An activation: it turns every number into one between −1 and 1. 0 stays 0."),
    "normalisation": Word(
        "Batch normalisation",
        "Before the activation, each map is multiplied by one number and another is added. Training chooses the two "
        "so that all maps have values of a similar size.",
    ),
    "pooling": Word(
        "Pooling",
        "One value stays of each square of 2 × 2 cells, so half the rows and half the columns are left: 28 × 28 "
        "becomes 14 × 14. It then matters less where exactly something was found, and there is less to compute.",
    ),
    "pooling-average": Word("Average pooling", "Of each square of 2 × 2 cells, the mean stays: how much was found."),
    "pooling-max": Word(
        "Max pooling", "Of each square of 2 × 2 cells, the largest stays: whether it was found at all."
    ),
    "pooling-none": Word(
        "No pooling", "Of each square of 2 × 2 cells, the first stays, whatever it is: only the size gets smaller."
    ),
    "dense": Word(
        "Dense layer",
        "Each of its values has a weight for every value before it: it looks at the whole picture at once.",
    ),
    "logits": Word("Logits", "The last layer's values, one for each class. The larger, the likelier the class."),
    "parameters": Word("Parameters", "All numbers that training finds: every weight and every bias of the network."),
    "accuracy": Word(
        "Test pictures",
        "Pictures that training never sees. The share that is read rightly says how well a network reads new ones.",
    ),
    # The arithmetic of a cell
    "patch": Word("Patch", "The part of the input on which the kernel lies."),
    "products": Word("Products", "Each number of the patch times the number of the kernel that lies on it."),
    "sum": Word("Sum", "All products added up. It is high where the patch looks like the kernel."),
    "bias": Word("Bias", "One number for each filter, or value, that is added to every sum. Training finds it, too."),
    "exponent": Word(
        "5.2e-5",
        "A short way to write 0.000052: e-5 moves the point five places to the left, e+5 to the right. ≈0 is a number "
        "so small that its first three decimals are 0.",
    ),
    # The switches
    "phase": Word(
        "Show",
        "What is shown of each layer, in the order in which it is computed: the kernels, the maps before the "
        "activation, after the activation, and after pooling.",
    ),
    "phase-before": Word("Before the activation", "These maps are the sums themselves, which can be negative."),
    "phase-after": Word(
        "After the activation", "How strongly each filter answers at each place. Pooling reads these maps."
    ),
    "phase-pooled": Word(
        "After pooling", "These maps are what the next layer reads. They have half the rows and half the columns."
    ),
    "scale": Word("Scale", "Which values share a colour scale. The scale stands beside the name of each layer."),
    "scale-map": Word(
        "Scale for a map",
        "Each map has its own scale, whose ends stand below it. Faint maps can be seen; the same colour in two maps "
        "is not the same value.",
    ),
    "scale-layer": Word("Scale for a layer", "All maps of a layer share a scale: the same colour is the same value."),
    "scale-both": Word("Scale for both layers", "The maps of all layers share a scale, so layers can be compared."),
    "numbers": Word("Numbers", "The lowest value, the highest and the mean, below each map."),
    "epoch": Word(
        "Epoch, training",
        "An epoch is one pass of training over all pictures. The slider shows the network as it was after each one, on "
        "your own picture: kernels, maps and answer. Epoch 0 is before training, with random weights.",
    ),
    "curve": Word(
        "Curve",
        "For each epoch, how many of the training pictures were right (blue; at the top, all), and the loss (orange), "
        "both while the epoch went on. Dashed: the same for pictures that were held out of training, after the epoch.",
    ),
    # Training
    "recipe": Word(
        "Recipe",
        "An architecture and its training, which a text describes or which was found here. Start from one, and change "
        "what you like.",
    ),
    "data-set": Word(
        "Data set",
        "60,000 pictures to learn from and 10,000 to test with. MNIST shows written digits, Fashion-MNIST garments.",
    ),
    "dropout": Word(
        "Dropout",
        "In each training step, this share of the values behind a dense layer is set to 0 at random, so that the "
        "network does not rely on any single one.",
    ),
    "optimiser": Word(
        "Optimiser",
        "How a training step changes the weights. SGD goes straight against the gradient. Nesterov keeps some of the "
        "step before. Adam and AdamW choose the size of the step for each weight.",
    ),
    "learning-rate": Word(
        "Learning rate",
        "How large a training step is. Too small: nothing happens for long. Too large: the loss jumps about or grows.",
    ),
    "batch-size": Word("Batch size", "How many pictures a training step looks at, before it changes the weights once."),
    "initialisation": Word(
        "First weights",
        "How the random weights before training are drawn. Xavier suits sigmoid and tanh, Kaiming suits ReLU.",
    ),
    "validation": Word(
        "Pictures held out",
        "Training pictures that the network does not learn from. How many of them it reads right says how well it does "
        "on new ones. Where training goes up and held out does not, it learns by heart.",
    ),
    "seed": Word(
        "Seed",
        "The number from which all chance comes: first weights, the order of the pictures. The same seed gives "
        "the same network again.",
    ),
    "multiply-adds": Word(
        "Multiply-adds", "How many products a layer adds up for one picture. They decide how long an answer takes."
    ),
    # Comparing
    "compare": Word(
        "A and B",
        "A is the picture on the pad, read by the network in the menu. B stands beside it: a picture that was kept, "
        "the same picture read by another network, or the mean of a class.",
    ),
    "checkpoint": Word("Network, checkpoint", "A trained network as it was stored, with all its weights."),
    "class-mean": Word("Mean of a class", "Each cell is the mean of that cell over all test pictures of the class."),
    "sort": Word(
        "Most different first",
        "The maps stand in the order of their L2, the largest first. Each keeps its number.",
    ),
    "difference": Word("A − B", "B's value taken from A's, cell by cell. Orange: A is larger. Blue: B is larger."),
    "l2": Word(
        "L2",
        "How far two maps are apart, as one number: the differences of all cells squared, added up, and the square "
        "root of that. 0: the maps are the same.",
    ),
    "cosine": Word(
        "cos",
        "The cosine of the angle between two maps, each taken as one long list of numbers. 1: the same pattern, "
        "weaker or stronger. 0: nothing in common. −1: the opposite.",
    ),
    # Picture
    "prepare": Word(
        "Prepare it",
        "Off: the whole pad is squeezed to 28 × 28 pixels as it is, without fitting and centring. See what the answer "
        "loses.",
    ),
    "steps": Word("How it is prepared", "Shows each step, from what you drew to what the network sees."),
    "overlay": Word(
        "Show on it",
        "Covering: a small square hides each place in turn, and the colour says how the probability changes. Gradient: "
        "how the logit would rise or fall with a little more ink at a pixel.",
    ),
    "hide": Word("Hide the answer", "The label and the bars stay hidden until you ask: let the class guess first."),
    # What if
    "instead": Word(
        "A map that is off",
        "0 everywhere says: this part is not there. The mean over the test pictures says nothing about this one.",
    ),
    "noise": Word(
        "Noise on the weights",
        "To each weight of a kernel or a dense layer a random number is added, the same at every visit. It is measured "
        "by how far the weights of that layer spread around their mean.",
    ),
    "biases": Word("Biases", "Off: every bias is 0, also what batch normalisation adds."),
    # The model card
    "interval": Word(
        "95 % interval",
        "The test pictures are a sample: others would give another share. If the network were tested again and again "
        "on new samples, 95 of 100 such intervals would hold the true share. More pictures make it narrower.",
    ),
    "confusion": Word(
        "Confusion matrix",
        "A row for each true class, a column for each answer. Blue: read rightly. Orange: taken for another class; "
        "errors are rare, so they are coloured more strongly. Click a cell for its test pictures.",
    ),
    "calibration": Word(
        "Calibration",
        "Of all answers with a probability near 80 %, 80 % should be right. A bar on the dashed line says that it is "
        "so; below it, the network is too sure. Pale bars have so few pictures that they can be chance.",
    ),
    "sha": Word(
        "SHA-256",
        "A fingerprint of a file. Two files with the same one are the same, so it tells whether weights or data are "
        "those of this training.",
    ),
    # The page
    "exercises": Word(
        "Exercises",
        "Those of the LeNet chapter of the book Dive into Deep Learning: "
        "https://d2l.ai/chapter_convolutional-neural-networks/lenet.html",
    ),
    "keys": Word(
        "Keys",
        "F shows the page on the full screen. On the pad, arrows move the pen and space lowers and lifts it. On a map, "
        "arrows read its cells and Enter explains one. On a word with dots below it, Enter says what it means, and "
        "Escape closes that again. On a phone, tap such a word, or hold a switch.",
    ),
}
"""By key, in the order of the list."""


def word_list() -> str:
    """The list's inside, as HTML."""
    return "\n".join(
        f'<dt>{escape(word.name)}</dt><dd id="word-{key}">{escape(word.text)}</dd>' for key, word in WORDS.items()
    )
