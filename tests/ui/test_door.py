"""The served page asked as a stranger asks it, who wants its files, its time or its tracebacks."""

import json
import logging
import os
import re
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio import processing_utils
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder
from PIL import Image

from lenet.settings import Visits
from lenet.ui.door import NOT_UPLOADED, UPLOADS_VARIABLE, Door, own_uploads, uploaded
from lenet.ui.sentence import Sentence
from lenet.ui.view import View

PATIENCE = 20
"""Seconds that an answer may take here; most take milliseconds."""

JSON = {"content-type": "application/json"}

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
    body = json.dumps({"data": data, "fn_index": endpoint["id"]} | more).encode()
    if not endpoint["queue"]:
        return api.post("/run/predict", content=body, headers=JSON)
    joined = api.post(f"/call/{endpoint['api_name']}", content=body, headers=JSON)
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
    paths = [str(picture), "/no/such/picture.png", pipe, "/etc/passwd", nobody_s, "http://127.0.0.1:1/a.png"]
    taking = [each for each in endpoints.values() if "image" in kinds_of(each, config)]
    assert len(taking) == 10
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


MARKED = {"path": "http://example.com/x.png"} | MARK
"""What makes gradio fetch an address, wherever it stands in a request."""


def test_no_address_of_the_web_is_fetched_wherever_it_stands_in_a_request(api, endpoints, config, monkeypatch):
    fetched = []

    async def fetch(address: str, **_) -> str:
        fetched.append(address)
        raise OSError("nothing is fetched here")

    monkeypatch.setattr(processing_utils, "async_ssrf_protected_download", fetch)
    for endpoint in endpoints.values():
        for sent in (MARKED, [MARKED] * 3, {"x": {"y": [MARKED]}}):
            asked(api, endpoint, [sent] * len(endpoint["inputs"]))
    assert not fetched


def without_stamp(answer: httpx.Response) -> str:
    """An answer without what differs each time: how long it took, and when it was made."""
    text = re.sub(r'"(duration|average_duration)": ?[\d.e-]+|\\"stamp\\": \d+|event_id\S+', "", answer.text)
    return f"{answer.status_code} {text}"


def test_an_uploaded_picture_is_opened_by_its_path(api, endpoints, picture):
    path = upload(api, picture)
    assert uploaded(path) == str(Path(path).resolve())
    for mark in ({}, MARK):
        assert '"label":"7"' in asked(api, endpoints["predict"], [{"path": path} | mark, "mnist-modern"]).text


def test_a_session_keeps_no_copy_of_the_settings_nor_of_the_answers():
    door = Door(Visits())
    with door:
        shown = gr.Textbox("x" * 1_000)
    session = SessionState(door)
    session._update_value_in_config(shown._id, "y" * 1_000_000)
    assert session[shown._id] is shown
    assert set(session.blocks_config.fns) == set(door.fns)
    assert not any(session.config_values.values())
    assert door.get_config_file()["components"]


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
        written = Path(answer.json()["data"][0]["path"])
        assert written.parent.parent == Path(get_upload_folder())
        assert written.name == "seven.npz"
    assert set(path.parent.rglob("*")) == before


# Requests that no page sends

HOSTILE_VIEWS = [[], {"pin": {}}, {"compare": []}, {"compare": "checkpoint", "other": "\ud800"}, {"label": 10**30}]

HOSTILE = [
    *(None, True, -1, 2**53, 10**400, 1e308, float("nan")),
    *("", "\ud800", "a\0b", "{", "[" * 50_000, "9" * 5_000, '"\\ud800"', "é" * 16_728),
    *([], [[]], {}, {"path": 5}, {"path": []}, {"path": "\ud800"}, {"path": "a\0b"}, {"path": "x" * 5_000}),
    *({"path": path} | MARK for path in ("/etc/passwd", "\ud800", "", "http://127.0.0.1:1/", "http://[", [])),
    *({"url": "data:image/png;base64,AAAA"}, {"url": "\ud800"} | MARK),
    *(json.dumps({name: number}) for name in ("drawing", "revision") for number in (-1, 2**60, [], "\ud800")),
    *(json.dumps({"grid": grid}) for grid in (7, [], {}, "\ud800" * 16_728, "A" * 16_728)),
    *(json.dumps({"view": view}) for view in HOSTILE_VIEWS),
]
"""What may stand in place of any input."""

ORDER = {"recipe": "classic", "dataset": "mnist", "seed": 0, "knobs": {}}

HOSTILE_KNOBS = [
    *({"epochs": epochs} for epochs in (-1, 0, 10**400, 1.5, True, "2", None, 999_999)),
    *({"channels": sizes} for sizes in ([], [[]], [999_999, 999_999], [6] * 5_000, "6,16", [10**400], [6, None])),
    *({"hidden": [999_999] * 8}, {"kernel_sizes": [999_999, 999_999], "paddings": [999_999, 999_999]}),
    *({"learning_rate": rate} for rate in (float("nan"), float("inf"), -1, 0, "x", 10**400)),
    *({"batch_size": 999_999}, {"pooling": "\ud800"}, {"dropout": 1}, {"members": 8}, {"__class__": 1}),
]
"""Knobs that nobody can turn so far; none of them may take memory or time."""

