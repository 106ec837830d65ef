"""The chapter's exercises in a real browser."""

from looks import DESK, PHONE, seen_in
from playwright.sync_api import expect
from steps import exercise, expect_checkpoint, expect_label, expect_phase, settle

from lenet.ui.exercises import PLACES
from tools.browser import draw

RINGED = """(selector) => {
  const found = document.querySelector(selector);
  const box = found.getBoundingClientRect();
  const inside = box.top >= 0 && box.left >= 0 && box.right <= innerWidth && box.top + 60 <= innerHeight;
  return inside && getComputedStyle(found).outlineStyle === "solid";
}"""
"""Whether something has a ring, and can be seen in the window."""


def test_a_step_sets_the_page_up_asks_and_answers_and_leads_on(page):
    exercise(page, "4a-6")
    step = PLACES["4a-6"].step
    expect_checkpoint(page, step.checkpoint)
    expect_phase(page, step.view.phase)
    expect_label(page, "Coat")
    assert page.evaluate(RINGED, "[data-layer=act2] [data-channel='2']")
    expect(page.locator(".lesson-question")).to_have_text(step.question)
    expect(page.locator(".lesson-answer")).to_be_hidden()
    expect(page.locator(".verdict-label")).to_be_hidden()  # the class guesses first
    page.locator(".lesson").get_by_role("button", name="Show the answer").click()
    expect(page.locator(".lesson-answer")).to_contain_text(step.answer)
    expect(page.locator(".verdict-label")).to_be_visible()
    expect(page.get_by_role("button", name="The next step")).to_be_disabled()
    again = page.get_by_role("button", name="Set up again")
    expect(again).to_be_hidden()
    draw(page, [(0.3, 0.3), (0.7, 0.7)])
    settle(page)
    expect(page.locator(".lesson-answer")).to_be_visible()  # who draws has not left the exercise
    again.click()
    expect(again).to_be_hidden()
    expect(page.locator(".verdict-label")).to_be_hidden()  # the step is there again
    page.get_by_role("button", name="Close the exercise").click()
    expect(page.locator("[data-constant=off]")).to_have_count(0)  # nothing that a step has broken stays
    expect(page.locator(".lesson")).to_be_hidden()
    expect(page.locator(".examples button").first).to_be_visible()
    assert not page.evaluate(RINGED, "[data-layer=act2] [data-channel='2']")


@seen_in((DESK, PHONE))
def test_the_exercise_and_what_it_speaks_of_are_in_the_window(page):
    """The exercise with its question, the ring, and the explanation: all together, also on a phone."""
    exercise(page, "4a-1")
    expect(page.locator(".explanation .large canvas").first).to_be_visible()
    for name in ("4a-1", "4a-2", "4a-3"):
        if name != "4a-1":
            page.get_by_role("button", name="The next step").click()
        expect(page.locator(".lesson-text")).to_have_text(PLACES[name].step.text)
        ringed = ".explanation" if name == "4a-1" else "[data-number='1'] .layer-maps"
        page.wait_for_function(RINGED, arg=ringed)
        box, question = (page.locator(part).bounding_box() for part in (".lesson", ".lesson-question"))
        assert question["y"] + question["height"] <= box["y"] + box["height"] <= page.viewport_size["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@seen_in((DESK, PHONE))
def test_a_step_about_the_epochs_has_the_slider_and_the_curve_in_the_window(page, look):
    exercise(page, "2-6")
    page.wait_for_function(RINGED, arg=".epochs")
    expect_label(page, "7")
    slider = page.get_by_label("The network after an epoch")
    expect(slider).to_have_value("5")
    slider.fill("2")
    expect_label(page, "1")
    expect(page.locator(".epochs-words")).to_contain_text("10.8 % right")
    if look == DESK:
        last = page.locator("[data-layer=act2] [data-side=difference] canvas").last
        expect(last).to_be_in_viewport(ratio=1)


def test_the_keyboard_stays_on_the_button_that_leads_on(page):
    exercise(page, "3-1")
    page.get_by_role("button", name="The next step").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-place")).to_have_text("2 of 4")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "The next step"
