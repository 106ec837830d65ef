"""What a person does on the page, and sees, in a real browser; the page's own names stand here, each once."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lenet.ui.exercises import PLACES

SEVEN = [(0.28, 0.22), (0.72, 0.22), (0.45, 0.82)]
ONE = [(0.5, 0.15), (0.5, 0.85)]
ZERO = [(0.5 + 0.2 * np.sin(t), 0.5 - 0.33 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 12)]
ACROSS = [(0.15, 0.5), (0.85, 0.5)]
PATIENCE = 15_000
"""Milliseconds to wait for an answer; a busy machine is slow, a broken page never answers."""

expect.set_options(timeout=PATIENCE)

CHECKPOINT = "Network"
"""The name of the menu of networks."""

DRAWING, PHASE, NETWORK = "data-drawing", "data-phase", "data-network"
"""The attributes in which the page says which drawing an answer belongs to, what is shown of the layers, and whose."""

FIRST, SECOND = "[data-layer=act1] .map-cells canvas", "[data-layer=act2] .map-cells canvas"
SEEN = ".verdict-seen canvas"
"""The canvases of both layers' maps, and that of what the network sees."""


def label(page: Page) -> Locator:
    return page.locator(".verdict-label")


def expect_label(page: Page, text: str) -> None:
    expect(label(page)).to_have_text(text)


def expect_hint(page: Page, words: str = "Draw a digit") -> None:
    """No bars, empty maps, a sentence instead."""
    expect(label(page)).to_contain_text(words)
    expect(page.locator(".verdict-bars")).to_be_hidden()
    expect(page.locator(".maps.maps-empty")).to_have_count(1)
    expect(page.locator(".verdict-note")).to_have_text("")


def expect_answer(page: Page) -> None:
    """Whatever it is."""
    expect(page.locator(".bar-best")).to_be_visible()


SENT = "Number(document.querySelector('[data-sent]').dataset.sent)"
"""The number of the last drawing that the pad has sent."""


def settle(page: Page) -> None:
    """Wait until the last thing that the pad sent is answered: numbers change while the pen moves."""
    sent, answered = "[data-sent]').dataset.sent", f"[data-label]').getAttribute('{DRAWING}')"
    page.wait_for_function(f"document.querySelector('{sent} === document.querySelector('{answered}")


def choose(page: Page, checkpoint: str) -> None:
    """Choose a network and wait for its layers: until they are there, the page shows those of the one before."""
    pick(page, checkpoint)
    expect(page.locator(f"[{NETWORK}={checkpoint}]")).to_have_count(1)


def pick(page: Page, checkpoint: str) -> None:
    """Choose a network from the menu."""
    page.get_by_label(CHECKPOINT, exact=True).click()
    page.get_by_role("listbox").get_by_role("option", name=named(checkpoint)).click()


def expect_checkpoint(page: Page, checkpoint: str) -> None:
    expect(page.get_by_label(CHECKPOINT, exact=True)).to_have_value(named(checkpoint))


def named(checkpoint: str) -> re.Pattern[str]:
    """What the menu of networks calls a checkpoint: its name stands after some words."""
    return re.compile(rf"(^| · ){re.escape(checkpoint)}$")


BYTES = """(canvas) => {
  const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return [canvas.height, canvas.width, btoa(letters)];
}"""


def focused(page: Page) -> str:
    """The name of what has the keyboard's focus."""
    return page.evaluate("(e => e.ariaLabel || e.innerText.trim())(document.activeElement)")


def pixels(page: Page, selector: str) -> np.ndarray:
    """What a canvas shows: (height, width, 4) uint8."""
    height, width, letters = page.locator(selector).first.evaluate(BYTES)
    return np.frombuffer(base64.b64decode(letters), np.uint8).reshape(height, width, 4)


def upload(page: Page, content: bytes, name: str = "picture.png") -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": content}
    page.locator(".lab-pictures input[type=file]").set_input_files(file)


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).resize((280, 280)).save(buffer, "PNG")
    return buffer.getvalue()


def example(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Example: {name}").first.click()
    expect_answer(page)
    page.wait_for_function("document.querySelector('.layer')")


def expect_phase(page: Page, phase: str) -> None:
    expect(page.locator(f"[{PHASE}={phase}]")).to_have_count(1)


def show(page: Page, phase: str) -> None:
    """Choose what is shown of each layer and wait until it is there."""
    page.get_by_text(phase, exact=True).click()
    expect_phase(page, phase.lower())


def part(page: Page, title: str) -> None:
    page.locator(".controls-more summary", has_text=title).click()


def switch(page: Page, name: str) -> Locator:
    return page.locator(f"[data-switch={name}]")


def exercise(page: Page, name: str) -> None:
    """Open an exercise and go to one of its steps, by the name that it has in ``PLACES``."""
    place = PLACES[name]
    if not page.locator(".exercises[open]").count():
        page.locator(".exercises summary").click()
    page.locator(".exercises-list button", has_text=place.exercise.title).click()
    for number, step in enumerate(place.exercise.steps[: place.number + 1]):
        if number:
            page.get_by_role("button", name="The next step").click()
        expect(page.locator(".lesson-text")).to_have_text(step.text)


def cell(page: Page, selector: str, number: int, row: int, column: int, side: int) -> dict[str, float]:
    """Where a map's cell is, relative to its canvas."""
    box = page.locator(selector).nth(number).bounding_box()
    return {"x": (column + 0.5) / side * box["width"], "y": (row + 0.5) / side * box["height"]}


ASKED = "**/gradio_api/run/**"
"""Where the page asks its server for answers."""


def hold_back(page: Page, act: Callable[[], None], *, times: int = 1) -> Callable[[], None]:
    """Do something and hold back the questions that it makes the page ask; what comes back lets them go."""
    held = []
    page.route(ASKED, lambda route: held.append(route), times=times)
    act()
    while len(held) < times:
        page.wait_for_timeout(10)

    def let_go() -> None:
        for route in held:
            route.continue_()

    return let_go
