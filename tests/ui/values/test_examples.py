"""The strip of example pictures."""

import numpy as np
import pytest

from lenet.ui.values.examples import example_note, example_picture, examples_value, find_example, read_example


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


@pytest.mark.parametrize("name", [("digit", 0), ("digit", 29), ("garment", 12)])
def test_an_example_is_found_by_its_pixels(name):
    picture = read_example(list(name))
    assert find_example(picture) == name
    assert find_example(picture // 2) is None


@pytest.mark.parametrize("name", [["letter", 3], ["../digit", 3], ["digit", 30], ["digit"], "digit", [["digit"], 1]])
def test_a_name_of_no_example_is_refused(name):
    with pytest.raises(ValueError, match="no example"):
        read_example(name)


def test_a_network_of_fewer_classes_has_examples_too():
    names = examples_value("digit", ("0", "1"))["names"]
    assert names[:3] == ["0", "1", "picture 3"]
    assert len(names) == 30
    assert example_note(("0", "1"), 13) == ""
