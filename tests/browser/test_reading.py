"""Reading cells in a real browser: with the mouse, a finger or the keyboard, and pinned for their arithmetic."""

import re

import numpy as np
import pytest
from looks import DESK, PHONE, seen_in
from playwright.sync_api import expect
from steps import FIRST, SECOND, cell, choose, example, exercise, expect_label, hold_back, pixels, settle, show
from support import drawn, ink_of, put

from lenet.checkpoint import load
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import look
from lenet.settings import CHECKPOINTS
from tools.browser import draw

THUMB = 16
"""Pixels of a slider's thumb, which stays inside."""

NEXT_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


def test_a_cell_under_the_pointer_says_its_value_and_frames_what_it_sees(page, classic, digits):
    choose(page, "mnist-classic")
    example(page, "8")
    stages = drawn(classic, put(None, digits[8])).activations
    page.locator(SECOND).nth(4).hover(position=cell(page, SECOND, 4, 3, 6, 10))
    readout = page.locator("[data-layer=act2] .layer-readout")
    expect(readout).to_have_text(re.compile(r"^map 5, row 4, column 7: "))
    assert float(readout.text_content().split(": ")[1]) == pytest.approx(stages["act2"][4, 3, 6], abs=2e-3)
    field = page.locator(".verdict-field").first
    expect(field).to_be_visible()
    style = field.evaluate("e => ['left', 'top', 'width', 'height'].map((name) => parseFloat(e.style[name]))")
    assert style == pytest.approx([100 * (6 * 2 - 2) / 28, 100 * (3 * 2 - 2) / 28, 50, 50], abs=0.01)
    expect(page.locator("[data-layer=act1][data-seen=a]")).to_have_count(1)
    page.locator("[data-layer=logits] .map-cells canvas").last.hover(position={"x": 1, "y": 5})
    expect(page.locator("[data-layer=logits] .layer-readout")).to_contain_text("logit of 0: ")
    page.locator("h1").hover()
    expect(field).to_be_hidden()
    expect(readout).to_have_text("")


def test_a_hover_asks_the_server_nothing(page):
    example(page, "8")
    page.wait_for_timeout(500)
    asked = []

    def note(request):
        asked.append(request.url)

    page.on("request", note)
    page.locator(FIRST).first.hover()
    canvas = page.locator(SECOND).nth(1)
    box = canvas.bounding_box()
    for column in range(10):
        canvas.hover(position={"x": (column + 0.5) * box["width"] / 10, "y": box["height"] / 2})
        expect(page.locator("[data-layer=act2] .layer-readout")).to_contain_text(f"column {column + 1}: ")
    page.remove_listener("request", note)
    assert asked == []


def close(page) -> None:
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".explanation")).to_be_hidden()


def test_a_click_explains_a_cell_with_numbers_that_add_up(page, classic, digits):
    choose(page, "mnist-classic")
    example(page, "3")
    stages = drawn(classic, put(None, digits[3])).activations
    for selector, layer, side in [(FIRST, 1, 28), (SECOND, 2, 10)]:
        page.locator(selector).nth(2).click(position=cell(page, selector, 2, 5, 4, side))
        title = page.locator(".explanation h3")
        expect(title).to_have_text(re.compile(rf"^Layer {layer}, map 3, row 6, column 5, after"))
        value = float(title.text_content().split(": ")[1])
        assert value == pytest.approx(stages[f"act{layer}"][2, 5, 4], abs=1e-4)
        total, bias, before, after, _ = map(float, page.locator(".explanation-arithmetic td").all_inner_texts())
        assert total + bias == pytest.approx(before, abs=2e-4)
        assert after == value
        expect(page.locator(".liked canvas")).to_have_count(10)  # nine pictures and their mean
        sums = page.locator(".input-sum").all_text_contents()  # "Σ -1.2345"
        close(page)
    assert len(sums) == 6
    assert sum(float(text.split()[1]) for text in sums) == pytest.approx(total, abs=4e-4)  # seven rounded numbers


