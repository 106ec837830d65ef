import csv
import io

import numpy as np
import pytest
from PIL import Image

from lenet import export
from lenet.palettes import DIVERGING, SEQUENTIAL, colours
from lenet.predict import predict


def test_an_npz_holds_the_picture_every_stage_and_the_network_s_name(digits, classic):
    prediction = predict(classic, digits[0])
    with np.load(io.BytesIO(export.npz(classic, prediction))) as saved:
        assert set(saved) == {"checkpoint", "weights_sha256", "picture", *prediction.activations}
        assert np.array_equal(saved["picture"], prediction.prepared.picture)
        assert np.array_equal(saved["act2"], prediction.activations["act2"])
        assert str(saved["checkpoint"]) == "mnist-classic"
        assert str(saved["weights_sha256"]) == classic.metrics["weights_sha256"]


def test_the_table_has_every_class_once(digits, modern):
    prediction = predict(modern, digits[4])
    rows = list(csv.DictReader(io.StringIO(export.probabilities(prediction).decode())))
    assert {row["class"]: float(row["probability"]) for row in rows} == pytest.approx(
        prediction.probabilities, abs=1e-6
    )


@pytest.mark.parametrize("step", ["before", "after", "pooled", "kernels"])
@pytest.mark.parametrize("name", ["classic", "modern"])
def test_a_sheet_shows_every_map_in_its_colours(name, step, digits, request):
    network = request.getfixturevalue(name)
    prediction = predict(network, digits[8])
    image = np.asarray(Image.open(io.BytesIO(export.sheet(network, prediction, step))))
    assert image.shape[1:] == (export.SHEET_WIDTH, 3)
    seen = image[:, export.MARGIN : export.MARGIN + export.PICTURE_SIDE]
    top = export.MARGIN + 2 * export.LINE
    shown = seen[top + 4 : top + export.PICTURE_SIDE : 8, 4::8, 0]
    assert np.array_equal(shown, np.round(prediction.prepared.picture * 255))
    palette = colours(DIVERGING if step == "before" else SEQUENTIAL)
    found = {tuple(colour) for colour in image.reshape(-1, 3)}
    assert len(found & {tuple(colour) for colour in palette}) > 100


def test_palettes_begin_and_end_with_their_stops():
    for stops in (SEQUENTIAL, DIVERGING):
        found = colours(stops)
        assert found.shape == (256, 3)
        assert ["#" + bytes(found[at]).hex() for at in (0, -1)] == [stops[0], stops[-1]]


def test_the_diverging_palette_is_grey_in_the_middle():
    low, high = colours(DIVERGING)[[127, 128]].astype(int)
    assert abs(low - high).max() <= 3
    assert np.ptp(low) <= 4
