"""Many visitors of the page at once, each as the page behaves, with the server's limits in force as on the internet.

A hand draws on, whatever the server does. The page asks once for each rest of the pen; what is drawn while a question
is under way is asked about once, afterwards. A question that the server puts off with a sentence is asked again after
the wait that it names. When the hand stops, the last drawing must still be answered.
"""

import asyncio
import os
import random
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.visitor import DRAW, RUN, Sketch, new_session, photo, question, resident, seen_question, sketches
from benchmarks.wire import FAILURES, Reply, Wire, upload

RESTS = (0.5, 1.5)
"""Seconds between two rests of a pen, at least and at most."""

UPLOADERS, BETWEEN_PHOTOS = 0.02, 10
"""The share of visitors who send photos, besides, and the seconds between two of one visitor."""

PHOTOS = 8
"""Different ones."""

PUT_OFF = (429, 503)
"""How the server says that it is asked too much; with Retry-After it is polite."""

LONGEST_WAIT = 30
"""Seconds that the page waits at most before it asks again, whatever the server says."""

TRIES, SEND_AGAIN = 40, 1.5
"""How often the page's visitor asks about one drawing, here, and the seconds after an error."""


@dataclass
class Seen:
    """What all visitors have seen.

    ``waits`` are seconds from asking to the answer, ``whole`` from the pen's rest, with all polite waits. ``put_off``
    counts those. ``lost`` are visitors whose last drawing was never answered.
    """

    waits: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    put_off: int = 0
    errors: int = 0
    crossed: int = 0
    lost: int = 0
    strokes: int = 0
    photos: int = 0
    said: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Crowd:
    """Whom the visitors ask, what they draw and send, and what they have seen."""

    port: int
    endpoints: dict[str, int]
    drawn: list[Sketch]
    photos: list[bytes]
    seen: Seen


class Visitor:
    """One visitor, at an address of its own."""

    def __init__(self, crowd: Crowd, wire: Wire):
        self._crowd, self._wire, self._session = crowd, wire, new_session()
        self._number, self._asked, self._answered = 0, 0, 0
        self._sketch, self._rested = crowd.drawn[0], 0.0
        self._changed, self._over = asyncio.Event(), False

    async def visit(self, until: float) -> None:
        """Draw until then, and wait for the last answer."""
        hand = asyncio.create_task(self._draw(until))
        await self._follow()
        await hand
        self._crowd.seen.lost += self._answered != self._number

    async def _draw(self, until: float) -> None:
        await asyncio.sleep(random.uniform(0, RESTS[1]))
        while time.perf_counter() < until:
            self._number += 1
            self._sketch, self._rested = random.choice(self._crowd.drawn), time.perf_counter()
            self._crowd.seen.strokes += 1
            self._changed.set()
            await asyncio.sleep(random.uniform(*RESTS))
        self._over = True
        self._changed.set()

    async def _follow(self) -> None:
        """What the page's scripts do."""
        while not (self._over and self._asked == self._number):
            await self._changed.wait()
            self._changed.clear()
            if self._asked != self._number:
                await self._ask()

    async def _ask(self) -> None:
        """Ask about the drawing as it is now, until it is answered."""
        number, sketch, seen, rested = self._number, self._sketch, self._crowd.seen, self._rested
        asked = orjson.dumps(question(self._crowd.endpoints[DRAW], sketch, number, self._session))
        self._asked = number
        started, reply = await answered(seen, lambda: self._wire.ask(RUN, asked))
        if reply:
            ended = time.perf_counter()
            seen.waits.append(ended - started)
            seen.whole.append(ended - rested)
            self._answered = number
            seen.crossed += self._verdict(reply) != (number, sketch.label)

    @staticmethod
    def _verdict(reply: Reply) -> tuple[int, str] | None:
        try:
            verdict = orjson.loads(reply.json()["data"][0])
            return verdict["drawing"], verdict["label"]
        except (ValueError, KeyError, TypeError):
            return None


