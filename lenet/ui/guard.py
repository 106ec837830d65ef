"""What each visitor, and all together, may ask of the server: how much, how often, how slowly.

A visitor is an address, since all else in a request is its sender's own to invent. Every limit is far beyond what a
class of thirty behind one address needs. ``settings.Visits`` has them, and what each is for.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from math import ceil
from typing import IO
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.settings import Visits
from lenet.ui.allowance import API, UPLOAD, Buckets, Disk, Refusal, visitor
from lenet.ui.places import Places

SWEEP = 30
"""Seconds between two looks for what nobody waits for any more."""

GLANCE = 0.05
"""What reading a file takes of a visitor's requests; a question, or the page's document, takes 1."""

ENVELOPE = 10_000
"""Bytes of an upload around the picture itself."""

IN_MEMORY, PIECE = 64_000, 64_000
"""Bytes of a body that are held in memory, the rest lies in a file without a name; and of a piece that is handed on."""

SEND_SECONDS = 60
"""For which a piece of an answer may wait for its reader."""

LONGEST_SESSION = 64
"""Characters of a session's name, which gradio keeps; its own scripts take some ten."""

MCP = f"{API}/mcp"
ANSWERS = (f"{API}/run/", f"{API}/api/", MCP)
"""Paths at which a question is worked out before the request is over."""

STREAMS = tuple(f"{API}/{name}" for name in ("heartbeat/", "queue/data", "call/", "upload_progress", "mcp"))
"""Paths whose GET answers piece by piece for as long as somebody listens."""

CLOSED = (
    *(f"{API}/{name}" for name in ("proxy=", "vibe-", "undo-vibe", "process_recording", "stream/", "component_server")),
    *(f"{API}/{name}" for name in ("deep_link", "run-history", "runs", "reset", "profiling", "dev/")),
    "/monitoring",
)
"""Routes of gradio that the page has no use for."""

