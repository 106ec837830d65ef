"""The page in a real browser, used as a person uses it."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import (
    ONE,
    PATIENCE,
    SEVEN,
    ZERO,
    choose,
    expect_hint,
    expect_label,
    label,
    pixels,
    png,
    settle,
    upload,
)
from support import ROOT

from tools import browser as tool


def test_a_blank_pad_shows_a_hint_and_no_bars(open_page):
    page = open_page()
    expect_hint(page)
    expect(page.locator(".pad-hint")).to_be_visible()


@pytest.mark.parametrize(("stroke", "digit"), [(SEVEN, "7"), (ONE, "1"), (ZERO, "0")], ids=["7", "1", "0"])
def test_a_digit_drawn_by_mouse_is_recognised(open_page, stroke, digit):
    page = open_page()
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


def test_the_two_layers_are_shown_numbered_and_with_a_scale(open_page):
    page = open_page()
    choose(page, "mnist-classic")
    tool.draw(page, SEVEN)
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6, timeout=PATIENCE)
    expect(page.locator("[data-layer=act2] .map")).to_have_count(16)
    expect(page.locator(".layer-title").first).to_have_text("Layer 1 · 6 maps of 28 × 28")
    expect(page.locator(".layer-title").nth(1)).to_have_text("Layer 2 · 16 maps of 10 × 10")
    assert page.locator("[data-layer=act2] figcaption").all_text_contents() == [str(n) for n in range(1, 17)]
    assert pixels(page, "[data-layer=act1] .map canvas").shape == (28, 28, 4)
    low, high = (float(page.locator(f"[data-layer=act1] .layer-{end}").text_content()) for end in ("low", "high"))
    assert 0 <= low < high <= 1
    assert page.locator(".map canvas").first.evaluate("c => getComputedStyle(c).imageRendering") == "pixelated"


def test_label_and_maps_change_while_the_pen_is_down(open_page):
    page = open_page()
    tool.draw(page, SEVEN[:2], lift=False)
    settle(page)
    expect(label(page)).not_to_have_text("7")
    first = pixels(page, "[data-layer=act1] .map canvas")
    box = page.locator(".pad-canvas").bounding_box()
    x, y = SEVEN[2]
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=10)
    expect_label(page, "7")
    assert (pixels(page, "[data-layer=act1] .map canvas") != first).any()
    page.mouse.up()


def test_what_the_network_sees_is_28_by_28_white_on_black(open_page):
    page = open_page()
    tool.draw(page, ONE)
    settle(page)
    seen = pixels(page, ".verdict-seen canvas")
    assert seen.shape == (28, 28, 4)
    assert seen[0].max(axis=0)[0] == 0
    rows = np.flatnonzero(seen[..., 0].any(axis=1))
    assert rows[-1] - rows[0] + 1 == 20


def test_undo_takes_back_one_stroke_and_clear_everything(open_page):
    page = open_page()
    tool.draw(page, ONE)
    settle(page)
    before = pixels(page, ".pad-canvas")
    tool.draw(page, [(0.15, 0.5), (0.85, 0.5)])
    expect(label(page)).not_to_have_text("1", timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")
    assert np.array_equal(pixels(page, ".pad-canvas"), before)
    page.get_by_role("button", name="Clear").click()
    expect_hint(page)
    assert not pixels(page, ".pad-canvas").any()
    assert not pixels(page, ".verdict-seen canvas").any()
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")


def test_the_eraser_removes_ink(open_page):
    page = open_page()
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    ink = (pixels(page, ".pad-canvas")[..., 3] > 0).sum()
    page.get_by_role("button", name="Eraser").click()
    tool.draw(page, [(0.2, 0.22), (0.72, 0.22)])
    expect(label(page)).not_to_have_text("7", timeout=PATIENCE)
    assert (pixels(page, ".pad-canvas")[..., 3] > 0).sum() < ink


def test_rubbing_everything_out_is_blank_again(open_page):
    page = open_page()
    tool.draw(page, [(0.4, 0.5), (0.6, 0.5)])
    expect(page.locator(".bar-best")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("button", name="Eraser").click()
    page.get_by_label("Pen width").fill("16")
    tool.draw(page, [(0.3, 0.5), (0.7, 0.5), (0.3, 0.5)])
    expect_hint(page)


def test_after_clear_the_brush_draws_again(open_page):
    page = open_page()
    page.get_by_role("button", name="Eraser").click()
    page.get_by_role("button", name="Clear").click()
    tool.draw(page, ONE)
    expect_label(page, "1")


def test_ctrl_z_undoes_wherever_the_focus_is_on_the_pad(open_page):
    page = open_page()
    tool.draw(page, ONE)
    tool.draw(page, [(0.15, 0.5), (0.85, 0.5)])
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "1")
    page.keyboard.press("Control+z")
    expect_hint(page)


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_the_page_stands_in_the_middle_and_bars_are_long_enough_to_compare(open_page, width):
    page = open_page(width)
    empty = page.locator(".maps").bounding_box()
    tool.draw(page, ONE)
    expect_label(page, "1")
    maps, track = page.locator(".maps").bounding_box(), page.locator(".bar-track").first.bounding_box()
    assert maps["x"] == pytest.approx(width - maps["x"] - maps["width"], abs=16)
    assert (maps["x"], maps["width"]) == (empty["x"], empty["width"])
    assert track["width"] > 150


def test_a_tap_leaves_a_dot(open_page):
    page = open_page()
    page.locator(".pad-canvas").click()
    settle(page)
    ink = (pixels(page, ".pad-canvas")[..., 3] > 0).sum()
    assert 500 < ink < 2_000  # a round pen of 8 hundredths of 448 pixels covers 1,009


def test_the_size_changes_the_pen(open_page):
    page = open_page()
    areas = []
    for width in ("3", "14"):
        page.get_by_label("Pen width").fill(width)
        tool.draw(page, ONE)
        areas.append((pixels(page, ".pad-canvas")[..., 3] > 0).sum())
        page.get_by_role("button", name="Clear").click()
    assert areas[1] > 3 * areas[0]


def test_an_uploaded_picture_replaces_the_drawing_and_the_other_way_round(open_page, digits):
    page = open_page()
    tool.draw(page, ONE)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    expect(page.locator(".pad-hint")).to_be_visible()
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    expect(page.locator(".lab-pictures img")).to_have_count(0)


def test_taking_an_uploaded_picture_away_leaves_the_hint(open_page, digits):
    page = open_page()
    upload(page, png(digits[3]))
    expect_label(page, "3")
    page.locator(".lab-pictures").get_by_label("Remove Image").click()
    expect_hint(page)


def test_clear_empties_the_page_of_an_uploaded_picture_too(open_page, digits):
    page = open_page()
    upload(page, png(digits[3]))
    expect_label(page, "3")
    page.get_by_role("button", name="Clear").click()
    expect_hint(page)
    expect(page.locator(".lab-pictures img")).to_have_count(0)


def test_another_checkpoint_looks_at_the_same_uploaded_picture_after_a_drawing(open_page, digits):
    page = open_page()
    tool.draw(page, ONE)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    choose(page, "mnist-classic")
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6, timeout=PATIENCE)
    expect_label(page, "3")


def test_a_picture_is_pasted_from_the_clipboard(open_page, digits):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (bytes) => {
          const blob = new Blob([new Uint8Array(bytes)], {type: "image/png"});
          await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]);
        }""",
        list(png(digits[6])),
    )
    page.get_by_label("Paste from clipboard").click()
    expect_label(page, "6")


