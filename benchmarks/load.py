"""Measure the page's server under load, on this machine alone: visitors who draw, and clients who ask without pause.

A stock gr.Interface with the same network is measured in the same run. Nothing else should be running on the machine.

python -m benchmarks.load
python -m benchmarks.load --crowds         the visitors alone
python -m benchmarks.load --soak MINUTES   what the server holds after so long; ``benchmarks.soak`` says of what
"""

import argparse
import asyncio
import io
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from benchmarks import crowd, soak
from benchmarks.visitor import DIGITS, DRAW, Sketch, new_session, question, sketches
from lenet.settings import PORT_VARIABLE, VISIT_PREFIX
from lenet.ui.values.examples import example_picture

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "load.json"

VISITORS, VISIT = (50, 200, 1_000), 60
"""People who draw at the same time, and for how many seconds."""

ON_THE_INTERNET = {f"{VISIT_PREFIX}PROXIES": "1"}
"""As the page is served there: every limit holds, and each visitor has an address."""

CLIENTS, ROUND, ROUNDS = 32, 15, 2
"""Clients who ask without pause, for how many seconds, and how often each server has its turn."""

UNLIMITED = {f"{VISIT_PREFIX}{name}": "0" for name in ("REQUESTS", "STREAMS", "AT_ONCE")}
"""All clients ask from one address, which the page would take for one visitor."""

PATIENCE = 60
"""Seconds that an answer, or a server's start, may take."""

STOCK = "read"
"""A stock Interface's endpoint."""

SKETCH_SIDE = 800
"""Side of the picture that a stock Sketchpad sends, in pixels."""


# The page


async def draw(client: httpx.AsyncClient, endpoint: int, sketch: Sketch, number: int, session: str) -> tuple[int, str]:
    """Ask once: the number of the drawing that is answered, and its label. Raises HTTPError."""
    answer = await client.post("/gradio_api/run/predict", json=question(endpoint, sketch, number, session))
    answer.raise_for_status()
    verdict = json.loads(answer.json()["data"][0])
    return verdict["drawing"], verdict["label"]


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


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps its connections, as browsers do."""
    limits = httpx.Limits(max_connections=CLIENTS)
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


def crowds() -> dict[str, Any]:
    """How the page serves each crowd, each with a server of its own."""
    found = {}
    for visitors in VISITORS:
        with served("app.py", **ON_THE_INTERNET) as (url, pid):
            found[str(visitors)] = asyncio.run(crowd.measured(port_of(url), pid, visitors, VISIT))
    return found


def rates() -> dict[str, float]:
    """Answers a second of the page and of a stock Interface, in turn."""
    ours, theirs = [], []
    with served("app.py") as (url, _), served("-m", "benchmarks.stock") as (stock_url, _):
        for _ in range(ROUNDS):
            theirs.append(asyncio.run(stock_rate(stock_url)))
            ours.append(asyncio.run(page_rate(url)))
    page, other = statistics.median(ours), statistics.median(theirs)
    return {"page": round(page, 1), "stock": round(other, 1), "ratio": round(page / other, 1)}


def soaked(minutes: float) -> dict[str, Any]:
    """What the server holds while it is soaked."""
    with tempfile.TemporaryDirectory() as folder:
        data, uploads = Path(folder) / "data", Path(folder) / "uploads"
        soak.data_folder(data)
        uploads.mkdir()
        places = {"LENET_DATA": str(data), "GRADIO_TEMP_DIR": str(uploads)}
        with served("-c", soak.SERVE, **places, **ON_THE_INTERNET) as (url, pid):
            return asyncio.run(soak.soaked(port_of(url), pid, uploads, minutes))


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--crowds", action="store_true", help="measure the visitors alone")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="watch what the server holds for so long")
    asked = parser.parse_args()
    path, results = RESULTS, {}
    if asked.soak:
        path, results = soak.RESULTS, soaked(asked.soak)
    else:
        old = json.loads(RESULTS.read_text(encoding="utf-8")) if asked.crowds else {}
        results = {"crowds": crowds(), "answers_a_second": old.get("answers_a_second") or rates()}
    print(json.dumps(results, indent=1))
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
