"""Pictures and maps as bytes in base64, a byte a pixel, row by row."""

import base64

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.planes import PICTURE_SIZE

BYTE = 255


def to_bytes(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.uint8]:
    """``low`` becomes 0 and ``high`` 255; what lies beyond is cut off."""
    return np.round((values - low) / max(high - low, 1e-9) * BYTE).clip(0, BYTE).astype(np.uint8)


def encode(pixels: NDArray[np.uint8]) -> str:
    """An array of any shape in base64, row by row."""
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()


def encode_picture(picture: NDArray[np.float32]) -> str:
    """A picture with ink from 0 to 1 in base64."""
    return encode(to_bytes(picture, 0, 1))


def decode_picture(cells: str) -> NDArray[np.uint8] | None:
    """The (PICTURE_SIZE, PICTURE_SIZE) bytes of a picture that ``encode_picture`` has made; None for ""."""
    pixels = np.frombuffer(base64.b64decode(cells), np.uint8)
    return pixels.reshape(PICTURE_SIZE, PICTURE_SIZE) if cells else None
