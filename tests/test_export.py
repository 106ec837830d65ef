import csv
import io

import numpy as np
import pytest
from PIL import Image

from lenet import export
from lenet.explain import Subject
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
    palette = colours(DIVERGING if step in ("before", "kernels") else SEQUENTIAL)
    found = {tuple(colour) for colour in image.reshape(-1, 3)}
    assert len(found & {tuple(colour) for colour in palette}) > 100


def test_a_sheet_has_b_and_the_difference_beside_a(digits, classic):
    one, other = (predict(classic, digits[number]) for number in (3, 8))
    b = Subject("kept", classic.model, classic.classes, other.activations)
    alone, beside = (Image.open(io.BytesIO(export.sheet(classic, one, b=subject))) for subject in (None, b))
    strips = list(export._strips(Subject("a", classic.model, classic.classes, one.activations), b, "after", "layer"))
    assert beside.height > 2 * alone.height - 300
    assert [strip.title.split(" · ")[0] for strip in strips] == ["A: a", "B: kept", "A - B"] * 2
    assert np.array_equal(strips[2].maps, one.activations["act1"] - other.activations["act1"])
    assert (strips[0].low[0], strips[0].high[0]) == (strips[1].low[0], strips[1].high[0])
    assert strips[2].low[0] == -strips[2].high[0]


@pytest.mark.parametrize(("scale", "shared"), [("map", False), ("layer", True), ("both", True)])
def test_a_sheet_s_scale_is_the_one_that_was_chosen(digits, modern, scale, shared):
    prediction = predict(modern, digits[3])
    a = Subject("a", modern.model, modern.classes, prediction.activations)
    first, second = export._strips(a, None, "after", scale)
    assert (np.ptp(first.high) == 0) == shared
    assert (first.high[0] == second.high[0]) == (scale == "both")
    assert first.high.max() >= first.maps.max()


def test_a_sheet_of_kernels_is_the_weights_with_gaps(digits, classic):
    prediction = predict(classic, digits[3])
    a = Subject("a", classic.model, classic.classes, prediction.activations)
    _, second = export._strips(a, None, "kernels", "layer")
    weights = classic.model.conv2.weight.detach().numpy()
    assert second.maps.shape == (16, 17, 17)  # six kernels of 5 x 5, three in a row, a gap between them
    assert np.array_equal(second.maps[:, 6:11, 6:11], weights[:, 4])
    assert np.isnan(second.maps[:, 5]).all()


def test_palettes_begin_and_end_with_their_stops():
    for stops in (SEQUENTIAL, DIVERGING):
        found = colours(stops)
        assert found.shape == (256, 3)
        assert ["#" + bytes(found[at]).hex() for at in (0, -1)] == [stops[0], stops[-1]]


def test_the_diverging_palette_is_grey_in_the_middle():
    low, high = colours(DIVERGING)[[127, 128]].astype(int)
    assert abs(low - high).max() <= 3
    assert np.ptp(low) <= 4
