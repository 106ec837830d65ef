"""The served page asked as a stranger asks it, who wants its files, its time or its tracebacks."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest
from gradio.utils import get_upload_folder
from PIL import Image

from lenet.ui.door import NOT_UPLOADED, uploaded
from lenet.ui.sentence import Sentence
from lenet.ui.view import View

PATIENCE = 20
"""Seconds that an answer may take here; most take milliseconds."""

MARK = {"meta": {"_type": "gradio.FileData"}}


@pytest.fixture(scope="module")
def api(page_url):
    with httpx.Client(base_url=f"{page_url}/gradio_api", timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="module")
def config(page_url) -> dict:
    return httpx.get(f"{page_url}/config", timeout=PATIENCE).json()


@pytest.fixture(scope="module")
def endpoints(config) -> dict[str, dict]:
    """All that can be asked, public and private, by name."""
    return {each["api_name"]: each for each in config["dependencies"] if each["backend_fn"]}


@pytest.fixture
def picture(tmp_path, digits) -> Path:
    path = tmp_path / "seven.png"
    Image.fromarray(digits[7]).resize((84, 84)).save(path)
    return path


@pytest.fixture
def pipe():
    """A path that is opened for ever, since nobody writes."""
    ends = os.pipe()
    yield f"/proc/self/fd/{ends[0]}"
    for end in ends:
        os.close(end)


def upload(api: httpx.Client, path: Path) -> str:
    return api.post("/upload", files={"files": path.open("rb")}).json()[0]


def asked(api: httpx.Client, endpoint: dict, data: list, **more) -> httpx.Response:
    """The whole answer of an endpoint, through the queue where it has one."""
    body = {"data": data, "fn_index": endpoint["id"]} | more
    if not endpoint["queue"]:
        return api.post("/run/predict", json=body)
    joined = api.post(f"/call/{endpoint['api_name']}", json={"data": data})
    return api.get(f"/call/{endpoint['api_name']}/{joined.json()['event_id']}") if joined.is_success else joined


def with_picture(endpoint: dict, config: dict, path: dict) -> list:
    """Inputs that an endpoint takes, with ``path`` as the picture."""
    seen = json.dumps({"revision": 1, "view": View(steps=True, prepare=False).value()})
    values = {"image": path, "dropdown": "mnist-modern", "controls": seen}
    return [values.get(kind) for kind in kinds_of(endpoint, config)]


def kinds_of(endpoint: dict, config: dict) -> list[str]:
    """What each input of an endpoint is; the controls are told from other HTML by their value."""
    kinds = {
        each["id"]: "controls" if '"view"' in str(each["props"].get("value")) else each["type"]
        for each in config["components"]
    }
    return [kinds[number] for number in endpoint["inputs"]]


@pytest.mark.parametrize("mark", [{}, MARK], ids=["unmarked", "marked"])
def test_no_file_of_the_server_is_opened_and_all_paths_are_refused_in_one_sentence(
    api, endpoints, config, picture, pipe, mark
):
    nobody_s = f"{get_upload_folder()}/{'a' * 64}/digit.png"
    paths = [str(picture), "/no/such/picture.png", pipe, "/etc/passwd", nobody_s]
    taking = [each for each in endpoints.values() if "image" in kinds_of(each, config)]
    assert len(taking) == 9
    for endpoint in taking:
        answers = {
            without_stamp(asked(api, endpoint, with_picture(endpoint, config, {"path": path} | mark))) for path in paths
        }
        assert len(answers) == 1, endpoint["api_name"]
    for name in ("predict", "activations"):
        answer = asked(api, endpoints[name], [{"path": str(picture)} | mark, "mnist-modern"])
        assert NOT_UPLOADED in answer.text
    shown = asked(api, endpoints["on_view"], with_picture(endpoints["on_view"], config, {"path": str(picture)} | mark))
    assert json.loads(shown.json()["data"][0])["text"] == NOT_UPLOADED


def without_stamp(answer: httpx.Response) -> str:
    """An answer without what differs each time: how long it took, and when it was made."""
    text = re.sub(r'"(duration|average_duration)": ?[\d.e-]+|\\"stamp\\": \d+|event_id\S+', "", answer.text)
    return f"{answer.status_code} {text}"


def test_an_uploaded_picture_is_opened_by_its_path(api, endpoints, picture):
    path = upload(api, picture)
    assert uploaded(path) == str(Path(path).resolve())
    for mark in ({}, MARK):
        assert '"label": "7"' in asked(api, endpoints["predict"], [{"path": path} | mark, "mnist-modern"]).text


def test_only_regular_files_among_the_uploads_are_opened(tmp_path, monkeypatch, picture):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    own = tmp_path / "uploads" / ("0" * 64)
    own.mkdir(parents=True)
    (own / "picture.png").write_bytes(picture.read_bytes())
    (own / "link.png").symlink_to(picture)
    (own / "circle.png").symlink_to(own / "circle.png")
    (own / "folder.png").mkdir()
    (own.parent / "beside.png").write_bytes(picture.read_bytes())
    os.mkfifo(own / "pipe.png")
    assert uploaded(str(own / "picture.png")) == str(own / "picture.png")
    assert uploaded(f"{own}/../{own.name}/picture.png") == str(own / "picture.png")
    refused = [
        "link.png",
        "circle.png",
        "folder.png",
        "pipe.png",
        "none.png",
        "../beside.png",
        "../../seven.png",
        "x" * 5000,
    ]
    for name in [*refused, "a\0b", "\ud800", ""]:
        assert uploaded(f"{own}/{name}") == Sentence(NOT_UPLOADED), name
    for path in (None, 5, "", [], "/dev/zero", "/proc/self/fd/0"):
        assert uploaded(path) == Sentence(NOT_UPLOADED), path


def test_activations_are_written_into_gradio_s_cache_and_nowhere_else(api, endpoints, picture):
    path = Path(upload(api, picture))
    before = set(path.parent.rglob("*"))
    for _ in range(2):
        answer = asked(api, endpoints["activations"], [{"path": str(path)} | MARK, "mnist-classic"])
        written = Path(json.loads(answer.text.split("data: ")[1])[0]["path"])
        assert written.parent.parent == Path(get_upload_folder())
        assert written.name == "seven.npz"
    assert set(path.parent.rglob("*")) == before
