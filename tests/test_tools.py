"""The tools that make committed files."""

import numpy as np

from lenet.training import datasets
from lenet.ui.values.examples import ROWS
from tools import make_examples


def test_a_sheet_of_examples_has_a_column_for_each_class(small_data):
    data = datasets.load("mnist", small_data)
    sheet = np.asarray(make_examples.sheet(data)).reshape(ROWS, 28, 10, 28)
    for label in range(10):
        first = data.test_images[data.test_labels == label][:ROWS, 0].numpy()
        assert np.array_equal(sheet[:, :, label], np.round(first * 255))
