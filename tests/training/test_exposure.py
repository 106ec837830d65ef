"""How a network's doubt is fitted."""

import pytest
import torch
from support import real_pictures

from lenet import checkpoint, doubt
from lenet.settings import CHECKPOINTS
from lenet.training import exposure


@pytest.fixture(scope="module")
def lenet():
    return checkpoint.load(CHECKPOINTS / "mnist-lenet")


@pytest.fixture(scope="module")
def fitted(lenet):
    images = torch.from_numpy(real_pictures("digit").copy())[:, None].float().repeat(8, 1, 1, 1) / 255
    labels = (torch.arange(30) % 10).repeat(8)
    return exposure.fit(lenet.model, "digit", (images, labels), images[:30], 3), (images, labels)


def test_the_files_hold_what_a_doubt_needs(fitted):
    scorer, learned = fitted[0]
    assert len(scorer["tests"]) == len(doubt.SHARES) and (scorer["tests"].diff() >= 0).all()
    assert scorer["hidden.weight"].dtype == torch.float16
    assert learned["pictures"].shape[1:] == (28, 28) and set(learned["labels"].tolist()) == set(range(10))


def test_the_threshold_lets_the_held_out_pictures_pass(fitted, lenet):
    (scorer, _), (images, _) = fitted
    with torch.inference_mode():
        rows = doubt.features(lenet.model.config, lenet.model.activations(images))
    assert (exposure.scores_of(scorer, rows) < scorer["threshold"]).float().mean() <= 0.05


def test_a_seed_gives_the_same_doubt(fitted, lenet):
    again = exposure.fit(lenet.model, "digit", fitted[1], fitted[1][0][:30], 3)
    assert all(torch.equal(again[0][name], part) for name, part in fitted[0][0].items())


def test_fitting_leaves_the_network_as_it_is(fitted, lenet):
    before = checkpoint.load(CHECKPOINTS / "mnist-lenet").model.state_dict()
    assert all(torch.equal(part, before[name]) for name, part in lenet.model.state_dict().items())
