"""The server goes away while one draws: the page says so, keeps the drawing, and goes on when the server is back."""

import numpy as np
import pytest
from playwright.sync_api import expect
from steps import ASKED, ONE, SEEN, SEVEN, expect_label, label, pick, pixels, settle

from lenet.ui.lab import HINTS
from tools import browser as tool

AWAY = "The server does not answer"


@pytest.fixture
def away(visit):
    """A page at which "1" was drawn, and whose server then does not answer until the route is taken away again."""
    page = visit()
    tool.draw(page, ONE)
    expect_label(page, "1")
    settle(page)
    page.route(ASKED, lambda route: route.abort("connectionrefused"))
    return page


def expect_no_verdict(page, words: str) -> None:
    expect(label(page)).to_contain_text(words)
    expect(page.locator(".verdict-bars")).to_be_hidden()
    assert not pixels(page, SEEN).any()


def drawing(page) -> str:
    return page.locator(".pad-canvas").evaluate("canvas => canvas.toDataURL()")


def test_the_page_says_that_the_server_is_away_and_goes_on_when_it_is_back(away):
    tool.draw(away, [(0.25, 0.15), (0.75, 0.15)])
    expect_no_verdict(away, AWAY)
    before = drawing(away)
    away.wait_for_timeout(2_500)  # gradio's own way would be to load the page again, without the drawing
    assert drawing(away) == before
    expect(away.get_by_text("Connection Lost")).to_have_count(0)
    away.unroute(ASKED)
    expect(away.locator(".verdict-bars")).to_be_visible()
    expect(away.locator("body.lab-trouble")).to_have_count(0)
    settle(away)
    assert drawing(away) == before


def test_what_is_drawn_while_the_server_is_away_is_answered_when_it_is_back(away):
    away.get_by_role("button", name="Clear").click()
    expect_no_verdict(away, AWAY)
    tool.draw(away, SEVEN)
    away.unroute(ASKED)
    expect_label(away, "7")
    settle(away)
    expect(away.locator(".maps .map").first).to_be_visible()


def test_a_gateway_that_finds_no_server_is_the_same(away):
    away.unroute(ASKED)
    away.route(ASKED, lambda route: route.fulfill(status=502, body="Bad Gateway"))
    away.get_by_role("button", name="Clear").click()
    expect_no_verdict(away, AWAY)
    away.unroute(ASKED)
    expect_label(away, HINTS["digit"])


def test_after_an_error_of_the_server_no_old_verdict_stands_under_the_new_name(away):
    away.unroute(ASKED)
    away.route(ASKED, lambda route: route.fulfill(status=500, json={"error": None}))
    pick(away, "fashion-classic")
    expect_no_verdict(away, "The server could not answer")
    assert np.isclose(float(away.locator(".maps").evaluate("e => getComputedStyle(e).opacity")), 0.35)
    away.unroute(ASKED)
    tool.draw(away, [(0.2, 0.5), (0.8, 0.5)])
    expect(away.locator(".maps-network")).to_contain_text("fashion-classic: reads garments")
    expect(away.locator(".verdict-bars")).to_be_visible()


def test_a_drawing_that_was_one_too_many_is_asked_again_without_a_word(visit):
    page = visit()
    refused = []

    def refuse_once(route):
        if refused:
            return route.fallback()
        refused.append(route.request.post_data)
        route.fulfill(status=429, headers={"Retry-After": "1"}, json={"error": "Too many.", "detail": "Too many."})

    page.route(ASKED, refuse_once)
    with page.expect_response(lambda answer: answer.ok and answer.request.post_data in refused):
        tool.draw(page, ONE)
    expect_label(page, "1")
    expect(page.locator("body.lab-trouble")).to_have_count(0)
