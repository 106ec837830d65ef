"""The static edition: which files it has, how large they are, and what they say."""

import base64
import json
import re
import shutil
import zlib

import numpy as np
import pytest
import yaml
from support import ROOT

from lenet import checkpoint, doubt
from lenet.checkpoint import SNAPSHOTS
from lenet.microscope import explain
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS
from lenet.ui import edition, link
from lenet.ui.beforehand import LACKS
from lenet.ui.edition import Order, kept_epochs, main, needed_epochs, write
from lenet.ui.values.examples import example_picture
from lenet.ui.view import CHOICES, View

NAME = "mnist-lenet"
TEXTS = (".html", ".js", ".css", ".json", ".svg")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The edition of the default network."""
    folder = tmp_path_factory.mktemp("edition") / "out"
    write(folder, Order(CHECKPOINTS, (NAME,)))
    return folder


@pytest.fixture(scope="module")
def opening(out):
    return json.loads(zlib.decompress((out / "networks" / NAME / "opening.zlib").read_bytes()))


@pytest.fixture(scope="module")
def explained(out):
    return json.loads(zlib.decompress((out / "networks" / NAME / "explained.zlib").read_bytes()))


def test_the_folder_holds_these_files_and_no_others(out):
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    network = ["config.json", "model.safetensors", "doubt.safetensors", "opening.zlib", "explained.zlib"]
    network += [f"snapshots/epoch-{epoch}.safetensors" for epoch in ("00", "12")]
    page = {"index.html", "edition.js", "edition.css", "edition.json", "icon.svg", "README.md"}
    assert found == page | {"examples/digit.png", "examples/LICENSE.md"} | {
        f"networks/{NAME}/{file}" for file in network
    }


def test_the_default_network_s_edition_is_below_a_megabyte(out):
    sizes = {path: path.stat().st_size for path in out.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 1_000_000


def test_the_weights_are_the_checkpoint_s_own(out):
    for file in ("config.json", "model.safetensors", "snapshots/epoch-12.safetensors"):
        assert (out / "networks" / NAME / file).read_bytes() == (CHECKPOINTS / NAME / file).read_bytes()


def test_no_file_has_an_address_of_another_host_or_of_the_server_s_root(out):
    for path in (path for path in out.rglob("*") if path.suffix in TEXTS):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        text = re.sub("https?://d2l.ai/[^<]*</dd>", "", text)  # the words name the book's page, as text
        assert not re.search(r"https?://|data:\w+/|(?:src|href)=\"/", text), path


def test_nothing_in_the_document_needs_more_than_its_policy_allows(out):
    document = (out / "index.html").read_text(encoding="utf-8")
    assert "content=\"default-src 'self'\"" in document
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src)", document)
    assert not re.search(r"\beval\(|new Function", (out / "edition.js").read_text(encoding="utf-8"))


def test_the_whole_page_is_linked_where_it_has_an_address():
    linked = edition.page(NAME, "https://example.org/lab?a=1&b=2")
    assert '<a href="https://example.org/lab?a=1&amp;b=2">the whole page</a>' in linked
    assert "<a href" not in edition.page(NAME, "")


def test_what_the_first_answer_needs_is_fetched_together_with_the_script(out):
    ahead = re.findall(r'rel="preload" as="fetch" href="([^"]+)" crossorigin', (out / "index.html").read_text())
    assert len(ahead) == 4 and all((out / address).is_file() for address in ahead)


def test_a_fresh_page_has_the_epochs_that_the_folder_has_and_what_it_lacks(opening):
    assert opening["controls"]["epochs"] == opening["alone"]["network"]["epochs"] == [0, 12]
    assert opening["controls"]["lacks"] == list(LACKS)
    assert opening["examples"]["sheet"] == "examples/digit.png"
    assert opening["verdict"]["text"].startswith("Draw a digit, or choose an example.")
    assert opening["notes"][13] == "The data set calls this example: 3"


def test_what_the_edition_lacks_are_names_that_the_controls_have():
    known = {*View().value(), *(choice for choices in CHOICES.values() for choice in choices)}
    script = (ROOT / "lenet" / "ui" / "web" / "controls.js").read_text(encoding="utf-8")
    assert all(name in known or f"\n  {name}: " in script for name in LACKS)


def test_frames_have_no_numbers_but_the_words_of_all_phases(opening):
    for frame in (opening["alone"], opening["kept"]):
        assert frame["cells"] == "" and frame["layers"]
        assert {frame["phase"], *frame["phases"]} == set(CHOICES["phase"])
    assert [layer["b"] for layer in opening["alone"]["layers"]] == [None] * 5
    assert all(layer["b"] for layer in opening["kept"]["layers"])


def test_each_value_of_the_network_is_explained(explained):
    assert [len(layer) for layer in explained["maps"]] == [6, 16]
    assert {layer: len(values) for layer, values in explained["dense"].items()} == {"3": 120, "4": 84, "0": 10}
    cell = explained["maps"][1][3]
    assert cell["names"] == ["Layer 2, map 4", "Layer 2, map 4 of A", "Layer 2, map 4 of B"]
    assert {cell["cells"][phase]["where"] for phase in ("before", "pooled")} == {
        "before the activation",
        "after pooling",
    }
    assert "this map is off, and 0 everywhere" in cell["off"]["zero"]
    assert len(cell["favourites"]) == 9


def test_the_words_of_an_epoch_have_that_epoch_s_normalisation(explained):
    picture = example_picture("digit", 0)
    for epoch in (0, 12):
        network = checkpoint.after_epoch(checkpoint.load(CHECKPOINTS / NAME), epoch)
        found = explain.explain(network.model, predict(network, picture).activations, "act1", 2, 0, 0)
        assert f"that × {found.scale:.6g} " in explained["maps"][0][2]["before"][str(epoch)]


def test_only_the_exercises_of_the_chosen_networks_are_there(out):
    content = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    assert [name for name, _ in content["exercises"]["titles"]] == ["5-1"]
    assert set(content["steps"]) == {"5-1", "5-2", "5-3", "5-4"}
    assert {step["checkpoint"] for step in content["steps"].values()} == {NAME}
    assert content["choices"][0][1] == content["first"] == NAME


def test_links_to_steps_begin_as_the_whole_page_s_do():
    script = (ROOT / "lenet" / "ui" / "web" / "edition" / "desk.js").read_text(encoding="utf-8")
    assert f'const STEP = "{link.STEP}"' in script


def test_snapshots_are_kept_evenly_and_where_an_exercise_needs_one():
    assert kept_epochs([0, 1, 2, 4, 6, 9, 12], (), 3) == [0, 2, 6]
    assert kept_epochs([0, 1, 2, 4, 6, 9, 12], (9,), 2) == [0, 4, 9]
    assert kept_epochs([0, 1], (), 3) == [0]
    assert kept_epochs([0, 1, 2], (1,), 0) == [1]
    assert kept_epochs([0, 1, 2], (2,), 1) == [0, 2]
    assert kept_epochs([], (), 3) == kept_epochs([0], (), 3) == []
    assert needed_epochs("mnist-classic", checkpoint.names(CHECKPOINTS)) == {2, 5}
    assert needed_epochs("mnist-classic", ["mnist-classic"]) == set()


def test_what_a_link_in_a_checkpoint_names_is_not_published(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    folder = tmp_path / "checkpoints" / "mine"
    shutil.copytree(CHECKPOINTS / "mnist-classic", folder)
    for name in (f"{SNAPSHOTS}/epoch-03.safetensors", doubt.FILE):
        (folder / name).unlink()
        (folder / name).symlink_to(secret)
    (folder / SNAPSHOTS / "x").symlink_to(secret)
    write(tmp_path / "out", Order(folder.parent, ("mine",)))
    published = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert published and not any(path.read_bytes() == b"secret" for path in published)


def test_an_older_edition_is_replaced_and_nothing_else_is(out, tmp_path, capsys):
    shutil.copytree(out, tmp_path / "old")
    (tmp_path / "old" / "networks" / "gone").mkdir()
    (tmp_path / "old" / ".git").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert main([str(tmp_path / "mine"), "--checkpoint", NAME]) == edition.USAGE_ERROR
    assert "name a new or an empty folder" in capsys.readouterr().err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert main([str(tmp_path / "old"), "--checkpoint", NAME, "--snapshots", "0"]) == 0
    assert not (tmp_path / "old" / "networks" / "gone").exists() and (tmp_path / "old" / ".git").is_dir()
    assert not list((tmp_path / "old").rglob("epoch-*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--checkpoint", "none"], "there is no checkpoint 'none'"),
        (["--snapshots", "-1"], "-1 snapshots cannot be kept"),
        (["--home", "javascript:alert(1)"], "is no address of a page"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(arguments, words, tmp_path, capsys):
    assert main([str(tmp_path / "out"), *arguments]) == edition.USAGE_ERROR
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_folder_is_a_static_space(out):
    said = yaml.safe_load((out / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert (said["sdk"], said["app_file"]) == ("static", "index.html")
    assert len(said["short_description"]) <= 60


def test_noise_is_a_whole_picture(out):
    content = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    assert len(np.unique(np.frombuffer(base64.b64decode(content["noise"]), np.uint8))) > 200
