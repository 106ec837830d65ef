"""The maps' value, unpacked again as the browser does it."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from support import real_pictures, seen

from lenet import checkpoint
from lenet.microscope.layers import PHASES, Subject, differences, stage_name
from lenet.microscope.sheet import Strip, _strips
from lenet.model import LeNet, LeNetConfig, Members, join
from lenet.ui.sentence import Sentence
from lenet.ui.values.maps import LEVELS, MapsValue, maps_value, means_of
from lenet.ui.values.pixels import encode_picture
from lenet.ui.view import CHOICES, View


def example(network: checkpoint.Checkpoint, number: int) -> Subject:
    """One of the real example pictures before a network."""
    return seen(network, real_pictures(network.kind)[number], f"example {number}")


def resting(view: View, a: Subject | Sentence, b: Subject | Sentence | None = None) -> MapsValue:
    return maps_value(4, 2, view, a, b)


def unpacked(value: dict) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The layers of A and those of B."""
    value = json.loads(json.dumps(value))
    shapes = [layer["a"]["shape"] for layer in value["layers"]]
    pairs = [layer["b"]["shape"] for layer in value["layers"] if layer["b"]]
    content = zlib.decompress(base64.b64decode(value["cells"]))
    channels = sum(shape[0] for shape in shapes + pairs)
    lows, highs = np.frombuffer(content, "<f4", 2 * channels).reshape(2, channels)
    levels = np.frombuffer(content, "<u2", offset=8 * channels)
    layers, channel, at = [], 0, 0
    for shape in shapes + pairs:
        size = int(np.prod(shape))
        rows = levels[at : at + size].reshape(shape[0], -1)
        low, high = (ends[channel : channel + shape[0], None] for ends in (lows, highs))
        layers.append((low + rows / LEVELS * (high - low)).reshape(shape))
        channel, at = channel + shape[0], at + size
    assert at == len(levels)
    return layers[: len(shapes)], layers[len(shapes) :]


DENSE = {"before": "dense", "after": "act", "pooled": "act"}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("name", ["classic", "modern"])
def test_every_layer_arrives_to_the_fourth_digit(name, phase, request):
    subject = example(request.getfixturevalue(name), 8)
    value = resting(View(phase=phase), subject)
    maps = [stage_name(subject.network.model.config, phase, number) for number in (1, 2)]
    assert [layer["name"] for layer in value["layers"]] == [*maps, f"{DENSE[phase]}3", f"{DENSE[phase]}4", "logits"]
    for layer, found in zip(value["layers"], unpacked(value)[0], strict=True):
        expected = subject.stages[layer["name"]]
        np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=max(np.ptp(expected), 1) * 1e-4)


def test_the_kernels_are_the_weights(classic):
    value = resting(View(phase="kernels"), example(classic, 3))
    assert [layer["title"] for layer in value["layers"]] == [
        "Layer 1 · 6 × 1 kernels of 5 × 5",
        "Layer 2 · 16 × 6 kernels of 5 × 5",
    ]
    for number, found in enumerate(unpacked(value)[0], start=1):
        np.testing.assert_allclose(found, classic.model.get_submodule(f"conv{number}").weight.detach(), atol=1e-4)


def test_the_first_layer_s_kernels_come_along(classic):
    layers = resting(View(), example(classic, 3))["layers"]
    kernels = layers[0]["kernels"]
    weights = classic.model.conv1.weight.detach().numpy()
    shown = np.frombuffer(base64.b64decode(kernels["cells"]), np.uint8).reshape(weights.shape)
    np.testing.assert_allclose((shown / 127.5 - 1) * kernels["most"], weights, atol=kernels["most"] / 127)
    assert [layer["kernels"] for layer in layers[1:]] == [None] * 4


