"""Measure how soon the page follows the pen, in a real browser: from sending a drawing to painting its maps.

The page takes turns with an earlier one that somebody serves. The committed results are beside the page of commit
c462c32, which showed maps alone. Nothing else should be running on the machine.

python -m benchmarks.live http://127.0.0.1:7861
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from lenet.settings import CHECKPOINTS
from lenet.ui.page import build, launch_options
from tools import browser

RESULTS = Path(__file__).parent / "live.json"

TURNS = 4
"""Drawings on each page."""

MOVES = 150
"""Moves of the mouse in a drawing."""

LAPS = 6
"""Times round the pad in a drawing."""

PINS = 15
"""Cells that are pinned."""

HOVERS = 51
"""Cells that are read under the pointer."""


@dataclass(frozen=True)
class Served:
    """A page at ``url``. The attribute ``data-<number>`` of its maps is the number of the drawing that they show."""

    url: str
    number: str


WATCH = """(number) => {
  window.times = { sent: {}, painted: {} };
  const watch = (selector, attribute, into) => {
    const element = document.querySelector(selector);
    new MutationObserver(() => { into[element.dataset[attribute]] ??= performance.now(); })
      .observe(element, { attributes: true, attributeFilter: ["data-" + attribute] });
  };
  watch("[data-sent]", "sent", window.times.sent);
  const maps = [...document.querySelectorAll(`[data-${number}]`)].find((element) => element.querySelector(".maps"));
  new MutationObserver(() => { window.times.painted[maps.dataset[number]] ??= performance.now(); })
    .observe(maps, { attributes: true, attributeFilter: ["data-" + number] });
}"""


def draw(page: Page, number: str) -> dict[str, float]:
    """Draw once: the milliseconds from sending to painting, at the median and at 95 %, and the updates a second.

    ``number`` is that of ``Served``.
    """
    box = browser.pad_box(page)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.wait_for_timeout(500)  # the first answer builds the maps
    page.evaluate(WATCH, number)
    started = page.evaluate("performance.now()")
    for angle in np.linspace(0, 2 * np.pi * LAPS, MOVES):
        x, y = 0.5 + 0.3 * np.sin(angle), 0.5 - 0.2 * np.cos(angle)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    seconds = (page.evaluate("performance.now()") - started) / 1000
    page.mouse.up()
    page.wait_for_timeout(500)
    times = page.evaluate("times")
    page.get_by_role("button", name="Clear").click()
    waits = sorted(at - times["sent"][drawing] for drawing, at in times["painted"].items() if drawing in times["sent"])
    return {"p50": waits[len(waits) // 2], "p95": waits[int(0.95 * len(waits))], "updates": len(waits) / seconds}


def measure(chromium: Browser, places: dict[str, Served]) -> dict[str, dict[str, float]]:
    """The medians over the drawings on each page. The pages take turns."""
    pages = {}
    for name, place in places.items():
        pages[name] = chromium.new_page(viewport={"width": 1280, "height": 900})
        pages[name].goto(place.url)
        pages[name].wait_for_selector(".examples button")
    drawn: dict[str, list[dict[str, float]]] = {name: [] for name in places}
    for turn in range(TURNS + 1):
        for name, page in pages.items():
            page.bring_to_front()
            found = draw(page, places[name].number)
            if turn:  # the first one warms up
                drawn[name].append(found)
    return {
        name: {what: round(statistics.median(row[what] for row in rows), 1) for what in rows[0]}
        for name, rows in drawn.items()
    }


def with_an_example(chromium: Browser, url: str) -> Page:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(url)
    page.get_by_role("button", name="Example: 3").first.click()
    page.wait_for_selector("[data-layer=act2] canvas")
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
    """The address of the page as it is, served for as long as the context lasts."""
    demo = build(CHECKPOINTS)
    options = launch_options() | {"server_port": None}
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options)
    try:
        yield url
    finally:
        demo.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="the earlier page")
    before = parser.parse_args().url
    with served() as url, browser.launch() as chromium:
        pages = measure(chromium, {"page": Served(url, "drawing"), "before": Served(before, "n")})
        results = pages | {"ratio": round(pages["page"]["p50"] / pages["before"]["p50"], 2)}
        looked_at = with_an_example(chromium, url)
        results["pinned_ms"] = round(pinned(looked_at), 1)
        results["hovered_ms"] = round(hovered(looked_at), 1)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
