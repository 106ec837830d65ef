"""LeNet Lab's core: the network, its training, preparing pictures, predicting. It never imports gradio.

from lenet import load, open_picture, predict
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lenet.checkpoint import load
    from lenet.hub import from_pretrained
    from lenet.pictures.files import open_picture
    from lenet.pictures.several import find_digits
    from lenet.prediction import predict

__all__ = ["find_digits", "from_pretrained", "load", "open_picture", "predict"]

HOMES = {
    "from_pretrained": "lenet.hub",
    "load": "lenet.checkpoint",
    "open_picture": "lenet.pictures.files",
    "find_digits": "lenet.pictures.several",
    "predict": "lenet.prediction",
}
"""The module of each function that a program needs. It is imported on first use: ``import lenet`` costs nothing."""


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'lenet' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