def test_a_large_map_follows_the_pen_and_the_pointer_without_the_server(page):
    example(page, "3")
    page.locator(SECOND).nth(2).click()
    large = {name: f".large [data-part={name}] canvas" for name in ("input", "before", "after", "pooled")}
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("Layer 2, map 3, ")
    settle(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.locator(large["before"]).bounding_box()
    for column in range(10):
        page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 10, box["y"] + box["height"] / 2)
        expect(title).to_contain_text(f"row 6, column {column + 1}, after the activation: ")
    field = page.locator(".verdict-field").first  # what the last cell of the row sees of the picture
    assert field.evaluate("e => parseFloat(e.style.left)") == pytest.approx(100 * (9 * 2 - 2) / 28, abs=0.01)
    before = {name: pixels(page, canvas) for name, canvas in large.items()}
    draw(page, [(0.1, 0.9), (0.9, 0.9)], lift=False)
    page.wait_for_function(NEXT_FRAMES)
    assert all((pixels(page, canvas) != before[name]).any() for name, canvas in large.items())
    assert asked == []
    page.mouse.up()


def test_a_logit_is_explained_beside_a_rival_and_leads_back_to_the_maps(page, digits):
    example(page, "3")
    logits = page.locator("[data-layer=logits] .map-cells canvas").first
    box = logits.bounding_box()
    logits.click(position={"x": 3.5 / 10 * box["width"], "y": box["height"] / 2})
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("Logit of 3: ")
    page.get_by_label("Set against another class").select_option(label="3 rather than 8")
    expect(title).to_contain_text("Logit of 3 minus that of 8: ")
    logit, rival = (float(page.locator(f".softmax tr:nth-of-type({row}) td").first.text_content()) for row in (5, 10))
    assert float(title.text_content().split(": ")[1]) == pytest.approx(logit - rival, abs=2e-4)
    products = list(map(float, page.locator(".contribution b").all_text_contents()))
    page.get_by_role("button", name="Which maps does it need most?").click()
    expect(page.locator(".needs .contribution")).to_have_count(6)
    named = re.match(r"layer (\d), map (\d+)", page.locator(".needs .contribution-name").first.text_content())
    off = {(int(named[1]), int(named[2]) - 1): 0.0}
    network, picture = load(CHECKPOINTS / "mnist-lenet"), prepare_drawing(ink_of(put(None, digits[3])), "digit")
    (own, other), (without, other_without) = (look(network, picture, off).logits[[3, 8]] for off in ({}, off))
    change = float(page.locator(".needs .contribution b").first.text_content())
    assert change == pytest.approx((without - other_without) - (own - other), abs=1e-3)
    total = float(page.locator(".contributions .explanation-lines td").first.text_content())
    assert sum(products) == pytest.approx(total, abs=1e-3)  # nine rounded numbers
    for name in ("Dense layer 4, value ", "Dense layer 3, value ", "Layer 2, map "):
        page.locator(".contribution-name").first.click()
        expect(title).to_contain_text(name)


def test_a_map_is_switched_off_the_network_is_broken_and_made_whole_again(page):
    choose(page, "mnist-classic")
    example(page, "3")
    settle(page)
    bars = page.locator(".verdict-bars")
    whole = bars.text_content()
    page.locator(FIRST).nth(2).click()
    answer = hold_back(page, lambda: page.get_by_role("button", name="Switch it off").click())
    expect(bars).not_to_have_text(whole)  # the browser answers before the server does
    answer()
    expect(page.get_by_role("button", name="Switch it on", exact=True)).to_be_visible()
    close(page)
    frame = page.locator("[data-layer=act1] .map-cells").nth(2)
    expect(frame).to_have_attribute("data-constant", "off")
    page.get_by_text("What if", exact=True).click()
    page.get_by_label("Noise on the weights").select_option("100")
    page.get_by_label("pooling (without it").uncheck()
    settle(page)
    draw(page, [(0.5, 0.2), (0.5, 0.8)])
    settle(page)
    assert float(page.locator("[data-apart]").get_attribute("data-apart")) < 1e-4
    page.get_by_role("button", name="Undo").click()
    settle(page)
    page.get_by_role("button", name="Make the network whole again").click()
    expect(frame).not_to_have_attribute("data-constant", "off")
    expect(bars).to_have_text(whole)


