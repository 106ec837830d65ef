"""The model cards: what a network's metrics say, and what strangers write there."""

import copy
import json
import math
import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet import checkpoint
from lenet.checkpoint import Checkpoint
from lenet.model import LeNet
from lenet.settings import CHECKPOINTS
from lenet.ui.values.card import card_value, cell_value, no_card
from lenet.ui.values.facts import cost_facts, documented, hash_facts, limits, recipe_facts

NETWORKS = {name: checkpoint.load(CHECKPOINTS / name) for name in checkpoint.names(CHECKPOINTS)}
LENET, CLASSIC, CLOTHES = (NETWORKS[name] for name in ("mnist-lenet", "mnist-classic", "fashion-maxpool"))


def card_of(network: Checkpoint) -> dict:
    """As it reaches the browser: without a number that JavaScript cannot read."""
    (card,) = json.loads(json.dumps(card_value(1, [network], []), allow_nan=False))["networks"]
    return card


@pytest.mark.parametrize("name", NETWORKS)
def test_each_committed_network_has_every_part(name):
    card = card_of(NETWORKS[name])
    optional = {"documented"}
    assert [part for part, value in card.items() if not value and part not in optional] == []
    share, low, high = (card["accuracy"][part] for part in ("share", "low", "high"))
    assert low < share < high
    assert sum(map(sum, card["confusion"]["counts"])) == card["accuracy"]["count"] == 10_000
    assert sum(item["count"] for item in card["calibration"]["bins"]) == 10_000
    assert sum(stage["parameters"] for stage in card["stages"]) == NETWORKS[name].metrics["parameters"]
    assert len(card["hashes"]) == 5


def test_a_pair_leads_to_the_cell_with_the_more_pictures():
    confusion = card_of(CLOTHES)["confusion"]
    for pair in confusion["pairs"]:
        (true, said), counts = pair["cell"], confusion["counts"]
        assert counts[true][said] >= counts[said][true]
        assert counts[true][said] + counts[said][true] == pair["count"]
        assert {CLOTHES.classes[true], CLOTHES.classes[said]} == set(pair["names"])


def test_the_source_s_claim_is_compared_with_what_is_measured():
    assert card_of(CLOTHES)["confusion"]["claim"].endswith("T-shirt and Shirt are mistaken most easily. So it is here.")
    assert card_of(NETWORKS["fashion-classic"])["confusion"]["claim"].endswith("Here it is Pullover and Coat.")
    assert card_of(LENET)["confusion"]["claim"] == ""


def test_an_error_is_coloured_by_its_share_and_more_strongly_than_that():
    confusion = card_of(LENET)["confusion"]
    counts, shades = confusion["counts"], confusion["shades"]
    assert shades[0][0] == pytest.approx(counts[0][0] / sum(counts[0]), abs=1e-3)
    assert counts[9][4] / sum(counts[9]) < 0.01 < 0.1 < shades[9][4] < 0.2
    assert shades[0][1] == counts[0][1] == 0


def test_two_networks_are_told_apart_by_their_intervals():
    assert "do not overlap" in card_value(1, [LENET, CLASSIC], [])["apart"]
    assert "overlap: with other test pictures" in card_value(1, [LENET, NETWORKS["mnist-modern"]], [])["apart"]
    assert card_value(1, [LENET, CLOTHES], [])["apart"] == ""  # they have not read the same pictures
    assert card_value(1, [LENET], [])["apart"] == ""


def test_the_network_itself_is_not_offered_beside_it():
    offered = [("one", "mnist-lenet"), ("other", "mnist-classic")]
    assert card_value(1, [LENET], offered)["offered"] == [("other", "mnist-classic")]
    assert no_card(3, "It is gone.") == {
        "asked": 3,
        "networks": [],
        "offered": [],
        "apart": "",
        "problem": "It is gone.",
    }


def test_a_cell_has_its_first_test_pictures_and_says_how_many_there_are():
    value = cell_value(7, (9, 4), [LENET, CLASSIC])
    assert (value["asked"], value["cell"]) == (7, (9, 4))
    assert [len(tested["pictures"]) for tested in value["tested"]] == [4, 4]
    assert value["tested"][0]["words"] == "9, taken for 4: 6 of 1,009 test pictures; the first 4:"
    (empty,) = cell_value(1, (0, 1), [LENET])["tested"]
    assert empty == {"pictures": [], "words": "0, taken for 1: no test picture."}
    (right,) = cell_value(1, (3, 3), [LENET])["tested"]
    assert right["words"].startswith("3, read rightly: 1,010 of 1,010")
    (none,) = cell_value(1, (3, 10), [LENET])["tested"]
    assert none == {"pictures": [], "words": "mnist-lenet has no such class."}