HOSTILE_EVENTS = [
    *(None, "x", 5, [], {}, {"path": "/etc/passwd"}, {"path": "/etc/passwd"} | MARK),
    *({"index": index} for index in (None, [], {}, -1, 10**400, 1.5, True, "\ud800", "noise" * 1_000)),
    *({"what": what} for what in (None, [], {}, 7, "\ud800", "exe", "../png")),
    *({"what": "../yours-0", "mine": mine} for mine in (None, {}, ["\ud800", "../..", 5], ["x" * 5_000] * 5_000)),
    *(
        {"order": order, "asked": order}
        for order in (7, [], {}, {"knobs": {"\ud800": 1}}, ORDER | {"recipe": "\ud800"})
    ),
    *({"order": ORDER | {"knobs": knobs}} for knobs in HOSTILE_KNOBS),
]

HOSTILE_NUMBERS = (-1, 10_000, 10**400, "x", None, 1.5, "\ud800")

HOSTILE_BODIES = [
    *(b"", b"{", b"\xff", b"[" * 100_000, b"null", b"[]", b'"data"', b"{}", b'{"data": {}}', b'{"data": "x"}'),
    *(json.dumps({"data": [], "fn_index": number}).encode() for number in HOSTILE_NUMBERS),
    *(json.dumps({"data": [], "fn_index": 0, name: 7}).encode() for name in ("session_hash", "trigger_id", "batched")),
]


def hostile_requests(number: int, endpoint: dict, config: dict, step: int) -> list[dict]:
    """What no page sends to an endpoint. Every ``step``-th value is tried, beginning by the endpoint's ``number``."""
    good, body = with_picture(endpoint, config, None), {"fn_index": endpoint["id"]}
    lists = [[value] * len(good) for value in HOSTILE[number % (3 * step) :: 3 * step]] + [[], good[:-1], [*good, None]]
    for count, value in enumerate(HOSTILE[number % step :: step] if good else []):
        place = count % len(good)
        lists.append([*good[:place], value, *good[place + 1 :]])
    requests = [body | {"data": data} for data in lists]
    if endpoint["api_name"] in ("on_example", "on_step", "on_take", "on_order", "on_stop", "on_use"):
        requests += [body | {"data": good, "event_data": event} for event in HOSTILE_EVENTS]
    return requests + [body | {"data": good, "trigger_id": target} for target in (-1, 10**6)]


def said(answer: httpx.Response) -> str:
    """What is wrong, in an answer that says so; "" in one that does not."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        event, _, data = answer.text.strip().rpartition("\ndata: ")
        return json.loads(data)["error"] if event.endswith("error") else ""
    return answer.json()["error"] if answer.status_code in (400, 500) else ""


@pytest.mark.parametrize(
    ("step", "least"), [(8, 250), pytest.param(2, 500, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_what_no_page_sends_is_answered_with_a_sentence_and_at_most_one_line_in_the_log(
    api, endpoints, config, picture, caplog, capfd, step, least
):
    caplog.set_level(logging.WARNING)
    logging.getLogger("uvicorn").addHandler(caplog.handler)  # uvicorn hands on nothing itself
    asked_for, sentences = 0, set()
    for number, endpoint in enumerate(endpoints.values()):
        for body in hostile_requests(number, endpoint, config, step):
            asked_for += 1
            sentences.add(said(asked(api, endpoint, **body)))
    for body in HOSTILE_BODIES:
        for path in ("/run/predict", "/call/v2/predict", "/queue/join", "/call/none"):
            asked_for += 1
            api.post(path, content=body, headers=JSON)
    logging.getLogger("uvicorn").removeHandler(caplog.handler)
    assert asked_for > least
    assert all(sentence == "" or sentence.endswith(".") for sentence in sentences), sentences
    assert "Traceback" not in caplog.text + "".join(capfd.readouterr())
    assert len(caplog.messages) <= asked_for
    assert not [line for line in caplog.messages if "\n" in line]
    assert '"label":"7"' in asked(api, endpoints["predict"], [{"path": upload(api, picture)}, "mnist-modern"]).text


def test_the_page_has_a_folder_of_its_own_for_uploads_unless_another_is_named(monkeypatch):
    monkeypatch.setattr("atexit.register", lambda *_, **__: None)
    monkeypatch.delenv(UPLOADS_VARIABLE)
    own_uploads()
    made = Path(get_upload_folder())
    assert made.is_dir() and made.name.startswith("lenet-lab-")
    own_uploads()
    assert Path(get_upload_folder()) == made
    made.rmdir()
