"""Measure the page's server under load, on this machine alone: visitors who draw, and clients who ask without pause.

A stock gr.Interface with the same network is measured in the same run. Nothing else should be running on the machine.

python -m benchmarks.load
"""

import argparse
import asyncio
import io
import itertools
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from benchmarks import stock
from lenet.microscope.layers import Subject
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import look
from lenet.settings import PORT_VARIABLE, VISIT_PREFIX
from lenet.ui.values.examples import example_picture
from lenet.ui.values.maps import frame_mark, painted_mark
from lenet.ui.values.pad import Drawing, put_value
from lenet.ui.view import View

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "load.json"

VISITORS, VISIT = 50, 60
"""People who draw at the same time, and for how many seconds."""

RESTS = (0.5, 1.5)
"""Seconds between an answer and the visitor's next drawing, at least and at most."""

CLIENTS, ROUND, ROUNDS = 32, 15, 2
"""Clients who ask without pause, for how many seconds, and how often each server has its turn."""

UNLIMITED = {f"{VISIT_PREFIX}{name}": "0" for name in ("REQUESTS", "STREAMS")}
"""All clients ask from one address, which the page would take for one visitor."""

PATIENCE = 60
"""Seconds that an answer, or a server's start, may take."""

DIGITS = 30
"""Different drawings."""

DRAW, STOCK = "on_draw", "read"
"""The page's endpoint for a pen at rest, and a stock Interface's."""

REVISION = 1
"""Of the view; nobody changes it."""

SKETCH_SIDE = 800
"""Side of the picture that a stock Sketchpad sends, in pixels."""


@dataclass(frozen=True)
class Sketch:
    """A drawing: what the pad sends of it, and what the network says."""

    grid: str
    label: str


