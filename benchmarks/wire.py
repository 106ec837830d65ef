"""A visitor's connection to the page's server, cheap enough that a thousand of them fit beside the server they measure.

httpx takes a millisecond of the processor for each question, about a tenth of what the server takes to answer it.
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import orjson

PATIENCE = 60
"""Seconds that an answer may take."""

FAILURES = (OSError, EOFError, ValueError, asyncio.TimeoutError)
"""What asking may raise; before Python 3.11, asyncio's TimeoutError is one of its own."""

JSON = "application/json"

BOUNDARY = "lenet-lab-picture"
"""Stands between the parts of an upload."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Reply:
    """What the server has said. ``wait`` is what its Retry-After says, in seconds, 0 without one."""

    status: int
    wait: float
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when it is none."""
        return orjson.loads(self.body)


class Wire:
    """A connection to ``port`` of this machine that stays open, as a browser's does.

    The server takes ``address`` for the visitor's own, where it is told that one proxy stands before it.
    """

    def __init__(self, port: int, address: str):
        self._port, self._address = port, address
        self._open: Streams | None = None

    async def __aenter__(self) -> "Wire":
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def ask(self, path: str, body: bytes = b"", kind: str = JSON) -> Reply:
        """Raises one of FAILURES when there is no answer in time, or one that cannot be read."""
        return await asyncio.wait_for(self._ask(path, body, kind), PATIENCE)

    async def _ask(self, path: str, body: bytes, kind: str) -> Reply:
        if self._open:  # the server may have closed it since, and a browser then opens another
            try:
                return await self._once(path, body, kind)
            except (ConnectionError, EOFError):
                self.close()
        return await self._once(path, body, kind)

    async def begin(self, path: str, body: bytes = b"", kind: str = JSON, sent: int | None = None) -> Streams:
        """Send a request, or so many bytes of it, and read nothing."""
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        method = "POST" if body else "GET"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nX-Forwarded-For: {self._address}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write((head.encode() + body)[:sent])
        await writer.drain()
        return reader, writer

    def close(self) -> None:
        if self._open:
            self._open[1].close()
        self._open = None

    async def _once(self, path: str, body: bytes, kind: str) -> Reply:
        reader, _ = await self.begin(path, body, kind)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        if "content-length" in named:
            content = await reader.readexactly(int(named["content-length"]))
        else:
            content = await _pieces(reader)
        if named.get("connection") == "close":
            self.close()
        return Reply(int(head[0].split()[1]), float(named.get("retry-after", 0)), content)


async def _pieces(reader: asyncio.StreamReader) -> bytes:
    """A body that comes piece by piece."""
    found = b""
    while size := int(await reader.readline(), 16):
        found += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return found


def upload(name: str, content: bytes) -> tuple[bytes, str]:
    """A file as a form sends it: the body and its kind."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"
