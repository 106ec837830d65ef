"""The strip of example pictures."""

import numpy as np
import pytest

from lenet.ui.values.examples import example_note, example_picture, examples_value


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_examples_are_the_sheet_s_pictures_with_their_names(kind, request):
    pictures = request.getfixturevalue(f"{kind}s")
    for index in (0, 9, 17, 29):
        assert np.array_equal(example_picture(kind, index), pictures[index])
    value = examples_value(kind, tuple("abcdefghij"))
    assert value["names"] == list("abcdefghij") * 3
    assert value["sheet"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("index", [-1, 30, None, "3", 2.5, True])
def test_an_example_that_is_not_there_is_refused(index):
    with pytest.raises(ValueError, match="no example"):
        example_picture("digit", index)


def test_a_network_of_fewer_classes_has_examples_too():
    names = examples_value("digit", ("0", "1"))["names"]
    assert names[:3] == ["0", "1", "picture 3"]
    assert len(names) == 30
    assert example_note(("0", "1"), 13) == ""
