import io

import numpy as np
import pytest
import torch
from PIL import Image

from lenet import model
from lenet.pictures import planes
from lenet.pictures.files import open_picture
from lenet.pictures.planes import BlankPicture
from lenet.prediction import predict
from lenet.training import datasets


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_network_takes_pictures_of_the_size_that_they_are_prepared_in():
    assert model.PICTURE_SIZE == planes.PICTURE_SIZE


def test_real_digits_are_recognised(digits, modern):
    right = sum(predict(modern, digit).label == str(number % 10) for number, digit in enumerate(digits))
    assert right >= 29


def test_a_test_set_image_gives_the_same_answer_through_data_set_and_picture(small_data, modern):
    data = datasets.load("mnist", small_data)
    with torch.inference_mode():
        direct = modern.model(data.test_images[:30]).softmax(1).numpy()
    for number in range(30):
        picture = np.round(data.test_images[number, 0].numpy() * 255).astype(np.uint8)
        through = np.array(list(predict(modern, open_picture(png(picture))).probabilities.values()))
        assert abs(through - direct[number]).max() < 0.03


def test_a_prediction_agrees_with_itself(digits, classic):
    prediction = predict(classic, digits[3])
    assert prediction.label == max(prediction.probabilities, key=prediction.probabilities.get)
    assert list(prediction.probabilities) == list(classic.classes)
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
    exponents = np.exp(prediction.logits - prediction.logits.max())
    np.testing.assert_allclose(list(prediction.probabilities.values()), exponents / exponents.sum(), atol=1e-6)
    assert np.array_equal(prediction.activations["logits"], prediction.logits)


def test_activations_are_the_model_s(digits, classic):
    prediction = predict(classic, digits[3])
    picture = torch.from_numpy(prediction.prepared.picture)[None, None]
    with torch.inference_mode():
        expected = classic.model.activations(picture)
    assert prediction.activations.keys() == expected.keys()
    for name, values in expected.items():
        assert np.array_equal(prediction.activations[name], values[0].numpy())
    assert prediction.activations["act1"].shape == (6, 28, 28)
    assert prediction.activations["act2"].shape == (16, 10, 10)


def test_a_blank_picture_never_reaches_the_network(modern, monkeypatch):
    monkeypatch.setattr(modern.model, "activations", lambda pictures: pytest.fail("asked about a blank picture"))
    with pytest.raises(BlankPicture):
        predict(modern, np.zeros((50, 50), np.uint8))
