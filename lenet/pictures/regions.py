"""Connected regions of a binary picture."""

import numpy as np
from numpy.typing import NDArray


def label_regions(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Number the regions of a (height, width) mask from 1 on. Returns the labels, 0 on the ground, and the last number.

    Pixels that touch at a side or a corner are in one region. The work is done on runs, the unbroken stretches of a
    row, because a picture has a thousand times fewer runs than pixels.
    """
    padded = framed(mask)
    width = padded.shape[1]
    edges = np.flatnonzero(np.diff(padded.ravel().astype(np.int8)))
    starts, ends = edges[::2] + 1, edges[1::2] + 1
    # The runs of the next row that touch a run, diagonals included, are the neighbours first to last - 1.
    first = np.searchsorted(ends, starts + width - 1, side="right")
    last = np.searchsorted(starts, ends + width, side="right")
    parents = list(range(len(starts)))
    for run, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        for neighbour in range(low, high):
            a, b = _root(parents, run), _root(parents, neighbour)
            parents[max(a, b)] = min(a, b)
    roots = np.array([_root(parents, run) for run in range(len(starts))], dtype=np.int64)
    numbers = np.cumsum(roots == np.arange(len(roots)))  # each root has the next number
    flat = np.zeros(padded.size, np.int32)
    flat[padded.ravel()] = np.repeat(numbers[roots], ends - starts)
    return flat.reshape(padded.shape)[1:-1, 1:-1], int(numbers[-1]) if len(numbers) else 0


def framed(plane: NDArray) -> NDArray:
    """The plane with a frame of zeros, one pixel wide. ``np.pad`` takes ten times as long for a small picture."""
    wider = np.zeros((plane.shape[0] + 2, plane.shape[1] + 2), plane.dtype)
    wider[1:-1, 1:-1] = plane
    return wider


def _root(parents: list[int], node: int) -> int:
    """The run that stands for the node's whole region. The way to it is shortened for the next time."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


def region_sizes(labels: NDArray[np.int32], weights: NDArray | None = None) -> NDArray:
    """The number of pixels of each region, or the sum of their ``weights``: (regions + 1,), the ground first."""
    return np.bincount(labels.ravel(), None if weights is None else weights.ravel())


def region_boxes(labels: NDArray[np.int32], count: int) -> NDArray[np.intp]:
    """The box of each of ``count`` regions: (count, 4), its first row, the row after its last, and so for columns."""
    boxes = np.empty((count, 4), np.intp)
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns] - 1
    for axis, places in enumerate((rows, columns)):
        first, last = np.full(count, labels.shape[axis]), np.full(count, -1)
        np.minimum.at(first, numbers, places)
        np.maximum.at(last, numbers, places)
        boxes[:, 2 * axis], boxes[:, 2 * axis + 1] = first, last + 1
    return boxes


def fill_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask together with the ground that it encloses."""
    outside, _ = label_regions(np.pad(~mask, 1, constant_values=True))
    return (outside != outside[0, 0])[1:-1, 1:-1]


def bounding_box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The smallest (rows, columns) that hold all of a mask. The mask must not be empty."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
