"""The maps in a real browser: what is shown of each layer, in which colours, and what is laid over the picture."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from steps import SEEN, SEVEN, choose, example, expect_label, label, part, pixels, settle, show, switch
from support import drawn, put

from lenet.microscope.colours import DIVERGING, SEQUENTIAL, colours
from tools import browser as tool


def test_the_two_layers_are_shown_and_numbered_each_map_with_its_range(page):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6)
    expect(page.locator("[data-layer=act2] .map")).to_have_count(16)
    expect(page.locator(".layer-title").first).to_have_text("Layer 1 · 6 maps of 28 × 28")
    expect(page.locator(".layer-title").nth(1)).to_have_text("Layer 2 · 16 maps of 10 × 10")
    assert page.locator("[data-layer=act2] .map-name").all_text_contents() == [str(n) for n in range(1, 17)]
    assert pixels(page, "[data-layer=act1] .map canvas").shape == (28, 28, 4)
    expect(page.locator("[data-layer=act1] .map-range").first).to_have_text(re.compile(r"^0\.\d+–[01]\.\d+$"))
    assert page.locator(".map canvas").first.evaluate("c => getComputedStyle(c).imageRendering") == "pixelated"


def test_a_switch_shows_kernels_before_after_and_pooled(page):
    choose(page, "mnist-classic")
    show(page, "Kernels")
    expect(page.locator(".layer-title")).to_have_text(
        ["Layer 1 · 6 × 1 kernels of 5 × 5", "Layer 2 · 16 × 6 kernels of 5 × 5"]
    )
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    page.get_by_text("layer", exact=True).click()
    for step, title, signed in [("Before", "28 × 28", True), ("Pooled", "14 × 14", False), ("After", "28 × 28", False)]:
        show(page, step)
        expect(page.locator(".layer-title").first).to_have_text(f"Layer 1 · 6 maps of {title}")
        low, high = (float(page.locator(f".layer-{end}").first.text_content()) for end in ("low", "high"))
        assert low == -high if signed else 0 <= low < high <= 1
    expect(page.locator(".layer-title")).to_have_count(5)
    expect(page.locator(".layer-title").last).to_have_text("Logits · 10 values")


TWO_SCALES = """[1, 2].map((layer) => ["low", "high"].map(
  (end) => document.querySelector(`[data-layer=act${layer}] .layer-${end}`).textContent).join())"""


def test_a_colour_scale_can_belong_to_a_map_a_layer_or_both(page):
    choose(page, "mnist-batchnorm")
    example(page, "3")
    ends = page.locator(".layer-scales")

    def shown() -> list[str]:
        return [text.strip() for text in ends.all_inner_texts()[:2]]

    page.get_by_text("layer", exact=True).click()
    expect(ends.first).not_to_contain_text("each map")
    apart = shown()
    page.get_by_text("both", exact=True).click()
    page.wait_for_function(f"new Set({TWO_SCALES}).size === 1")
    assert apart[0] != apart[1]
    assert shown()[0] == shown()[1]
    page.get_by_text("map", exact=True).click()
    expect(page.locator(".layer-scale").first).to_contain_text("each map:")
    for number in range(6):
        seen = {
            tuple(colour) for colour in pixels(page, f".map:nth-child({number + 1}) .map-cells canvas").reshape(-1, 4)
        }
        assert {(68, 1, 84, 255), (253, 231, 37, 255)} <= seen  # viridis from end to end


def test_dead_maps_are_marked_and_numbers_come_on_demand(page, modern, digits):
    choose(page, "mnist-modern")
    example(page, "3")
    stages = drawn(modern, put(None, digits[3])).activations
    dead = [str(number + 1) for number, values in enumerate(stages["act2"]) if np.ptp(values) == 0]
    marked = page.locator("[data-layer=act2] .map", has=page.locator("[data-constant='all 0']"))
    expect(marked).to_have_count(len(dead))
    assert [text.split()[0] for text in marked.locator("figcaption").all_inner_texts()] == dead
    switch(page, "numbers").check()
    lively = page.locator("[data-layer=act1] .map-numbers").nth(1)
    expect(lively).to_contain_text("mean")
    low, high, mean = (float(line.split()[1]) for line in lively.text_content().split("\n"))
    exact = stages["act1"][1]
    assert (low, high, mean) == pytest.approx((exact.min(), exact.max(), exact.mean()), rel=0.02, abs=0.002)


def test_a_kernel_that_reads_nothing_is_empty(page, modern):
    choose(page, "mnist-modern")
    show(page, "Kernels")
    expect(page.locator("[data-layer=kernels2] .map")).to_have_count(80)
    shown = pixels(page, "[data-layer=kernels2] .map-cells canvas")[..., 3]
    weights = modern.model.conv2.weight[0].detach().numpy()
    read = weights.reshape(len(weights), -1).any(1)
    assert 0 < read.sum() < len(read)
    columns = int(np.ceil(np.sqrt(len(weights))))
    corners = [shown[6 * (number // columns), 6 * (number % columns)] for number in range(len(weights))]
    assert [corner == 255 for corner in corners] == read.tolist()


def test_the_preparation_is_shown_and_can_be_turned_off(page):
    page.get_by_label("Pen width").fill("4")
    tool.draw(page, [(0.35 * x, 0.35 * y) for x, y in SEVEN])
    expect_label(page, "7")
    part(page, "Picture")
    switch(page, "steps").check()
    expect(page.locator(".verdict-steps li")).to_have_count(4)
    assert page.locator(".verdict-steps span").all_inner_texts()[-1] == "4. centred at 14"
    switch(page, "prepare").uncheck()
    expect(page.locator(".verdict-steps li")).to_have_count(2)
    seen = pixels(page, SEEN)[..., 0]
    assert seen[10:].max() == 0
    assert seen[:10, :10].max() > 0


def test_an_overlay_is_laid_on_the_picture_and_named(page):
    example(page, "5")
    part(page, "Picture")
    for kind, words in [("occlusion", "covering this place"), ("gradient", "more ink here")]:
        switch(page, "overlay").select_option(kind)
        expect(page.locator(".verdict-overlay-note")).to_contain_text(words)
        shown = pixels(page, ".verdict-overlay")
        assert len({tuple(colour) for colour in shown.reshape(-1, 4)}) > 20
    switch(page, "overlay").select_option("none")
    expect(page.locator(".verdict-overlay")).to_be_hidden()


def test_teacher_mode_hides_the_answer_until_asked(page):
    part(page, "Picture")
    switch(page, "hide").check()
    tool.draw(page, SEVEN)
    settle(page)
    expect(page.get_by_role("button", name="Show the answer")).to_be_visible()
    expect(label(page)).to_be_hidden()
    expect(page.locator(".verdict-bars")).to_be_hidden()
    expect(page.locator("[data-layer=logits]")).to_be_hidden()
    page.locator(".layer-dense .map-cells canvas").first.click()
    title, sums = page.locator(".explanation h3"), page.locator(".contributions")
    expect(page.get_by_text("This explanation waits")).to_be_visible()
    expect(title).to_be_hidden()
    expect(sums).to_be_hidden()
    expect(page.locator(".explanation-said")).to_be_hidden()
    page.get_by_role("button", name="Show the answer").click()
    expect(title).to_contain_text("Dense layer 3, value")
    expect(sums).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(label(page)).to_be_visible()
    expect_label(page, "7")
    page.get_by_role("button", name="Example: 5").first.click()
    expect(page.get_by_role("button", name="Show the answer")).to_be_visible()
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    switch(page, "overlay").select_option("gradient")
    expect(page.locator(".verdict-other")).to_be_visible()
    expect(page.locator(".verdict-overlay")).to_be_visible()
    expect(page.locator(".verdict-other .verdict-size")).to_be_hidden()
    expect(page.locator(".verdict-overlay-note")).to_be_hidden()


def test_the_browser_paints_with_the_palettes_of_the_sheet(page):
    example(page, "3")
    for phase, stops in [("After", SEQUENTIAL), ("Before", DIVERGING)]:
        show(page, phase)
        strip = pixels(page, "[data-layer] .layer-scale canvas")
        assert np.array_equal(strip[0, :, :3], colours(stops))