def test_a_picture_is_dropped(open_page, digits):
    page = open_page()
    transfer = page.evaluate_handle(
        """(bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "two.png", {type: "image/png"}));
          return transfer;
        }""",
        list(png(digits[2])),
    )
    page.locator(".lab-pictures").get_by_text("Drop a picture here").dispatch_event("drop", {"dataTransfer": transfer})
    expect_label(page, "2")


def test_a_broken_upload_is_a_sentence_and_the_page_lives_on(open_page):
    page = open_page()
    upload(page, b"this is no picture")
    expect_hint(page, "not a picture that can be read")
    tool.draw(page, SEVEN)
    expect_label(page, "7")


def test_examples_are_put_on_the_pad_and_can_be_drawn_on(open_page, digits):
    page = open_page()
    page.get_by_role("button", name="Example: 5").first.click()
    expect_label(page, "5")
    seen = pixels(page, ".verdict-seen canvas")[..., 0]
    assert abs(seen.astype(int) - digits[5]).mean() < 2
    shown = "() => document.querySelector('.verdict-seen canvas').toDataURL()"
    before = page.evaluate(shown)
    tool.draw(page, [(0.1, 0.9), (0.9, 0.9)])
    page.wait_for_function(f"before => ({shown})() !== before", arg=before, timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "5")


