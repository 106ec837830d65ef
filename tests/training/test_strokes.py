import pytest
import torch

from lenet import checkpoint
from lenet.settings import CHECKPOINTS
from lenet.training import strokes


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def drawn():
    return strokes.draw(400, generator())


def test_every_digit_is_drawn_as_often(drawn):
    pictures, labels = drawn
    assert pictures.shape == (400, 1, 28, 28)
    assert labels.bincount().tolist() == [40] * 10
    assert pictures.min() == 0
    assert pictures.amax((1, 2, 3)).min() > 0.9


def test_ink_fits_the_box_of_20_and_is_centred_at_14(drawn):
    pictures = drawn[0][:, 0]
    ink = pictures > 0.5
    for axis in (1, 2):
        lines = ink.any(axis)
        assert (lines.sum(1) <= 22).all()  # 20, and half a pixel of a round pen on either side
    index = torch.arange(28.0)
    for axis in (1, 2):
        centre = (pictures.sum(axis) * index).sum(1) / pictures.sum((1, 2))
        assert (centre - 14).abs().mean() < 0.5
    longest = torch.maximum(ink.any(1).sum(1), ink.any(2).sum(1))
    assert longest.float().mean() == pytest.approx(20, abs=0.7)


@pytest.mark.parametrize("width", [2.0, 4.0])
def test_a_pen_is_as_wide_as_it_says(width, monkeypatch):
    monkeypatch.setattr(strokes, "PEN", (width, width))
    stick = torch.tensor([[[[0.0, -0.5], [0.0, 0.5]]]])
    monkeypatch.setattr(strokes, "SLANT", 0)
    monkeypatch.setattr(strokes, "ROTATION", 0)
    picture = strokes.render(stick, generator())[0, 0]
    assert picture[14].sum() == pytest.approx(width, abs=0.1)


def test_a_seed_gives_the_same_digits():
    for one, two in zip(strokes.draw(30, generator(1)), strokes.draw(30, generator(1)), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(strokes.draw(30, generator(1))[0], strokes.draw(30, generator(2))[0])


def test_the_notation_gives_places_freedoms_and_corners():
    first, second = strokes.parse("0,0~2,3 100,50! / 5,10 20,30")
    torch.testing.assert_close(first.places, torch.tensor([[0, 0], [1, 0.5], [1, 0.5]]))
    torch.testing.assert_close(first.freedom, torch.tensor([[0.02, 0.03], [0.06, 0.06], [0.06, 0.06]]))
    assert first.again.tolist() == [False, False, True]
    torch.testing.assert_close(second.places, torch.tensor([[0.05, 0.1], [0.2, 0.3]]))


def test_corners_stay_corners():
    style = strokes.parse("0,0~0,0 100,0~0,0! 100,100~0,0")
    ends = strokes.polylines(style, 5, generator()).flatten(1, 2)
    corner = (ends - torch.tensor([0.5, -0.5])).norm(dim=2).amin(1)
    assert (corner < 0.02).all()


def test_the_distance_is_that_to_the_nearest_point_of_a_segment():
    segment = torch.tensor([[[[-5.0, 0.0], [5.0, 0.0]]]])
    distance = strokes._distance(segment).view(28, 28)
    assert distance[14, 14] == 0
    assert distance[17, 10] == pytest.approx(3)
    assert distance[17, 14 + 9] == pytest.approx(5)


def test_a_network_that_never_saw_them_reads_most(drawn):
    """The labels are right: a network that real digits alone taught reads these."""
    taught = checkpoint.load(CHECKPOINTS / "mnist-batchnorm")
    assert not taught.metrics["recipe"]["strokes"]
    with torch.inference_mode():
        answers = taught.model(drawn[0]).argmax(1)
    for digit in range(10):
        assert answers[drawn[1] == digit].bincount(minlength=10).argmax() == digit
    assert (answers == drawn[1]).float().mean() > 0.75
