"""Cut the page's example pictures out of the test sets.

python -m tools.make_examples --data-dir DIR
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from lenet.training import datasets
from lenet.ui.values.examples import EXAMPLES, ROWS


def sheet(data: datasets.Dataset) -> Image.Image:
    """The first ``ROWS`` test pictures of each class, a column a class: 28 x 28 grey levels each."""
    columns = []
    for label in range(len(datasets.SOURCES[data.name].classes)):
        images = data.test_images[data.test_labels == label][:ROWS, 0].numpy()
        columns.append(np.vstack(list(images)))
    return Image.fromarray(np.round(np.hstack(columns) * 255).astype(np.uint8))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data-dir", type=Path, default=datasets.default_data_dir())
    data_dir = parser.parse_args().data_dir
    for name, source in datasets.SOURCES.items():
        sheet(datasets.load(name, data_dir)).save(EXAMPLES / f"{source.kind}.png", optimize=True)


if __name__ == "__main__":
    main()