def test_a_picture_that_arrives_while_the_pen_is_down_ends_the_stroke(open_page, digits):
    page = open_page()
    tool.draw(page, ONE, lift=False)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    box = page.locator(".pad-canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=5)
    page.mouse.up()
    assert not pixels(page, ".pad-canvas").any()
    expect_label(page, "3")


def test_garments_have_their_own_examples_and_names(open_page):
    page = open_page()
    choose(page, "fashion-modern")
    expect_hint(page, "garment")
    page.get_by_role("button", name="Example: Ankle boot").first.click()
    expect_label(page, "Ankle boot")
    expect(page.locator(".verdict-note")).to_have_text("The data set calls this example: Ankle boot")
    for garment in ("Pullover", "Coat"):
        expect(page.get_by_role("button", name=f"Example: {garment}")).to_have_count(3)


def test_another_checkpoint_looks_at_the_same_drawing(open_page):
    page = open_page()
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    maps = page.locator("[data-layer=act1] .map").count()
    assert maps != 6
    choose(page, "mnist-classic")
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6, timeout=PATIENCE)
    expect_label(page, "7")


def test_no_word_of_one_network_stands_under_another(open_page):
    page = open_page()
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    choose(page, "mnist-classic")
    about = page.locator(".maps-network")
    expect(about).to_contain_text("mnist-classic: reads digits", timeout=PATIENCE)
    choose(page, "fashion-classic")  # of the same shape
    expect(about).to_contain_text("fashion-classic: reads garments", timeout=PATIENCE)
    expect(page.locator(".maps")).not_to_contain_text("mnist-classic")
    choose(page, "fashion-modern-small")
    expect(about).to_contain_text("fashion-modern-small: reads garments", timeout=PATIENCE)
    expect(page.locator(".strip-names span").first).to_have_text("T-shirt/top")
    choose(page, "mnist-modern-small")
    expect(about).to_contain_text("mnist-modern-small: reads digits", timeout=PATIENCE)
    assert page.locator(".strip-names span").all_text_contents() == [str(digit) for digit in range(10)]


def test_two_visitors_never_see_each_other_s_drawing(open_page):
    first, second = open_page(), open_page()
    tool.draw(first, SEVEN)
    tool.draw(second, ZERO)
    expect_label(first, "7")
    expect_label(second, "0")
    settle(first)
    settle(second)
    assert not np.array_equal(pixels(first, ".verdict-seen canvas"), pixels(second, ".verdict-seen canvas"))
    third = open_page()
    expect_hint(third)
    expect_label(first, "7")


def test_the_keyboard_alone_draws_undoes_and_clears(open_page):
    page = open_page()
    page.locator(".pad-canvas").focus()
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
    expect(page.locator(".bar-best")).to_have_count(1, timeout=PATIENCE)
    page.keyboard.press("Delete")
    expect_hint(page)


def test_every_control_can_be_reached_with_the_tab_key(open_page):
    page = open_page()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(e => e.ariaLabel || e.innerText.trim() || e.type)(document.activeElement)"))
    assert {"Drawing pad", "Brush", "Eraser", "Example: 0", "Example: 9"} <= reached
    assert any("Pen width" in name for name in reached)


