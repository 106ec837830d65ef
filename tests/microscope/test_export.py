import csv
import dataclasses
import io

import numpy as np
import pytest

from lenet.microscope import export
from lenet.prediction import predict


def test_an_npz_holds_the_picture_every_stage_and_the_network_s_name(digits, classic):
    prediction = predict(classic, digits[0])
    with np.load(io.BytesIO(export.npz(classic, prediction))) as saved:
        assert set(saved) == {"checkpoint", "weights_sha256", "picture", *prediction.activations}
        assert np.array_equal(saved["picture"], prediction.prepared.picture)
        assert np.array_equal(saved["act2"], prediction.activations["act2"])
        assert str(saved["checkpoint"]) == "mnist-classic"
        assert str(saved["weights_sha256"]) == classic.metrics["weights_sha256"]


@pytest.mark.parametrize("sha256", [None, {}, [{}], float("nan")])
def test_an_npz_of_a_stranger_s_network_opens_without_pickle(digits, classic, sha256):
    stranger = dataclasses.replace(classic, metrics={"weights_sha256": sha256})
    with np.load(io.BytesIO(export.npz(stranger, predict(classic, digits[0])))) as saved:
        assert str(saved["weights_sha256"]) == ""


def test_the_table_has_every_class_once(digits, modern):
    prediction = predict(modern, digits[4])
    rows = list(csv.DictReader(io.StringIO(export.probabilities(prediction.probabilities).decode())))
    assert {row["class"]: float(row["probability"]) for row in rows} == pytest.approx(
        prediction.probabilities, abs=1e-6
    )