async def answered(seen: Seen, ask: Callable[[], Awaitable[Reply]]) -> tuple[float, Reply | None]:
    """Ask again and again, as politely as the server says: when it was asked last, and the answer, or None."""
    started = 0.0
    for _ in range(TRIES):
        started = time.perf_counter()
        try:
            reply = await ask()
        except FAILURES:
            seen.errors += 1
            await asyncio.sleep(SEND_AGAIN)
            continue
        if reply.status == 200:
            return started, reply
        sentence = said(reply)
        if reply.status in PUT_OFF and reply.wait and sentence:
            seen.put_off += 1
            seen.said.add("".join(letter for letter in sentence if not letter.isdigit()))
        else:
            seen.errors += 1
        await asyncio.sleep(min(max(reply.wait, 1.0), LONGEST_WAIT))
    return started, None


def said(reply: Reply) -> str:
    """The sentence in a refusal, or ""."""
    try:
        return str(reply.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""


async def send_photos(crowd: Crowd, wire: Wire, until: float) -> None:
    """A visitor sends photos, besides, and looks at each."""
    await asyncio.sleep(random.uniform(0, BETWEEN_PHOTOS))
    while time.perf_counter() < until:
        body, kind = upload("photo.jpg", random.choice(crowd.photos))
        _, kept = await answered(crowd.seen, lambda body=body, kind=kind: wire.ask("/gradio_api/upload", body, kind))  # type: ignore[misc]
        if kept:
            asked = seen_question(crowd.endpoints["on_upload"], kept.json()[0], 1, new_session())
            _, reply = await answered(crowd.seen, lambda asked=asked: wire.ask(RUN, asked))  # type: ignore[misc]
            crowd.seen.photos += reply is not None and bool(orjson.loads(reply.json()["data"][0])["label"])
        await asyncio.sleep(BETWEEN_PHOTOS)


async def gathered(crowd: Crowd, visitors: int, seconds: float) -> None:
    """All of them visit."""
    until = time.perf_counter() + seconds
    wires = [Wire(crowd.port, f"10.0.{number >> 8}.{number & 255}") for number in range(visitors)]
    more = [Wire(crowd.port, f"10.0.{number >> 8}.{number & 255}") for number in range(round(UPLOADERS * visitors))]
    await asyncio.gather(
        *(Visitor(crowd, wire).visit(until) for wire in wires),
        *(send_photos(crowd, wire, until) for wire in more),
    )
    for wire in (*wires, *more):
        wire.close()


def processor_seconds(pid: int) -> float:
    """What a process has taken of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measured(port: int, pid: int, visitors: int, seconds: float) -> dict[str, Any]:
    """How the page serves so many visitors for so many seconds, and what that takes."""
    async with Wire(port, "127.0.0.1") as wire:
        endpoints = {each["api_name"]: each["id"] for each in (await wire.ask("/config")).json()["dependencies"]}
    crowd = Crowd(port, endpoints, sketches(), [photo() for _ in range(PHOTOS)], Seen())
    await gathered(crowd, 2, 3)  # whatever is made once
    crowd = Crowd(port, endpoints, crowd.drawn, crowd.photos, Seen())
    memory, load, started = resident(pid), os.getloadavg()[0], time.perf_counter()
    server, client = processor_seconds(pid), own_seconds()
    await gathered(crowd, visitors, seconds)
    took = time.perf_counter() - started
    server, client = processor_seconds(pid) - server, own_seconds() - client
    seen = crowd.seen
    return {
        "load_before": round(load, 1),
        "strokes": seen.strokes,
        "answers": len(seen.waits),
        "photos": seen.photos,
        "errors": seen.errors,
        "crossed": seen.crossed,
        "lost": seen.lost,
        "put_off": seen.put_off,
        "said": sorted(seen.said),
        "p50_ms": round(1000 * statistics.median(seen.waits), 1),
        "p95_ms": round(1000 * float(np.quantile(seen.waits, 0.95)), 1),
        "longest_ms": round(1000 * max(seen.waits)),
        "with_polite_waits_p50_s": round(statistics.median(seen.whole), 1),
        "with_polite_waits_p95_s": round(float(np.quantile(seen.whole, 0.95)), 1),
        "last_answer_s": round(took - seconds, 1),
        "memory_mb": round(memory),
        "memory_after_mb": round(resident(pid)),
        "server_cores": round(server / took, 2),
        "client_cores": round(client / took, 2),
    }
