"""Training pictures as the page makes them of photos."""

import numpy as np
import pytest
import torch
from support import real_pictures

from lenet import checkpoint
from lenet.settings import CHECKPOINTS
from lenet.training import photographed
from lenet.training.loop import logits


@pytest.fixture(scope="module")
def taken():
    return photographed.photographed("garment", real_pictures("garment"), count=45, seed=3)


def test_every_image_is_photographed_as_often_as_any_other_or_once_more(taken):
    pictures, shown = taken
    assert len(pictures) == len(shown) <= 45
    assert np.bincount(shown, minlength=30).max() == 2
    assert pictures.dtype == np.uint8
    assert pictures.shape[1:] == (28, 28)
    assert (pictures.max((1, 2)) == 255).all()


def test_a_photo_keeps_the_number_of_its_image(taken):
    model = checkpoint.load(CHECKPOINTS / "fashion-modern").model
    seen, images = (torch.from_numpy(each)[:, None] / 255 for each in (taken[0], real_pictures("garment")))
    said, true = logits(model, seen).argmax(1), logits(model, images).argmax(1)[taken[1]]
    assert (said == true).float().mean() > 0.7


def test_a_seed_gives_the_same_photos_however_they_are_shared_out(taken, monkeypatch):
    monkeypatch.setattr(photographed, "AT_ONCE", 16)
    again = photographed.photographed("garment", real_pictures("garment"), count=45, seed=3)
    assert all(np.array_equal(one, two) for one, two in zip(taken, again, strict=True))