def test_the_training_is_scrubbed_through_and_plays_to_its_end(page):
    choose(page, "mnist-classic")
    example(page, "3")
    settle(page)
    expect_label(page, "3")
    slider, said = page.get_by_label("The network after an epoch"), page.locator(".epochs output")
    expect(said).to_have_text("trained")
    expect(page.locator(".epochs-words .curve-right")).to_have_text("97.9 % of tests right")
    slider.fill("0")
    expect(said).to_have_text("epoch 0")
    assert page.locator(".bar-best .bar-number").text_content() != "100.0 %"
    draw(page, [(0.5, 0.2), (0.5, 0.8)])
    settle(page)
    slider.fill("1")  # it was fetched ahead, so the browser needs no server
    answer = hold_back(page, lambda: slider.fill("2"))
    expect(said).to_have_text("epoch 2")
    expect(page.locator("[data-phase=after]")).to_be_visible()
    answer()
    settle(page)
    assert float(page.locator("[data-apart]").get_attribute("data-apart")) < 1e-4
    slider.fill("19")
    page.get_by_role("button", name="Play the training").click()
    expect(said).to_have_text("trained")
    expect(page.get_by_role("button", name="Play the training")).to_have_text("▶")


@seen_in([DESK, PHONE])
def test_a_mark_on_the_curve_stands_where_the_slider_is_and_says_what_the_epoch_gave(page):
    choose(page, "fashion-classic")
    page.locator(".epochs").scroll_into_view_if_needed()
    slider, line = page.get_by_label("The network after an epoch"), page.locator(".epochs-line").bounding_box()
    for place in (0, 3, 11):  # the last one is the trained network's
        slider.fill(str(place))
        thumb = line["x"] + THUMB / 2 + place / 11 * (line["width"] - THUMB)
        mark = page.locator(".curve-mark").bounding_box()
        assert mark["x"] + mark["width"] / 2 == pytest.approx(thumb, abs=1)
        page.mouse.click(thumb, line["y"] + 5)  # who takes hold of the curve takes hold of the slider
        expect(slider).to_have_value(str(place))
    slider.fill("3")
    expect(page.locator(".epochs-words")).to_contain_text(re.compile(r"epoch 3.*65\.9 % right.*loss 0\.866"))
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^epoch 3: 65.9 % right.*held out 71.0 %, 0.742$"))
    assert page.locator(".curve .curve-dot").count() == 4  # of the training pictures and of those held out


def test_a_kept_picture_follows_the_epochs_without_the_server(page):
    exercise(page, "2-5")
    expect(page.locator(".bars-two")).to_have_count(1)
    settle(page)
    slider, second = page.get_by_label("The network after an epoch"), page.locator(".bar:not(.bar-head) .bar-second")
    early = second.all_text_contents()
    assert max(float(text) for text in early) < 15
    answer = hold_back(page, lambda: slider.fill("20"))
    expect(second.first).not_to_have_text(early[0])
    assert float(second.first.text_content()) > 90  # B is a zero
    answer()


def test_the_kernel_slides_and_the_map_fills_cell_by_cell(page):
    example(page, "3")
    page.locator(FIRST).first.click()
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("Layer 1, map 1, ")
    for column in (1, 2, 3):
        page.get_by_role("button", name="one step").click()
        expect(title).to_contain_text(f"row 1, column {column},")
    filled = (pixels(page, ".large [data-part=after] canvas")[..., 3] > 0).sum()
    assert filled == 3
    page.get_by_role("button", name="Slide the kernel").click()
    expect(title).to_contain_text("row 2, ")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="map ›").click()
    expect(title).to_contain_text("Layer 1, map 2, ")
    assert (pixels(page, ".large [data-part=after] canvas")[..., 3] > 0).all()


@seen_in([PHONE])
def test_a_tap_explains_the_cell_under_the_finger(page):
    example(page, "3")
    for number in (1, 2):
        page.locator(FIRST).nth(number).tap(position=cell(page, FIRST, number, 10, 20, 28))
        expect(page.locator(".explanation h3")).to_contain_text(f"Layer 1, map {number + 1}, row 11, column 21")
        close(page)


