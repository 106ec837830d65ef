"""Looking into the network in a real browser: maps, cells, comparisons, exercises, links, for everyone.

Each test runs in every look: light and dark, at a desk and on a phone.
"""

import json
import re
from functools import partial

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from steps import ONE, PATIENCE, SEVEN, ZERO, choose, expect_label, pixels, png, settle, upload

from lenet.predict import predict
from lenet.ui import components as ui
from lenet.ui.exercises import EXERCISES, garment
from tools import browser as tool

FIRST, SECOND = "[data-layer=act1] .map canvas[role=img]", "[data-layer=act2] .map canvas[role=img]"


DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
LOOKS = {
    f"{scheme}-{size['width']}": {"color_scheme": scheme, **size}
    for scheme in ("light", "dark")
    for size in (DESK, PHONE)
}


@pytest.fixture(params=LOOKS.values(), ids=LOOKS)
def open_page(open_page, request):
    return partial(open_page, **request.param)


def example(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Example: {name}").first.click()
    expect(page.locator(".bar-best")).to_have_count(1, timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.layer')", timeout=PATIENCE)


def show(page: Page, step: str) -> None:
    """Choose a step and wait until its maps are there."""
    page.get_by_text(step, exact=True).click()
    expect(page.locator(f"[data-step={step.lower()}]")).to_have_count(1, timeout=PATIENCE)


def part(page: Page, title: str) -> None:
    page.locator(".controls-more summary", has_text=title).click()


def switch(page: Page, name: str):
    return page.locator(f"[data-switch={name}]")


def exercise(page: Page, number: int) -> None:
    if not page.locator(".exercises[open]").count():
        page.locator(".exercises summary").click()
    page.locator(".exercises-list button").nth(number).click()
    expect(page.locator(".exercises-text")).to_have_text(EXERCISES[number].text, timeout=PATIENCE)


def test_a_switch_shows_kernels_before_after_and_pooled(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    show(page, "Kernels")
    expect(page.locator(".layer-title")).to_have_text(
        ["Layer 1 · 6 × 1 kernels of 5 × 5", "Layer 2 · 16 × 6 kernels of 5 × 5"]
    )
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    for step, title, signed in [("Before", "28 × 28", True), ("Pooled", "14 × 14", False), ("After", "28 × 28", False)]:
        show(page, step)
        expect(page.locator(".layer-title").first).to_have_text(f"Layer 1 · 6 maps of {title}")
        low, high = (float(page.locator(f".layer-{end}").first.text_content()) for end in ("low", "high"))
        assert low == -high if signed else 0 <= low < high <= 1
    expect(page.locator(".layer-title")).to_have_count(5)
    expect(page.locator(".layer-title").last).to_have_text("Logits · 10 values")


TWO_SCALES = """[1, 2].map((layer) => ["low", "high"].map(
  (end) => document.querySelector(`[data-layer=act${layer}] .layer-${end}`).textContent).join())"""


def test_a_colour_scale_can_belong_to_a_map_a_layer_or_both(open_page):
    page = open_page()
    choose(page, "mnist-batchnorm")
    example(page, "3")
    ends = page.locator(".layer-scales")

    def shown() -> list[str]:
        return [text.strip() for text in ends.all_inner_texts()[:2]]

    apart = shown()
    page.get_by_text("both layers", exact=True).click()
    page.wait_for_function(f"new Set({TWO_SCALES}).size === 1", timeout=PATIENCE)
    assert apart[0] != apart[1]
    assert shown()[0] == shown()[1]
    page.get_by_text("each map", exact=True).click()
    expect(page.locator(".layer-scale").first).to_contain_text("each map its own", timeout=PATIENCE)
    for number in range(6):
        seen = {
            tuple(colour) for colour in pixels(page, f".map:nth-child({number + 1}) canvas[role=img]").reshape(-1, 4)
        }
        assert {(68, 1, 84, 255), (253, 231, 37, 255)} <= seen  # viridis from end to end


def test_dead_maps_are_marked_and_numbers_come_on_demand(open_page, modern, digits):
    page = open_page()
    example(page, "3")
    stages = predict(modern, ui.pad_grid(ui.put_on_pad({}, digits[3]))).activations
    dead = [str(number + 1) for number, values in enumerate(stages["act2"]) if np.ptp(values) == 0]
    marked = page.locator("[data-layer=act2] .map", has=page.locator("[data-constant='all 0']"))
    expect(marked).to_have_count(len(dead), timeout=PATIENCE)
    assert [text.split()[0] for text in marked.locator("figcaption").all_inner_texts()] == dead
    switch(page, "numbers").check()
    lively = page.locator("[data-layer=act1] .map-numbers").nth(1)
    expect(lively).to_contain_text("mean", timeout=PATIENCE)
    low, high, mean = (float(line.split()[1]) for line in lively.text_content().split("\n"))
    exact = stages["act1"][1]
    assert (low, high, mean) == pytest.approx((exact.min(), exact.max(), exact.mean()), rel=0.02, abs=0.002)


def cell(page: Page, selector: str, number: int, row: int, column: int, side: int) -> dict[str, float]:
    """Where a map's cell is, relative to its canvas."""
    box = page.locator(selector).nth(number).bounding_box()
    return {"x": (column + 0.5) / side * box["width"], "y": (row + 0.5) / side * box["height"]}


def test_a_cell_under_the_pointer_says_its_value_and_frames_what_it_sees(open_page, classic, digits):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "8")
    stages = predict(classic, ui.pad_grid(ui.put_on_pad({}, digits[8]))).activations
    page.locator(SECOND).nth(4).hover(position=cell(page, SECOND, 4, 3, 6, 10))
    readout = page.locator("[data-layer=act2] .layer-readout")
    expect(readout).to_have_text(re.compile(r"^map 5, row 4, column 7: "))
    assert float(readout.text_content().split(": ")[1]) == pytest.approx(stages["act2"][4, 3, 6], abs=2e-3)
    field = page.locator(".verdict-field").first
    expect(field).to_be_visible()
    style = field.evaluate("e => ['left', 'top', 'width', 'height'].map((name) => parseFloat(e.style[name]))")
    assert style == pytest.approx([100 * (6 * 2 - 2) / 28, 100 * (3 * 2 - 2) / 28, 50, 50], abs=0.01)
    expect(page.locator("[data-layer=act1][data-seen=a]")).to_have_count(1)
    page.locator("[data-layer=logits] canvas[role=img]").last.hover(position={"x": 1, "y": 5})
    expect(page.locator("[data-layer=logits] .layer-readout")).to_contain_text("logit of 0: ")
    page.locator("h1").hover()
    expect(field).to_be_hidden()
    expect(readout).to_have_text("")


def test_a_hover_asks_the_server_nothing_and_answers_within_a_frame(open_page):
    page = open_page()
    example(page, "8")
    page.wait_for_timeout(500)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(FIRST).first.hover()
    spent = page.evaluate(
        """() => {
          const canvas = document.querySelector("[data-layer=act2] canvas[role=img]");
          const box = canvas.getBoundingClientRect();
          const times = [];
          for (let i = 0; i < 50; i++) {
            const clientX = box.left + (i % 10 + 0.5) * box.width / 10;
            const at = { clientX, clientY: box.top + box.height / 2, bubbles: true };
            const started = performance.now();
            canvas.dispatchEvent(new PointerEvent("pointermove", at));
            document.body.offsetHeight;
            times.push(performance.now() - started);
          }
          return times.sort((a, b) => a - b)[25];
        }"""
    )
    assert spent < 16
    assert asked == []


def test_a_click_explains_a_cell_with_numbers_that_add_up(open_page, classic, digits):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    stages = predict(classic, ui.pad_grid(ui.put_on_pad({}, digits[3]))).activations
    for selector, layer, side in [(FIRST, 1, 28), (SECOND, 2, 10)]:
        page.locator(selector).nth(2).evaluate("map => map.scrollIntoView({ block: 'start' })")  # clear of the panel
        page.locator(selector).nth(2).click(position=cell(page, selector, 2, 5, 4, side))
        title = page.locator(".explanation h3")
        expect(title).to_have_text(re.compile(rf"^Layer {layer}, map 3, row 6, column 5, after"), timeout=PATIENCE)
        value = float(title.text_content().split(": ")[1])
        assert value == pytest.approx(stages[f"act{layer}"][2, 5, 4], abs=1e-4)
        total, bias, before, after, _ = map(float, page.locator(".explanation-steps td").all_inner_texts())
        assert total + bias == pytest.approx(before, abs=2e-4)
        assert after == value
        expect(page.locator(".liked canvas")).to_have_count(9)
    sums = page.locator(".input-sum").all_text_contents()  # "Σ -1.2345"
    assert len(sums) == 6
    assert sum(float(text.split()[1]) for text in sums) == pytest.approx(total, abs=4e-4)  # seven rounded numbers
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".explanation")).to_be_hidden(timeout=PATIENCE)


