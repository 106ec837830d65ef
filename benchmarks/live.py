"""Measure how soon the page follows the pen, in a real browser, beside a stock gradio page with the same network.

The page's maps are painted while the pen moves. A stock page, gr.Sketchpad with gr.Label, answers when it is lifted.
Both are drawn on in turn, on this machine and with a delay of 100 ms added to each request. Nothing else should be
running on the machine.

python -m benchmarks.live
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from playwright.sync_api import Browser, Page

from lenet import checkpoint
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS, DEFAULT_CHECKPOINT
from lenet.ui.page import build, launch_options
from tools import browser

RESULTS = Path(__file__).parent / "live.json"

DELAYS = (0, 100)
"""Milliseconds that are added to each request, as a distant server would."""

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

SETTLED = 1_000
"""Milliseconds after which nothing happens any more on a page that has answered."""

PATIENCE = 20_000
"""Milliseconds in which even a busy stock page answers."""

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
  const watch = (element, what) => new MutationObserver(painted).observe(element, what);
  const answer = document.querySelector("#answer");
  if (answer) return watch(answer, { childList: true, subtree: true, characterData: true });
  const maps = document.querySelector(".maps").parentElement;
  watch(maps.closest("[data-phase]"), { attributes: true, attributeFilter: ["data-live"] });
}"""
"""Notes when the pen moved first since the maps were painted, and when they, or the stock page's label, changed."""


def place_of(page: Page) -> tuple[float, float, float]:
    """Where the pad is: left, top and side."""
    box = page.locator("canvas").first.bounding_box()
    assert box
    return box["x"], box["y"], min(box["width"], box["height"])


def draw(page: Page) -> dict[str, Any]:
    """Draw once, and give the times that ``WATCH`` noted: milliseconds, and the seconds that the pen was down."""
    left, top, side = place_of(page)
    page.mouse.move(left + 0.5 * side, top + 0.3 * side)
    page.mouse.down()
    page.evaluate("times.waits.length = 0, times.moved = times.lifted = 0")
    started = page.evaluate("performance.now()")
    for angle in np.linspace(0, 2 * np.pi * LAPS, MOVES):
        page.mouse.move(left + (0.5 + 0.3 * np.sin(angle)) * side, top + (0.5 - 0.2 * np.cos(angle)) * side)
    seconds = (page.evaluate("performance.now()") - started) / 1000
    page.mouse.up()
    page.wait_for_function("times.answered", timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)
    return page.evaluate("times") | {"seconds": seconds}


def ours(page: Page) -> dict[str, float]:
    """The milliseconds from a move to its painted maps, at the median and 95 %, and the updates a second."""
    found = draw(page)
    page.get_by_role("button", name="Clear").click()
    waits = sorted(found["waits"])
    lifted = found["answered"] - found["lifted"]
    half, most = waits[len(waits) // 2], waits[int(0.95 * len(waits))]
    return {"p50": half, "p95": most, "updates": len(waits) / found["seconds"], "pen_up": lifted}


def stock(page: Page) -> dict[str, float]:
    """The milliseconds from lifting the pen to the label."""
    found = draw(page)
    page.get_by_label("Clear canvas").click()
    page.wait_for_timeout(SETTLED)
    return {"pen_up": found["answered"] - found["lifted"]}


def measure(chromium: Browser, addresses: dict[str, str], delay: int) -> dict[str, dict[str, float]]:
    """The medians over the drawings on each page, which take turns, with ``delay`` milliseconds on each request."""
    pages = {name: opened(chromium, url, delay) for name, url in addresses.items()}
    drawn: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for turn in range(TURNS + 1):
        for name, page in pages.items():
            page.bring_to_front()
            found = ours(page) if name == "page" else stock(page)
            if turn:  # the first one warms up
                drawn[name].append(found)
    for page in pages.values():
        page.close()
    return {
        name: {what: round(statistics.median(row[what] for row in rows), 1) for what in rows[0]}
        for name, rows in drawn.items()
    }


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
def served(demo: gr.Blocks, **options: Any) -> Iterator[str]:
    """The address of a page, served for as long as the context lasts."""
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options)
    try:
        yield url
    finally:
        demo.close()


def stock_page() -> gr.Blocks:
    """What gradio's own documentation makes of it: a sketchpad, a label, and the same network."""
    network = checkpoint.load(CHECKPOINTS / DEFAULT_CHECKPOINT)

    def classify(sketch: dict[str, Any]) -> dict[str, float]:
        drawn = sketch["composite"]  # None at first, and a transparent picture after Clear
        return predict(network, drawn).probabilities if drawn is not None and drawn.any() else {}

    return gr.Interface(classify, gr.Sketchpad(type="numpy"), gr.Label(elem_id="answer"), live=True)


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    page = build(CHECKPOINTS)
    with ExitStack() as stack:
        addresses = {
            "page": stack.enter_context(served(page, **launch_options(page) | {"server_port": None})),
            "stock": stack.enter_context(served(stock_page())),
        }
        chromium = stack.enter_context(browser.launch())
        results: dict[str, Any] = {str(delay): measure(chromium, addresses, delay) for delay in DELAYS}
        looked_at = with_an_example(chromium, addresses["page"])
        results["pinned_ms"], results["hovered_ms"] = round(pinned(looked_at), 1), round(hovered(looked_at), 1)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
