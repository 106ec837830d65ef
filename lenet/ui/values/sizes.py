"""Why the maps of a layer are as large as they are, in words."""

from lenet.model import POOL_SIZE, LeNetConfig


def size_words(config: LeNetConfig, number: int, phase: str) -> str:
    """How the side of layer ``number``'s maps follows from what the layer reads, in a ``phase`` that shows maps."""
    return _pooled(config, number) if phase == "pooled" else _convolved(config, number)


def _convolved(config: LeNetConfig, number: int) -> str:
    read = config.input_size if number == 1 else config.map_sizes[number - 2]
    kernel, padding, side = (
        config.kernel_sizes[number - 1],
        config.paddings[number - 1],
        config.convolved_sizes[number - 1],
    )
    becomes = f"stays {side} × {side}" if side == read else f"becomes {side} × {side}"
    border = f"with a border of {padding} zeros on each side (padding)" if padding else "without padding"
    row = f"{read} + {padding} + {padding}" if padding else f"{read}"
    return (
        f"{read} × {read} {becomes}: {border}, a kernel of {kernel} × {kernel} fits at "
        f"{row} − {kernel} + 1 = {side} places into a row."
    )


def _pooled(config: LeNetConfig, number: int) -> str:
    side, half = config.convolved_sizes[number - 1], config.map_sizes[number - 1]
    left = " The last row and the last column have no partner and are left out." if side % POOL_SIZE else ""
    return (
        f"{side} × {side} becomes {half} × {half}: of each square of {POOL_SIZE} × {POOL_SIZE} cells one value stays, "
        f"so half the rows and half the columns are left.{left}"
    )
