"""Photos that code puts together: what is on them, and that the truth about them is true."""

from dataclasses import replace

import numpy as np
import pytest
from support import real_pictures

from lenet.pictures.garments import from_cloth
from lenet.pictures.prepare import prepare
from lenet.training.photos import SCENES, Scene, mixed, take
from lenet.training.textures import PLACES, _even

PICTURES = {kind: real_pictures(kind).astype(np.float32) / 255 for kind in SCENES}

SIDE = 96

EVERY = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]


def photo(kind: str, scene: Scene, count: int = 1, seed: int = 0, held_out: bool = False):
    pictures = list(PICTURES[kind][3 : 3 + count])
    return take(np.random.default_rng(seed), kind, scene, pictures, side=SIDE, held_out=held_out)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_a_photo_of_each_scene_comes_with_the_mask_of_what_is_on_it(kind, name):
    for held_out in (False, True):
        taken = photo(kind, SCENES[kind][name], held_out=held_out)
        assert taken.pixels.shape == (*taken.mask.shape, 3)
        assert max(taken.mask.shape) == SIDE
        assert taken.mask.max() == 1 and taken.mask.min() == 0
        assert (taken.truth[taken.mask == 0] == 0).all()


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_a_photo_of_nothing_has_an_empty_mask(kind, name):
    assert not photo(kind, SCENES[kind][name], count=0).mask.any()


def test_a_seed_gives_the_same_photo_again():
    scene = mixed(np.random.default_rng(1), "digit")
    once, again, other = (photo("digit", scene, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(once.pixels, again.pixels)
    assert once.pixels.shape != other.pixels.shape or not np.array_equal(once.pixels, other.pixels)


def test_ink_is_darker_than_its_paper_and_chalk_brighter_than_its_board():
    for name, sign in (("paper", 1), ("chalk on a board", -1)):
        taken = photo("digit", SCENES["digit"][name])
        grey = taken.pixels.mean(-1)
        assert sign * (np.median(grey[taken.mask == 0]) - np.median(grey[taken.mask > 0.9])) > 10


def test_several_digits_stand_beside_each_other_inside_the_photo():
    for seed in range(5):
        ink = photo("digit", replace(SCENES["digit"]["paper"], tilt=0.0), count=3, seed=seed).mask > 0.5
        assert (np.diff(np.r_[0, ink.any(0), 0]) == 1).sum() == 3
        assert not ink[:, [0, -1]].any()


def test_what_is_held_out_is_in_no_training():
    for place in PLACES.values():
        assert set(place.seen) & set(place.held_out) <= {_even}


def test_a_garment_is_hardly_wider_in_a_photo_than_in_its_picture():
    scene, more = replace(SCENES["garment"]["on white"], tilt=0.0), []
    for picture in PICTURES["garment"]:
        taken = take(np.random.default_rng(0), "garment", scene, [picture], side=300, held_out=False)
        mask = taken.mask > 0.5
        found = from_cloth(np.where(mask, taken.truth, 0), mask)["network"]
        more.append(found.mean() - prepare(picture, "garment").picture.mean())
    assert np.mean(more) < 0.03
