"""Find the Chromium that the tests and the screenshot drive, or install one.

python -m tools.browser     prints its path, after installing it where there is none
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADVICE = "No Chromium was found or could be installed; install Chromium or Chrome, or name one: CHROMIUM=/path/to/it"

Point = tuple[float, float]
"""(x, y) on the pad, in shares of its side."""


def find() -> str | None:
    """The path of $CHROMIUM, else of a Chromium or Chrome on this machine, else of Playwright's own; None without one.

    Raises FileNotFoundError when $CHROMIUM names nothing that can be run.
    """
    if named := os.environ.get("CHROMIUM"):
        if not (path := shutil.which(named)):
            raise FileNotFoundError(f"CHROMIUM is {named}, which cannot be run")
        return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return next((path for name in (*NAMES, MAC_CHROME, own) if (path := shutil.which(name))), None)


def install() -> None:
    """Install Playwright's own Chromium, or for root on Debian the package. ``find`` tells whether it worked."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _succeeds([*playwright, "--with-deps"] if root else playwright) or not (root and shutil.which("apt-get")):
        return
    if _succeeds(["apt-get", "update"]):
        _succeeds(["apt-get", "install", "--yes", "chromium"])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


@contextmanager
def launch() -> Iterator[Browser]:
    """A running headless Chromium. Raises FileNotFoundError when there is none."""
    path = find()
    if not path:
        raise FileNotFoundError(ADVICE)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS + ["--no-sandbox"] * as_root)
        try:
            yield browser
        finally:
            browser.close()


def pad_box(page: Page) -> FloatRect:
    """Where the pad is, {x, y, width, height} in pixels, once the page has stopped moving while it loads."""
    canvas = page.locator(".pad-canvas")
    canvas.hover()  # Playwright waits here until the element stands still
    box = canvas.bounding_box()
    assert box, "what the pointer is over has a place"
    return box


def draw(page: Page, stroke: Iterable[Point], *, lift: bool = True) -> None:
    """Draw one stroke on the pad with the mouse, through ``stroke``'s points; the pen stays down unless ``lift``."""
    box = pad_box(page)
    for number, (x, y) in enumerate(stroke):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if number == 0 else 2)
        if number == 0:
            page.mouse.down()
    if lift:
        page.mouse.up()


def main() -> int:
    try:
        if not find():
            print("Installing a Chromium for the tests ...", flush=True)
            install()
        path = find()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"browser: {Path(path)}" if path else ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