def test_two_pictures_stand_side_by_side_with_their_distance(classic):
    a, b = example(classic, 3), example(classic, 8)
    value = resting(View(compare="kept"), a, b)
    mine, theirs = unpacked(value)
    for layer, first, second in zip(value["layers"], mine, theirs, strict=True):
        stages = [subject.stages[layer["name"]] for subject in (a, b)]
        for found, exact in zip((first, second), stages, strict=True):
            np.testing.assert_allclose(found.reshape(exact.shape), exact, atol=2e-3)
        if layer["kind"] != "dense":
            apart = [[item.l2, item.cosine] for item in differences(*stages)]
            np.testing.assert_allclose(layer["apart"]["channels"], apart, rtol=1e-3, atol=1e-3)
            lengths = [item[0] for item in apart]
            assert layer["apart"]["order"] == np.argsort([-length for length in lengths], kind="stable").tolist()
    assert (value["a"], value["b"], value["note"]) == ("example 3", "example 8", "")


def test_networks_of_other_sizes_or_depths_are_shown_with_a_caution(classic, modern, digits):
    value = resting(View(), example(classic, 3), example(modern, 3))
    assert "differ in size" in value["note"]
    assert value["layers"][0]["apart"] is None
    assert value["layers"][-1]["apart"]
    assert value["layers"][0]["b"]["fields"] == value["layers"][0]["a"]["fields"]
    deep = LeNet(LeNetConfig((6, 16, 20), (5, 5, 5), (2, 2, 2))).eval()
    with torch.inference_mode():
        outputs = deep.activations(torch.from_numpy(digits[3].astype(np.float32) / 255)[None, None])
    deeper = Subject(
        "deep", replace(classic, model=deep), {name: output[0].numpy() for name, output in outputs.items()}
    )
    value = resting(View(), example(classic, 3), deeper)
    assert "differ in depth" in value["note"]
    assert [layer["b"] is not None for layer in value["layers"]] == [True, True, False, True, True]
    assert len(unpacked(value)[1]) == 4
    assert "differ in depth" in resting(View(), deeper, example(classic, 3))["note"]


def test_another_network_of_the_same_size_is_no_other_picture(classic):
    a, twin = example(classic, 3), replace(classic, model=LeNet(classic.model.config).eval())
    value = resting(View(), a, Subject("twin", twin, a.stages))
    assert "Only the logits mean the same" in value["note"]
    assert value["layers"][-1]["apart"]
    letters = tuple("abcdefghij")
    value = resting(View(), a, Subject("twin", replace(twin, classes=letters), a.stages))
    assert "logits" not in value["note"]
    sides = [value["layers"][-1][side]["classes"] for side in ("a", "b")]
    assert sides == [list(classic.classes), list(letters)]
    assert value["layers"][-1]["apart"] is None


def test_frames_without_a_picture_have_every_word_and_no_cells(classic):
    shown = resting(View(), example(classic, 3))
    value = maps_value(2, 7, View(), example(classic, 3), lit=False)
    assert (value["drawing"], value["revision"], value["cells"]) == (2, 7, "")
    assert value["layers"] == shown["layers"]


def test_a_sentence_leaves_nothing_to_show(classic):
    assert maps_value(2, 7, View(), Sentence("There is no such network."))["layers"] == []
    assert resting(View(), example(classic, 3), Sentence("There is no B."))["note"] == "There is no B."


def test_the_browser_is_told_which_networks_follow_the_pen(classic, modern):
    alone = resting(View(), example(classic, 3))
    sha = classic.metrics["weights_sha256"]
    assert alone["network"] == {
        "name": "mnist-classic",
        "kind": "digit",
        "classes": list(classic.classes),
        "version": sha[: len(alone["network"]["version"])],
        "means": means_of(classic),
        "epochs": list(range(21)),
    }
    assert alone["other"] is None
    a, b = example(classic, 3), example(modern, 3)
    assert resting(View(compare="checkpoint"), a, b)["other"]["name"] == "mnist-modern"
    assert resting(View(compare="kept"), a, example(classic, 8))["other"] is None


def test_each_side_says_which_stage_puts_out_its_numbers(classic, modern):
    first, *_, last = resting(View(phase="before"), example(classic, 3), example(modern, 3))["layers"]
    assert (first["a"]["stage"], first["b"]["stage"]) == ("conv1", "norm1")
    assert last["a"]["stage"] == "logits"
    kernels = resting(View(phase="kernels"), example(classic, 3))["layers"]
    assert [layer["a"]["stage"] for layer in kernels] == ["conv1.weight", "conv2.weight"]


