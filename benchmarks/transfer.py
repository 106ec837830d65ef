"""The bytes that a first visit of the page brings over the network, beyond gradio's own."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks import stock
from tools import browser

SETTLED = 1_000
"""Milliseconds after which nothing happens any more on a page that has answered."""

KINDS = {"page": "/", "networks": "/networks/", "answers": "/gradio_api/run/"}
"""How the paths begin of what the page brings itself; its document has nothing after the slash."""


def first_visit(chromium: Browser, url: str, stock_url: str) -> dict[str, float]:
    """The kilobytes that a first visit with one drawing brings beyond gradio's own, by what they are."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    brought = transferred(page)
    page.goto(url)
    page.wait_for_selector("canvas")
    page.wait_for_timeout(SETTLED)
    browser.draw(page, stock.ONE)
    page.wait_for_timeout(SETTLED)
    page.close()
    page = chromium.new_page()
    stock_brought = transferred(page)
    page.goto(stock_url)
    page.close()
    sums = bytes_by_kind(brought)
    sums["page"] -= bytes_by_kind(stock_brought)["page"]
    return {kind: size / 1000 for kind, size in (sums | {"all": sum(sums.values())}).items()}


def transferred(page: Page) -> dict[str, tuple[str, float]]:
    """What the page will have brought over the network: the address and the bytes of each request, by its number."""
    brought: dict[str, tuple[str, float]] = {}
    events = page.context.new_cdp_session(page)
    events.send("Network.enable")

    def sent(event: dict[str, Any]) -> None:
        brought[event["requestId"]] = event["request"]["url"], 0

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in brought:
            brought[event["requestId"]] = brought[event["requestId"]][0], event["encodedDataLength"]

    events.on("Network.requestWillBeSent", sent)
    events.on("Network.loadingFinished", finished)
    return brought


def bytes_by_kind(brought: dict[str, tuple[str, float]]) -> dict[str, float]:
    """The bytes of the page's document, of the networks' files and of the answers; the rest is gradio's."""
    sums = dict.fromkeys(KINDS, 0.0)
    for address, size in brought.values():
        path = urlsplit(address).path
        for kind, start in KINDS.items():
            if path == start if kind == "page" else path.startswith(start):
                sums[kind] += size
    return sums
