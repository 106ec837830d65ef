"""A picture beside another one in a real browser: a kept one, another network, the mean of a class."""

import re

import pytest
from playwright.sync_api import expect
from steps import (
    FIRST,
    ONE,
    SEVEN,
    ZERO,
    choose,
    example,
    exercise,
    expect_label,
    hold_back,
    part,
    settle,
    switch,
)

from tools import browser as tool

SORTED = """() => {
  const maps = [...document.querySelectorAll("[data-layer=act1] .map-pair")];
  const lengths = maps.map((map) => parseFloat(map.textContent.match(/L2 ([\\d.]+)/)[1]));
  return lengths[0] > lengths.at(-1) && lengths.every((length, i) => !i || length <= lengths[i - 1]);
}"""


def test_a_pullover_and_a_coat_side_by_side_on_one_scale(page):
    choose(page, "fashion-classic")
    example(page, "Coat")
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator(".verdict-other")).to_be_visible()
    page.get_by_role("button", name="Example: Pullover").first.click()
    expect_label(page, "Pullover")
    expect(page.locator(".verdict-other .verdict-size")).to_contain_text("Coat")
    expect(page.locator(".bar-head")).to_be_visible()
    shares = [page.locator(f".bar[data-class=Coat] .bar-{side}").text_content() for side in ("number", "second")]
    assert float(shares[0].split()[0]) < float(shares[1].split()[0])
    pairs = page.locator("[data-layer=act1] .map-pair")
    expect(pairs).to_have_count(6)
    expect(pairs.first.locator(".map-cells canvas")).to_have_count(3)
    switch(page, "sort").check()
    page.wait_for_function(SORTED)
    page.locator("[data-layer=act1] canvas[tabindex='0']").focus()
    page.keyboard.press("PageDown")
    name = page.locator("[data-layer=act1] .map-pair .map-name").first.text_content()
    expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text(f"map {name} of B, ")


def test_the_cells_of_both_and_of_their_difference_are_explained(page):
    exercise(page, "4a-3")
    title, values = page.locator(".explanation h3"), page.locator(".explanation-pair")
    pair = page.locator("[data-layer=act1] .map-pair").nth(2)
    name, cells = pair.locator(".map-name").text_content(), pair.locator(".map-cells canvas")
    said = []
    for number, of in [(1, f"map {name} of B"), (0, f"map {name} of A"), (2, f"map {name} of A")]:
        box = cells.nth(number).bounding_box()
        cells.nth(number).click(position={"x": box["width"] * 14.5 / 28, "y": box["height"] * 10.5 / 28})
        expect(title).to_contain_text(f"{of}, row 11, column 15")
        said.append(float(title.text_content().split(": ")[1]))
        pair = list(map(float, re.findall(r"-?\d+\.\d+", values.text_content())))
        expect(page.locator(".map-pin")).to_have_count(1)
        page.keyboard.press("Escape")
    a, b, apart = pair
    assert said == [b, a, a]
    assert apart == pytest.approx(a - b, abs=2e-4)
    cells.nth(1).click()
    expect(title).to_contain_text("of B")
    part(page, "Compare")
    switch(page, "compare").select_option("none")
    expect(page.locator(".explanation")).to_be_hidden()


def test_a_switch_that_is_clicked_while_the_picture_is_kept_loses_nothing(page):
    example(page, "3")
    part(page, "Compare")
    part(page, "Picture")
    page.evaluate(
        """() => {
          [...document.querySelectorAll("button")].find((button) => button.textContent.startsWith("Keep")).click();
          document.querySelector("[data-switch=numbers]").click();
        }"""
    )
    expect(page.locator(".verdict-other")).to_be_visible()
    expect(page.locator("[data-layer=act1] .map-numbers").first).to_contain_text("mean")
    expect(switch(page, "compare")).to_have_value("kept")
    expect(switch(page, "numbers")).to_be_checked()


def test_b_follows_the_pen_through_another_checkpoint(page):
    choose(page, "mnist-modern-small")
    part(page, "Compare")
    switch(page, "compare").select_option("checkpoint")
    switch(page, "other").select_option("mnist-classic")
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    expect(page.locator(".maps-note")).to_contain_text("differ in size")
    expect(page.locator(FIRST)).to_have_count(16 + 6)
    page.mouse.up()
    settle(page)
    expect(page.locator(".verdict-other figcaption")).to_have_text("B: mnist-classic")


def test_the_mean_of_a_class_stands_beside_a_drawing_while_the_pen_moves(page):
    choose(page, "mnist-classic")
    part(page, "Compare")
    switch(page, "compare").select_option("class")
    switch(page, "label").select_option("7")
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    page.mouse.up()
    expect(page.locator(".layer-legend").first).to_contain_text("B: mean of 7")
    settle(page)
    tool.draw(page, ONE, lift=False)
    settle(page)
    expect(page.locator("[data-layer=act2] .map-pair")).to_have_count(16)
    page.mouse.up()


def test_what_is_drawn_while_the_picture_is_kept_is_shown_beside_it(page):
    """Answers on the way are late for the pad or for the controls; what both ask for last is what is shown."""
    example(page, "3")
    part(page, "Compare")
    answer = hold_back(page, lambda: page.get_by_role("button", name="Keep this picture as B").click())
    tool.draw(page, ZERO)
    settle(page)
    answer()
    expect(page.locator("[data-layer=act1] .map-pair").first).to_be_visible()
    expect(page.locator(".verdict-other")).to_be_visible()
