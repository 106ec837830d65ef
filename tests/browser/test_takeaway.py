"""What leaves the page and comes back, in a real browser: links and files."""

import numpy as np
from looks import DESK, PROJECTOR
from playwright.sync_api import expect
from steps import (
    SEEN,
    SEVEN,
    choose,
    expect_checkpoint,
    expect_hint,
    expect_label,
    expect_phase,
    part,
    pixels,
    png,
    settle,
    show,
    upload,
)

from lenet.ui import link
from lenet.ui.values.pad import Drawing
from lenet.ui.view import View
from tools import browser as tool


def test_a_link_brings_the_same_strokes_and_view_to_another_browser(page, open_page):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN[:2])
    tool.draw(page, SEVEN[1:])
    expect_label(page, "7")
    show(page, "Pooled")
    part(page, "Save and share")
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".takeaway")).to_contain_text("clipboard")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert link.decode(copied.split("#")[1]).strokes
    other = open_page(PROJECTOR, "/#" + copied.split("#")[1])
    expect_label(other, "7")
    expect_phase(other, "pooled")
    expect(other.locator(".layer-title").first).to_have_text("Layer 1 · 6 maps of 14 × 14")
    for canvas in (".pad-canvas", SEEN):
        assert np.array_equal(pixels(other, canvas), pixels(page, canvas))
    other.get_by_role("button", name="Undo").click()
    settle(other)
    assert 0 < pixels(other, ".pad-canvas").sum() < pixels(page, ".pad-canvas").sum()


def test_a_damaged_link_is_a_sentence_on_a_page_that_works(open_page):
    page = open_page(DESK, "/#damaged")
    expect(page.get_by_text("This link is damaged")).to_be_visible()
    tool.draw(page, SEVEN)
    expect_label(page, "7")


def test_a_link_that_is_pasted_into_an_open_page_is_followed(open_page, digits):
    page = open_page(DESK)
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    address, ink = page.url, Drawing().followed_by(digits[3]).ink
    first = link.encode(link.Linked(ink, "mnist-classic", View(phase="pooled")))
    second = link.encode(link.Linked(None, "fashion-classic", View()))
    page.goto(f"{address}#{first}")  # the same page with another fragment: a browser does not load it anew
    expect_label(page, "3")
    expect_checkpoint(page, "mnist-classic")
    expect_phase(page, "pooled")
    page.goto(f"{address}#{second}")
    expect_hint(page, "garment")
    expect_checkpoint(page, "fashion-classic")


def test_what_cannot_be_done_yet_is_a_sentence(page):
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator(".takeaway")).to_contain_text("no picture to keep")
    part(page, "Save and share")
    page.get_by_role("button", name="Probabilities as CSV").click()
    expect(page.locator(".takeaway")).to_contain_text("nothing to save")


TAKEN = {"Maps as PNG": "png", "Every stage as .npz": "npz", "Probabilities as CSV": "csv"}


def test_what_is_shown_can_be_taken_away(page, digits):
    upload(page, png(digits[3]))
    expect_label(page, "3")
    part(page, "Save and share")
    for button, ending in TAKEN.items():
        with page.expect_download() as waited:
            page.get_by_role("button", name=button).click()
        assert waited.value.suggested_filename == f"lenet-mnist-lenet-3.{ending}"
        assert waited.value.path().stat().st_size > 100
