"""What the size of the window or its colours can spoil, in a real browser, and what everyone must reach."""

import io
import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from looks import DESK, LOOKS, NIGHT, PHONE, PROJECTOR, SIZES, Look, seen_in
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
    focused,
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


SIDES = {side: f"[data-layer=act2] [data-side={side}] canvas" for side in ("a", "b", "difference")}


@pytest.mark.parametrize("width", [1366, 1920])
def test_both_layers_of_both_pictures_stand_in_one_window(page, width):
    page.set_viewport_size({"width": width, "height": {1366: 650, 1920: 940}[width]})
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator("[data-layer=act2] .map-pair")).to_have_count(16)
    part(page, "Compare")
    page.get_by_role("button", name="Clear").click()
    tool.draw(page, ONE)
    expect_label(page, "1")
    expect(page.locator("[data-layer=act2] .map-pair")).to_have_count(16)
    answers = {"a": ".verdict-label", "b": ".verdict-other .verdict-size"}
    boxes = page.evaluate(BOXES, GLANCE | answers)
    assert (len(boxes["first"]), len(boxes["second"])) == (18, 48)
    expect_inside(page, boxes)
    assert min(box["width"] for box in boxes["first"]) >= 70
    assert min(box["width"] for box in boxes["second"]) >= 50
    found = page.evaluate(BOXES, SIDES).values()
    tops, lefts = (np.array([[box[edge] for box in row] for row in found]) for edge in ("top", "left"))
    assert np.ptp(tops, axis=1).max() < 1  # each side's maps stand in a row
    assert tops[0, 0] < tops[1, 0] < tops[2, 0]
    assert np.ptp(lefts, axis=0).max() < 1  # each channel's in a column
    expect(page.locator("[data-layer=act2] .map-pair:first-child .map-side")).to_have_text(["A", "B", "A − B"])


STILL = GLANCE | {"tracks": ".bar-track", "dense": ".layer-dense canvas", "pictures": ".lab-pictures"}
STILL |= {"tools": ".segment"}
"""What must not move under a hand that draws, or a pointer that reads."""


@seen_in(SIZES)
def test_nothing_moves_when_a_stroke_a_doubt_a_note_or_a_readout_comes(page):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    expect(page.locator(SECOND)).to_have_count(16)
    settle(page)
    places = [page.evaluate(BOXES, STILL)]
    tool.draw(page, [(0.1, 0.3), (0.1, 0.8)])
    expect(page.locator(".verdict-doubts li").first).to_be_visible()
    places.append(page.evaluate(BOXES, STILL))
    page.locator(FIRST).nth(2).hover()
    expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text("map 3")
    places.append(page.evaluate(BOXES, STILL))
    page.evaluate("document.querySelector('.examples button').click()")
    expect(page.locator(".verdict-note")).to_contain_text("calls this example")
    places.append(page.evaluate(BOXES, STILL))
    assert all(place == places[0] for place in places)


@seen_in([DESK, PROJECTOR])
def test_nothing_moves_when_a_cell_is_explained(page):
    choose(page, "mnist-classic")
    example(page, "7")
    page.evaluate("scrollTo(0, 0)")
    before = page.evaluate(BOXES, STILL)
    page.locator(FIRST).nth(3).click()
    expect(page.locator(".explanation h3")).to_be_visible()
    assert page.evaluate(BOXES, STILL) == before
    panel, pad = page.locator(".explanation").bounding_box(), page.locator(".pad-canvas").bounding_box()
    assert panel["x"] >= pad["x"] + pad["width"]


@seen_in([DESK])
def test_wide_networks_scroll_beside_the_pad_which_stays(page):
    choose(page, "mnist-modern")
    tool.draw(page, ONE)
    expect_label(page, "1")
    page.locator(".layer-dense").last.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 300
    boxes = page.evaluate(BOXES, {name: GLANCE[name] for name in ("pad", "answer", "bars", "seen")})
    window = page.viewport_size
    assert all(box["top"] >= 0 and box["bottom"] <= window["height"] for found in boxes.values() for box in found)


GROUND = "e => getComputedStyle(e).backgroundColor"


def luminance(colour: str) -> float:
    """Of "rgb(...)", as the web's accessibility guidelines measure it."""
    parts = np.array([float(part) for part in re.findall(r"[\d.]+", colour)[:3]]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@seen_in([DESK, NIGHT])
def test_the_length_that_a_bar_could_have_is_seen(page):
    tool.draw(page, ONE)
    expect_label(page, "1")
    colours = [page.locator(".bar-track").first.evaluate(GROUND), page.locator(".gradio-container").evaluate(GROUND)]
    dark, light = sorted(luminance(colour) for colour in colours)
    assert (light + 0.05) / (dark + 0.05) >= 1.5


def test_two_keys_lead_from_the_pad_to_the_maps(page):
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    settle(page)
    page.locator(".pad-canvas").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the maps")).to_be_focused()
    expect(page.get_by_role("button", name="Skip to the maps")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    assert focused(page).startswith("Layer 1, map 1")


def test_one_key_shows_the_page_on_the_full_screen_and_back(page):
    for there in ("true", "false"):
        page.keyboard.press("f")
        page.wait_for_function(f"Boolean(document.fullscreenElement) === {there}")


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
def test_a_large_map_stands_in_the_window_beside_the_pad(page):
    example(page, "3")
    page.locator(SECOND).nth(3).scroll_into_view_if_needed()  # of layer 2: it has more to show
    scrolled = page.evaluate("scrollY")
    page.locator(SECOND).nth(3).click()
    panel = page.locator(".explanation")
    expect(panel.locator("h3")).to_contain_text("map 4")
    assert page.evaluate("scrollY") == scrolled
    box, window = panel.bounding_box(), page.viewport_size
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= window["height"]
    if page.viewport_size["width"] > PHONE.width:
        hidden = panel.evaluate("e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]")
        assert hidden == [0, 0]
    panel.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


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
    boxes = [strip.locator(".map-cells canvas").last.bounding_box(), *[name.bounding_box() for name in names.all()]]
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

DANGLING = """() => [...document.querySelectorAll("[aria-describedby]")].flatMap((element) =>
  element.getAttribute("aria-describedby").split(" ").filter((id) => !document.getElementById(id)))"""
"""The ids that elements name to be described by, and that nothing has."""


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
    exercise(page, "4a-3")
    for title in ("Compare", "Picture", "Save and share"):
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
    assert page.evaluate(DANGLING) == []
    page.keyboard.press("Escape")
    expect(page.locator(".explanation")).to_be_hidden()
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".takeaway")).to_contain_text("link to this view")
