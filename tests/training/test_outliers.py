"""What code draws that is no digit, or no garment."""

import pytest
import torch
from support import real_pictures

from lenet.training import outliers, strokes


def data():
    return torch.from_numpy(real_pictures("digit").copy())[:, None].float() / 255, torch.arange(30) % 10


def drawn(kind: str, count: int = 60, seed: int = 0):
    return outliers.draw(count, kind, *data(), torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("kind", "families"), [("digit", outliers.DIGITLESS), ("garment", outliers.GARMENTLESS)])
def test_every_family_is_drawn_as_pictures(kind, families):
    pictures, places = drawn(kind)
    assert pictures.shape == (60, 1, 28, 28) and pictures.dtype == torch.float32
    assert pictures.min() >= 0 and pictures.max() <= 1 and (pictures.amax((1, 2, 3)) > 0.2).all()
    assert list(places) == list(families)
    assert sum(len(pictures[place]) for place in places.values()) == len(pictures)


def test_a_seed_gives_the_same_pictures():
    assert torch.equal(drawn("digit", seed=4)[0], drawn("digit", seed=4)[0])
    assert not torch.equal(drawn("digit", seed=4)[0], drawn("digit", seed=5)[0])


def test_what_is_no_digit_is_as_large_as_a_digit():
    pictures, places = drawn("digit", 120)
    for family in ("letters", "signs", "glyphs", "scribbles"):
        rows = (pictures[places[family]] > 0.5).any(3).sum((1, 2))
        columns = (pictures[places[family]] > 0.5).any(2).sum((1, 2))
        assert torch.maximum(rows, columns).max() <= strokes.BOX + 1


def test_no_digit_is_left_as_it_was():
    images, labels = data()
    made = outliers.turned(100, images, labels, torch.Generator().manual_seed(0))
    apart = (made[:, None] - images[None]).abs().mean((2, 3, 4)).amin(1)
    assert (apart > 0.01).all()