@dataclass
class Visits:
    """What the visitors have seen: seconds for each answer, and how many answers were errors or somebody else's."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    crossed: int = 0


def sketches() -> list[Sketch]:
    network, found = stock.network(), []
    for number in range(DIGITS):
        drawing = Drawing().followed_by(example_picture(network.kind, number))
        assert drawing.ink is not None, "an example has ink"
        found.append(
            Sketch(put_value(drawing)["grid"], look(network, prepare_drawing(drawing.ink, network.kind)).label)
        )
    return found


# The page


def question(endpoint: int, sketch: Sketch, number: int, session: str) -> dict[str, Any]:
    """What the page asks when the pen rests and the browser has painted the maps by itself."""
    network = stock.network()
    shown = painted_mark(number, REVISION, frame_mark(Subject("", network, {}), None))
    pad = {"drawing": number, "grid": sketch.grid, "shown": shown}
    controls = {"revision": REVISION, "view": View().value(), "shown": ""}
    data = [json.dumps(pad), network.name, json.dumps(controls)]
    return {"data": data, "fn_index": endpoint, "session_hash": session}


async def draw(client: httpx.AsyncClient, endpoint: int, sketch: Sketch, number: int, session: str) -> tuple[int, str]:
    """Ask once: the number of the drawing that is answered, and its label. Raises HTTPError."""
    answer = await client.post("/gradio_api/run/predict", json=question(endpoint, sketch, number, session))
    answer.raise_for_status()
    verdict = json.loads(answer.json()["data"][0])
    return verdict["drawing"], verdict["label"]


async def visit(client: httpx.AsyncClient, endpoint: int, drawn: list[Sketch], until: float, visits: Visits) -> None:
    """One visitor draws, looks at the answer, and draws again."""
    numbers, session = itertools.count(1), new_session()
    while time.perf_counter() < until:
        number, sketch = next(numbers), random.choice(drawn)
        started = time.perf_counter()
        try:
            answered = await draw(client, endpoint, sketch, number, session)
        except (httpx.HTTPError, KeyError, TypeError, ValueError):
            visits.errors += 1
        else:
            visits.seconds.append(time.perf_counter() - started)
            visits.crossed += answered != (number, sketch.label)
        await asyncio.sleep(random.uniform(*RESTS))


async def many_visitors(url: str, pid: int) -> dict[str, float]:
    """How the page serves many people who draw, and what memory that takes."""
    drawn, visits = sketches(), Visits()
    async with connected(url) as client:
        endpoint = await endpoint_of(client, DRAW)
        await draw(client, endpoint, drawn[0], 1, new_session())
        memory = resident(pid)
        until = time.perf_counter() + VISIT
        await asyncio.gather(*(visit(client, endpoint, drawn, until, visits) for _ in range(VISITORS)))
    return {
        "answers": len(visits.seconds),
        "errors": visits.errors,
        "crossed": visits.crossed,
        "p50_ms": round(1000 * statistics.median(visits.seconds), 1),
        "p95_ms": round(1000 * float(np.quantile(visits.seconds, 0.95)), 1),
        "memory_mb": round(memory),
        "memory_after_mb": round(resident(pid)),
    }


async def page_rate(url: str) -> float:
    """Answers a second of the page."""
    drawn = sketches()
    async with connected(url) as client:
        endpoint = await endpoint_of(client, DRAW)
        return await rate(lambda number, session: draw(client, endpoint, drawn[number % DIGITS], number, session))


# The stock page


async def stock_rate(url: str) -> float:
    """Answers a second of a stock Interface, asked as its own page asks: the picture is uploaded, the answer queued."""
    picture = stock_picture()
    async with connected(url) as client:
        endpoint = await endpoint_of(client, STOCK)
        return await rate(lambda _, session: submit(client, endpoint, picture, session))


def stock_picture() -> bytes:
    """A drawing as a Sketchpad sends it: black on a clear ground."""
    ink = Image.fromarray(example_picture("digit", 3)).resize((SKETCH_SIDE, SKETCH_SIDE))
    sheet, file = Image.new("RGBA", ink.size), io.BytesIO()
    sheet.putalpha(ink)
    sheet.save(file, "PNG")
    return file.getvalue()


async def submit(client: httpx.AsyncClient, endpoint: int, picture: bytes, session: str) -> None:
    """Ask a stock Interface once. Raises HTTPError, or ValueError when it fails."""
    uploaded = await client.post("/gradio_api/upload", files={"files": ("composite.png", picture, "image/png")})
    file = {"path": uploaded.json()[0], "meta": {"_type": "gradio.FileData"}}
    data: list[dict[str, Any]] = [{"background": None, "layers": [], "composite": file}]
    body = {"data": data, "fn_index": endpoint, "session_hash": session}
    (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            if "process_completed" in line:
                if json.loads(line.removeprefix("data:"))["success"]:
                    return
                break
    raise ValueError("the stock page has not answered")


# Clients and servers


async def rate(ask: Callable[[int, str], Awaitable[Any]]) -> float:
    """Answers a second to ``CLIENTS`` who ask without pause. Whatever goes wrong ends the measurement.

    ``ask`` gets the number of the question and the client's session.
    """
    numbers, until, answers = itertools.count(1), time.perf_counter() + ROUND, 0

    async def ask_on() -> None:
        nonlocal answers
        session = new_session()
        while time.perf_counter() < until:
            await ask(next(numbers), session)
            answers += 1

    started = time.perf_counter()
    await asyncio.gather(*(ask_on() for _ in range(CLIENTS)))
    return answers / (time.perf_counter() - started)


def new_session() -> str:
    """What tells one visitor's page from another's."""
    return secrets.token_hex(8)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps its connections, as browsers do."""
    limits = httpx.Limits(max_connections=max(CLIENTS, VISITORS))
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        yield client


async def endpoint_of(client: httpx.AsyncClient, name: str) -> int:
    """The number of an endpoint."""
    config = (await client.get("/config")).json()
    return next(each["id"] for each in config["dependencies"] if each["api_name"] == name)


@contextmanager
def served(*command: str, **settings: str) -> Iterator[tuple[str, int]]:
    """A Python program that serves in a process of its own: its address and the process's number.

    ``settings`` are environment variables; without any, what one address may ask has no limit.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {PORT_VARIABLE: str(port), **(settings or UNLIMITED)}
    server = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server)
        yield url, server.pid
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Wait until the server answers. Raises TimeoutError, or RuntimeError when it has ended."""
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}")
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"no server answers at {url}")


def resident(pid: int) -> float:
    """The memory that a process holds, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    ours, theirs = [], []
    with served("app.py") as (url, pid), served("-m", "benchmarks.stock") as (stock_url, _):
        visitors = asyncio.run(many_visitors(url, pid))
        for _ in range(ROUNDS):
            theirs.append(asyncio.run(stock_rate(stock_url)))
            ours.append(asyncio.run(page_rate(url)))
    page, other = statistics.median(ours), statistics.median(theirs)
    rates = {"page": round(page, 1), "stock": round(other, 1), "ratio": round(page / other, 1)}
    results = {"visitors": visitors, "answers_a_second": rates}
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
