"""The browser's own answer while the pen moves, and the server's when it rests."""

import json

import numpy as np
from playwright.sync_api import expect
from steps import (
    ASKED,
    ONE,
    SEEN,
    SENT,
    SEVEN,
    ZERO,
    choose,
    expect_label,
    expect_phase,
    hold_back,
    label,
    part,
    pick,
    pixels,
    settle,
    switch,
)

from tools import browser as tool

MAP = "[data-layer=act1] .map canvas"
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def asked(page) -> list[str]:
    """The questions to the server from now on."""
    questions = []
    page.on("request", lambda request: questions.append(request.url) if "/run/" in request.url else None)
    return questions


def ready(page) -> None:
    """Wait until the browser can compute: a stroke is answered while the pen is down."""
    tool.draw(page, [(0.5, 0.2), (0.5, 0.8)], lift=False)
    page.wait_for_function("document.querySelector('[data-live]')")
    page.mouse.up()
    settle(page)
    page.get_by_role("button", name="Clear").click()
    settle(page)


def go_on(page, point: tool.Point) -> None:
    """Move the pen, which is down, to a point of the pad."""
    box = page.locator(".pad-canvas").bounding_box()  # pad_box would move the pen
    page.mouse.move(box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"], steps=10)


def test_nothing_is_asked_while_the_pen_moves_and_once_when_it_rests(page):
    ready(page)
    questions = asked(page)
    tool.draw(page, SEVEN[:2], lift=False)
    page.evaluate(NEXT_FRAME)
    first = pixels(page, MAP)
    go_on(page, SEVEN[2])
    expect_label(page, "7")
    page.evaluate(NEXT_FRAME)
    assert (pixels(page, MAP) != first).any()
    page.wait_for_timeout(400)  # longer than a pen at rest, but it is still down
    assert questions == []
    page.mouse.up()
    settle(page)
    assert len(questions) == 1


def test_the_server_confirms_what_the_browser_has_computed(page):
    ready(page)
    for stroke in (SEVEN, ONE, ZERO):
        tool.draw(page, stroke)
        settle(page)
        page.get_by_role("button", name="Clear").click()
        settle(page)
    assert float(page.locator("[data-apart]").get_attribute("data-apart")) < 1e-4


def test_what_was_asked_while_the_pen_was_down_does_not_take_the_place_of_the_whole_drawing(page):
    ready(page)
    part(page, "Picture")
    tool.draw(page, SEVEN[:2], lift=False)
    answer = hold_back(page, lambda: switch(page, "overlay").select_option("gradient"))
    go_on(page, SEVEN[2])
    page.mouse.up()
    settle(page)
    whole = pixels(page, SEEN)
    with page.expect_response(ASKED):
        answer()
    page.wait_for_timeout(200)
    assert np.array_equal(pixels(page, SEEN), whole)


def test_both_networks_follow_the_pen(page):
    choose(page, "mnist-modern-small")
    part(page, "Compare")
    switch(page, "compare").select_option("checkpoint")
    switch(page, "other").select_option("mnist-classic")
    expect(page.locator(".maps-note")).to_contain_text("two networks")
    ready(page)
    questions = asked(page)
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    expect(page.locator(".verdict-other .verdict-size")).to_contain_text("B is taken for")
    assert pixels(page, "[data-layer=act1] [data-side=b] canvas").any()
    assert questions == []
    page.mouse.up()


def test_without_a_network_s_files_the_server_answers_when_the_pen_rests(rough, page_url):
    page = rough.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.route("**/networks/**", lambda route: route.fulfill(status=200, body=b"\0" * 500))
    page.goto(page_url)
    expect(page.locator(".examples button")).to_have_count(30)
    tool.draw(page, SEVEN, lift=False)
    page.wait_for_timeout(300)
    expect(label(page)).to_contain_text("Draw a digit")
    page.mouse.up()
    expect_label(page, "7")
    expect(page.locator(".maps.maps-empty")).to_have_count(0)
    assert errors == []
    page.close()


def test_an_old_answer_of_the_server_does_not_take_the_place_of_a_newer_drawing(page):
    ready(page)
    held = []
    page.route(ASKED, lambda route: held.append(route), times=1)
    tool.draw(page, ONE)
    page.wait_for_timeout(400)
    tool.draw(page, [(0.2, 0.15), (0.5, 0.15)], lift=False)
    page.evaluate(NEXT_FRAME)
    shown = label(page).text_content()
    assert held
    held[0].continue_()
    page.wait_for_timeout(500)
    assert label(page).text_content() == shown
    page.mouse.up()
    settle(page)


def test_another_view_is_shown_before_the_server_answers(page):
    ready(page)
    tool.draw(page, SEVEN)
    settle(page)
    whole = pixels(page, MAP)
    answer = hold_back(page, lambda: page.get_by_text("Pooled", exact=True).click())
    expect_phase(page, "pooled")
    assert (pixels(page, "[data-layer=pool1] .map canvas") != 0).any()
    page.get_by_text("Kernels", exact=True).click()
    expect_phase(page, "kernels")
    assert pixels(page, "[data-layer=kernels2] .map canvas").any()
    page.get_by_text("After", exact=True).click()
    page.get_by_text("both", exact=True).click()
    expect(page.locator(".layer-scale").first).not_to_contain_text("each map")
    page.get_by_text("map", exact=True).click()
    assert np.array_equal(pixels(page, MAP), whole)
    with page.expect_response(ASKED) as answered:
        answer()
    assert answered.value.ok
    assert np.array_equal(pixels(page, MAP), whole)


def test_an_example_is_answered_before_the_server_answers(page):
    ready(page)
    answer = hold_back(page, lambda: page.get_by_role("button", name="Example: 3").first.click())
    expect_label(page, "3")
    maps, drawing = pixels(page, MAP), page.evaluate(SENT)
    assert maps.any()
    with page.expect_response(ASKED) as answered:
        answer()
    verdict, sent_maps, *_ = answered.value.json()["data"]
    assert json.loads(verdict)["drawing"] == drawing
    assert sent_maps is None
    settle(page)
    expect(page.locator(".verdict-note")).to_contain_text("calls this example: 3")
    assert page.evaluate(SENT) == drawing
    assert np.array_equal(pixels(page, MAP), maps)


def test_a_kept_picture_is_computed_beside_the_pen(page):
    ready(page)
    tool.draw(page, SEVEN)
    settle(page)
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture as B").click()
    expect(page.locator(".map-pair").first).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    settle(page)
    tool.draw(page, ONE, lift=False)
    expect_label(page, "1")
    assert np.ptp(pixels(page, "[data-layer=act1] [data-side=difference] canvas")[..., :3])
    page.mouse.up()
    settle(page)
    answer = hold_back(page, lambda: page.get_by_text("Before", exact=True).click())
    expect_phase(page, "before")
    assert np.ptp(pixels(page, "[data-layer=norm1] [data-side=b] canvas")[..., :3])
    answer()


def test_a_network_that_is_chosen_while_one_draws_answers_the_same_stroke(page):
    ready(page)
    answer = hold_back(page, lambda: pick(page, "mnist-classic"), times=2)  # gradio's menu asks twice
    tool.draw(page, SEVEN, lift=False)
    expect_label(page, "7")
    before = page.locator(".maps-network").text_content()
    answer()
    box, words = page.locator(".pad-canvas").bounding_box(), page.locator(".maps-network")
    for _ in range(100):
        if words.text_content() != before:
            break
        for shift in (1, 0):
            page.mouse.move(box["x"] + 0.45 * box["width"] + shift, box["y"] + 0.82 * box["height"])
            page.evaluate(NEXT_FRAME)
    expect(words).to_contain_text("mnist-classic")
    page.mouse.up()
    settle(page)


def test_a_view_that_is_asked_for_while_one_draws_is_there_when_the_pen_rests(page):
    ready(page)
    answer = hold_back(page, lambda: page.get_by_text("Pooled", exact=True).click())
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    answer()
    settle(page)
    expect_phase(page, "pooled")
    expect(page.locator("[data-layer=pool2] .map-cells canvas")).to_have_count(16)
