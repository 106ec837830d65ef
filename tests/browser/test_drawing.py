"""Drawing in a real browser: mouse, finger and keyboard, undo and clear, and what the network says."""

import numpy as np
import pytest
from looks import DESK, PHONE, PROJECTOR, seen_in
from playwright.sync_api import expect
from steps import (
    ACROSS,
    ONE,
    SEEN,
    SEVEN,
    ZERO,
    expect_answer,
    expect_hint,
    expect_label,
    label,
    pixels,
    settle,
)

from tools import browser as tool

INK = ".pad-canvas"


def covered(page) -> int:
    """The pad's pixels that have ink."""
    return int((pixels(page, INK)[..., 3] > 0).sum())


def test_a_blank_pad_shows_a_hint_and_no_bars(page):
    expect_hint(page)
    expect(page.locator(".pad-hint")).to_be_visible()


@pytest.mark.parametrize(("stroke", "digit"), [(SEVEN, "7"), (ONE, "1"), (ZERO, "0")], ids=["7", "1", "0"])
def test_a_digit_drawn_by_mouse_is_recognised(page, stroke, digit):
    tool.draw(page, stroke)
    expect_label(page, digit)
    settle(page)
    best = page.locator(".bar-best")
    expect(best).to_have_attribute("data-class", digit)
    numbers = [float(text.split()[0]) for text in page.locator(".bar-number").all_text_contents()]
    assert len(numbers) == 10
    assert sum(numbers) == pytest.approx(100, abs=0.5)
    assert float(best.locator(".bar-number").text_content().split()[0]) == max(numbers)
    expect(page.locator(".pad-hint")).to_be_hidden()


def test_label_and_maps_change_while_the_pen_is_down(page):
    tool.draw(page, SEVEN[:2], lift=False)
    settle(page)
    expect(label(page)).not_to_have_text("7")
    first = pixels(page, "[data-layer=act1] .map canvas")
    box = page.locator(INK).bounding_box()
    x, y = SEVEN[2]
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=10)
    expect_label(page, "7")
    assert (pixels(page, "[data-layer=act1] .map canvas") != first).any()
    page.mouse.up()


def test_what_the_network_sees_is_28_by_28_white_on_black(page):
    tool.draw(page, ONE)
    settle(page)
    seen = pixels(page, SEEN)
    assert seen.shape == (28, 28, 4)
    assert seen[0].max(axis=0)[0] == 0
    rows = np.flatnonzero(seen[..., 0].any(axis=1))
    assert rows[-1] - rows[0] + 1 == 20


def test_undo_takes_back_one_stroke_and_clear_everything(page):
    tool.draw(page, ONE)
    settle(page)
    before = pixels(page, INK)
    tool.draw(page, ACROSS)
    expect(label(page)).not_to_have_text("1")
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")
    assert np.array_equal(pixels(page, INK), before)
    page.get_by_role("button", name="Clear").click()
    expect_hint(page)
    assert not pixels(page, INK).any()
    assert not pixels(page, SEEN).any()
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")


def test_the_eraser_removes_ink(page):
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    ink = covered(page)
    page.get_by_role("button", name="Eraser").click()
    tool.draw(page, [(0.2, 0.22), (0.72, 0.22)])
    expect(label(page)).not_to_have_text("7")
    assert covered(page) < ink


def test_rubbing_everything_out_is_blank_again(page):
    tool.draw(page, [(0.4, 0.5), (0.6, 0.5)])
    expect_answer(page)
    page.get_by_role("button", name="Eraser").click()
    page.get_by_label("Pen width").fill("16")
    tool.draw(page, [(0.3, 0.5), (0.7, 0.5), (0.3, 0.5)])
    expect_hint(page)


def test_after_clear_the_brush_draws_again(page):
    page.get_by_role("button", name="Eraser").click()
    page.get_by_role("button", name="Clear").click()
    tool.draw(page, ONE)
    expect_label(page, "1")


def test_ctrl_z_undoes_wherever_the_focus_is_on_the_pad(page):
    tool.draw(page, ONE)
    tool.draw(page, ACROSS)
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")
    page.keyboard.press("Control+z")
    expect_hint(page)


def test_a_tap_leaves_a_dot(page):
    page.locator(INK).click()
    settle(page)
    assert 500 < covered(page) < 2_000  # a round pen of 8 hundredths of 448 pixels covers 1,009


def test_the_size_changes_the_pen(page):
    areas = []
    for width in ("3", "14"):
        page.get_by_label("Pen width").fill(width)
        tool.draw(page, ONE)
        areas.append(covered(page))
        page.get_by_role("button", name="Clear").click()
    assert areas[1] > 3 * areas[0]


def test_two_visitors_never_see_each_other_s_drawing(page, open_page):
    first, second = page, open_page(PROJECTOR)
    tool.draw(first, SEVEN)
    tool.draw(second, ZERO)
    expect_label(first, "7")
    expect_label(second, "0")
    settle(first)
    settle(second)
    assert not np.array_equal(pixels(first, SEEN), pixels(second, SEEN))
    third = open_page(DESK)
    expect_hint(third)
    expect_label(first, "7")


def test_the_keyboard_alone_draws_undoes_and_clears(page):
    page.locator(INK).focus()
    for _ in range(13):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for _ in range(26):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect_label(page, "1")
    page.keyboard.press("Control+z")
    expect_hint(page)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect_answer(page)
    page.keyboard.press("Delete")
    expect_hint(page)


@seen_in([PHONE])
def test_a_finger_draws_on_a_phone_without_scrolling_the_page(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = tool.pad_box(page)
    touch = page.context.new_cdp_session(page)
    before = page.evaluate("window.scrollY")

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", (0.5, 0.15))
    for y in np.linspace(0.15, 0.85, 15):
        send("touchMove", (0.5, float(y)))
    send("touchEnd")
    expect_label(page, "1")
    assert page.evaluate("window.scrollY") == before == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_undo_after_an_example_brings_the_drawing_back(page):
    tool.draw(page, ONE)
    expect_label(page, "1")
    settle(page)
    page.get_by_role("button", name="Example: 5").first.click()
    expect_label(page, "5")
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")
    expect(page.locator(".verdict-note")).to_have_text("")
    page.get_by_role("button", name="Undo").click()
    expect_hint(page)


def test_of_two_examples_that_are_chosen_at_once_the_last_one_stays(page):
    buttons = page.locator(".examples button")
    page.evaluate(
        "([first, last]) => { first.click(); last.click(); }", [buttons.nth(n).element_handle() for n in (3, 7)]
    )
    expect(page.locator(".verdict-note")).to_contain_text("7")
    settle(page)
    expect_label(page, "7")
