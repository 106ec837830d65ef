"""Pictures in a real browser: uploaded, pasted, dropped, or chosen among the examples."""

from playwright.sync_api import expect
from steps import (
    ONE,
    SEEN,
    SENT,
    SEVEN,
    choose,
    expect_hint,
    expect_label,
    hold_back,
    pixels,
    png,
    settle,
    upload,
)

from tools import browser as tool


def test_an_uploaded_picture_replaces_the_drawing_and_the_other_way_round(page, digits):
    tool.draw(page, ONE)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    expect(page.locator(".pad-hint")).to_be_hidden()  # what the network sees of it stands on the pad
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".lab-pictures img")).to_have_count(0)
    tool.draw(page, SEVEN)
    expect_label(page, "7")


def test_taking_an_uploaded_picture_away_leaves_the_hint(page, digits):
    upload(page, png(digits[3]))
    expect_label(page, "3")
    page.locator(".lab-pictures").get_by_label("Remove Image").click()
    expect_hint(page)


def test_clear_empties_the_page_of_an_uploaded_picture_too(page, digits):
    upload(page, png(digits[3]))
    expect_label(page, "3")
    page.get_by_role("button", name="Clear").click()
    expect_hint(page)
    expect(page.locator(".lab-pictures img")).to_have_count(0)


def test_another_checkpoint_looks_at_the_same_uploaded_picture_after_a_drawing(page, digits):
    tool.draw(page, ONE)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    choose(page, "mnist-classic")
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6)
    expect_label(page, "3")


def test_a_picture_is_pasted_from_the_clipboard(page, digits):
    page.evaluate(
        """async (bytes) => {
          const blob = new Blob([new Uint8Array(bytes)], {type: "image/png"});
          await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]);
        }""",
        list(png(digits[6])),
    )
    page.get_by_label("Paste from clipboard").click()
    expect_label(page, "6")


def test_a_picture_is_dropped(page, digits):
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


def test_a_broken_upload_is_a_sentence_and_the_page_lives_on(page):
    upload(page, b"this is no picture")
    expect_hint(page, "not a picture that can be read")
    expect(page.locator(".verdict-refused")).to_be_attached()
    expect(page.get_by_text("Drop a picture here")).to_be_visible()
    tool.draw(page, SEVEN)
    expect(page.locator(".verdict-refused")).not_to_be_attached()
    expect_label(page, "7")


def test_an_upload_above_the_limit_is_a_sentence_and_the_page_lives_on(visit, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(21_000_000)
    page = visit()
    tool.draw(page, ONE)
    expect_label(page, "1")
    page.locator(".lab-pictures input[type=file]").set_input_files(large)
    expect(page.get_by_text("exceed the maximum allowed size of 20").first).to_be_visible()
    expect_label(page, "1")
    tool.draw(page, [(0.5, 0.85), (0.5, 0.9)])
    settle(page)
    expect_label(page, "1")


def test_examples_are_put_on_the_pad_and_can_be_drawn_on(page, digits):
    page.get_by_role("button", name="Example: 5").first.click()
    expect_label(page, "5")
    seen = pixels(page, SEEN)[..., 0]
    assert abs(seen.astype(int) - digits[5]).mean() < 2
    shown = f"() => document.querySelector('{SEEN}').toDataURL()"
    before = page.evaluate(shown)
    tool.draw(page, [(0.1, 0.9), (0.9, 0.9)])
    page.wait_for_function(f"before => ({shown})() !== before", arg=before)
    page.get_by_role("button", name="Undo").click()
    expect_label(page, "5")


def test_a_picture_that_arrives_while_the_pen_is_down_ends_the_stroke(page, digits):
    tool.draw(page, ONE, lift=False)
    expect_label(page, "1")
    upload(page, png(digits[3]))
    expect_label(page, "3")
    box = page.locator(".pad-canvas").bounding_box()
    put = pixels(page, ".pad-canvas")
    assert put.any()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=5)
    page.mouse.up()
    assert (pixels(page, ".pad-canvas") == put).all()
    expect_label(page, "3")


def test_garments_have_their_own_examples_and_names(page):
    choose(page, "fashion-modern")
    expect_hint(page, "garment")
    page.get_by_role("button", name="Example: Ankle boot").first.click()
    expect_label(page, "Ankle boot")
    expect(page.locator(".verdict-note")).to_have_text("The data set calls this example: Ankle boot")
    page.locator(".examples-more summary").click()
    for garment in ("Pullover", "Coat"):
        expect(page.get_by_role("button", name=f"Example: {garment}")).to_have_count(3)


def test_who_draws_on_while_a_picture_of_the_server_is_on_its_way_keeps_the_drawing(page):
    tool.draw(page, SEVEN)
    settle(page)
    expect_label(page, "7")
    page.locator(".examples-more summary").click()
    answer = hold_back(page, lambda: page.locator("[data-example='upside down']").click())
    tool.draw(page, [(0.1, 0.1), (0.1, 0.11)])
    settle(page)
    sent = page.evaluate(SENT)
    answer()
    page.wait_for_function(f"(sent) => {SENT} > sent", arg=sent)  # the pad says once more what it shows
    tool.draw(page, [(0.12, 0.1), (0.12, 0.11)])  # on that
    settle(page)
    expect_label(page, "7")
