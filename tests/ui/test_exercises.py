"""The chapter's exercises, without the page."""

import numpy as np

from lenet.ui.exercises import garment


def test_the_pictures_of_an_exercise_are_the_sheet_s(garments):
    assert np.array_equal(garment(4), garments[4])