def test_the_other_phases_come_along_as_frames(classic, modern):
    a, b = example(classic, 3), example(modern, 3)
    for view in (View(phase=phase) for phase in CHOICES["phase"]):
        value = resting(view, a, b)
        assert {view.phase, *value["phases"]} == set(CHOICES["phase"])
        for phase, frame in value["phases"].items():
            shown = resting(replace(view, phase=phase), a, b)
            assert frame["note"] == shown["note"]
            for layer, wanted in zip(frame["layers"], shown["layers"], strict=True):
                same = set(layer) - {"scale", "a", "b", "apart"}
                assert {name: layer[name] for name in same} == {name: wanted[name] for name in same}
                assert (layer["apart"] is None) == (wanted["apart"] is None)
                for side in ("a", "b"):
                    assert (layer[side] and layer[side] | {"own": []}) == (wanted[side] and wanted[side] | {"own": []})


def test_a_sentence_in_place_of_b_stands_beside_every_phase(classic):
    value = resting(View(), example(classic, 3), Sentence("There is no B."))
    assert {frame["note"] for frame in value["phases"].values()} == {value["note"]} == {"There is no B."}


def test_the_pictures_are_those_that_a_network_has_answered(classic):
    a, b = example(classic, 3), example(classic, 8)
    pictures = resting(View(compare="kept"), a, b)["pictures"]
    assert pictures == (encode_picture(a.picture), encode_picture(b.picture))
    mean = replace(b, probabilities={})
    assert resting(View(compare="class"), a, mean)["pictures"] == (pictures[0], "")
    unlit = replace(a, picture=None, probabilities={})
    assert maps_value(4, 2, View(compare="kept"), unlit, b, lit=False)["pictures"] == ("", pictures[1])


def test_a_constant_map_does_not_divide_by_zero(classic):
    stages = {name: np.zeros_like(values) for name, values in example(classic, 3).stages.items()}
    value = resting(View(), Subject("nothing", classic, stages))
    assert all(not layer.any() for layer in unpacked(value)[0])


def test_the_logits_have_their_classes_names(classic):
    layers = resting(View(), example(classic, 3))["layers"]
    assert [layer["a"]["classes"] for layer in layers] == [[]] * 4 + [list(classic.classes)]


def field(size: int, stride: int, offset: int, side: int) -> dict[str, int]:
    return {"size": size, "stride": stride, "offset": offset, "side": side}


def test_fields_say_what_a_cell_sees_of_each_earlier_picture(classic):
    after = {layer["name"]: layer["a"]["fields"] for layer in resting(View(), example(classic, 3))["layers"]}
    assert after["act1"] == {"input": field(5, 1, -2, 28)}
    assert after["act2"] == {"input": field(14, 2, -2, 28), "1": field(10, 2, 0, 28)}
    assert after["act3"] == {}
    pooled = resting(View(phase="pooled"), example(classic, 3))["layers"][1]["a"]["fields"]
    assert pooled == {"input": field(16, 4, -2, 28), "1": field(6, 2, 0, 14)}


def test_the_sides_in_the_fields_are_those_of_the_maps():
    config = LeNetConfig((4, 6, 8), (3, 5, 3), (0, 1, 2), input_size=32)
    network = checkpoint.Checkpoint("", LeNet(config).eval(), "digit", tuple("0123456789"), {})
    with torch.inference_mode():
        outputs = network.model.activations(torch.zeros(1, 1, 28, 28))
    stages = {name: output[0].numpy() for name, output in outputs.items()}
    for phase in PHASES:
        for layer in resting(View(phase=phase), Subject("", network, stages))["layers"][:3]:
            for onto, earlier in layer["a"]["fields"].items():
                stage = "input" if onto == "input" else stage_name(config, phase, int(onto))
                assert earlier["side"] == stages[stage].shape[-1]


def painted_by_the_page(value: MapsValue, side: str) -> list[list[tuple[float, float, bool]]]:
    """The scale of every map of a side, layer by layer, as maps.js takes it from the value."""
    found = []
    for layer in value["layers"]:
        low, high, signed = (layer["scale"][name] for name in ("low", "high", "signed"))
        if side == "difference":
            most = layer["apart"] and layer["apart"]["most"]
            found.append([(-most, most, True)] * layer["a"]["shape"][0] if layer["apart"] else [])
        elif layer[side]:
            ranges = layer[side]["own"] or [(low, high)] * layer[side]["shape"][0]
            found.append([(*ends, signed) for ends in ranges])
    return found


