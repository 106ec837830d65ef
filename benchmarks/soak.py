"""What the page's server holds after many minutes of visitors, good and bad: memory, files, threads, processes.

Visitors draw, come and go; photos and hostile files are uploaded; connections are dropped at every moment; trainings
are begun and left; programs send 100 KB and do not wait for the answer. Uploads are kept for ``KEPT`` seconds instead
of an hour, so that they go within the time.
"""

import asyncio
import itertools
import random
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.visitor import RUN, Sketch, new_session, photo, question, resident, seen_question, sketches
from benchmarks.wire import FAILURES, Wire, upload
from lenet.settings import DEFAULT_CHECKPOINT
from lenet.training.datasets import FILES

RESULTS = Path(__file__).parent / "soak.json"

DRAWERS, REST = 12, (0.5, 1.5)
"""Who draw all the time, and the seconds between two drawings, at least and at most."""

VISIT = (20, 60)
"""Seconds after which a drawer leaves, at least and at most, and another comes."""

WARM = 60
"""Seconds before memory counts."""

KEPT = 60
"""Seconds for which the server keeps uploads here."""

PHOTO, DROP, LEAVE, HOSTILE, TRAIN = 4, 1, 0.5, 15, 150
"""Seconds between two photos, connections dropped, programs that do not wait, hostile files, trainings."""

SAMPLE = 60
"""Seconds between two looks at what the server holds."""

UPLOAD, JOIN = "/gradio_api/upload", "/gradio_api/queue/join"

SERVE = f"""
from lenet.ui import door
door.KEPT = {KEPT}
import app
app.serve(app.demo)
"""
"""The server's program."""


@dataclass(frozen=True)
class Held:
    """What the server holds. Megabytes of itself and of its children; the files in the folder of uploads."""

    second: int
    megabytes: float
    children_megabytes: float
    children: int
    threads: int
    open_files: int
    uploads: int
    uploads_megabytes: float


@dataclass(frozen=True)
class Soak:
    """The server that is soaked, the numbers of its endpoints, and what was done to it and how it ended."""

    port: int
    endpoints: dict[str, int]
    drawn: list[Sketch]
    until: float
    done: Counter[str]

    def wire(self) -> Wire:
        """A connection of a new visitor."""
        return Wire(self.port, ".".join(str(random.randrange(1, 255)) for _ in range(4)))

    def scene(self, name: str, *inputs: Any, session: str = "", **more: Any) -> bytes:
        asked = {"data": list(inputs), "fn_index": self.endpoints[name], "session_hash": session or new_session()}
        return orjson.dumps(asked | more)


def data_folder(folder: Path) -> None:
    """Noise in the place of Fashion-MNIST, as large, to train on."""
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for name, shape in FILES.items():
        highest = 256 if "images" in name else 10
        content = generator.integers(0, highest, shape, dtype=np.uint8).tobytes()
        (raw / name).write_bytes(struct.pack(f">{1 + len(shape)}I", 0x800 + len(shape), *shape) + content)


# What visitors do


async def draw_on(soak: Soak) -> None:
    """A visitor comes, draws for a while and leaves."""
    leaves, session = time.monotonic() + random.uniform(*VISIT), new_session()
    async with soak.wire() as wire, soak.wire() as other:
        await wire.ask("/")
        await other.begin(f"/gradio_api/heartbeat/{session}")
        for number in itertools.count(1):
            if time.monotonic() > min(leaves, soak.until):
                break
            sketch = random.choice(soak.drawn)
            asked = question(soak.endpoints["on_draw"], sketch, number, session)
            reply = await wire.ask(RUN, orjson.dumps(asked))
            verdict = orjson.loads(reply.json()["data"][0])
            right = (verdict["drawing"], verdict["label"]) == (number, sketch.label)
            soak.done["answers" if right else "crossed"] += 1
            await asyncio.sleep(random.uniform(*REST))


async def send_photo(soak: Soak, content: bytes = b"") -> None:
    """A picture is uploaded and looked at."""
    async with soak.wire() as wire:
        path = (await wire.ask(UPLOAD, *upload("photo.jpg", content or photo()))).json()[0]
        asked = seen_question(soak.endpoints["on_upload"], path, 1, new_session())
        orjson.loads((await wire.ask(RUN, asked)).json()["data"][0])
        soak.done["photos" if not content else "hostile files"] += 1


