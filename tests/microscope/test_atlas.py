"""What training keeps of a whole test set, and reading it again."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from lenet import checkpoint, untrusted
from lenet.microscope import atlas
from lenet.model import LeNet
from lenet.settings import CHECKPOINTS

NETWORKS = [checkpoint.load(CHECKPOINTS / name) for name in checkpoint.names(CHECKPOINTS)]


@pytest.fixture(scope="module")
def labelled(digits):
    return torch.from_numpy(digits.copy())[:, None].float() / 255, torch.arange(30) % 10


def test_class_means_are_the_means_of_each_class_s_pictures(modern, labelled):
    images, labels = labelled
    means = atlas.class_means(modern.model, images, labels)
    with torch.inference_mode():
        for name, output in modern.model.activations(images[labels == 4]).items():
            if not name.startswith(atlas.DERIVED):
                torch.testing.assert_close(means[name][4].float(), output.mean(0), atol=2e-2, rtol=2e-3)


def test_only_stages_that_say_something_of_their_own_are_kept(modern, labelled):
    kept = set(atlas.class_means(modern.model, *labelled))
    assert {"input", "conv1", "act1", "pool1", "conv2", "act2", "pool2", "dense3", "act4", "logits"} <= kept
    assert not any(name.startswith(("norm", "flatten", "drop")) for name in kept)


@pytest.mark.parametrize("layer", [1, 2])
def test_favourites_are_the_pictures_with_the_highest_maxima(modern, labelled, layer):
    images, _ = labelled
    found = atlas.favourites(modern.model, images, layer)
    with torch.inference_mode():
        maps = modern.model.activations(images)[f"act{layer}"]
    for channel in range(maps.shape[1]):
        expected = maps[:, channel].amax((1, 2)).sort(descending=True).values[:9]
        torch.testing.assert_close(found["value"][channel], expected)
        index, (row, column) = found["index"][channel, 0], found["cell"][channel, 0].tolist()
        torch.testing.assert_close(maps[index, channel, row, column], expected[0])
        assert torch.equal(found["picture"][channel, 0], (images[index, 0] * 255).round().byte())


def test_the_first_pictures_of_each_cell_of_the_confusion_matrix_are_kept(labelled):
    images, labels = (part.repeat(3, *[1] * (part.ndim - 1)) for part in labelled)  # nine of each class
    answers = labels.clone()
    answers[[3, 14]] = 8  # a three and a four, taken for an eight
    found = atlas.cell_pictures(images, labels, answers)
    assert found["labels"].dtype == found["pictures"].dtype == torch.uint8
    assert sorted(map(tuple, found["labels"].tolist())) == sorted([(n, n) for n in range(10)] * 4 + [(3, 8), (4, 8)])
    wrong = found["pictures"][(found["labels"] == torch.tensor([4, 8])).all(1)]
    assert torch.equal(wrong, (images[14] * 255).round().byte())
    sevens = found["pictures"][(found["labels"] == 7).all(1)]
    assert torch.equal(sevens, (images[[7, 17, 27, 37], 0] * 255).round().byte())


@torch.inference_mode()
def stages_of(model: LeNet, picture: np.ndarray) -> dict[str, np.ndarray]:
    outputs = model.activations(torch.from_numpy(picture.astype(np.float32) / 255)[None, None])
    return {name: output[0].numpy() for name, output in outputs.items()}


@pytest.mark.parametrize("name", ["mnist-modern", "mnist-batchnorm"])
def test_the_mean_before_the_activation_is_that_of_the_normalised_maps(name):
    """The atlas leaves it out: it follows from the convolution's mean, as it does for any one picture."""
    network = next(network for network in NETWORKS if network.name == name)
    mean, norm = atlas.class_mean(network, 3), network.model.get_submodule("norm2")
    with torch.inference_mode():
        expected = norm(torch.from_numpy(mean["conv2"])[None])[0].numpy()
    np.testing.assert_allclose(mean["norm2"], expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_atlas_of_each_checkpoint_fits_its_network(network):
    mean = atlas.class_mean(network, 3)
    assert mean["act1"].shape == stages_of(network.model, np.zeros((28, 28)))["act1"].shape
    assert mean["logits"].argmax() == 3
    for layer in (1, 2):
        found = atlas.favourites_of(network, layer, 1)
        assert len(found) == 9
        assert [item.value for item in found] == sorted((item.value for item in found), reverse=True)
        best = stages_of(network.model, found[0].picture)[f"act{layer}"][1]
        assert best.max() == pytest.approx(found[0].value, abs=1e-3)
        assert best[found[0].row, found[0].column] == pytest.approx(best.max(), abs=1e-3)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_pictures_of_each_cell_are_taken_for_what_the_cell_says(network):
    counts = np.array(network.metrics["test"]["confusion"])
    for true, said in np.argwhere(counts >= 0).tolist():
        pictures = atlas.pictures_of_cell(network, true, said)
        assert len(pictures) == min(counts[true, said], atlas.CELL_PICTURES)
        if true != said and len(pictures):
            assert stages_of(network.model, pictures[0])["logits"].argmax() == said


@pytest.fixture
def mine(tmp_path, classic) -> checkpoint.Checkpoint:
    """A checkpoint that has a copy of another one's atlas."""
    folder = tmp_path / "mine"
    shutil.copytree(CHECKPOINTS / "mnist-classic" / "atlas", folder / "atlas")
    return replace(classic, name="mine", folder=folder)


def test_a_missing_or_damaged_atlas_is_a_sentence(tmp_path, classic, mine):
    without = replace(mine, folder=tmp_path / "other")
    for network in (without, replace(mine, folder=None)):
        with pytest.raises(FileNotFoundError, match="mine has no input in its atlas"):
            atlas.class_mean(network, 0)
        with pytest.raises(FileNotFoundError, match="mine has no favourites2"):
            atlas.favourites_of(network, 2, 0)
    path = mine.folder / "atlas" / "favourites1.safetensors"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="damaged"):
        atlas.favourites_of(mine, 1, 0)
    shutil.copyfile(mine.folder / "atlas" / "act1.safetensors", path)
    with pytest.raises(ValueError, match="it has no cell, picture, value"):
        atlas.favourites_of(mine, 1, 0)
    (mine.folder / "atlas" / "act1.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="mine has no act1 in its atlas"):
        atlas.class_mean(mine, 0)


def liked(**shapes: tuple[int, ...]) -> dict[str, torch.Tensor]:
    return {name: torch.zeros(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("name", "tensors"),
    [
        ("act1", {"mean": torch.zeros(())}),
        ("act1", {"mean": torch.zeros(5, 6, 28, 28)}),
        ("logits", {"mean": torch.zeros(10, 9)}),
        ("pool2", {"mean": torch.zeros(10, 400)}),
        ("input", {"mean": torch.zeros(10, 1, 28, 28, dtype=torch.bfloat16)}),
        ("favourites1", {"picture": torch.zeros(6, 9, 784), "value": torch.zeros(6, 9), "cell": torch.zeros(6, 9, 2)}),
        ("favourites1", {"picture": torch.zeros(6), "value": torch.zeros(6), "cell": torch.zeros(6)}),
        ("favourites1", {"picture": torch.zeros(6, 9, 28, 28), "value": torch.zeros(6), "cell": torch.zeros(6, 2)}),
        (
            "favourites1",
            {"picture": torch.zeros(5, 9, 28, 28), "value": torch.zeros(5, 9), "cell": torch.zeros(5, 9, 2)},
        ),
        (
            "favourites1",
            {"picture": torch.zeros(6, 9, 28, 28), "value": torch.zeros(6, 9), "cell": torch.full((6, 9, 2), 28)},
        ),
        (
            "favourites1",
            {"picture": torch.zeros(6, 9, 28, 28), "value": torch.zeros(6, 9), "cell": torch.full((6, 9, 2), -1)},
        ),
    ],
)
def test_an_atlas_that_does_not_fit_its_network_is_a_sentence(mine, name, tensors):
    (mine.folder / "atlas" / f"{name}.safetensors").write_bytes(checkpoint.pack(tensors))
    with pytest.raises(ValueError, match=f"{name}.safetensors is damaged"):
        atlas.favourites_of(mine, 1, 5) if name == "favourites1" else atlas.class_mean(mine, 0)


@pytest.mark.parametrize(
    "tensors",
    [
        {"pictures": torch.zeros(()), "labels": torch.zeros(())},
        {"pictures": torch.zeros(3, 784), "labels": torch.zeros(3, 2)},
        {"pictures": torch.zeros(3, 28, 28), "labels": torch.zeros(2, 2)},
        {"pictures": torch.zeros(3, 28, 28), "labels": torch.zeros(3)},
        {"pictures": torch.zeros(3, 28, 28), "labels": torch.zeros(3, 2)},
        {"pictures": torch.zeros(3, 28, 28, dtype=torch.uint8)},
        {"pictures": torch.zeros(5200, 28, 28, dtype=torch.uint8), "labels": torch.zeros(5200, 2, dtype=torch.uint8)},
    ],
    ids=["no rank", "flat", "too few", "no pairs", "no bytes", "no labels", "huge"],
)
def test_pictures_of_cells_that_are_not_what_training_writes_are_a_sentence(mine, tensors):
    (mine.folder / "atlas" / "tests.safetensors").write_bytes(checkpoint.pack(tensors))
    with pytest.raises(ValueError, match="tests.safetensors is (damaged|larger)"):
        atlas.pictures_of_cell(mine, 3, 3)


def test_without_pictures_of_cells_there_is_a_sentence(mine):
    assert len(atlas.pictures_of_cell(mine, 3, 3)) == atlas.CELL_PICTURES
    (mine.folder / "atlas" / "tests.safetensors").write_bytes(b"cut")
    with pytest.raises(ValueError, match="damaged"):
        atlas.pictures_of_cell(mine, 3, 3)
    (mine.folder / "atlas" / "tests.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="mine has no tests in its atlas"):
        atlas.pictures_of_cell(mine, 3, 3)


def test_each_file_is_read_once_until_it_changes(mine, monkeypatch):
    read, own = [], untrusted.read_tensors
    monkeypatch.setattr(untrusted, "read_tensors", lambda *asked: read.append(asked[0] / asked[1]) or own(*asked))
    for cell in range(6):
        atlas.favourites_of(mine, 1, cell)
    means = [atlas.class_mean(mine, number)["logits"] for number in (1, 2, 1)]
    assert len(read) == len(set(read)) > 10
    path = mine.folder / "atlas" / "logits.safetensors"
    path.write_bytes(checkpoint.pack({"mean": torch.full((10, 10), 5.0)}))
    os.utime(path, ns=(1, 1))
    assert np.array_equal(means[0], means[2])
    assert (atlas.class_mean(mine, 1)["logits"] == 5).all()
    assert read.count(path) == 2