def painted_on_the_sheet(strips: list[Strip]) -> list[list[tuple[float, float, bool]]]:
    return [[(*ends, strip.signed) for ends in zip(strip.low, strip.high, strict=True)] for strip in strips]


def in_tanh(network: checkpoint.Checkpoint) -> checkpoint.Checkpoint:
    """A network of the same weights whose maps after the activation are signed."""
    model = LeNet(replace(network.model.config, activation="tanh"))
    model.load_state_dict(network.model.state_dict())
    return replace(network, model=model.eval())


COMPARISONS = {
    "A alone": lambda classic, modern: (example(modern, 3), None),
    "two pictures": lambda classic, modern: (example(modern, 3), example(modern, 8)),
    "two networks": lambda classic, modern: (example(classic, 3), example(modern, 3)),
    "tanh beside ReLU": lambda classic, modern: (example(in_tanh(classic), 3), example(modern, 3)),
    "ReLU beside tanh": lambda classic, modern: (example(modern, 3), example(in_tanh(classic), 3)),
    "tanh beside its ReLU": lambda classic, modern: (example(in_tanh(modern), 3), example(modern, 3)),
}


@pytest.mark.parametrize("phase", CHOICES["phase"])
@pytest.mark.parametrize("scale", CHOICES["scale"])
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_page_and_sheet_give_every_map_the_same_scale(comparison, scale, phase, classic, modern):
    a, b = COMPARISONS[comparison](classic, modern)
    value = resting(View(phase=phase, scale=scale), a, b)
    strips = {"a": [], "b": [], "difference": []}
    for strip in _strips(a, b, phase, scale, sort=False):
        strips[{"B": "b", "A −": "difference"}.get(strip.title.split(" B")[0].split(":")[0], "a")].append(strip)
    for side, drawn in strips.items():
        page = [layer for layer in painted_by_the_page(value, side) if layer]
        sheet = painted_on_the_sheet(drawn)
        assert [len(layer) for layer in page] == [len(layer) for layer in sheet]
        for one, other in zip(page, sheet, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-30)


def test_a_tanh_network_s_maps_and_those_of_a_relu_network_beside_it_have_one_palette(classic, modern):
    a, b = COMPARISONS["tanh beside ReLU"](classic, modern)
    first, second, *_ = _strips(a, b, "after", "map", sort=False)
    assert first.signed
    assert second.signed


def test_kernels_that_are_not_read_are_listed_by_channel(classic):
    whole = resting(View(phase="kernels"), example(classic, 3))["layers"]
    assert [layer["a"]["unread"] for layer in whole] == [[], []]
    members = [LeNet(LeNetConfig((2, 3), (5, 5), (2, 0))) for _ in range(2)]
    joined = replace(classic, model=join(Members(members)).eval())
    first, second = resting(View(phase="kernels"), example(joined, 3))["layers"]
    assert first["a"]["unread"] == []
    assert second["a"]["unread"] == [[2, 3]] * 3 + [[0, 1]] * 3
    assert "does not read" in second["note"]


HOSTILE = [None, 5, [], "yes", {"accuracy": "high"}, {"accuracy": None}, {"accuracy": 10**400}, {"accuracy": [0.9]}]


@pytest.mark.parametrize("test", [*HOSTILE, {"accuracy": float("nan")}, {"accuracy": True}], ids=str)
def test_metrics_that_make_no_sense_are_left_out(classic, test):
    (about,) = resting(View(), example(replace(classic, metrics={"test": test}), 3))["words"]
    assert about[-1]["text"].endswith("parameters")


def test_a_line_says_what_a_network_is(classic, modern):
    (about,) = resting(View(), example(modern, 3))["words"]
    for words in ("mnist-modern: reads digits", "ReLU", "max pooling", "batch normalisation", "% of the test pictures"):
        assert any(words in part["text"] for part in about)
