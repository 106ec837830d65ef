"""Cut the page's example pictures out of the test sets: the first three of each class, one column a class.

python -m tools.make_examples --data-dir DIR
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from lenet.training import datasets
from lenet.ui.components import EXAMPLE_ROWS, EXAMPLES


def sheet(data: datasets.Dataset) -> Image.Image:
    """(rows * 28, classes * 28) grey levels."""
    columns = []
    for label in range(len(datasets.SOURCES[data.name].classes)):
        images = data.test_images[data.test_labels == label][:EXAMPLE_ROWS, 0].numpy()
        columns.append(np.vstack(list(images)))
    return Image.fromarray(np.round(np.hstack(columns) * 255).astype(np.uint8))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=datasets.default_data_dir())
    data_dir = parser.parse_args().data_dir
    for name, source in datasets.SOURCES.items():
        sheet(datasets.load(name, data_dir)).save(EXAMPLES / f"{source.kind}.png", optimize=True)


if __name__ == "__main__":
    main()
