"""What a person orders, follows and uses, through the handlers and the files that the page serves."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support import put

from lenet import checkpoint
from lenet.settings import CHECKPOINTS, Limits
from lenet.training.order import FORMING
from lenet.training.session import Session
from lenet.ui.files import later_files, network_files, trained_files
from lenet.ui.handlers import UNCHANGED, Handlers
from lenet.ui.lab import Lab
from lenet.ui.trainer import Trainer
from lenet.ui.trainings import GONE, Trainings
from lenet.ui.view import View

ORDER = {
    "recipe": "classic",
    "dataset": "mnist",
    "seed": 0,
    "knobs": {"pooling": "max", "epochs": 2, "batch_size": 32, "validation": 300},
}


@pytest.fixture
def trainer(small_data):
    """It trains in this process, on the small data set."""

    def here(order, folder, name, seconds):
        for event in Session(order, folder, name, seconds).events(small_data):
            yield [event]

    return Trainer(Limits(), here)


@pytest.fixture
def lab(trainer):
    return Lab(CHECKPOINTS, trainer.folder)


@pytest.fixture
def trainings(trainer, lab):
    return Trainings(lab, trainer, Handlers(lab))


def chosen(**sent):
    return SimpleNamespace(**{"order": None, "asked": 0, "what": None, "mine": []} | sent)


def trained(trainings) -> list[dict]:
    return [answer.progress for answer in trainings.on_train(chosen(order=ORDER))]


def controls() -> dict:
    return {"revision": 1, "view": View().value()}


def test_without_an_order_there_is_what_to_choose_from(trainings):
    value = trainings.on_order(chosen(asked=1)).bench
    assert value["problem"] == "" and value["stages"] == []
    assert value["recipes"]["classic"]["channels"] == (6, 16)
    assert "up to 20 epochs and 300 seconds" in value["limits"]
    json.dumps(value)


def test_an_order_has_a_plan_or_a_sentence(trainings):
    value = trainings.on_order(chosen(asked=2, order=ORDER)).bench
    assert (value["asked"], value["parameters"]) == (2, 61_706)
    wrong = ORDER | {"knobs": {"kernel_sizes": [31, 5]}}
    assert "does not fit" in trainings.on_order(chosen(asked=3, order=wrong)).bench["problem"]
    assert "no order" in trainings.on_order(chosen(order="x")).bench["problem"]


def test_a_network_is_trained_and_used(trainings, trainer, lab, digits):
    values = trained(trainings)
    last = values[-1]
    assert last["phase"] == "done"
    assert last["title"] == "classic on mnist: pooling max, epochs 2, batch size 32, validation 300"
    name = last["name"]
    answer = trainings.on_use(put({}, digits[3]), None, "mnist-lenet", controls(), chosen(what=name, mine=[name, "x"]))
    assert answer.checkpoint == name
    assert answer.verdict["network"] == name
    assert [each for _, each in answer.offered] == [name, *(each for _, each in lab.menu)]
    assert answer.controls["epochs"] == [0, 1, 2]
    assert answer.controls["checkpoints"][0][1] == name
    assert name not in lab.names


def test_an_own_network_can_stand_beside_another_one_s_card(trainings, lab):
    name = trained(trainings)[-1]["name"]
    card = Handlers(lab).on_card("mnist-lenet", chosen(what=name, mine=[name, name, "../mnist-lenet"])).card
    assert [each["name"] for each in card["networks"]] == ["mnist-lenet", name]
    assert [each for _, each in card["offered"]][0] == name


def test_a_link_to_an_own_network_opens_while_it_is_kept(trainings, trainer, lab, digits):
    name = trained(trainings)[-1]["name"]
    handlers = Handlers(lab)
    place = (put({}, digits[3]), None, name, controls())
    fragment = handlers.on_take(*place, None, SimpleNamespace(what="link", page=None)).takeaway["link"]
    opened = handlers.on_open(fragment, "mnist-lenet")
    assert opened.checkpoint == name and opened.offered[0][1] == name
    trainer._home.cleanup()
    assert "There is no checkpoint" in handlers.on_open(fragment, "mnist-lenet").takeaway["text"]


def test_a_network_that_is_gone_is_a_sentence(trainings):
    gone = "yours-0000000000000000"
    answer = trainings.on_use({}, None, "mnist-lenet", controls(), chosen(what=gone, mine=[gone]))
    assert answer.takeaway["text"] == GONE
    assert answer.checkpoint is UNCHANGED


def test_what_cannot_be_trained_is_refused_with_its_reason(trainings):
    (answer,) = trainings.on_train(chosen(order=ORDER | {"knobs": {"epochs": 999}}))
    assert answer.progress["phase"] == "failed" and "at most 20" in answer.progress["reason"]
    (answer,) = trainings.on_train(chosen())
    assert "no order" in answer.progress["reason"]


@pytest.fixture
def client(trainer, lab):
    return TestClient(Starlette(routes=[network_files(lab), *trained_files(trainer)]))


def test_the_files_of_a_network_are_sent_as_it_forms_and_when_it_is_trained(trainings, client):
    for answer in trainings.on_train(chosen(order=ORDER)):
        value = answer.progress
        if value["phase"] == "training":
            assert client.get(f"/forming/{value['name']}/config.json").json()["kind"] == "digit"
            assert client.get(f"/forming/{value['name']}/model.safetensors").status_code == 200
            assert client.get(f"/forming/{value['name']}/../{FORMING}/model.safetensors").status_code == 404
    name = value["name"]
    assert client.get(f"/forming/{name}/config.json").status_code == 404
    assert client.get(f"/networks/{name}/config.json").status_code == 200
    assert client.get(f"/networks/{name}/snapshots/epoch-02.safetensors").status_code == 200
    assert client.get(f"/networks/{name}/metrics.json").status_code == 404


def test_a_network_is_downloaded_as_a_folder_that_can_be_loaded(trainings, client, tmp_path):
    name = trained(trainings)[-1]["name"]
    answer = client.get(f"/trained/{name}.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-lenet.zip"'
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    loaded = checkpoint.load(tmp_path / "my-lenet")
    assert loaded.metrics["command"].startswith("python train.py --recipe classic --dataset mnist")
    assert checkpoint.snapshots(loaded) == [0, 1, 2]


@pytest.mark.parametrize("name", ["yours-0000000000000000", "..", "mnist-lenet", "%2e%2e", "yours-x"])
def test_no_other_folder_is_sent(client, name):
    assert client.get(f"/trained/{name}.zip").status_code == 404
    assert client.get(f"/forming/{name}/config.json").status_code == 404


def test_the_scripts_of_a_view_are_sent_and_no_others():
    client = TestClient(Starlette(routes=[later_files({"bench": "// the bench"})]))
    assert client.get("/later/bench.js").text == "// the bench"
    assert client.get("/later/maps.js").status_code == 404
