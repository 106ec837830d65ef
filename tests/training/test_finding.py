"""Training the network that finds ink and cloth in photos, on very few of them."""

import numpy as np
import torch
from support import real_pictures

from lenet.pictures.finder import SIDE
from lenet.training.finding import Finder, Plan, photographs, samples, score, train

FEW = Plan(channels=(4, 4, 4, 4), photos=4, epochs=1, batch=4)


def test_each_photo_is_shown_whole_from_close_up_and_from_between():
    photos = list(photographs("digit", real_pictures("digit"), 3, seed=1, held_out=False))
    colours, answers = samples(iter(photos), seed=1)
    assert colours.shape == (9, SIDE, SIDE, 3)
    assert answers.shape == (9, 2, SIDE, SIDE)
    share = (answers[:, 0] > 127).float().mean((1, 2))
    for number, photo in enumerate(photos):
        if photo.mask.any():
            whole, close, between = share[3 * number : 3 * number + 3]
            assert close >= whole  # a large digit cannot be shown from closer
            assert close >= between


def test_a_seed_gives_the_same_weights_again():
    torch.set_num_threads(1)
    (once, _), (again, _) = (next(train("digit", real_pictures("digit"), FEW)) for _ in range(2))
    weights = again.folded()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in once.folded().items())


def test_a_score_is_1_where_every_pixel_is_found_and_0_where_none_is():
    class Told(Finder):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return (answers[:, :1] > 127).float() * sign - 0.5 * sign

    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), dtype=np.uint8))
    answers = torch.zeros(2, 2, SIDE, SIDE, dtype=torch.uint8)
    answers[0, :, 10:20, 10:20] = 255
    sign = 1
    assert score(Told(FEW.channels), pixels, answers) == {"overlap": 1.0, "empty": 1.0}
    sign = -1
    assert score(Told(FEW.channels), pixels, answers) == {"overlap": 0.0, "empty": 0.0}
