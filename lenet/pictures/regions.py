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
    flat = padded.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    # The runs of the next row that touch a run, diagonals included, are the neighbours first to last - 1.
    first = np.searchsorted(ends, starts + (width - 1), side="right")
    last = np.searchsorted(starts, ends + width, side="right")
    roots = np.array(_roots(first.tolist(), last.tolist()), np.int64)
    numbers = np.cumsum(roots == np.arange(len(roots)))  # each root has the next number
    labels = np.zeros(flat.size, np.int32)
    labels[flat] = np.repeat(numbers[roots], ends - starts)
    return labels.reshape(padded.shape)[1:-1, 1:-1], int(numbers[-1]) if len(numbers) else 0


def _roots(first: list[int], last: list[int]) -> list[int]:
    """For each run the first one of its region. A run touches those of the next row from ``first`` to ``last`` - 1."""
    parents = list(range(len(first)))  # nobody's parent comes after it
    for run, neighbours in enumerate(map(range, first, last)):
        for neighbour in neighbours:
            a, b = _root(parents, run), _root(parents, neighbour)
            if a < b:
                parents[b] = a
            else:
                parents[a] = b
    for run, parent in enumerate(parents):
        parents[run] = parents[parent]  # the parent's own is its root by now
    return parents


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


def kept_regions(labels: NDArray[np.int32], kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The labels of those regions that are ``kept``, numbered from 1 on; ``kept`` has the ground first, never kept."""
    return (np.cumsum(kept, dtype=np.int32) * kept)[labels]


def region_boxes(labels: NDArray[np.int32]) -> NDArray[np.intp]:
    """The box of each region: (regions, 4), its first row, the row after its last, and so for columns.

    The box of a number without a pixel ends before it begins.
    """
    count = int(labels.max(initial=0))
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
