"""Measure training in the page beside train.py, and what the page's server has left after many trainings.

Nothing else should be running on the machine. Fashion-MNIST must be in ``$LENET_DATA``.

python -m benchmarks.training
"""

import argparse
import asyncio
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load import connected, draw, endpoint_of, served
from benchmarks.visitor import DRAW, new_session, resident, sketches
from lenet.training.order import Order

RESULTS = Path(__file__).parent / "training.json"

ROUNDS = 3
"""How often each side trains, in turn; the median counts."""

ORDER = Order("classic", "fashion", 0, {"epochs": 2, "validation": 5_000})

CYCLES, SETTLED = 30, 5
"""Trainings that are begun and left, and after how many of them the memory counts."""

ANSWERS = 60
"""Pens that come to rest, idle and while a network is trained."""

PAUSE = 0.05
"""Seconds between an answer and the next pen at rest."""


async def followed(client: httpx.AsyncClient, endpoint: int) -> AsyncIterator[dict[str, Any]]:
    """Train as the page does: the training's progress, again and again. Who leaves it ends the training."""
    session = new_session()
    order = {"recipe": ORDER.recipe, "dataset": ORDER.dataset, "seed": ORDER.seed, "knobs": dict(ORDER.knobs)}
    body = {"data": [], "event_data": {"order": order}, "fn_index": endpoint, "session_hash": session}
    (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            event = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            data = (event.get("output") or {}).get("data") or [None]
            value = whole(data[0])
            if value:
                yield value
            if event.get("msg") == "process_completed":
                return


def whole(data: Any) -> dict[str, Any] | None:
    """The progress in an event; gradio sends the differences to the event before, here always one replaced text."""
    if isinstance(data, list):
        data = data[0][2] if data and data[0][0] == "replace" else None
    if not isinstance(data, str):
        return None
    value: dict[str, Any] = json.loads(data)
    return value


@dataclass(frozen=True)
class Trained:
    """A training: its examples a second, the epochs' median; its weights' hash; seconds to the curve's first point."""

    rate: float
    weights: str
    first: float = 0.0


async def in_the_page(client: httpx.AsyncClient, endpoint: int) -> Trained:
    started, first, value = time.perf_counter(), 0.0, {}
    async for value in followed(client, endpoint):
        asked = await client.get(f"/forming/{value['name']}/model.safetensors")  # as the page does
        first = first or (time.perf_counter() - started if value["parts"] else 0.0)
    assert value["phase"] == "done" and asked, value.get("reason")
    with zipfile.ZipFile(io.BytesIO((await client.get(f"/trained/{value['name']}.zip")).content)) as archive:
        metrics = json.loads(archive.read("my-lenet/metrics.json"))
    return Trained(metrics["examples_per_second"], metrics["weights_sha256"], first)


def by_command() -> Trained:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "network"
        command = [sys.executable, *ORDER.command().split()[1:], "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        metrics = json.loads((out / "metrics.json").read_text())
        return Trained(metrics["examples_per_second"], metrics["weights_sha256"])


async def answers(client: httpx.AsyncClient) -> float:
    """The median milliseconds of an answer to a pen at rest."""
    endpoint, session, drawn = await endpoint_of(client, DRAW), new_session(), sketches()
    taken = []
    for number in range(ANSWERS):
        started = time.perf_counter()
        await draw(client, endpoint, drawn[number % len(drawn)], number + 1, session)
        taken.append(1_000 * (time.perf_counter() - started))
        await asyncio.sleep(PAUSE)
    return statistics.median(taken)


async def until_it_trains(client: httpx.AsyncClient, endpoint: int) -> AsyncIterator[dict[str, Any]]:
    """A training that has begun; it goes on while the rest of it is read."""
    values = followed(client, endpoint)
    async for value in values:
        if value["phase"] == "training":
            break
    return values


def left_over(pid: int) -> dict[str, int]:
    """What the server holds besides memory."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    tasks, files = (len(list(Path(f"/proc/{pid}/{what}").iterdir())) for what in ("task", "fd"))
    return {"processes": len(children), "threads": tasks, "files": files}


async def cycles(client: httpx.AsyncClient, endpoint: int, pid: int) -> dict[str, Any]:
    """Begin a training and leave it, again and again: what the server holds after a few, and at the end."""
    found = []
    for number in range(1, CYCLES + 1):
        values = await until_it_trains(client, endpoint)
        await values.aclose()  # type: ignore[attr-defined]  # a generator has it
        if number in (SETTLED, CYCLES):
            await asyncio.sleep(3)
            found.append({"megabytes": round(resident(pid), 1), **left_over(pid)})
    return {f"after {SETTLED}": found[0], f"after {CYCLES}": found[1]}


async def beside(client: httpx.AsyncClient, endpoint: int) -> float:
    """The median milliseconds of an answer while a network is trained."""
    values = await until_it_trains(client, endpoint)

    async def go_on() -> None:
        async for _ in values:
            pass

    training = asyncio.create_task(go_on())
    taken = await answers(client)
    training.cancel()
    return taken


async def measure(url: str, pid: int) -> dict[str, Any]:
    async with connected(url) as client:
        endpoint = await endpoint_of(client, "on_train")
        idle = await answers(client)
        pairs = [(await in_the_page(client, endpoint), by_command()) for _ in range(ROUNDS)]
        page, command = (statistics.median(side.rate for side in sides) for sides in zip(*pairs, strict=True))
        training = await beside(client, endpoint)
        return {
            "examples_a_second": {"page": round(page), "train.py": round(command), "ratio": round(page / command, 2)},
            "same_weights": len({side.weights for pair in pairs for side in pair}) == 1,
            "seconds_to_the_first_point": round(statistics.median(mine.first for mine, _ in pairs), 1),
            "answer_at_rest_ms": {
                "idle": round(idle, 1),
                "while training": round(training, 1),
                "ratio": round(training / idle, 1),
            },
            "begun_and_left": await cycles(client, endpoint, pid),
        }


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    with served("app.py") as (url, pid):
        results = asyncio.run(measure(url, pid))
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
