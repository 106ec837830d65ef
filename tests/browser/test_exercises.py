"""The chapter's exercises in a real browser."""

import pytest
from playwright.sync_api import expect
from steps import exercise, expect_answer, expect_checkpoint, expect_label, expect_phase, focused

from lenet.ui.exercises import EXERCISES


# Two networks compared, two pictures compared, nothing compared; the handlers' tests have all exercises.
@pytest.mark.parametrize("number", [0, 3, len(EXERCISES) - 1])
def test_an_exercise_is_one_click(page, number):
    exercise(page, number)
    wanted = EXERCISES[number]
    expect_checkpoint(page, wanted.checkpoint)
    expect_phase(page, wanted.view.phase)
    expect(page.locator(".verdict-other")).to_be_visible(visible=wanted.view.compare != "none")
    expect_answer(page)


def test_an_exercise_that_is_chosen_with_enter_keeps_the_focus(page):
    page.locator(".exercises summary").click()
    button = page.get_by_role("button", name="3 · The modern network on MNIST")
    button.focus()
    page.keyboard.press("Enter")
    expect_label(page, "5")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "3 · The modern network on MNIST"
    page.keyboard.press("Tab")
    assert focused(page) == "4 · A pullover and a coat"
