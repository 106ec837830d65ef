"""The value of a receptive field: which cells of an earlier picture a cell sees."""

from typing import TypedDict

from lenet.microscope.explain import receptive_field
from lenet.model import LeNetConfig


class FieldValue(TypedDict):
    """Which cells of an earlier picture a cell sees: cell i sees ``size`` of them from i * ``stride`` + ``offset``.

    ``side`` is the side of that earlier picture, in cells.
    """

    size: int
    stride: int
    offset: int
    side: int


def field_value(config: LeNetConfig, stage: str, onto: str, side: int) -> FieldValue:
    """What a cell of ``stage`` sees of the stage ``onto``, whose ``side`` is in cells."""
    field = receptive_field(config, stage, onto)
    return {"size": field.size, "stride": field.stride, "offset": field.offset, "side": side}
