"""What each visitor, and all together, may ask of the server: how much, how often, how slowly.

A visitor is an address, since all else in a request is its sender's own to invent. Every limit is far beyond what a
class of thirty behind one address needs. ``settings.Visits`` has them, and what each is for.
"""

import re
import shutil
import tempfile
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from typing import IO
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.settings import Visits

HOUR = 3600
"""Seconds for which an uploaded file is kept."""

SWEEP = 30
"""Seconds between two looks for what nobody waits for any more."""

MOST_KEPT = 10_000
"""Visitors that are remembered, at most; the one that was quiet for longest is forgotten first."""

GLANCE = 0.05
"""What reading a file takes of a visitor's requests; a question, or the page's document, takes 1."""

ENVELOPE = 10_000
"""Bytes of an upload around the picture itself."""

IN_MEMORY, PIECE = 64_000, 64_000
"""Bytes of a body that are held in memory, the rest lies in a file without a name; and of a piece that is handed on."""

SEND_SECONDS = 60
"""For which a piece of an answer may wait for its reader."""

SAME_NETWORK = 64
"""Bits of an IPv6 address that tell one visitor from another: the rest is a visitor's own to choose."""

LONGEST_ADDRESS = 64
"""Characters of what stands in place of an address."""

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")
"""An address with a port, as some proxies write it."""

API = "/gradio_api"
UPLOAD = f"{API}/upload"
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
TOO_MUCH = "More pictures came from your address than are kept for an hour; try again in {minutes} minutes."
FULL = "The server keeps no more pictures now; draw instead, or try again in {minutes} minutes."
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


class Buckets:
    """How much each key may take: ``capacity`` at once, and ``a_second`` more with each second. 0 lifts the limit."""

    def __init__(self, capacity: float, a_second: float, most: int = MOST_KEPT):
        self._capacity, self._a_second, self._most = capacity, a_second, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, amount: float = 1.0) -> float:
        """Take so much. Returns 0, or else takes nothing and returns the seconds after which there is enough."""
        if not self._capacity or not self._a_second:
            return 0.0
        now = time.monotonic()
        left, since = self._left.pop(key, (self._capacity, now))
        left = min(self._capacity, left + (now - since) * self._a_second)
        wait = max(0.0, amount - left) / self._a_second
        self._left[key] = (left if wait else left - amount, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._left)


def hourly(amount: int) -> Buckets:
    """Bytes that may lie on the disk: so many at once, and in an hour as many again."""
    return Buckets(amount, amount / HOUR)


@dataclass(eq=False)  # an exception is changed while it is raised
class Refusal(Exception):
    """Why a request is not answered. ``wait`` is in seconds."""

    status: int
    sentence: str
    wait: float = 0.0

    def response(self, path: str) -> Response:
        """The sentence as gradio's scripts expect it: plain for an upload, else as JSON."""
        headers = {"Retry-After": str(ceil(self.wait))} if self.wait else {}
        if path == UPLOAD:
            return PlainTextResponse(self.sentence, self.status, headers)
        return JSONResponse({"error": self.sentence, "detail": self.sentence}, self.status, headers)


def visitor(scope: Scope, proxies: int) -> str:
    """Who asks: the address of the other end, or the one that the outermost of so many ``proxies`` of ours has seen.

    Each proxy adds the address that it sees at the right of X-Forwarded-For; what stands further left is the visitor's
    own to invent.
    """
    client = scope.get("client")
    found = client[0] if client else ""
    if proxies:
        seen = [part.strip() for line in Headers(scope=scope).getlist("x-forwarded-for") for part in line.split(",")]
        found = seen[-proxies] if len(seen) >= proxies else found
    return _network(found)


def _network(text: str) -> str:
    """An address without its port; of IPv6, the part that is not the visitor's own to choose."""
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text)
    except ValueError:
        return text[:LONGEST_ADDRESS]
    if isinstance(address, IPv4Address):
        return text
    inner = address.ipv4_mapped
    return str(inner) if inner else str(ip_network((address, SAME_NETWORK), strict=False))


class Guard:
    """ASGI middleware: what is too large, too often, too much or too slow is refused with a sentence, before anything
    reads it.

    ``stored`` counts what lies on the disk for all. ``sweep`` is called now and then.
    """

    def __init__(self, app: ASGIApp, visits: Visits, ancestors: str, stored: Buckets, sweep: Sweep | None = None):
        self._app, self._visits, self._stored, self._sweep = app, visits, stored, sweep
        self._headers = HEADERS | {"Content-Security-Policy": f"frame-ancestors {ancestors}"}
        self._requests = Buckets(visits.requests, visits.requests_a_second)
        self._uploads = hourly(visits.hour_bytes)
        self._streams: Counter[str] = Counter()
        self._listening: Counter[str] = Counter()
        self._swept = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
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
        await self._tidy()
        if asks:
            await self._ask(who, scope, receive, send)
        elif path.startswith(STREAMS):
            async with self._listens(who, scope):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _ask(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a whole body within its limits, then hand it on."""
        upload = scope["path"].rstrip("/") == UPLOAD
        limit = self._visits.upload_bytes + ENVELOPE if upload else self._visits.question_bytes
        _must_be_short(Headers(scope=scope).get("content-length", "0"), limit)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            if not await self._read(receive, body, limit):
                return  # the visitor is gone
            if upload:
                self._keep(who, body.tell())
            await self._app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive, body: IO[bytes], limit: int) -> bool:
        """Whether the body came, whole. Each part of it must come in time, and all within ten times that."""
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
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
            _must_be_short(str(body.tell()), limit)
            if seconds and time.monotonic() - started > 10 * seconds:
                raise Refusal(408, TOO_SLOW.format(seconds=10 * seconds))
        return True

    def _keep(self, who: str, size: int) -> None:
        """Count an upload. Raises Refusal where there is no room for it."""
        if wait := self._uploads.take(who, size):
            raise Refusal(413, TOO_MUCH.format(minutes=ceil(wait / 60)))
        wait = self._stored.take("", size)
        if not wait and shutil.disk_usage(tempfile.gettempdir()).free < self._visits.free_bytes:
            wait = HOUR
        if wait:
            raise Refusal(507, FULL.format(minutes=ceil(wait / 60)))

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

    async def _tidy(self) -> None:
        if self._sweep and time.monotonic() - self._swept > SWEEP:
            self._swept = time.monotonic()
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