TOO_LARGE = "This is more than {limit:,} bytes, the most that the page takes at once."
TOO_OFTEN = "Too many requests came from your address. The page asks again by itself in {wait} s."
TOO_FULL = "Very many people ask at once. The page asks again by itself in {wait} s."
NO_SESSION = f"A session's name has at most {LONGEST_SESSION} letters; reload the page."
TOO_SLOW = "The request did not arrive within {seconds} seconds; send it again."
TOO_MANY = "Too many pages wait for answers at your address, or in all; close some, and try again in a minute."
NO_LENGTH = "The length that this request gives is no number."
NOT_OFFERED = "The page offers nothing under this address."

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""Of every answer, beside who may frame the page."""

Sweep = Callable[[Collection[str]], Awaitable[None]]
"""Told now and then the sessions and the events to which somebody listens."""


class Guard:
    """ASGI middleware: what is too large, too often, too much or too slow is refused with a sentence, before anything
    reads it.

    ``disk`` counts what is written. ``sweep`` is called every SWEEP seconds as long as the server lives, with those who
    listen.
    """

    def __init__(self, app: ASGIApp, visits: Visits, ancestors: str, disk: Disk, sweep: Sweep | None = None):
        self._app, self._visits, self._disk, self._sweep = app, visits, disk, sweep
        self._headers = HEADERS | {"Content-Security-Policy": f"frame-ancestors {ancestors}"}
        self._requests = Buckets(visits.requests, visits.requests_a_second)
        self._places = Places(visits.at_once)
        self._streams: Counter[str] = Counter()
        self._listening: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            async with self._swept():
                return await self._app(scope, receive, send)
        answer = self._answering(send)
        try:
            await self._pass(scope, receive, answer)
        except Refusal as refusal:
            await refusal.response(scope["path"].rstrip("/"))(scope, receive, answer)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on. Raises Refusal instead."""
        who, path = visitor(scope, self._visits.proxies), scope["path"]
        if path.startswith(CLOSED):
            raise Refusal(404, NOT_OFFERED)
        asks = scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if wait := self._requests.take(who, 1.0 if asks or path in ("/", "/config") else GLANCE):
            raise Refusal(429, TOO_OFTEN.format(wait=ceil(wait)), wait)
        if asks:
            await self._ask(who, scope, receive, send)
        elif path.startswith(STREAMS):
            async with self._listens(who, scope):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _ask(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a whole body within its limits, then hand it on."""
        upload, visits = scope["path"].rstrip("/") == UPLOAD, self._visits
        limit = visits.upload_bytes and visits.upload_bytes + ENVELOPE if upload else visits.question_bytes
        _must_be_short(Headers(scope=scope).get("content-length", "0"), limit)
        kept = upload or scope["path"].startswith(MCP)  # gradio writes the pictures of both on the disk
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            if not await self._read(receive, body, limit, who if kept else None):
                return  # the visitor is gone
            if not upload:
                _session_must_be_short(body)
            with self._place(who, scope["path"]):
                await self._app(scope, _replayed(body, receive), send)

    @contextmanager
    def _place(self, who: str, path: str) -> Iterator[None]:
        """A visitor's question is worked out. Raises Refusal when there are too many already."""
        if not path.startswith(ANSWERS):
            yield
            return
        if wait := self._places.take(who):
            raise Refusal(503, TOO_FULL.format(wait=ceil(wait)), wait)
        try:
            yield
        finally:
            self._places.give(who)

    async def _read(self, receive: Receive, body: IO[bytes], limit: int, who: str | None) -> bool:
        """Whether the body came, whole. Each part of it must come in time, and all within ten times that.

        Each part is counted as soon as it is here, where it is kept for a visitor.
        """
        seconds = self._visits.body_seconds or None
        started, more = time.monotonic(), True
        while more:
            try:
                with anyio.fail_after(seconds):
                    message = await receive()
            except TimeoutError as error:
                raise Refusal(408, TOO_SLOW.format(seconds=seconds)) from error
            if message["type"] == "http.disconnect":
                return False
            part = message.get("body", b"")
            if who is not None:
                self._disk.take(who, len(part))
            body.write(part)
            more = message.get("more_body", False)
            _must_be_short(str(body.tell()), limit)
            if seconds and time.monotonic() - started > 10 * seconds:
                raise Refusal(408, TOO_SLOW.format(seconds=10 * seconds))
        return True

    @asynccontextmanager
    async def _listens(self, who: str, scope: Scope) -> AsyncIterator[None]:
        """A visitor listens to a stream. Raises Refusal for one too many."""
        visits, heard = self._visits, _heard(scope)
        if 0 < visits.streams <= self._streams[who] or 0 < visits.all_streams <= self._streams.total():
            raise Refusal(429, TOO_MANY, SWEEP)
        self._streams[who] += 1
        self._listening[heard] += 1
        try:
            yield
        finally:
            for counts, key in ((self._streams, who), (self._listening, heard)):
                counts[key] -= 1
                if not counts[key]:
                    del counts[key]

    @asynccontextmanager
    async def _swept(self) -> AsyncIterator[None]:
        """The life of the server."""
        sweeping = asyncio.create_task(self._sweep_on())
        try:
            yield
        finally:
            sweeping.cancel()

    async def _sweep_on(self) -> None:
        while self._sweep:
            await asyncio.sleep(SWEEP)
            await self._sweep(set(self._listening))

    def _answering(self, send: Send) -> Send:
        """``send`` with the headers of every answer, which does not wait for a reader for ever."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            with anyio.fail_after(SEND_SECONDS):
                await send(message)

        return answer


def _must_be_short(length: str, limit: int) -> None:
    """Raise Refusal for a length above the ``limit``; 0 lifts it."""
    if not length.isascii() or not length.isdigit():
        raise Refusal(400, NO_LENGTH)
    if limit and int(length[:20]) > limit:
        raise Refusal(413, TOO_LARGE.format(limit=limit))


def _session_must_be_short(body: IO[bytes]) -> None:
    """Raise Refusal where the name of a question's session is too long, because gradio would keep it.

    A body that is no JSON passes: gradio refuses it itself.
    """
    body.seek(0)
    try:
        asked = json.loads(body.read())
    except (ValueError, RecursionError):
        return
    session = asked.get("session_hash") if isinstance(asked, dict) else None
    if isinstance(session, str) and len(session) > LONGEST_SESSION:
        raise Refusal(400, NO_SESSION)


def _replayed(body: IO[bytes], receive: Receive) -> Receive:
    """``receive`` for a body that is read already; then it tells when the visitor leaves."""
    size = body.tell()
    body.seek(0)
    sent = 0

    async def replay() -> Message:
        nonlocal sent
        if sent >= size and sent:
            return await receive()
        piece = body.read(PIECE)
        sent += len(piece) or 1  # also an empty body is sent once
        return {"type": "http.request", "body": piece, "more_body": sent < size}

    return replay


def _heard(scope: Scope) -> str:
    """The session, or the event, that a stream tells of."""
    named = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash")
    return named[0] if named else scope["path"].rstrip("/").rsplit("/", 1)[-1]
