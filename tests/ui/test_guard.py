"""What a visitor may ask of the server, and what is said to one who asks for more."""

import asyncio
import json
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import anyio
import gradio as gr
import httpx
import pytest
from gradio.utils import get_upload_folder
from starlette.requests import Request
from starlette.responses import JSONResponse

from lenet.settings import ANCESTORS, Visits
from lenet.ui import allowance, guard
from lenet.ui.allowance import UPLOAD, Buckets, Disk, hourly, visitor
from lenet.ui.door import Door
from lenet.ui.guard import Guard
from lenet.ui.page import launch_options

RUN = "/gradio_api/run/predict"

PUPILS, MINUTES = 30, 10
"""A class behind one address, and how long it draws."""

READS, ASKS = 200, 10
"""Files that a first visit reads, and questions that it asks, at most."""

REST = 1.0
"""Seconds between two rests of a pupil's pen."""


@pytest.fixture
def clock(monkeypatch):
    """The guard's clock, which moves when a test moves it."""
    clock = SimpleNamespace(now=1_000.0, monotonic=lambda: clock.now)
    for module in (guard, allowance):
        monkeypatch.setattr(module, "time", clock)
    return clock


def run(coroutine):
    """What a coroutine gives, in a thread of its own: a browser's test may have left this one with a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def disk_of(visits: Visits) -> Disk:
    return Disk(visits, get_upload_folder())


def guarded(visits: Visits, app=None, **options) -> httpx.AsyncClient:
    """A client of an application behind a guard."""

    async def echo(scope, receive, send):
        body = await Request(scope, receive).body()
        await JSONResponse({"length": len(body)})(scope, receive, send)

    behind = Guard(app or echo, visits, ANCESTORS, disk_of(visits), **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(behind), base_url="http://page")


def asked(visits: Visits, *requests: tuple, **options) -> list[httpx.Response]:
    """The answers to some requests, one after the other."""

    async def ask() -> list[httpx.Response]:
        async with guarded(visits, **options) as client:
            return [await client.request(method, path, **(more[0] if more else {})) for method, path, *more in requests]

    return run(ask())


async def pieces(count: int, size: int) -> AsyncIterator[bytes]:
    """A body whose length is not told."""
    for _ in range(count):
        yield b"x" * size


async def endless(read: list) -> AsyncIterator[bytes]:
    """A body without an end; ``read`` has an entry for each piece that was asked for."""
    while True:
        read.append(1)
        yield b"x" * 100_000


# Size


def test_a_question_of_a_megabyte_passes_and_a_longer_one_is_refused_before_it_is_read():
    read = []
    whole, told, untold = asked(
        Visits(),
        ("POST", RUN, {"content": b"x" * 1_000_000}),
        ("POST", RUN, {"content": b"x", "headers": {"Content-Length": "50000000"}}),
        ("POST", RUN, {"content": endless(read)}),
    )
    assert whole.json() == {"length": 1_000_000}
    assert [told.status_code, untold.status_code] == [413, 413]
    assert len(read) <= 12
    assert told.json()["error"] == untold.json()["detail"] == guard.TOO_LARGE.format(limit=1_000_000)


def test_only_an_upload_may_be_as_large_as_a_picture():
    picture = b"x" * 19_000_000
    upload, question, large = asked(
        Visits(),
        ("POST", UPLOAD, {"content": picture}),
        ("POST", "/gradio_api/upload/../run/predict", {"content": picture}),
        ("POST", UPLOAD, {"content": pieces(300, 100_000)}),
    )
    assert upload.json() == {"length": len(picture)}
    assert [question.status_code, large.status_code] == [413, 413]
    assert large.text == guard.TOO_LARGE.format(limit=20_981_520)


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "\u0661".encode(), ""])
def test_a_length_that_is_no_number_is_a_sentence(length):
    (answer,) = asked(Visits(), ("POST", RUN, {"content": b"x", "headers": {"Content-Length": length}}))
    assert (answer.status_code, answer.json()["error"]) == (400, guard.NO_LENGTH)


def test_a_body_arrives_as_it_was_sent_and_an_empty_one_too():
    seen = []

    async def app(scope, receive, send):
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        seen.append(body)
        await JSONResponse({})(scope, receive, send)

    body = bytes(range(256)) * 1_000
    asked(Visits(), ("POST", RUN, {"content": body}), ("POST", RUN), app=app)
    assert seen == [body, b""]


# Pace


@pytest.mark.timeout(20)
def test_a_body_that_stops_arriving_is_given_up():
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await anyio.sleep(30)
        yield b"x"

    (answer,) = asked(Visits(body_seconds=1), ("POST", RUN, {"content": slow()}))
    assert (answer.status_code, answer.json()["error"]) == (408, guard.TOO_SLOW.format(seconds=1))


def test_a_body_that_arrives_in_drops_is_given_up(clock):
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(100):
            clock.now += 15
            yield b"x"

    (answer,) = asked(Visits(), ("POST", RUN, {"content": drops()}))
    assert (answer.status_code, answer.json()["error"]) == (408, guard.TOO_SLOW.format(seconds=200))


def test_a_reader_that_does_not_read_is_given_up(monkeypatch):
    async def never(message):
        await anyio.sleep(30)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    monkeypatch.setattr(guard, "SEND_SECONDS", 0.05)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": None}
    with pytest.raises(TimeoutError):
        run(Guard(app, Visits(), ANCESTORS, disk_of(Visits()))(scope, None, never))


# How often


def test_a_class_behind_one_address_that_opens_the_page_and_draws_is_never_refused(clock):
    visits = Visits()
    requests = Buckets(visits.requests, visits.requests_a_second)
    for _ in range(PUPILS):  # all at the same moment
        assert requests.take("school") == 0
        assert not any(requests.take("school", guard.GLANCE) for _ in range(READS))
        assert not any(requests.take("school") for _ in range(ASKS))
    for _ in range(int(MINUTES * 60 / REST)):
        clock.now += REST
        assert not any(requests.take("school") for _ in range(PUPILS))


def test_one_too_many_is_told_when_to_come_again_and_then_passes(clock):
    async def ask() -> list[httpx.Response]:
        async with guarded(Visits(requests=3, requests_a_second=2)) as client:
            first = [await client.post(RUN) for _ in range(4)]
            clock.now += 0.5
            return [*first, await client.post(RUN)]

    *passed, refused, later = run(ask())
    assert [answer.status_code for answer in (*passed, later)] == [200] * 4
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json()["error"] == guard.TOO_OFTEN.format(wait=1)


def test_a_limit_of_0_is_none():
    for buckets in (Buckets(0, 1), Buckets(1, 0), hourly(0)):
        assert not any(buckets.take("a", 10**12) for _ in range(100))


def test_visitors_do_not_take_from_one_another_and_files_take_little(clock):
    requests = Buckets(10, 1)
    assert [bool(requests.take("a")) for _ in range(11)] == [False] * 10 + [True]
    assert requests.take("b") == 0
    assert not any(requests.take("c", guard.GLANCE) for _ in range(150))


def test_a_million_addresses_take_the_memory_of_ten_thousand():
    buckets = Buckets(10, 1)
    for number in range(50_000):
        buckets.take(str(number))
    assert len(buckets) == allowance.MOST_KEPT


@pytest.mark.parametrize(
    ("proxies", "headers", "found"),
    [
        (0, ["1.2.3.4"], "9.9.9.9"),
        (1, ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (1, ["6.6.6.6", "7.7.7.7", "1.2.3.4"], "1.2.3.4"),
        (2, ["6.6.6.6, 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
        (1, [], "9.9.9.9"),
        (2, ["1.2.3.4"], "9.9.9.9"),
        (1, ["x" * 10_000], "x" * 64),
        (1, ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (1, ["2001:db8:1:2:9:9:9:9"], "2001:db8:1:2::/64"),
        (1, ["::ffff:1.2.3.4"], "1.2.3.4"),
        (1, ["1.2.3.4:5678"], "1.2.3.4"),
        (1, ["[2001:db8:1:2::1]:5678"], "2001:db8:1:2::/64"),
    ],
)
def test_a_visitor_is_the_address_that_the_outermost_proxy_of_ours_has_seen(proxies, headers, found):
    scope = {"type": "http", "client": ("9.9.9.9", 5), "headers": [(b"x-forwarded-for", h.encode()) for h in headers]}
    assert visitor(scope, proxies) == found


# Uploads


def test_uploads_within_an_hour_are_counted_for_each_visitor_and_for_all(clock):
    visits = Visits(hour_bytes=3_000, all_hour_bytes=10_000, free_bytes=0)

    async def ask() -> list[httpx.Response]:
        async with guarded(visits) as client:
            own = [await client.post(UPLOAD, content=b"x" * 1_000) for _ in range(4)]
            clock.now += 1_800
            return [*own, await client.post(UPLOAD, content=b"x" * 1_000)]

    *_, refused, later = run(ask())
    assert (refused.status_code, refused.text) == (413, allowance.TOO_MUCH.format(minutes=20))
    assert later.status_code == 200
    few = replace(visits, all_hour_bytes=400)
    (full,) = asked(few, ("POST", UPLOAD, {"content": b"x" * 500}))
    assert (full.status_code, full.text) == (507, allowance.FULL.format(minutes=15))


def test_what_an_upload_brings_is_counted_before_all_of_it_is_here():
    read = []
    (refused,) = asked(Visits(hour_bytes=1_000_000), ("POST", UPLOAD, {"content": endless(read)}))
    assert refused.status_code == 413
    assert len(read) <= 12


def test_what_an_mcp_client_sends_is_counted_too_and_takes_a_place():
    visits = Visits(hour_bytes=1_000, at_once=1)
    calls = asked(visits, *(("POST", f"{guard.MCP}/", {"content": b"x" * 600}) for _ in range(2)))
    assert [call.status_code for call in calls] == [200, 413]
    assert f"{guard.MCP}/".startswith(guard.ANSWERS)


def test_without_a_limit_of_uploads_they_may_be_large():
    (answer,) = asked(Visits(upload_bytes=0), ("POST", UPLOAD, {"content": b"x" * 30_000}))
    assert answer.json() == {"length": 30_000}


@pytest.mark.parametrize("name", ["x" * 65, "y" * 900_000])
def test_a_session_with_a_long_name_is_refused(name):
    long, usual, broken = asked(
        Visits(),
        ("POST", RUN, {"content": json.dumps({"data": [], "session\u005fhash": name})}),
        ("POST", RUN, {"content": json.dumps({"session_hash": "x" * 64})}),
        ("POST", RUN, {"content": b"[" * 100_000}),
    )
    assert (long.status_code, long.json()["error"]) == (400, guard.NO_SESSION)
    assert [usual.status_code, broken.status_code] == [200, 200]


def test_a_full_disk_takes_no_more_pictures():
    (answer,) = asked(Visits(free_bytes=10**18), ("POST", UPLOAD, {"content": b"x"}))
    assert (answer.status_code, answer.text) == (507, allowance.FULL.format(minutes=60))


# Streams, headers, what is closed


def test_so_many_wait_for_answers_and_one_more_is_refused():
    async def app(scope, receive, send):
        await opened.wait()
        await JSONResponse({})(scope, receive, send)

    async def ask() -> list[int]:
        async with guarded(Visits(streams=2), app) as client:
            waiting = [asyncio.create_task(client.get(f"/gradio_api/heartbeat/{at}")) for at in range(2)]
            await asyncio.sleep(0.05)
            third = await client.get("/gradio_api/queue/data?session_hash=x")
            opened.set()
            again = [await task for task in waiting] + [await client.get("/gradio_api/heartbeat/3")]
            assert third.json()["error"] == guard.TOO_MANY
            return [third.status_code, *(answer.status_code for answer in again)]

    opened = asyncio.Event()
    assert run(ask()) == [429, 200, 200, 200]


def test_every_answer_says_who_may_frame_it_and_that_it_is_what_it_says():
    for answer in asked(Visits(), ("GET", "/"), ("POST", RUN), ("GET", "/gradio_api/proxy=http://x")):
        assert answer.headers["Content-Security-Policy"] == f"frame-ancestors {ANCESTORS}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert {"Referrer-Policy", "Permissions-Policy"} <= {name.title() for name in answer.headers}


@pytest.mark.parametrize("path", guard.CLOSED)
def test_what_gradio_offers_and_the_page_does_not_need_is_closed(path):
    for answer in asked(Visits(), ("GET", path), ("POST", f"{path}x")):
        assert (answer.status_code, answer.json()["error"]) == (404, guard.NOT_OFFERED)


def test_a_websocket_is_closed():
    sent = []

    async def send(message):
        sent.append(message["type"])

    run(Guard(None, Visits(), ANCESTORS, disk_of(Visits()))({"type": "websocket", "path": "/"}, None, send))
    assert sent == ["websocket.close"]


# Behind a real page


@pytest.fixture(scope="module")
def slow():
    """A page with one endpoint, ``echo``, which answers once ``go`` is set; its door and a client."""
    go = threading.Event()

    def echo(text: str) -> str:
        go.wait(20)
        return text

    often = pytest.MonkeyPatch()
    often.setattr(guard, "SWEEP", 0.2)
    with Door(Visits(waiting=10, requests=0), analytics_enabled=False) as door:
        text = gr.Textbox()
        text.submit(echo, text, text, api_name="echo")
    _, url, _ = door.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options(door))
    with httpx.Client(base_url=url, timeout=20) as client:
        yield SimpleNamespace(door=door, client=client, go=go)
    go.set()
    door.close()
    often.undo()


def waits_for(condition) -> bool:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


def test_what_nobody_comes_for_is_forgotten_and_what_somebody_waits_for_is_not(slow, monkeypatch):
    queue, long = slow.door._queue, "x" * 100_000

    def call() -> httpx.Response:
        return slow.client.post("/gradio_api/call/echo", json={"data": [long]})

    joined = [call() for _ in range(12)]
    taken = [answer.json()["event_id"] for answer in joined if answer.is_success]
    assert 5 <= len(taken) <= 6  # half of the line is one visitor's at most, and one more is being answered
    assert all("from your address" in answer.json()["detail"] for answer in joined if not answer.is_success)
    heard = threading.Thread(target=lambda: got.append(slow.client.get(f"/gradio_api/call/echo/{taken[0]}").text))
    got = []
    heard.start()
    assert waits_for(lambda: queue.pending_messages_per_session[taken[0]]._getters)  # somebody listens
    assert waits_for(lambda: set(queue.pending_messages_per_session) == {taken[0]})
    assert waits_for(lambda: len(queue) == 0)
    slow.go.set()
    heard.join()
    assert json.loads(got[0].rpartition("data: ")[2]) == [long]
    assert waits_for(lambda: not queue.event_ids_to_events)


def test_names_of_sessions_that_gradio_forgets_are_forgotten_whole(slow):
    queue = slow.door._queue
    queue.pending_event_ids_session["forgotten"] = {"event"}
    run(slow.door.forget(()))
    assert "forgotten" not in queue.pending_event_ids_session


def test_an_upload_is_deleted_after_an_hour_and_not_before_though_nobody_asks_for_anything(slow):
    folder = Path(get_upload_folder())
    old, new, other = folder / ("0" * 64), folder / ("1" * 64), folder / "somebody's"
    for each in (old, new, other):
        each.mkdir(parents=True)
        (each / "a.png").write_bytes(b"x")
    for path in (old / "a.png", old, other / "a.png", other):
        os.utime(path, (0, time.time() - allowance.HOUR - 60))
    try:
        assert waits_for(lambda: not old.exists())
        assert [each.exists() for each in (new, other)] == [True, True]
    finally:
        for each in (new, other):
            shutil.rmtree(each)


def test_an_upload_that_is_refused_or_fails_leaves_no_file(slow, monkeypatch):
    folder = Path(get_upload_folder())
    before = set(folder.rglob("*")) if folder.is_dir() else set()
    cut = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + b"x" * 100_000
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    assert slow.client.post(UPLOAD, content=cut * 250, headers=multipart).status_code == 413
    slow.client.post(UPLOAD, content=cut, headers=multipart)
    monkeypatch.setattr("lenet.ui.door.LEFT_OVER", -1)
    assert waits_for(lambda: set(folder.rglob("*")) == before), set(folder.rglob("*")) - before


ODD = [
    *(("DELETE", "/"), ("PUT", "/networks/mnist-lenet/config.json"), ("BREW", "/"), ("OPTIONS", "/gradio_api/upload")),
    *(
        ("GET", f"{folder}{name}")
        for folder, names in {
            "/networks/": (
                "../config.json",
                "%2e%2e/config.json",
                "%00/config.json",
                "x" * 5_000,
                "%ff%fe/config.json",
            ),
            "/networks/mnist-lenet": ("%2f..%2fconfig.json", "/../metrics.json", "/metrics.json", "/", "/atlas/"),
            "/networks/mnist-lenet/snapshots/": ("..%2fconfig.json", "epoch-%d9%a1%d9%a2.safetensors"),
            "/later/": ("..%2fpage.js", "%00.js"),
            "/trained/": ("..%2fx.zip", "%ff.zip"),
            "/forming/": ("../config.json", "yours-0/config.json", "%00/config.json"),
            "/gradio_api/file=": (
                "/etc/passwd",
                "..%2f..%2fapp.py",
                "app.py",
                "%00",
                "/dev/zero",
                "/proc/self/environ",
            ),
            "/gradio_api/file=http": ("://127.0.0.1:1/", "s://[", ":"),
        }.items()
        for name in names
    ),
]

ODD_BODIES = [
    (content, {"Content-Type": kind})
    for kind in ("application/json", "text/plain", "multipart/form-data", "application/json; charset=utf-16", "")
    for content in (b"[" * 900_000, b'{"data":' * 100_000, b"\xff\xfe\x00", b"\x00" * 1_000, b'{"data": [NaN]}')
]


def test_odd_paths_methods_and_bodies_are_answered_shortly_and_without_a_traceback(page_url, capfd, caplog):
    with httpx.Client(base_url=page_url, timeout=20) as client:
        answers = [client.request(method, path) for method, path in ODD]
        assert all(each.status_code >= 307 or each.request.method == "OPTIONS" for each in answers)
        for path in (RUN, "/gradio_api/call/predict", "/gradio_api/queue/join", UPLOAD, "/gradio_api/cancel"):
            answers += [client.post(path, content=content, headers=headers) for content, headers in ODD_BODIES]
    for answer in answers:
        assert 200 <= answer.status_code < 500 or answer.json().get("error"), answer.request.url
        assert "root:" not in answer.text and "Traceback" not in answer.text
    assert "Traceback" not in "".join(capfd.readouterr())
    assert len(caplog.messages) <= len(answers)


def test_a_stream_for_a_session_that_asked_nothing_ends_with_one_line_in_the_log(page_url, capfd, caplog):
    for _ in range(3):
        assert httpx.get(f"{page_url}/gradio_api/queue/data?session_hash=nobody", timeout=20).status_code == 200
    assert waits_for(lambda: caplog.messages)
    time.sleep(0.2)
    assert len(caplog.messages) <= 3
    assert "without completing" not in "".join(capfd.readouterr())
