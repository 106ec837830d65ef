"""How much each visitor, and all together, may take: requests, bytes on the disk.

A visitor is an address, since all else in a request is its sender's own to invent.
"""

import re
import shutil
import time
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from lenet.settings import Visits

HOUR = 3600
"""Seconds for which an uploaded file is kept."""

MOST_KEPT = 10_000
"""Visitors that are remembered, at most; the one that was quiet for longest is forgotten first."""

SAME_NETWORK = 64
"""Bits of an IPv6 address that tell one visitor from another: the rest is a visitor's own to choose."""

LONGEST_ADDRESS = 64
"""Characters of what stands in place of an address."""

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")
"""An address with a port, as some proxies write it."""

API = "/gradio_api"
UPLOAD = f"{API}/upload"
"""Where pictures are sent to."""

TOO_MUCH = "Your address has sent as many pictures as the page takes in an hour; try again in {minutes} minutes."
FULL = "The server keeps no more pictures now; draw instead, or try again in {minutes} minutes."


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


class Disk:
    """What lies on the disk, in ``folder``, for each visitor and for all."""

    def __init__(self, visits: Visits, folder: str):
        self.proxies = visits.proxies
        self._folder, self._free_bytes = folder, visits.free_bytes
        self._own, self._all = hourly(visits.hour_bytes), hourly(visits.all_hour_bytes)

    def take(self, who: str, size: int) -> None:
        """Count what is written for a visitor. Raises Refusal where there is no room for it."""
        if wait := self._own.take(who, size):
            raise Refusal(413, TOO_MUCH.format(minutes=ceil(wait / 60)))
        wait = self._all.take("", size)
        if not wait and self._free_bytes and self._free() < self._free_bytes:
            wait = HOUR
        if wait:
            raise Refusal(507, FULL.format(minutes=ceil(wait / 60)))

    def _free(self) -> int:
        """Bytes that are free where the folder lies or, before its first upload, will lie."""
        folder = Path(self._folder)
        return shutil.disk_usage(folder if folder.exists() else folder.parent).free
