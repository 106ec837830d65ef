"""What a person does on the page, and sees, in a real browser."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

SEVEN = [(0.28, 0.22), (0.72, 0.22), (0.45, 0.82)]
ONE = [(0.5, 0.15), (0.5, 0.85)]
ZERO = [(0.5 + 0.2 * np.sin(t), 0.5 - 0.33 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 20)]
PATIENCE = 15_000
"""Milliseconds to wait for an answer; a busy machine is slow, a broken page never answers."""


def label(page: Page):
    return page.locator(".verdict-label")


def expect_label(page: Page, text: str) -> None:
    expect(label(page)).to_have_text(text, timeout=PATIENCE)


def expect_hint(page: Page, words: str = "Draw a digit") -> None:
    """No bars, no maps, a sentence instead."""
    expect(label(page)).to_contain_text(words, timeout=PATIENCE)
    expect(page.locator(".verdict-bars")).to_be_hidden()
    expect(page.locator(".map")).to_have_count(0)
    expect(page.locator(".verdict-note")).to_have_text("")


def settle(page: Page) -> None:
    """Wait until the last thing that the pad sent is answered: numbers change while the pen moves."""
    answered = "document.querySelector('[data-sent]').dataset.sent === document.querySelector('[data-label]').dataset.n"
    page.wait_for_function(answered, timeout=PATIENCE)


def choose(page: Page, checkpoint: str) -> None:
    page.get_by_label("Checkpoint", exact=True).click()
    page.get_by_role("option", name=checkpoint, exact=True).click()


def pixels(page: Page, selector: str) -> np.ndarray:
    """What a canvas shows: (height, width, 4) uint8."""
    data = page.locator(selector).first.evaluate(
        "c => [c.height, c.width, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    return np.array(data[2:], np.uint8).reshape(data[0], data[1], 4)


def upload(page: Page, content: bytes, name: str = "picture.png") -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": content}
    page.locator(".lab-pictures input[type=file]").set_input_files(file)


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).resize((280, 280)).save(buffer, "PNG")
    return buffer.getvalue()