def test_each_click_explains_its_own_map_without_a_move_between(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    for number in (0, 1, 2, 5):
        page.locator(FIRST).nth(number).click(position=cell(page, FIRST, number, 10, 20, 28))
        expect(page.locator(".explanation h3")).to_contain_text(f"Layer 1, map {number + 1}, row 11", timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator(".explanation")).to_be_hidden(timeout=PATIENCE)


def test_a_tap_explains_the_cell_under_the_finger(open_page):
    page = open_page(has_touch=True)
    example(page, "3")
    for number in (1, 2):
        page.locator(FIRST).nth(number).tap(position=cell(page, FIRST, number, 10, 20, 28))
        expect(page.locator(".explanation h3")).to_contain_text(
            f"Layer 1, map {number + 1}, row 11, column 21", timeout=PATIENCE
        )
        expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text(f"map {number + 1}, row 11, column 21")


TOP_OF_MAPS = "scrollY + document.querySelector('.maps').getBoundingClientRect().top"


def test_nothing_moves_under_the_pen_while_the_steps_are_shown(open_page):
    page = open_page()
    example(page, "3")
    part(page, "Picture")
    switch(page, "steps").check()
    expect(page.locator(".verdict-steps li")).to_have_count(5, timeout=PATIENCE)
    top = page.evaluate(TOP_OF_MAPS)
    tool.draw(page, [(0.1, 0.9), (0.5, 0.9)], lift=False)
    settle(page)
    assert page.evaluate(TOP_OF_MAPS) == top
    page.mouse.up()


def test_the_keyboard_reads_and_pins_cells(open_page):
    page = open_page()
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
    expect(title).to_contain_text("Layer 1, map 2, row 3, column 3", timeout=PATIENCE)
    expect(page.locator(".explanation-said")).to_have_text(title.text_content())
    page.locator(".explanation-close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".explanation")).to_be_hidden(timeout=PATIENCE)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Layer 1, map 2: ")


def test_the_keyboard_goes_on_reading_while_the_mouse_lies_between_the_maps(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(FIRST).first.focus()
    page.locator("[data-layer=act1] .layer-note").hover()
    for key in ("ArrowDown", "PageDown"):
        page.keyboard.press(key)
    expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text("map 2, row 2, column 1")


def test_the_keyboard_crosses_from_one_kernel_to_the_next(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    show(page, "Kernels")
    expect(page.locator(".layer-title").first).to_have_text("Layer 1 · 6 × 1 kernels of 5 × 5", timeout=PATIENCE)
    page.locator("[data-layer=kernels2] .map canvas[role=img]").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    # Six kernels of 5 x 5 stand three in a row.
    expect(page.locator("[data-layer=kernels2] .layer-readout")).to_contain_text("kernel for input 5, row 1, column 2")
    page.keyboard.press("Enter")
    expect(page.locator(".explanation")).to_be_hidden()


def test_a_kernel_that_reads_nothing_is_empty(open_page, modern):
    page = open_page()
    show(page, "Kernels")
    shown = pixels(page, "[data-layer=kernels2] .map canvas[role=img]")[..., 3]
    weights = modern.model.conv2.weight[0].detach().numpy()
    read = weights.reshape(len(weights), -1).any(1)
    assert 0 < read.sum() < len(read)
    columns = int(np.ceil(np.sqrt(len(weights))))
    corners = [shown[6 * (number // columns), 6 * (number % columns)] for number in range(len(weights))]
    assert [corner == 255 for corner in corners] == read.tolist()


def test_a_pinned_cell_stays_pinned_at_another_step_and_moves_on_by_buttons(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(FIRST).nth(1).click(position=cell(page, FIRST, 1, 11, 20, 28))
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("map 2, row 12, column 21, after the activation", timeout=PATIENCE)
    page.get_by_role("button", name="left").click()
    expect(title).to_contain_text("map 2, row 12, column 20", timeout=PATIENCE)
    for step, words in [
        ("Before", "row 12, column 20, before"),
        ("Pooled", "row 6, column 10"),
        ("After", "row 11, column 19"),
    ]:
        show(page, step)
        expect(title).to_contain_text(words, timeout=PATIENCE)
        expect(page.locator(".map-pin")).to_have_count(1)


def test_the_explained_map_is_not_beneath_the_panel(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    page.locator(SECOND).nth(3).evaluate("map => map.scrollIntoView({ block: 'end' })")
    page.locator(SECOND).nth(3).click()
    expect(page.locator(".explanation h3")).to_be_visible(timeout=PATIENCE)
    page.wait_for_function(
        """() => document.querySelector(".map-pin").parentElement.getBoundingClientRect().bottom
          <= document.querySelector(".explanation").getBoundingClientRect().top""",
        timeout=PATIENCE,
    )


def test_the_squares_of_every_input_map_can_be_seen(open_page, classic, digits):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    stages = predict(classic, ui.pad_grid(ui.put_on_pad({}, digits[3]))).activations
    page.locator(SECOND).first.click(position=cell(page, SECOND, 0, 4, 4, 10))
    expect(page.locator(".explanation .input")).to_have_count(6, timeout=PATIENCE)
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


def test_the_preparation_is_shown_and_can_be_turned_off(open_page):
    page = open_page()
    page.get_by_label("Pen width").fill("4")
    tool.draw(page, [(0.35 * x, 0.35 * y) for x, y in SEVEN])
    expect_label(page, "7")
    part(page, "Picture")
    switch(page, "steps").check()
    expect(page.locator(".verdict-steps li")).to_have_count(5, timeout=PATIENCE)
    assert page.locator(".verdict-steps span").all_inner_texts()[-1] == "5. centred at 14"
    switch(page, "prepare").uncheck()
    expect(page.locator(".verdict-steps li")).to_have_count(2, timeout=PATIENCE)
    seen = pixels(page, ".verdict-seen canvas")[..., 0]
    assert seen[10:].max() == 0
    assert seen[:10, :10].max() > 0


SORTED = """() => {
  const maps = [...document.querySelectorAll("[data-layer=act1] .map-pair")];
  const lengths = maps.map((map) => parseFloat(map.textContent.match(/L2 ([\\d.]+)/)[1]));
  return lengths[0] > lengths.at(-1) && lengths.every((length, i) => !i || length <= lengths[i - 1]);
}"""


def test_a_pullover_and_a_coat_side_by_side_on_one_scale(open_page):
    page = open_page()
    choose(page, "fashion-classic")
    example(page, "Coat")
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator(".verdict-other")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Example: Pullover").first.click()
    expect_label(page, "Pullover")
    expect(page.locator(".verdict-other .verdict-size")).to_contain_text("Coat")
    expect(page.locator(".bar-head")).to_be_visible()
    shares = [page.locator(f".bar[data-class=Coat] .bar-{side}").text_content() for side in ("number", "second")]
    assert float(shares[0].split()[0]) < float(shares[1].split()[0])
    pairs = page.locator("[data-layer=act1] .map-pair")
    expect(pairs).to_have_count(6)
    expect(pairs.first.locator("canvas[role=img]")).to_have_count(3)
    switch(page, "sort").check()
    page.wait_for_function(SORTED, timeout=PATIENCE)
    page.locator("[data-layer=act1] canvas[tabindex='0']").focus()
    page.keyboard.press("PageDown")
    name = page.locator("[data-layer=act1] .map-pair .map-name").first.text_content()
    expect(page.locator("[data-layer=act1] .layer-readout")).to_contain_text(f"map {name} of B, ")


def test_the_cells_of_both_and_of_their_difference_are_explained(open_page):
    page = open_page()
    exercise(page, 3)
    title, values = page.locator(".explanation h3"), page.locator(".explanation-pair")
    pair = page.locator("[data-layer=act1] .map-pair").nth(2)
    name, cells = pair.locator(".map-name").text_content(), pair.locator("canvas[role=img]")
    said = []
    for number, of in [(1, f"map {name} of B"), (0, f"map {name} of A"), (2, f"map {name} of A")]:
        cells.nth(number).evaluate("map => map.scrollIntoView({ block: 'start' })")  # clear of the panel
        box = cells.nth(number).bounding_box()
        cells.nth(number).click(position={"x": box["width"] * 14.5 / 28, "y": box["height"] * 10.5 / 28})
        expect(title).to_contain_text(f"{of}, row 11, column 15", timeout=PATIENCE)
        said.append(float(title.text_content().split(": ")[1]))
    a, b, apart = map(float, re.findall(r"-?\d+\.\d+", values.text_content()))
    assert said == [b, a, a]
    assert apart == pytest.approx(a - b, abs=2e-4)
    expect(page.locator(".map-pin")).to_have_count(1)
    cells.nth(1).click()
    expect(title).to_contain_text("of B", timeout=PATIENCE)
    part(page, "Compare")
    switch(page, "compare").select_option("none")
    expect(page.locator(".explanation")).to_be_hidden(timeout=PATIENCE)


def test_a_switch_that_is_clicked_while_the_picture_is_kept_loses_nothing(open_page):
    page = open_page()
    example(page, "3")
    part(page, "Compare")
    part(page, "Picture")
    page.evaluate(
        """() => {
          [...document.querySelectorAll("button")].find((button) => button.textContent.startsWith("Keep")).click();
          document.querySelector("[data-switch=numbers]").click();
        }"""
    )
    expect(page.locator(".verdict-other")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-layer=act1] .map-numbers").first).to_contain_text("mean", timeout=PATIENCE)
    expect(switch(page, "compare")).to_have_value("kept")
    expect(switch(page, "numbers")).to_be_checked()


def test_b_follows_the_pen_through_another_checkpoint(open_page):
    page = open_page()
    choose(page, "mnist-modern-small")
    part(page, "Compare")
    switch(page, "compare").select_option("checkpoint")
    switch(page, "other").select_option("mnist-classic")
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    expect(page.locator(".maps-note")).to_contain_text("differ in size", timeout=PATIENCE)
    expect(page.locator(FIRST)).to_have_count(16 + 6)
    page.mouse.up()
    settle(page)
    expect(page.locator(".verdict-other figcaption")).to_have_text("B: mnist-classic")


def test_the_mean_of_a_class_stands_beside_a_drawing_while_the_pen_moves(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    part(page, "Compare")
    switch(page, "compare").select_option("class")
    switch(page, "label").select_option("7")
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    page.mouse.up()
    expect(page.locator(".layer-legend").first).to_contain_text("B: mean of 7", timeout=PATIENCE)
    settle(page)
    tool.draw(page, ONE, lift=False)
    settle(page)
    expect(page.locator("[data-layer=act2] .map-pair")).to_have_count(16)
    page.mouse.up()


def test_an_overlay_is_laid_on_the_picture_and_named(open_page):
    page = open_page()
    example(page, "5")
    part(page, "Picture")
    for kind, words in [("occlusion", "covering this place"), ("gradient", "more ink here")]:
        switch(page, "overlay").select_option(kind)
        expect(page.locator(".verdict-overlay-note")).to_contain_text(words, timeout=PATIENCE)
        shown = pixels(page, ".verdict-overlay")
        assert len({tuple(colour) for colour in shown.reshape(-1, 4)}) > 20
    switch(page, "overlay").select_option("none")
    expect(page.locator(".verdict-overlay")).to_be_hidden(timeout=PATIENCE)


@pytest.mark.parametrize("number", range(len(EXERCISES)), ids=[exercise.title for exercise in EXERCISES])
def test_an_exercise_is_one_click(open_page, number):
    page = open_page()
    exercise(page, number)
    wanted = EXERCISES[number]
    expect(page.get_by_label("Checkpoint", exact=True)).to_have_value(wanted.checkpoint)
    expect(page.locator(f"[data-step={wanted.view.phase}]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".verdict-other")).to_be_visible(visible=wanted.view.compare != "none", timeout=PATIENCE)
    expect(page.locator(".bar-best")).to_have_count(1)


def test_teacher_mode_hides_the_answer_until_asked(open_page):
    page = open_page()
    part(page, "Picture")
    switch(page, "hide").check()
    tool.draw(page, SEVEN)
    expect(page.get_by_role("button", name="Show the answer")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".verdict-label")).to_be_hidden()
    expect(page.locator(".verdict-bars")).to_be_hidden()
    expect(page.locator("[data-layer=logits]")).to_be_hidden()
    page.get_by_role("button", name="Show the answer").click()
    expect(page.locator(".verdict-label")).to_be_visible()
    expect_label(page, "7")
    page.get_by_role("button", name="Example: 5").first.click()
    expect(page.get_by_role("button", name="Show the answer")).to_be_visible(timeout=PATIENCE)
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    switch(page, "overlay").select_option("gradient")
    expect(page.locator(".verdict-other")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".verdict-overlay")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".verdict-other .verdict-size")).to_be_hidden()
    expect(page.locator(".verdict-overlay-note")).to_be_hidden()


def test_a_link_brings_the_same_view_to_another_browser(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    show(page, "Pooled")
    part(page, "Take away")
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".takeaway")).to_contain_text("clipboard", timeout=PATIENCE)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    other = open_page(address="/#" + copied.split("#")[1])
    expect_label(other, "7")
    expect(other.locator("[data-step=pooled]")).to_have_count(1, timeout=PATIENCE)
    expect(other.locator(".layer-title").first).to_have_text("Layer 1 · 6 maps of 14 × 14")
    assert np.array_equal(pixels(other, ".verdict-seen canvas"), pixels(page, ".verdict-seen canvas"))
    tool.draw(other, [(0.2, 0.5), (0.6, 0.5)])
    settle(other)


def test_a_damaged_link_is_a_sentence_on_a_page_that_works(open_page):
    page = open_page(address="/#damaged")
    expect(page.get_by_text("This link is damaged")).to_be_visible(timeout=PATIENCE)
    tool.draw(page, SEVEN)
    expect_label(page, "7")


def test_what_cannot_be_done_yet_is_a_sentence(open_page):
    page = open_page()
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator(".takeaway")).to_contain_text("no picture to keep", timeout=PATIENCE)
    part(page, "Take away")
    page.get_by_role("button", name="Probabilities as CSV").click()
    expect(page.locator(".takeaway")).to_contain_text("nothing to take away", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("button", "ending"), [("Maps as PNG", "png"), ("Every stage as .npz", "npz"), ("Probabilities as CSV", "csv")]
)
def test_what_is_shown_can_be_taken_away(open_page, digits, button, ending):
    page = open_page()
    upload(page, png(digits[3]))
    expect_label(page, "3")
    part(page, "Take away")
    with page.expect_download() as waited:
        page.get_by_role("button", name=button).click()
    assert waited.value.suggested_filename == f"lenet-mnist-modern-3.{ending}"
    assert waited.value.path().stat().st_size > 100


def slow(page: Page, milliseconds: int) -> None:
    """Every answer takes longer, as over a network."""
    speed = {"latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1, "offline": False}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", speed)


def test_what_is_drawn_while_the_picture_is_kept_is_shown_beside_it(open_page):
    """Answers on the way are late for the pad or for the controls; what both ask for last is what is shown."""
    page = open_page()
    example(page, "3")
    part(page, "Compare")
    slow(page, 300)
    page.get_by_role("button", name="Keep this picture as B").click()
    tool.draw(page, ZERO)
    expect(page.locator("[data-layer=act1] .map-pair").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".verdict-other")).to_be_visible(timeout=PATIENCE)


def test_who_draws_on_while_an_example_is_on_its_way_keeps_the_drawing(open_page):
    page = open_page()
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    slow(page, 300)
    page.get_by_role("button", name="Example: 3").first.click()
    tool.draw(page, [(0.1, 0.1), (0.1, 0.11)])
    page.wait_for_timeout(2_000)
    slow(page, 0)
    tool.draw(page, [(0.12, 0.1), (0.12, 0.11)])  # on what the pad shows now
    settle(page)
    expect_label(page, "7")


def test_each_map_has_a_text_alternative(open_page, classic, digits):
    page = open_page()
    choose(page, "mnist-classic")
    example(page, "3")
    maps = predict(classic, ui.pad_grid(ui.put_on_pad({}, digits[3]))).activations["act1"]
    row, column = np.unravel_index(maps[2].argmax(), maps[2].shape)
    expect(page.locator(FIRST).nth(2)).to_have_attribute(
        "aria-label", f"Layer 1, map 3: strongest at row {row + 1}, column {column + 1}", timeout=PATIENCE
    )


SERIOUS = ("serious", "critical")


def test_axe_finds_nothing_serious_on_a_tour_of_the_page(open_page):
    page = open_page(reduced_motion="reduce")
    width = page.viewport_size["width"]
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    for step in ("Kernels", "Before", "Pooled", "After"):
        show(page, step)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("both layers", exact=True).click()
    switch(page, "numbers").check()
    exercise(page, 3)
    for title in ("Compare", "Picture", "Take away"):
        part(page, title)
    switch(page, "steps").check()
    switch(page, "overlay").select_option("gradient")
    page.locator(SECOND).first.click()
    expect(page.locator(".explanation h3")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".verdict-overlay-note")).not_to_be_empty(timeout=PATIENCE)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(row["id"], [node["target"] for node in row["nodes"]][:5]) for row in found if row["impact"] in SERIOUS]
    assert serious == [], json.dumps(serious, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(page.locator(".explanation")).to_be_hidden(timeout=PATIENCE)
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".takeaway")).to_contain_text("link to this view", timeout=PATIENCE)


def test_the_pictures_of_an_exercise_are_the_sheet_s(garments):
    assert np.array_equal(garment(4), garments[4])