async def drop(soak: Soak) -> None:
    """A connection ends at any moment: within a question or an upload, before the answer, within a stream."""
    asked = orjson.dumps(question(soak.endpoints["on_draw"], random.choice(soak.drawn), 1, new_session()))
    body, kind = upload("photo.jpg", bytes(1_000_000))
    async with soak.wire() as wire:
        match random.randrange(4):
            case 0:
                await wire.begin(RUN, asked, sent=random.randrange(len(asked)))
            case 1:
                await wire.begin(RUN, asked)
            case 2:
                await wire.begin(UPLOAD, body, kind, sent=random.randrange(len(body)))
            case _:
                await wire.begin(f"/gradio_api/queue/data?session_hash={new_session()}")
        await asyncio.sleep(random.uniform(0, 0.1))
    soak.done["dropped"] += 1


async def leave(soak: Soak) -> None:
    """A program asks for a picture of 100 KB, in the request itself, and does not wait for the answer."""
    address = "data:image/png;base64," + "A" * 100_000
    name = random.choice(("predict", "activations"))
    async with soak.wire() as wire:
        await wire.begin(RUN, soak.scene(name, {"url": address, "path": address}, DEFAULT_CHECKPOINT))
        await asyncio.sleep(random.uniform(0, 0.1))
    soak.done["not waited for"] += 1


async def train(soak: Soak) -> None:
    """A training is begun, goes on for some seconds, and is left."""
    session, order = new_session(), {"recipe": "classic", "dataset": "fashion", "seed": 0, "knobs": {"epochs": 2}}
    async with soak.wire() as wire, soak.wire() as stream:
        await wire.ask(JOIN, soak.scene("on_train", session=session, event_data={"order": order}))
        reader, _ = await stream.begin(f"/gradio_api/queue/data?session_hash={session}")
        told, ends = b"", time.monotonic() + 20
        while time.monotonic() < ends:
            told += await reader.read(1 << 16)
    soak.done["trainings" if b"training" in told else "failed trainings"] += 1


# The server


def children_of(pid: int) -> list[int]:
    """A process's children and theirs."""
    said = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [found for child in map(int, said) for found in (child, *children_of(child))]


def held(pid: int, folder: Path, second: float) -> Held:
    children = children_of(pid)
    tasks, files = (len(list(Path(f"/proc/{pid}/{what}").iterdir())) for what in ("task", "fd"))
    uploads = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    memory = [resident(child) for child in children if Path(f"/proc/{child}").is_dir()]
    return Held(
        round(second),
        round(resident(pid), 1),
        round(sum(memory), 1),
        len(children),
        tasks,
        files,
        len(uploads),
        round(sum(uploads) / 1e6, 1),
    )


async def again(soak: Soak, each: Callable[[Soak], Awaitable[None]], pause: float) -> None:
    """Do it again and again until the end; what goes wrong is counted."""
    while time.monotonic() < soak.until:
        try:
            await each(soak)
        except (*FAILURES, KeyError, TypeError) as error:
            soak.done[f"{each.__name__}: {type(error).__name__}: {error!s:.60}"] += 1
        await asyncio.sleep(min(pause, max(0.0, soak.until - time.monotonic())))


def hostile_files() -> Iterator[bytes]:
    """The tests' hostile files, again and again."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    makers = import_module("hostile").HOSTILE
    return itertools.cycle([make() for make in makers.values()])


async def endpoints_of(port: int) -> dict[str, int]:
    async with Wire(port, "127.0.0.1") as wire:
        return {each["api_name"]: each["id"] for each in (await wire.ask("/config")).json()["dependencies"]}


async def soaked(port: int, pid: int, folder: Path, minutes: float) -> dict[str, Any]:
    """What the server holds while all this goes on: after the warm-up, each minute, and when all have left."""
    started = time.monotonic()
    soak = Soak(port, await endpoints_of(port), sketches(), started + WARM + 60 * minutes, Counter())
    bad = hostile_files()

    async def send_hostile(soak: Soak) -> None:
        await send_photo(soak, next(bad))

    doers: list[tuple[Callable[[Soak], Awaitable[None]], float]] = [(draw_on, 0)] * DRAWERS
    doers += [(send_photo, PHOTO), (drop, DROP), (leave, LEAVE), (send_hostile, HOSTILE), (train, TRAIN)]
    tasks = [asyncio.create_task(again(soak, each, pause)) for each, pause in doers]
    samples = []
    await asyncio.sleep(WARM)
    while time.monotonic() < soak.until:
        samples.append(held(pid, folder, time.monotonic() - started))
        await asyncio.sleep(min(SAMPLE, max(0.0, soak.until - time.monotonic())))
    samples.append(held(pid, folder, time.monotonic() - started))
    await asyncio.wait(tasks)
    await asyncio.sleep(2 * KEPT)
    samples.append(held(pid, folder, time.monotonic() - started))
    return {"minutes": minutes, "done": dict(soak.done), "held": [asdict(each) for each in samples]}
