"""Measure how soon the page follows the pen, in a real browser, near its server and far from it.

Nothing else should be running on the machine.

python -m benchmarks.live
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from lenet.settings import CHECKPOINTS
from lenet.ui.page import build, launch_options
from tools import browser

RESULTS = Path(__file__).parent / "live.json"

DELAYS = (0, 100)
"""Milliseconds that are added to each request, as a distant server would."""

TURNS = 4
"""Drawings with each delay."""

MOVES = 150
"""Moves of the mouse in a drawing."""

LAPS = 6
"""Times round the pad in a drawing."""

PINS = 15
"""Cells that are pinned."""

HOVERS = 51
"""Cells that are read under the pointer."""

SETTLED = 1_000
"""Milliseconds after which nothing happens any more on a page that has answered."""

WATCH = """() => {
  const times = { moved: 0, waits: [], lifted: 0, answered: 0 };
  window.times = times;
  addEventListener("pointermove", () => { times.moved ||= performance.now(); }, { capture: true });
  addEventListener("pointerup", () => { times.lifted = performance.now(); times.answered = 0; }, { capture: true });
  const painted = () => {
    if (times.moved) times.waits.push(performance.now() - times.moved);
    times.moved = 0;
    if (times.lifted) times.answered ||= performance.now();
  };
  const maps = document.querySelector(".maps").closest("[data-phase]");
  new MutationObserver(painted).observe(maps, { attributes: true, attributeFilter: ["data-live"] });
}"""
"""Notes when the pen moved first since the maps were painted, and when they were painted."""


def draw(page: Page) -> dict[str, float]:
    """Draw once: the milliseconds from a move of the pen to its painted maps, and from lifting it to the last ones.

    ``updates`` are those a second while the pen is down.
    """
    box = browser.pad_box(page)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.evaluate("times.waits.length = 0, times.moved = times.lifted = 0")
    started = page.evaluate("performance.now()")
    for angle in np.linspace(0, 2 * np.pi * LAPS, MOVES):
        x, y = 0.5 + 0.3 * np.sin(angle), 0.5 - 0.2 * np.cos(angle)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    seconds = (page.evaluate("performance.now()") - started) / 1000
    page.mouse.up()
    page.wait_for_function("times.answered")
    page.wait_for_timeout(SETTLED)
    times = page.evaluate("times")
    page.get_by_role("button", name="Clear").click()
    waits = sorted(times["waits"])
    half, most = waits[len(waits) // 2], waits[int(0.95 * len(waits))]
    lifted = times["answered"] - times["lifted"]
    return {"p50": half, "p95": most, "updates": len(waits) / seconds, "pen_up": lifted}


def measure(chromium: Browser, url: str, delay: int) -> dict[str, float]:
    """The medians over the drawings, with ``delay`` milliseconds on each request."""
    page = opened(chromium, url, delay)
    drawn = [draw(page) for _ in range(TURNS + 1)][1:]  # the first one warms up
    page.close()
    return {what: round(statistics.median(row[what] for row in drawn), 1) for what in drawn[0]}


def opened(chromium: Browser, url: str, delay: int) -> Page:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(url)
    page.wait_for_selector("canvas")
    page.wait_for_timeout(SETTLED)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": delay, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    page.evaluate(WATCH)
    return page


def with_an_example(chromium: Browser, url: str) -> Page:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(url)
    page.get_by_role("button", name="Example: 3").first.click()
    page.wait_for_selector(".maps:not(.maps-empty)")
    return page


def pinned(page: Page) -> float:
    """The median of the milliseconds from a click on a cell to its explanation."""
    return statistics.median(page.evaluate(PIN, number) for number in range(PINS))


def hovered(page: Page) -> float:
    """The median of the milliseconds from a move of the pointer over a map to a page that is laid out again."""
    return statistics.median(page.evaluate(HOVER, HOVERS))


PIN = """async (number) => {
  const title = document.querySelector(".explanation h3");
  const canvas = document.querySelectorAll("[data-layer=act2] .map canvas[role=img]")[number];
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true };
  const changed = new Promise((done) => new MutationObserver(done).observe(title, { childList: true }));
  const started = performance.now();
  canvas.dispatchEvent(new PointerEvent("pointermove", at));
  canvas.dispatchEvent(new MouseEvent("click", at));
  await changed;
  return performance.now() - started;
}"""

HOVER = """(count) => {
  const canvas = document.querySelector("[data-layer=act2] .map canvas[role=img]");
  const box = canvas.getBoundingClientRect();
  return Array.from({ length: count }, (_, i) => {
    const clientX = box.left + ((i % 10) + 0.5) * box.width / 10;
    const at = { clientX, clientY: box.top + box.height / 2, bubbles: true };
    const started = performance.now();
    canvas.dispatchEvent(new PointerEvent("pointermove", at));
    document.body.offsetHeight;
    return performance.now() - started;
  });
}"""


@contextmanager
def served() -> Iterator[str]:
    """The address of the page, served for as long as the context lasts."""
    demo = build(CHECKPOINTS)
    options = launch_options(demo) | {"server_port": None}
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options)
    try:
        yield url
    finally:
        demo.close()


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    with served() as url, browser.launch() as chromium:
        results: dict[str, Any] = {str(delay): measure(chromium, url, delay) for delay in DELAYS}
        looked_at = with_an_example(chromium, url)
        results["pinned_ms"], results["hovered_ms"] = round(pinned(looked_at), 1), round(hovered(looked_at), 1)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
