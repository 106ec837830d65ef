"""Measure how soon the page follows the pen, in a real browser, near its server and far from it.

A page with gradio's own drawing pad is measured in the same run. So are the bytes of a first visit.

Nothing else should be running on the machine.

python -m benchmarks.live
"""

import argparse
import json
import re
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks import stock, transfer
from benchmarks.transfer import SETTLED
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

DRAWN = 3
"""Seconds for which the pen moves when updates are counted."""

MOVE_EVERY = 4
"""Milliseconds between two moves of that pen: several in a frame of the browser, as a fast mouse makes them."""

LARGE = "mnist-modern"
"""The network with the most maps."""

PINS = 15
"""Cells that are pinned."""

HOVERS = 51
"""Cells that are read under the pointer."""

TRAINED = "fashion-classic"
"""The network whose epochs are gone through."""

SCRUBS = 200
"""Steps through its epochs."""

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


PEN = """async ({ seconds, every }) => {
  const canvas = document.querySelector(".pad-canvas");
  const maps = document.querySelector(".maps").closest("[data-phase]");
  canvas.setPointerCapture = () => {};  // it refuses a pointer that the system does not know
  const box = canvas.getBoundingClientRect();
  const point = (type, angle) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1_000, bubbles: true, button: type === "pointermove" ? -1 : 0,
    clientX: box.left + (0.5 + 0.3 * Math.sin(angle)) * box.width,
    clientY: box.top + (0.5 - 0.2 * Math.cos(angle)) * box.height,
  }));
  let painted = 0;
  const observer = new MutationObserver((changes) => { painted += changes.length; });
  observer.observe(maps, { attributes: true, attributeFilter: ["data-live"] });
  const started = performance.now();
  const passed = () => (performance.now() - started) / 1000;
  point("pointerdown", 0);
  const timer = setInterval(() => point("pointermove", 5 * passed()), every);
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  const updates = painted / passed();
  clearInterval(timer);
  observer.disconnect();
  point("pointerup", 0);
  delete canvas.setPointerCapture;
  return updates;
}"""
"""Draws with a pen of the page's own, which no driver holds up; gives how often the maps were painted a second."""


def draw(page: Page) -> dict[str, float]:
    """Draw once: the milliseconds from a move of the pen to its painted maps, and from lifting it to the last ones."""
    box = browser.pad_box(page)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.evaluate("times.waits.length = 0, times.moved = times.lifted = 0")
    for angle in np.linspace(0, 2 * np.pi * LAPS, MOVES):
        x, y = 0.5 + 0.3 * np.sin(angle), 0.5 - 0.2 * np.cos(angle)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.mouse.up()
    page.wait_for_function("times.answered")
    page.wait_for_timeout(SETTLED)
    times = page.evaluate("times")
    clear(page)
    waits = sorted(times["waits"])
    half, most = waits[len(waits) // 2], waits[int(0.95 * len(waits))]
    return {"p50": half, "p95": most, "pen_up": times["answered"] - times["lifted"]}


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(SETTLED)


def updates(page: Page) -> float:
    """How often a second the maps are painted while the pen moves."""
    counted = float(page.evaluate(PEN, {"seconds": DRAWN, "every": MOVE_EVERY}))
    clear(page)
    return counted


def pace(page: Page) -> dict[str, float]:
    """How the page follows the pen: the medians over the drawings."""
    page.evaluate(WATCH)
    drawn = [draw(page) for _ in range(TURNS + 1)][1:]  # the first one warms up
    counted = [updates(page) for _ in range(TURNS)]
    medians = {what: statistics.median(row[what] for row in drawn) for what in drawn[0]}
    return medians | {"updates": statistics.median(counted)}


def measure(chromium: Browser, url: str, stock_url: str, delay: int) -> dict[str, float]:
    """The page beside the stock page, with ``delay`` milliseconds on each request."""
    page = opened(chromium, url, delay)
    found = pace(page)
    page.close()
    page = opened(chromium, stock_url, delay)
    found["stock_pen_up"] = statistics.median(stock.pen_up(page, TURNS))
    page.close()
    return rounded(found | {"ratio": found["stock_pen_up"] / found["pen_up"]})


def large(chromium: Browser, url: str) -> dict[str, float]:
    """How the page follows the pen with its largest network."""
    page = opened(chromium, url, delay=0)
    page.get_by_label("Network", exact=True).click()
    page.get_by_role("option", name=re.compile(rf"{LARGE}$")).click()
    page.wait_for_timeout(SETTLED)
    found = pace(page)
    page.close()
    return rounded(found)


def rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in numbers.items()}


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
  const canvas = document.querySelectorAll("[data-layer=act2] .map-cells canvas")[number];
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
  const canvas = document.querySelector("[data-layer=act2] .map-cells canvas");
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


def scrubbed(chromium: Browser, url: str) -> dict[str, float]:
    """The milliseconds of a step of the time machine's slider, one in each frame, until its maps are painted."""
    page = opened(chromium, url, delay=0)
    page.get_by_label("Network", exact=True).click()
    page.get_by_role("option", name=re.compile(rf"{TRAINED}$")).click()
    page.wait_for_timeout(SETTLED)
    page.get_by_role("button", name="Example: Coat").first.click()
    page.locator(".epochs input").focus()  # all epochs come
    page.wait_for_timeout(SETTLED)
    steps = sorted(page.evaluate(SCRUB, SCRUBS))
    page.close()
    return rounded({"p50": steps[len(steps) // 2], "p95": steps[int(0.95 * len(steps))]})


SCRUB = """async (count) => {
  const slider = document.querySelector(".epochs input");
  const places = Number(slider.max) + 1;
  const frame = () => new Promise(requestAnimationFrame);
  const painted = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;  // a message waits until the frame is painted
    port2.postMessage(null);
  });
  const steps = [];
  for (let i = 0; i < count; i++) {
    await frame();
    const started = performance.now();
    slider.value = String(i % places);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await painted();
    steps.push(performance.now() - started);
  }
  return steps;
}"""


@contextmanager
def served(demo: gr.Blocks, **options: Any) -> Iterator[str]:
    """The address of a page, served for as long as the context lasts."""
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options)
    try:
        yield url
    finally:
        demo.close()


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    page = build(CHECKPOINTS)
    options = launch_options(page) | {"server_port": None}
    with served(page, **options) as url, served(stock.page()) as stock_url, browser.launch() as chromium:
        results: dict[str, Any] = {str(delay): measure(chromium, url, stock_url, delay) for delay in DELAYS}
        results[LARGE] = large(chromium, url)
        results["scrubbed_ms"] = scrubbed(chromium, url)
        results["first_visit_kb"] = rounded(transfer.first_visit(chromium, url, stock_url))
        looked_at = with_an_example(chromium, url)
        results["pinned_ms"], results["hovered_ms"] = round(pinned(looked_at), 1), round(hovered(looked_at), 1)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
