"""A network says when a picture is none of what it has learned."""

import re

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from support import real_pictures

from lenet import checkpoint
from lenet.doubt import FILE, LEARNED_FILE, SHARES, Doubt, judge, scores, verdicts
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS
from lenet.training import outliers
from lenet.training.exposure import scores_of

GENERATOR_SEED = 11
"""Not the seed of any training: the outliers here are new."""


@pytest.fixture(scope="module")
def lenet():
    return checkpoint.load(CHECKPOINTS / "mnist-lenet")


def ink(picture: torch.Tensor) -> np.ndarray:
    return (picture[0] * 255).round().byte().numpy()


def strangers(family: str, count: int = 30) -> list[np.ndarray]:
    generator = torch.Generator().manual_seed(GENERATOR_SEED)
    share, make = outliers.DIGITLESS[family]
    return [ink(picture) for picture in make(count, "digit", generator)]


@pytest.mark.parametrize("family", ["letters", "signs", "scribbles", "silhouettes"])
def test_most_drawings_of_something_else_are_doubted(lenet, family):
    found = [predict(lenet, picture).doubt.strange for picture in strangers(family)]
    assert sum(found) >= 0.8 * len(found)


def test_real_digits_and_garments_are_not_doubted():
    for name in ("mnist-lenet", "mnist-modern", "fashion-lenet"):
        network = checkpoint.load(CHECKPOINTS / name)
        found = [predict(network, picture).doubt.strange for picture in real_pictures(network.kind)]
        assert sum(found) <= 0.05 * len(found)


def test_a_doubt_names_what_was_expected_and_how_it_was_judged(lenet):
    answers = [predict(lenet, each) for each in strangers("scribbles", 6)]
    doubted = next(answer for answer in answers if answer.doubt.strange)
    assert doubted.doubt.sentence in doubted.doubts
    said = r"This does not look like a digit: [\d,]+ of [\d,]+ test digits look more like one\."
    assert re.fullmatch(said, doubted.doubt.sentence)
    assert len(doubted.doubt.nearest) == 3
    assert {each.label for each in doubted.doubt.nearest} <= set(lenet.classes)
    assert all(each.picture.shape == (28, 28) and each.picture.max() > 200 for each in doubted.doubt.nearest)


def test_what_is_not_doubted_has_no_sentence():
    assert Doubt("digit", 3.0, False, 0.9).sentence == ""
    assert Doubt("garment", -3.0, True, 0.0).sentence == "This does not look like a garment."
    assert Doubt("garment", -3.0, True, 0.9995).sentence == (
        "This does not look like a garment: 1,999 of 2,000 test garments look more like one."
    )


def test_what_is_said_beforehand_is_what_is_said_then(lenet):
    bounds = verdicts(lenet)
    assert [bound for bound, _ in bounds] == sorted(bound for bound, _ in bounds)
    for picture in strangers("letters", 50):
        found = predict(lenet, picture).doubt
        assert next((words for bound, words in bounds if found.score < bound), "") == found.sentence


def test_every_committed_checkpoint_knows_what_it_has_learned():
    for name in checkpoint.names(CHECKPOINTS):
        network = checkpoint.load(CHECKPOINTS / name)
        picture = torch.from_numpy(real_pictures(network.kind)[:1].copy())[None].float() / 255
        with torch.inference_mode():
            assert judge(network, network.model.activations(picture))[0] is not None
        assert (network.folder / FILE).stat().st_size < 100_000


def test_an_earlier_epoch_and_switched_off_maps_are_not_judged(lenet, digits):
    assert predict(checkpoint.after_epoch(lenet, 4), digits[3]).doubt is None


def copied(lenet, folder, **changed):
    checkpoint.save(lenet, folder)
    (folder / "atlas").mkdir(exist_ok=True)
    from safetensors.numpy import load_file

    save_file(load_file(lenet.folder / FILE) | changed, folder / FILE)
    return checkpoint.load(folder)


def test_a_network_without_the_file_has_no_doubt(lenet, digits, tmp_path):
    checkpoint.save(lenet, tmp_path / "bare")
    answer = predict(checkpoint.load(tmp_path / "bare"), digits[3])
    assert answer.doubt is None and answer.doubts == ()


def test_without_learned_pictures_the_doubt_stands_alone(lenet, tmp_path):
    network = copied(lenet, tmp_path / "mine")
    assert not (network.folder / LEARNED_FILE).exists()
    found = [predict(network, each).doubt for each in strangers("scribbles", 6)]
    assert any(each.strange for each in found) and not any(each.nearest for each in found)


@pytest.mark.parametrize(
    "changed",
    [
        {"hidden.weight": np.zeros((48, 3), np.float16)},
        {"hidden.bias": np.zeros((2, 2), np.float32)},
        {"threshold": np.array([np.nan], np.float32)},
        {"tests": np.zeros(len(SHARES) + 1, np.float32)},
        {"score.weight": np.full(48, np.inf, np.float32)},
    ],
)
def test_a_damaged_file_is_said_and_the_answer_stays(lenet, digits, tmp_path, changed):
    answer = predict(copied(lenet, tmp_path / "broken", **changed), digits[3])
    assert answer.label == "3"
    (said,) = answer.doubts
    assert said.startswith("Whether it looks like a digit cannot be said: broken/atlas/doubt.safetensors is damaged")
    assert str(tmp_path) not in said


def test_training_and_the_page_score_alike(lenet):
    from safetensors.numpy import load_file

    known = load_file(lenet.folder / FILE)
    rows = np.random.default_rng(0).normal(size=(5, known["hidden.weight"].shape[1])).astype(np.float32)
    tensors = {name: torch.from_numpy(part) for name, part in known.items()}
    assert np.array_equal(scores(known, rows), scores_of(tensors, torch.from_numpy(rows)).numpy())
