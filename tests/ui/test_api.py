"""The served page asked as a program asks it."""

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from lenet.pictures.files import open_picture
from lenet.prediction import predict


@pytest.fixture(scope="module")
def client(page_url) -> Client:
    return Client(page_url, verbose=False)


@pytest.fixture
def seven(tmp_path, digits) -> str:
    path = tmp_path / "seven.png"
    Image.fromarray(digits[7]).resize((84, 84)).save(path)
    return str(path)


def test_predict_gives_what_the_core_gives(client, seven, classic):
    answer = client.predict(handle_file(seven), "mnist-classic", api_name="/predict")
    direct = predict(classic, open_picture(seven))
    assert answer["checkpoint"] == "mnist-classic"
    assert answer["label"] == direct.label == "7"
    assert answer["probabilities"] == pytest.approx(direct.probabilities)


def test_each_of_several_digits_is_answered(client, tmp_path, digits):
    Image.fromarray(np.hstack([digits[4], digits[7]])).resize((112, 56)).save(tmp_path / "number.png")
    answer = client.predict(handle_file(str(tmp_path / "number.png")), "mnist-modern", api_name="/predict")
    assert [digit["label"] for digit in answer["digits"]] == ["4", "7"]
    assert answer["digits"][0]["box"][2] <= 56 <= answer["digits"][1]["box"][0]


def test_the_checkpoint_may_be_left_out(client, seven):
    assert client.predict(handle_file(seven), api_name="/predict")["checkpoint"] == "mnist-lenet"


def test_arguments_have_names(client, seven):
    answer = client.predict(picture=handle_file(seven), checkpoint="fashion-modern", api_name="/predict")
    assert "Ankle boot" in answer["probabilities"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a picture that can be read"),
        (b"no picture", "not a picture that can be read"),
        (b"\x89PNG\r\n\x1a\n broken", "damaged"),
    ],
)
def test_a_file_that_is_no_picture_is_a_sentence(client, tmp_path, content, words):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(str(path)), "mnist-modern", api_name="/predict")


def test_no_picture_is_a_sentence(client):
    with pytest.raises(AppError, match="no picture"):
        client.predict(None, "mnist-modern", api_name="/predict")


def test_a_blank_picture_is_a_sentence(client, tmp_path):
    path = tmp_path / "blank.png"
    Image.new("L", (50, 50), 255).save(path)
    with pytest.raises(AppError, match="blank"):
        client.predict(handle_file(str(path)), "mnist-modern", api_name="/predict")


@pytest.mark.parametrize("name", ["nothing", "../checkpoints/mnist-modern", ""])
def test_a_checkpoint_that_is_not_offered_is_refused(client, seven, name):
    with pytest.raises(AppError):
        client.predict(handle_file(seven), name, api_name="/predict")


def test_a_file_of_the_server_cannot_be_named(client, page_url):
    with pytest.raises(AppError):
        client.predict(
            {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, "mnist-modern", api_name="/predict"
        )


def test_activations_are_every_stage_as_npz(client, seven, classic):
    path = client.predict(handle_file(seven), "mnist-classic", api_name="/activations")
    direct = predict(classic, open_picture(seven))
    with np.load(path) as saved:
        assert set(saved) == {"checkpoint", "weights_sha256", "picture", *direct.activations}
        assert np.array_equal(saved["act2"], direct.activations["act2"])
        assert str(saved["weights_sha256"]) == classic.metrics["weights_sha256"]


def test_activations_of_nothing_are_a_sentence(client):
    with pytest.raises(AppError, match="no picture"):
        client.predict(None, "mnist-modern", api_name="/activations")


def test_nothing_else_is_public(page_url):
    info = httpx.get(f"{page_url}/gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/predict", "/activations"]
    assert not info["unnamed_endpoints"]
