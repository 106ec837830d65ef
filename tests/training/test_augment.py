import pytest
import torch

from lenet.training.augment import BY_KIND, Augmentation


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def batch(digits) -> torch.Tensor:
    return torch.from_numpy(digits.copy())[:, None].float() / 255


def test_no_variation_changes_nothing(batch):
    torch.testing.assert_close(Augmentation()(batch, generator()), batch, atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", BY_KIND)
def test_shape_and_range_are_kept(kind, batch):
    varied = BY_KIND[kind](batch, generator())
    assert varied.shape == batch.shape
    assert varied.min() >= 0
    assert varied.max() <= 1 + 1e-6


@pytest.mark.parametrize("knob", ["rotation", "shear", "scale", "shift", "warp", "stroke", "flip", "step", "erase"])
def test_each_picture_is_varied_on_its_own(knob, batch):
    same = batch[:1].expand(16, -1, -1, -1)
    bound = {"rotation": 15, "shear": 15, "shift": 2, "warp": 2, "step": 2}.get(knob, 0.5)
    varied = Augmentation(**{knob: bound})(same, generator())
    distinct = len({tuple(picture.flatten().round(decimals=3).tolist()) for picture in varied})
    assert distinct == 16 if knob not in ("flip", "step", "erase") else distinct > 1


def test_a_seed_gives_the_same_variation(batch):
    vary = BY_KIND["digit"]
    assert torch.equal(vary(batch, generator(3)), vary(batch, generator(3)))
    assert not torch.equal(vary(batch, generator(3)), vary(batch, generator(4)))


def test_a_certain_flip_mirrors_left_and_right(batch):
    torch.testing.assert_close(Augmentation(flip=1.0)(batch, generator()), batch.flip(-1), atol=1e-4, rtol=0)


def test_digits_are_never_mirrored():
    assert BY_KIND["digit"].flip == 0


def test_a_shift_moves_at_most_its_bound(batch):
    shifted = Augmentation(shift=2)(batch, generator())
    columns = torch.arange(28.0)

    def centre(pictures):
        return (pictures.sum((1, 2)) * columns).sum(1) / pictures.sum((1, 2, 3))

    moved = centre(shifted) - centre(batch)
    assert moved.abs().max() <= 2.05
    assert moved.abs().max() > 1


def test_strokes_become_thicker_and_thinner(batch):
    ink = Augmentation(stroke=0.8)(batch, generator()).sum((1, 2, 3)) / batch.sum((1, 2, 3))
    assert ink.min() < 0.9
    assert ink.max() > 1.1


def test_a_step_moves_by_whole_pixels_and_blurs_nothing(batch):
    stepped = Augmentation(step=2)(batch, generator())
    for picture, original in zip(stepped[:, 0], batch[:, 0], strict=True):
        wide = torch.nn.functional.pad(original, (2, 2, 2, 2))
        assert any(torch.equal(picture, wide[y : y + 28, x : x + 28]) for y in range(5) for x in range(5))


def test_erasing_covers_one_rectangle_in_one_grey(batch):
    erased = Augmentation(erase=1.0)(batch.expand(-1, 1, 28, 28), generator())
    changed = (erased != batch).flatten(1)
    assert changed.any(1).float().mean() > 0.9
    for picture, original in zip(erased[:, 0], batch[:, 0], strict=True):
        rows, columns = (picture != original).nonzero().unbind(1)
        assert len(rows) <= 8 * 8
        assert len(picture[rows, columns].unique()) <= 1