def test_a_network_without_test_pictures_says_so(tmp_path):
    mine = replace(LENET, folder=tmp_path)
    (tested,) = cell_value(1, (9, 4), [mine])["tested"]
    assert tested == {"pictures": [], "words": "9, taken for 4: 6 of 1,009. This network came without their pictures."}
    shutil.copytree(CHECKPOINTS / "mnist-lenet" / "atlas", tmp_path / "atlas")
    (tmp_path / "atlas" / "tests.safetensors").write_bytes(b"cut")
    (tested,) = cell_value(1, (9, 4), [mine])["tested"]
    assert tested["pictures"] == []
    assert "atlas/tests.safetensors is damaged" in tested["words"]


def test_a_network_without_metrics_has_a_card():
    card = card_of(replace(LENET, metrics={}))
    kept = {"name", "about", "classes", "stages", "limits"}
    assert {name for name, value in card.items() if value} == kept
    (tested,) = cell_value(1, (9, 4), [replace(LENET, metrics={})])["tested"]
    assert tested["words"] == "9, taken for 4:"


def test_an_accuracy_that_the_confusions_do_not_give_has_no_interval():
    metrics = copy.deepcopy(LENET.metrics)
    metrics["test"]["accuracy"] = 0.5
    assert card_of(replace(LENET, metrics=metrics))["accuracy"] == {"share": 0.5, "count": 0, "low": 0.0, "high": 1.0}


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, math.nan, math.inf, 1e308, "", "a\nb", "x" * 5_000, [], {}, [[]], [{}], [1] * 15]),
    st.lists(st.sampled_from([{"pair": ["4", []], "count": 1}, {"pair": [1, 2]}, {"count": 1}, 3, {"train": {}}])),
)


def paths(part: object) -> list[tuple]:
    """The places in metrics; of a list, the first five."""
    rows = list(enumerate(part))[:5] if isinstance(part, list) else []
    inner = part.items() if isinstance(part, dict) else rows
    return [path for key, value in inner for path in [(key,), *((key, *rest) for rest in paths(value))]]


@given(st.sampled_from(paths(LENET.metrics)), STRANGE)
def test_whatever_a_stranger_writes_into_metrics_there_is_a_card(path, strange):
    metrics = copy.deepcopy(LENET.metrics)
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = strange
    card = card_of(replace(LENET, metrics=metrics))
    assert card["name"] == "mnist-lenet"
    cell_value(1, (9, 4), [replace(LENET, metrics=metrics)])


def test_the_recipe_is_told_in_rows():
    rows = {fact["name"]: fact["text"] for fact in recipe_facts(LENET)}
    assert rows["Optimiser"] == "adamw, weight decay 0.03"
    assert rows["Pictures"] == "varied at random, and 12,000 digits drawn by code"
    assert rows["Held out"] == "nothing: all pictures were trained on"
    assert {fact["name"]: fact["text"] for fact in recipe_facts(CLOTHES)}[
        "Held out"
    ] == "12,000 of the training pictures"
    clothes = {fact["name"]: fact["text"] for fact in recipe_facts(NETWORKS["fashion-lenet"])}
    assert clothes["Pictures"] == "varied at random, and 58,000 photos, put together"  # no digits were drawn for it
    assert clothes["Teacher"].startswith(
        "a larger network, whose answers it learned too: python train.py --recipe modern "
    )
    assert "Teacher" not in rows
    joined = {fact["name"]: fact["text"] for fact in recipe_facts(NETWORKS["mnist-modern"])}
    assert joined["Ensemble"] == "2 networks, joined into one"


def test_cost_source_and_files_are_told():
    rows = {fact["name"]: fact["text"] for fact in cost_facts(LENET)}
    assert (rows["Time"], rows["Training pictures"]) == ("29 min 30 s, on a CPU", "72,000")
    assert documented(CLOTHES) == "The source prints: validation accuracy 0.8771, test accuracy 0.8677."
    assert documented(CLASSIC) == ""  # it prints results on garments
    assert hash_facts(LENET)[0]["text"] == LENET.metrics["weights_sha256"]
    assert "one of its 10 classes" in limits(Checkpoint("mine", LeNet(), "digit", tuple("0123456789"), {}))[0]