def test_a_finger_draws_on_a_phone_without_scrolling_the_page(open_page):
    page = open_page(390, 844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = tool.pad_box(page)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", (0.5, 0.15))
    for y in np.linspace(0.15, 0.85, 15):
        send("touchMove", (0.5, float(y)))
    send("touchEnd")
    expect_label(page, "1")
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def focused(page) -> str:
    return page.evaluate("(e => e.ariaLabel || e.innerText.trim())(document.activeElement)")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_menu_of_networks_closes_when_the_keyboard_leaves_it(open_page, key):
    page = open_page()
    menu = page.get_by_role("combobox", name="Checkpoint")
    menu.focus()
    expect(page.locator("ul[role=listbox]")).to_be_visible()
    page.keyboard.press(key)
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(page.locator("ul[role=listbox]")).to_have_count(0)
    assert focused(page) != "Checkpoint"


def test_the_menu_of_networks_stays_closed_after_escape_and_tab(open_page):
    page = open_page()
    menu = page.get_by_role("combobox", name="Checkpoint")
    menu.focus()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    assert focused(page) == "The chapter's exercises, one click each"
    page.wait_for_timeout(300)  # gradio's menu opens some time after the key
    expect(menu).to_have_attribute("aria-expanded", "false")


def test_an_exercise_that_is_chosen_with_enter_keeps_the_focus(open_page):
    page = open_page()
    page.locator(".exercises summary").click()
    button = page.get_by_role("button", name="3 · The modern network on MNIST")
    button.focus()
    page.keyboard.press("Enter")
    expect_label(page, "5")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "3 · The modern network on MNIST"
    page.keyboard.press("Tab")
    assert focused(page) == "4 · A pullover and a coat"


@pytest.fixture
def phone(open_page):
    return open_page(390, 844, has_touch=True, is_mobile=True)


def test_on_a_phone_the_garments_logits_stand_inside_the_page_with_whole_names(phone):
    choose(phone, "fashion-classic")
    phone.get_by_role("button", name="Example: Ankle boot").first.click()
    strip = phone.locator("[data-layer=logits]")
    names = strip.locator(".strip-names span")
    expect(names).to_have_count(10, timeout=PATIENCE)
    boxes = [strip.locator("canvas[role=img]").last.bounding_box(), *[name.bounding_box() for name in names.all()]]
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    assert names.first.text_content() == "T-shirt/top"
    cut = "spans => spans.filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight).length"
    assert names.evaluate_all(cut) == 0


@pytest.mark.parametrize("layer", ["act1", "act2"])
def test_on_a_phone_patch_and_kernel_stand_before_the_arithmetic(phone, layer):
    choose(phone, "mnist-classic")
    phone.get_by_role("button", name="Example: 5").first.click()
    expect_label(phone, "5")
    phone.locator(f"[data-layer={layer}] .map canvas[role=img]").nth(3).tap()
    panel = phone.locator(".explanation")
    patch, kernel = (panel.get_by_role("table", name=name, exact=True) for name in ("patch", "kernel"))
    expect(kernel).to_be_visible(timeout=PATIENCE)
    boxes = [item.bounding_box() for item in (patch, kernel, panel.locator(".explanation-arithmetic"), panel)]
    (patch, kernel, arithmetic, panel) = boxes
    assert kernel["y"] == patch["y"]
    assert patch["y"] + patch["height"] < arithmetic["y"]
    assert patch["y"] + patch["height"] <= panel["y"] + panel["height"]
    assert kernel["x"] + kernel["width"] <= panel["x"] + panel["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ink_and_text_stand_out_in_both_themes(open_page, scheme):
    page = open_page(color_scheme=scheme)
    tool.draw(page, ONE)
    expect_label(page, "1")
    shot = np.asarray(Image.open(io.BytesIO(page.locator(".pad-field").screenshot())).convert("L")).astype(int)
    height, width = shot.shape
    ink, ground = shot[height // 2, width // 2], shot[height // 2, width // 8]
    assert ink - ground > 200 if scheme == "dark" else ground - ink > 200
    text = page.locator(".verdict-label").evaluate("e => getComputedStyle(e).color")
    brightness = np.mean([float(part) for part in re.findall(r"[\d.]+", text)[:3]])
    assert brightness > 180 if scheme == "dark" else brightness < 80


def test_nothing_is_fetched_from_another_host(browser, page_url):
    context = browser.new_context()
    page = context.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(page_url)
    expect(page.locator(".pad-canvas")).to_be_visible(timeout=PATIENCE)
    tool.draw(page, ONE)
    expect_label(page, "1")
    context.close()
    assert {host for host in hosts if not host.startswith("127.0.0.1")} == set()


def test_assets_are_read_from_files_beside_the_components():
    folder = ROOT / "lenet" / "ui" / "web"
    for name in ("pad", "verdict", "controls", "maps", "explanation", "exercises", "examples", "takeaway"):
        assert {path.suffix for path in folder.glob(f"{name}.*")} == {".html", ".js", ".css"}
