"""What the size of the window or its colours can spoil, in a real browser, and what everyone must reach."""

import io
import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from looks import DESK, LOOKS, NIGHT, PHONE, SIZES, Look, seen_in
from PIL import Image
from playwright.sync_api import expect
from steps import (
    FIRST,
    ONE,
    SECOND,
    SEEN,
    SEVEN,
    choose,
    example,
    exercise,
    expect_label,
    label,
    part,
    settle,
    show,
    switch,
)
from window import load

from tools import browser as tool


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_the_page_stands_in_the_middle_and_bars_are_long_enough_to_compare(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    empty = page.locator(".maps").bounding_box()
    tool.draw(page, ONE)
    expect_label(page, "1")
    whole, maps = page.locator(".lab-main").bounding_box(), page.locator(".maps").bounding_box()
    assert whole["x"] == pytest.approx(width - whole["x"] - whole["width"], abs=16)
    assert (maps["x"], maps["y"], maps["width"]) == (empty["x"], empty["y"], empty["width"])
    assert page.locator(".bar-track").first.bounding_box()["width"] > 150


BOXES = """(selectors) => Object.fromEntries(Object.entries(selectors).map(([name, selector]) => [
  name,
  [...document.querySelectorAll(selector)].map((element) => {
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    return { left, top, right, bottom, width, height };
  }),
]))"""
"""Where all elements are that a selector finds, by the selector's name; in pixels of the window."""

GLANCE = {
    "pad": ".pad-canvas",
    "answer": ".verdict-label",
    "bars": ".bar:not(.bar-head)",
    "seen": f"{SEEN}[aria-label^=The]",
}
GLANCE |= {"first": FIRST, "second": SECOND}
"""What a person must see while drawing, in one glance."""

COUNTS = {"pad": 1, "answer": 1, "bars": 10, "seen": 1, "first": 6, "second": 16}

LEAST = {"desk": (96, 64), "laptop": (96, 64), "projector": (150, 100), "phone": (50, 38)}
"""The side of the first layer's maps and of the second's, in pixels, at least."""

LAPTOP = Look("laptop", 1280, 720)


def expect_inside(page, boxes: dict[str, list[dict[str, float]]]) -> None:
    """All of them lie in the window, which is not scrolled."""
    window = page.viewport_size
    assert page.evaluate("scrollX + scrollY") == 0
    for name, found in boxes.items():
        for box in found:
            assert box["left"] >= 0 and box["top"] >= 0, name
            assert box["right"] <= window["width"] and box["bottom"] <= window["height"], (name, box)


@seen_in([*SIZES, LAPTOP])
def test_a_stroke_and_all_that_it_causes_are_seen_in_one_glance(page, look):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    expect(page.locator(SECOND)).to_have_count(16)
    boxes = page.evaluate(BOXES, GLANCE)
    assert {name: len(found) for name, found in boxes.items()} == COUNTS
    expect_inside(page, boxes)
    assert boxes["pad"][0]["width"] >= 260
    least_first, least_second = LEAST[look.name]
    assert min(min(box["width"], box["height"]) for box in boxes["first"]) >= least_first
    assert min(min(box["width"], box["height"]) for box in boxes["second"]) >= least_second


LETTERS = """() => [...document.querySelectorAll(".lab-main *, .lab-head *")]
  .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.className, e.textContent.slice(0, 30)])"""
"""The size, in pixels, of every text that is shown."""


@seen_in([*SIZES, LAPTOP])
def test_letters_are_large_enough_and_larger_on_a_projector(page, look):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    sizes = page.evaluate(LETTERS)
    assert [small for small in sizes if small[0] < 13] == []
    bar = page.locator(".bar-number").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert bar >= (16 if look.name == "projector" else 13)


TOP_OF_MAPS = "scrollY + document.querySelector('.maps').getBoundingClientRect().top"


@seen_in(SIZES)
def test_nothing_moves_under_the_pen_while_the_steps_are_shown(page):
    example(page, "3")
    part(page, "Picture")
    switch(page, "steps").check()
    expect(page.locator(".verdict-steps li")).to_have_count(4)
    top = page.evaluate(TOP_OF_MAPS)
    tool.draw(page, [(0.1, 0.9), (0.5, 0.9)], lift=False)
    settle(page)
    assert page.evaluate(TOP_OF_MAPS) == top
    page.mouse.up()


@seen_in(SIZES)
def test_the_explained_map_is_not_beneath_the_panel(page):
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(SECOND).nth(3).evaluate("map => map.scrollIntoView({ block: 'end' })")
    page.locator(SECOND).nth(3).click()
    expect(page.locator(".explanation h3")).to_be_visible()
    page.wait_for_function(
        """() => document.querySelector(".map-pin").parentElement.getBoundingClientRect().bottom
          <= document.querySelector(".explanation").getBoundingClientRect().top""",
    )


def test_every_control_can_be_reached_with_the_tab_key(page):
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(e => e.ariaLabel || e.innerText.trim() || e.type)(document.activeElement)"))
    assert {"Drawing pad", "Brush", "Eraser", "Example: 0", "Example: 9"} <= reached
    assert any("Pen width" in name for name in reached)


@seen_in([DESK, NIGHT])
def test_ink_and_text_stand_out_in_both_themes(page, look):
    tool.draw(page, ONE)
    expect_label(page, "1")
    shot = np.asarray(Image.open(io.BytesIO(page.locator(".pad-field").screenshot())).convert("L")).astype(int)
    height, width = shot.shape
    ink, ground = shot[height // 2, width // 2], shot[height // 2, width // 8]
    assert ink - ground > 200 if look == NIGHT else ground - ink > 200
    text = label(page).evaluate("e => getComputedStyle(e).color")
    brightness = np.mean([float(part) for part in re.findall(r"[\d.]+", text)[:3]])
    assert brightness > 180 if look == NIGHT else brightness < 80


def test_nothing_is_fetched_from_another_host(browser, page_url):
    context = browser.new_context()
    page = context.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    load(page, page_url)
    tool.draw(page, ONE)
    expect_label(page, "1")
    context.close()
    assert {host for host in hosts if not host.startswith("127.0.0.1")} == set()


@seen_in([PHONE])
def test_on_a_phone_the_garments_logits_stand_inside_the_page_with_whole_names(page):
    choose(page, "fashion-classic")
    example(page, "Ankle boot")
    strip = page.locator("[data-layer=logits]")
    names = strip.locator(".dense-names span")
    expect(names).to_have_count(10)
    boxes = [strip.locator("canvas[role=img]").last.bounding_box(), *[name.bounding_box() for name in names.all()]]
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    assert names.first.text_content() == "T-shirt/top"
    cut = "spans => spans.filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight).length"
    assert names.evaluate_all(cut) == 0


@pytest.mark.parametrize("layer", [FIRST, SECOND], ids=["layer 1", "layer 2"])
@seen_in([PHONE])
def test_on_a_phone_patch_and_kernel_stand_before_the_arithmetic(page, layer):
    choose(page, "mnist-classic")
    example(page, "5")
    expect_label(page, "5")
    page.locator(layer).nth(3).tap()
    panel = page.locator(".explanation")
    patch, kernel = (panel.get_by_role("table", name=name, exact=True) for name in ("patch", "kernel"))
    expect(kernel).to_be_visible()
    boxes = [item.bounding_box() for item in (patch, kernel, panel.locator(".explanation-arithmetic"), panel)]
    (patch, kernel, arithmetic, panel) = boxes
    assert kernel["y"] == patch["y"]
    assert patch["y"] + patch["height"] < arithmetic["y"]
    assert patch["y"] + patch["height"] <= panel["y"] + panel["height"]
    assert kernel["x"] + kernel["width"] <= panel["x"] + panel["width"]


SERIOUS = ("serious", "critical")


@seen_in(LOOKS)
def test_axe_finds_nothing_serious_on_a_tour_of_the_page(page):
    page.emulate_media(reduced_motion="reduce")  # a colour on its way to another has no contrast of its own
    width = page.viewport_size["width"]
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    for step in ("Kernels", "Before", "Pooled", "After"):
        show(page, step)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("both", exact=True).click()
    switch(page, "numbers").check()
    exercise(page, 3)
    for title in ("Compare", "Picture", "Take away"):
        part(page, title)
    switch(page, "steps").check()
    switch(page, "overlay").select_option("gradient")
    page.locator(SECOND).first.click()
    expect(page.locator(".explanation h3")).to_be_visible()
    expect(page.locator(".verdict-overlay-note")).not_to_be_empty()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(row["id"], [node["target"] for node in row["nodes"]][:5]) for row in found if row["impact"] in SERIOUS]
    assert serious == [], json.dumps(serious, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(page.locator(".explanation")).to_be_hidden()
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".takeaway")).to_contain_text("link to this view")
