"""The small network that finds ink and cloth in photos, as it is committed."""

import copy
import hashlib
import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save
from support import real_pictures
from torch import nn

from lenet.pictures import finder
from lenet.pictures.finder import SIDE, WEIGHTS, certainty, find, is_photo, look, standardised
from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import prepare
from lenet.prediction import predict
from lenet.training.finding import Finder, rounded
from lenet.training.finding import standardised as standardised_batch
from lenet.training.photos import SCENES, take

KINDS = ("digit", "garment")

CHANNELS = (4, 6, 8, 10)

LARGEST = 100_000
"""Bytes of a network."""

SCENE_SEED = 3


def random_colours(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((SIDE, SIDE, 3), np.float32)


def photo(kind: str, scene: str, number: int | None) -> np.ndarray:
    """A photo of one of the page's examples, or of nothing, with textures that no training has seen."""
    pictures = [] if number is None else [real_pictures(kind)[number].astype(np.float32) / 255]
    random = np.random.default_rng([SCENE_SEED, *scene.encode(), number or 0])
    return take(random, kind, SCENES[kind][scene], pictures, side=320, held_out=True).pixels


def reads(network, pixels: np.ndarray, label: str) -> bool:
    try:
        return predict(network, Image.fromarray(pixels)).label == label
    except BlankPicture:
        return False


def with_weights(model: Finder, weights: dict[str, torch.Tensor]) -> Finder:
    """The network without any normalisation, and with these folded weights."""
    plain = copy.deepcopy(model)
    for name, block in plain.named_children():
        convolution = block if name == "head" else block[0]
        convolution.weight = nn.Parameter(weights[f"{name}.weight"])
        convolution.bias = nn.Parameter(weights[f"{name}.bias"])
        if name != "head":
            block[1] = nn.Identity()
    return plain


def as_read(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights that a file of these tensors stands for."""
    read = dict(weights)
    for name in [name for name in weights if name.endswith(".weight")]:
        read[name] = weights[name] * weights[name.replace(".weight", ".scale")][:, None, None, None]
    return read


@pytest.fixture
def trained() -> Finder:
    torch.manual_seed(0)
    model = Finder(CHANNELS).train()
    for _ in range(3):
        model(torch.randn(4, 3, SIDE, SIDE))  # batch normalisation has something to fold
    return model.eval()


@torch.inference_mode()
def found_by(model: Finder, colours: np.ndarray) -> np.ndarray:
    return model(torch.from_numpy(standardised(colours))[None])[0].sigmoid().numpy()


def test_the_folded_weights_compute_what_the_network_was_trained_to_compute(trained):
    colours = random_colours(0)
    assert abs(found_by(with_weights(trained, trained.folded()), colours) - found_by(trained, colours)).max() < 1e-4


def test_a_weight_is_rounded_by_half_a_step_at_most(trained):
    exact, file = trained.folded(), rounded(trained.folded())
    for name, tensor in as_read(file).items():
        if name.endswith(".weight"):
            step = file[name.replace(".weight", ".scale")][:, None, None, None]
            assert (abs(tensor - exact[name]) <= 0.501 * step).all()
            assert torch.equal(abs(file[name]).amax((1, 2, 3)), torch.full(tensor.shape[:1], 127, dtype=torch.int8))
        elif name.endswith(".bias"):
            assert torch.equal(tensor, exact[name])


def test_numpy_computes_what_the_file_says(trained, tmp_path, monkeypatch):
    file = rounded(trained.folded())
    (tmp_path / "any.safetensors").write_bytes(save(file))
    monkeypatch.setattr(finder, "WEIGHTS", tmp_path)
    colours = random_colours(0)
    assert abs(np.stack(find(colours, "any")) - found_by(with_weights(trained, as_read(file)), colours)).max() < 1e-4


def test_the_file_finds_what_was_trained_though_it_has_8_bits_a_weight(trained):
    colours = random_colours(0)
    read = with_weights(trained, as_read(rounded(trained.folded())))
    assert abs(found_by(read, colours) - found_by(trained, colours)).mean() < 2e-3


def test_a_kernel_of_zeros_stays_zero():
    file = rounded({"a.weight": torch.zeros(2, 1, 3, 3), "a.bias": torch.ones(2)})
    assert not as_read(file)["a.weight"].any()


def test_a_garment_is_found_alike_in_a_mirror_and_upside_down():
    pixels = Image.fromarray(photo("garment", "on wood", 3)).resize((SIDE, SIDE))
    colours = np.divide(np.asarray(pixels), 255, dtype=np.float32)
    whole = certainty(colours, "garment")
    for axes in ((1,), (0,), (0, 1)):
        assert abs(np.flip(certainty(np.flip(colours, axes), "garment"), axes) - whole).max() < 1e-4


def test_a_picture_is_standardised_alike_in_training():
    pixels = np.round(random_colours(1) * 255).astype(np.uint8)
    batch = standardised_batch(torch.from_numpy(pixels)[None])[0].numpy()
    assert abs(standardised(pixels.astype(np.float32) / 255) - batch).max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_the_weights_are_small_and_those_of_the_metrics(kind):
    content = (WEIGHTS / f"{kind}.safetensors").read_bytes()
    told = json.loads((WEIGHTS / "metrics.json").read_text())["finders"][kind]
    assert len(content) == told["bytes"] < LARGEST
    assert hashlib.sha256(content).hexdigest() == told["sha256"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_photographed_is_not_for_the_finder(kind):
    picture = real_pictures(kind)[3]
    large = np.asarray(Image.fromarray(picture).resize((280, 280)))
    drawn = np.pad(large, 60)
    for pixels in (picture, drawn, 255 - drawn):
        assert not is_photo(np.repeat(pixels[..., None], 3, 2).astype(np.float32) / 255)


def test_a_photo_is_for_the_finder_also_on_a_black_table():
    page = photo("digit", "paper", 3).astype(np.float32) / 255
    assert is_photo(page)
    assert is_photo(np.pad(page, ((40, 40), (40, 40), (0, 0))))


def test_where_nothing_is_there_nothing_is_found():
    mask = look(np.full((200, 150, 3), 0.5, np.float32), "digit")
    assert mask.shape == (200, 150)
    assert not mask.any()


def test_digits_are_read_in_photos_with_textures_that_no_training_has_seen(modern):
    taken = [(photo("digit", scene, number), str(number)) for scene in SCENES["digit"] for number in (2, 4, 7)]
    assert sum(reads(modern, pixels, label) for pixels, label in taken) >= 0.85 * len(taken)


@pytest.mark.parametrize("scene", ["paper", "ruled or squared", "under a lamp", "small"])
def test_a_photo_of_nothing_is_blank(scene):
    with pytest.raises(BlankPicture):
        prepare(photo("digit", scene, None), "digit")
