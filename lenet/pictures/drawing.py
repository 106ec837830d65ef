"""A drawing on the pad -> what the network sees.

The pad knows what is ink and what is ground, so nothing need be guessed as in a photo. From the ink on, a drawing takes
the same steps as a photo. ``web/engine/drawing.js`` repeats this module while the pen moves.
"""

import numpy as np
from numpy.typing import NDArray

from lenet.pictures.digits import SPECK, from_ink
from lenet.pictures.garments import SCRAP, from_cloth
from lenet.pictures.planes import KEEP_SCALE, PICTURE_SIZE, BlankPicture, Plane, in_greys, resize
from lenet.pictures.prepare import Prepared
from lenet.pictures.regions import bounding_box, kept_regions, label_regions, region_sizes

PEN = 128
"""A byte of ink from here on is the pen's own; less is its soft edge, or what an eraser has left."""

EMPTY = "There is hardly any ink on the pad; draw something."


def prepare_drawing(ink: NDArray[np.uint8], kind: str) -> Prepared:
    """Prepare (side, side) bytes of ink, 0 on empty ground, for a network that reads ``kind``: "digit" or "garment".

    Raises BlankPicture when there is no ink of the pen's own.
    """
    if not (ink >= PEN).any():
        raise BlankPicture(EMPTY)
    drawn = np.divide(ink, 255, dtype=np.float32)
    if kind == "digit":
        regions = _without_specks(ink >= PEN, ink > 0, SPECK)
        steps, warnings = from_ink(_only(regions > 0, drawn), regions)
        return Prepared({"picture": drawn} | steps, warnings, regions)
    if _fills(ink > 0):
        box = resize(drawn, PICTURE_SIZE, PICTURE_SIZE)
        return Prepared({"picture": drawn, "cloth": drawn, "box": box, "network": in_greys(box / box.max())})
    mask = _without_specks(ink > 0, ink > 0, SCRAP) > 0
    return Prepared({"picture": drawn} | from_cloth(_only(mask, drawn), mask))


def squeeze_drawing(ink: NDArray[np.uint8]) -> Prepared:
    """Squeeze the whole pad to 28 x 28: what a network gets of a drawing without any preparation."""
    drawn = np.divide(ink, 255, dtype=np.float32)
    return Prepared({"picture": drawn, "network": in_greys(resize(drawn, PICTURE_SIZE, PICTURE_SIZE))})


def _without_specks(counted: NDArray[np.bool_], mask: NDArray[np.bool_], smallest: float) -> NDArray[np.int32]:
    """The mask's regions without those that have less than a ``smallest`` share of the largest one's ``counted``
    cells.
    """
    labels, _ = label_regions(mask)
    sizes = region_sizes(labels, counted)
    sizes[0] = 0
    return kept_regions(labels, (sizes > 0) & (sizes >= smallest * sizes.max()))


def _only(mask: NDArray[np.bool_], plane: Plane) -> Plane:
    return np.where(mask, plane, np.float32(0))


def _fills(mask: NDArray[np.bool_]) -> bool:
    """Whether a garment is as large as Fashion-MNIST's are in their pictures: then it is left where it stands."""
    rows, columns = bounding_box(mask)
    return max(rows.stop - rows.start, columns.stop - columns.start) > (1 - KEEP_SCALE) * len(mask)