def test_the_keyboard_reads_and_pins_cells(page):
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(FIRST).first.focus()
    readout = page.locator("[data-layer=act1] .layer-readout")
    expect(readout).to_contain_text("map 1, row 1, column 1")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(readout).to_contain_text("map 1, row 2, column 3")
    page.keyboard.press("PageDown")
    expect(readout).to_contain_text("map 2, row 2, column 3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("Layer 1, map 2, row 3, column 3")
    expect(page.locator(".explanation-said")).to_have_text(title.text_content())
    page.keyboard.press("ArrowRight")  # the large map has the keyboard now
    expect(title).to_contain_text("row 3, column 4")
    page.locator(".explanation-close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".explanation")).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Layer 1, map 2: ")
    expect(readout).to_contain_text("map 2, row 3, column 4")


def test_the_keyboard_goes_on_reading_while_the_mouse_lies_between_the_maps(page):
    choose(page, "mnist-classic")
    example(page, "3")
    settle(page)
    page.locator(FIRST).first.focus()
    page.locator("[data-layer=act1] .layer-note").hover()
    for key in ("ArrowDown", "PageDown"):
        page.keyboard.press(key)
    expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text("map 2, row 2, column 1")


def test_the_keyboard_crosses_from_one_kernel_to_the_next(page):
    choose(page, "mnist-classic")
    show(page, "Kernels")
    expect(page.locator(".layer-title").first).to_have_text("Layer 1 · 6 × 1 kernels of 5 × 5")
    page.locator("[data-layer=kernels2] .map-cells canvas").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    # Six kernels of 5 x 5 stand three in a row.
    expect(page.locator("[data-layer=kernels2] .layer-readout")).to_contain_text("kernel for input 5, row 1, column 2")
    page.keyboard.press("Enter")
    expect(page.locator(".explanation")).to_be_hidden()


def test_a_pinned_cell_stays_pinned_at_another_step(page):
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(FIRST).nth(1).click(position=cell(page, FIRST, 1, 11, 20, 28))
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("map 2, row 12, column 21, after the activation")
    page.keyboard.press("ArrowLeft")
    expect(title).to_contain_text("map 2, row 12, column 20")
    for step, words in [
        ("Before", "row 12, column 20, before"),
        ("Pooled", "row 6, column 10"),
        ("After", "row 11, column 19"),
    ]:
        show(page, step)
        expect(title).to_contain_text(words)
        expect(page.locator(".map-pin")).to_have_count(1)


def test_the_squares_of_every_input_map_can_be_seen(page, classic, digits):
    choose(page, "mnist-classic")
    example(page, "3")
    stages = drawn(classic, put(None, digits[3])).activations
    page.locator(SECOND).first.click(position=cell(page, SECOND, 0, 4, 4, 10))
    expect(page.locator(".explanation .input")).to_have_count(6)
    for number in (0, 3):
        row = page.locator(".explanation .input").nth(number)
        row.click()
        input_map = int(row.locator(".input-name").text_content().split()[1]) - 1
        products = page.locator(".product .square").nth(2).locator("td")
        exact = products.evaluate_all("all => all.map((cell) => parseFloat(cell.title))")
        patch = stages["pool1"][input_map, 4:9, 4:9]
        expected = patch * classic.model.conv2.weight[0, input_map].detach().numpy()
        np.testing.assert_allclose(exact, expected.ravel(), atol=1e-4)
        assert sum(exact) == pytest.approx(float(row.locator(".input-sum").text_content().split()[1]), abs=2e-3)


def test_each_map_has_a_text_alternative(page, classic, digits):
    choose(page, "mnist-classic")
    example(page, "3")
    maps = drawn(classic, put(None, digits[3])).activations["act1"]
    row, column = np.unravel_index(maps[2].argmax(), maps[2].shape)
    expect(page.locator(FIRST).nth(2)).to_have_attribute(
        "aria-label", f"Layer 1, map 3: strongest at row {row + 1}, column {column + 1}"
    )


@seen_in([DESK, PHONE])
def test_a_word_says_what_it_means_to_the_keyboard_and_to_a_finger_and_is_silent_again(page, look):
    example(page, "3")
    tip, word = page.locator(".tip"), page.get_by_role("button", name="Layer 2 · 16 maps of 10 × 10")
    if look.touch:
        word.tap()
    else:
        word.focus()
        page.keyboard.press("Enter")
    expect(tip).to_contain_text("14 − 5 + 1 = 10 places")
    box, window = tip.bounding_box(), page.viewport_size
    assert box["x"] >= 0 and box["x"] + box["width"] <= window["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= window["height"]
    if look.touch:
        page.locator(".verdict-label").tap()
    else:
        page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(page.locator(".map-cells canvas").first).to_have_role("application")
