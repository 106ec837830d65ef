"""Take the README's screenshot: a 3 drawn on the real page.

python -m tools.screenshot
"""

import math
from pathlib import Path

from lenet.settings import CHECKPOINTS
from lenet.ui.page import build, launch_options
from tools import browser

TARGET = Path(__file__).parent.parent / "docs" / "screenshot.png"
WIDTH, HEIGHT = 1366, 650
"""The window, in pixels: a laptop's. What it shows is the screenshot."""

RESTED = 1_000
"""Milliseconds after which the server has confirmed the answer."""

THREE = [(0.48 + 0.16 * math.sin(t / 10), 0.33 - 0.15 * math.cos(t / 10)) for t in range(-11, 31, 2)] + [
    (0.48 + 0.2 * math.sin(t / 10), 0.67 - 0.19 * math.cos(t / 10)) for t in range(2, 45, 2)
]
"""Two bows, the lower one wider, in shares of the pad's side."""


def main() -> None:
    demo = build(CHECKPOINTS)
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options(demo))
    with browser.launch() as chromium:
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(url)
        page.wait_for_selector(".examples button")
        browser.draw(page, THREE)
        page.wait_for_selector('[data-label="3"]')
        page.locator("h1").click()  # takes the focus ring off the pad
        page.wait_for_timeout(RESTED)
        page.screenshot(path=TARGET)
    demo.close()


if __name__ == "__main__":
    main()
