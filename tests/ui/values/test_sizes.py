"""Why maps are as large as they are, in words."""

import pytest

from lenet.model import LeNetConfig
from lenet.ui.values.sizes import size_words


@pytest.mark.parametrize(
    ("number", "phase", "words"),
    [
        (1, "after", "28 × 28 stays 28 × 28: with a border of 2 zeros on each side"),
        (1, "before", "28 + 2 + 2 − 5 + 1 = 28 places"),
        (1, "pooled", "28 × 28 becomes 14 × 14: of each square of 2 × 2 cells"),
        (2, "after", "14 × 14 becomes 10 × 10: without padding, a kernel of 5 × 5 fits at 14 − 5 + 1 = 10 places"),
        (2, "pooled", "10 × 10 becomes 5 × 5"),
    ],
)
def test_the_chapters_sizes_have_their_reasons(number, phase, words):
    assert words in size_words(LeNetConfig(), number, phase)


def test_an_odd_side_says_what_pooling_leaves_out():
    config = LeNetConfig((4,), (4,), (0,))
    assert "25 × 25 becomes 12 × 12" in size_words(config, 1, "pooled")
    assert "no partner" in size_words(config, 1, "pooled")
    assert "no partner" not in size_words(LeNetConfig(), 1, "pooled")
