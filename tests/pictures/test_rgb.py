"""Any picture as colours in 8 bits."""

import numpy as np
import pytest
from PIL import Image

from lenet.pictures import rgb
from lenet.pictures.rgb import WORKING_SIDE, to_rgb

RANDOM = np.random.default_rng(0)
GREYS = RANDOM.integers(0, 256, (60, 41), dtype=np.uint8)


def transparent(colour: str) -> Image.Image:
    image = Image.new("RGBA", GREYS.shape[::-1], colour)
    image.putalpha(Image.fromarray(GREYS))
    return image


PICTURES = {
    "16 bits": Image.fromarray(GREYS.astype(np.uint16) * 200),
    "32 bits": Image.fromarray(GREYS.astype(np.int32) * 70_000),
    "floats": Image.fromarray(GREYS.astype(np.float32) / 255),
    "black ink": transparent("black"),
    "white chalk": transparent("white"),
    "grey and alpha": transparent("red").convert("LA"),
    "palette": transparent("blue").convert("RGB").quantize(8),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_in_bands_and_as_a_whole(name, monkeypatch):
    whole = to_rgb(PICTURES[name].copy())
    monkeypatch.setattr(rgb, "BAND_PIXELS", 41 * 7)
    assert whole.mode == "RGB"
    assert to_rgb(PICTURES[name].copy()).tobytes() == whole.tobytes()


def test_white_chalk_is_laid_on_black_also_when_only_one_band_shows_it(monkeypatch):
    monkeypatch.setattr(rgb, "BAND_PIXELS", 41 * 7)
    image = Image.new("RGBA", (41, 60), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (10, 50, 20, 55))
    assert np.asarray(to_rgb(image)).min() == 0
    assert np.asarray(to_rgb(image)).max() == 255


@pytest.mark.parametrize("size", [(513, 2), (2_000, 1_000), (512, 512), (3, 5_000)])
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "CMYK"])
def test_no_side_is_longer_than_what_is_looked_at(mode, size):
    small = to_rgb(Image.new(mode, size))
    assert small.mode == "RGB"
    assert max(small.size) == min(max(size), WORKING_SIDE)
