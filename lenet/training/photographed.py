"""Training pictures as the page makes them of photos: laid into a scene, found there and prepared.

A phone is held aslant, cloth is of another colour than the shop's, and an outline that was found is never quite the
true one. A network that has seen only the data set's own pictures loses most by that.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import prepare
from lenet.training.photos import mixed, take

SIDES = (160, 280)
"""The photos' longest side, in pixels. Twice as long ones take twice the time, and the pictures are 28 pixels wide."""

AT_ONCE = 500
"""Pictures that one process gets at once: some ten seconds' work."""

Pictures = NDArray[np.uint8]
"""(N, 28, 28) greys, ink or cloth bright on black."""


def photographed(kind: str, images: Pictures, count: int, seed: int) -> tuple[Pictures, NDArray[np.int64]]:
    """``count`` photos of ``images`` in scenes of all sorts, prepared, and the number of the image that is in each.

    Every image is photographed as often as any other, or once more. A photo in which nothing is found is left out.
    """
    random = np.random.default_rng(seed)
    rounds = -(-count // len(images))
    order = np.concatenate([random.permutation(len(images)) for _ in range(rounds)])[:count]
    starts = range(0, count, AT_ONCE)
    parts = [images[order[start : start + AT_ONCE]] for start in starts]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        prepared = pool.map(_all_prepared, [kind] * len(parts), parts, starts, [seed] * len(parts))
        pictures, found = (np.concatenate(each) for each in zip(*prepared, strict=True))
    return pictures[found], order[found]


def _all_prepared(kind: str, images: Pictures, start: int, seed: int) -> tuple[Pictures, NDArray[np.bool_]]:
    """A photo of each image, prepared, and whether anything was found in it. ``start`` is the first photo's number."""
    seen = [_prepared(kind, image, np.random.default_rng((seed, number))) for number, image in enumerate(images, start)]
    nothing = np.zeros(images.shape[1:], np.uint8)
    return np.stack([nothing if one is None else one for one in seen]), np.array([one is not None for one in seen])


def _prepared(kind: str, image: Pictures, random: np.random.Generator) -> Pictures | None:
    """A photo of one (28, 28) image, prepared; None where nothing is found in it."""
    scene, picture = mixed(random, kind), np.divide(image, 255, dtype=np.float32)
    photo = take(random, kind, scene, [picture], side=int(random.integers(*SIDES)), held_out=False)
    try:
        steps = prepare(Image.fromarray(photo.pixels), kind).steps
    except BlankPicture:
        return None
    return np.round(steps["network"] * 255).astype(np.uint8)
