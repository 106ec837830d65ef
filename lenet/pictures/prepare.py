"""Any picture, from a file or a data set -> what the network sees, step by step.

A transparent picture is laid on an opaque ground first. The pad's drawings are prepared in ``drawing.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.pictures.digits import prepare_digit
from lenet.pictures.finder import is_photo
from lenet.pictures.garments import prepare_garment
from lenet.pictures.planes import PICTURE_SIZE, Plane, in_greys, luminance, resize
from lenet.pictures.rgb import is_ready, to_rgb

BY_KIND: dict[str, Callable[..., tuple[dict[str, Plane], tuple[str, ...], NDArray[np.int32] | None]]] = {
    "digit": prepare_digit,
    "garment": prepare_garment,
}


@dataclass(frozen=True)
class Prepared:
    """A picture on its way to the network.

    ``steps`` holds each preparation step by name, in order, as (height, width) float32 in [0, 1]. The last one,
    ``network``, is 28 x 28 with ink or cloth 1.0 on ground 0.0. ``warnings`` are sentences for a person. ``regions``
    has the number of each connected region of ink, 0 on the ground, at the pixels of the step ``cleaned``. It is None
    for a garment.
    """

    steps: dict[str, Plane]
    warnings: tuple[str, ...] = ()
    regions: NDArray[np.int32] | None = None

    @property
    def picture(self) -> Plane:
        """(28, 28): what the network sees."""
        return self.steps["network"]


def prepare(picture: Image.Image | NDArray, kind: str, *, finder: bool = True) -> Prepared:
    """Prepare a picture for a network that reads ``kind``: "digit" or "garment".

    An array is (height, width), uint8 or float in [0, 1]. The picture may have any size, colour and polarity. Without
    the ``finder`` a photo is prepared as a drawing is.

    Raises BlankPicture when nothing of the kind is found.
    """
    colours = _colours(picture)
    steps, warnings, regions = BY_KIND[kind](colours, photo=finder and is_photo(colours))
    return Prepared(steps, warnings, regions)


def squeeze(picture: Image.Image | NDArray) -> Prepared:
    """Squeeze the whole picture to 28 x 28 and keep its brightness: what a network gets without any preparation."""
    grey = luminance(_colours(picture))
    return Prepared({"picture": grey, "network": in_greys(resize(grey, PICTURE_SIZE, PICTURE_SIZE))})


def _colours(picture: Image.Image | NDArray) -> NDArray[np.float32]:
    """(height, width, 3) float32 in [0, 1], as ``to_rgb`` makes them."""
    if isinstance(picture, np.ndarray):
        grey = picture if picture.dtype == np.uint8 else np.round(picture * 255).clip(0, 255).astype(np.uint8)
        rgb = to_rgb(Image.fromarray(grey))
    else:
        rgb = picture if is_ready(picture) else to_rgb(picture.copy())
    return np.divide(np.asarray(rgb), 255, dtype=np.float32)
