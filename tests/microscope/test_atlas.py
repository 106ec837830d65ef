import pytest
import torch

from lenet.microscope import atlas


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
