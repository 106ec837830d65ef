"""Networks that are trained on the page: what only a browser and another process can show."""

import re
import subprocess
import time

import pytest
from looks import DESK, NIGHT, PHONE
from playwright.sync_api import Page, expect
from steps import CHECKPOINT, SEVEN, expect_label, pixels, settle
from window import load

from tools import browser as tool

pytestmark = pytest.mark.timeout(180)

QUICK = {
    "dataset": "mnist",
    "channels": "4, 8",
    "hidden": "16",
    "activation": "relu",
    "learning_rate": "0.2",
    "batch_size": "250",
    "epochs": "2",
    "validation": "20000",
}
"""A network that is trained in seconds."""

PATIENCE = 60_000
"""Milliseconds for another process to start and to train."""


@pytest.fixture(autouse=True)
def data(whole_data, monkeypatch):
    monkeypatch.setenv("LENET_DATA", str(whole_data))


FORMING = "[data-stage=act1] .progress-tile canvas"


def knob(page: Page, name: str, value: str) -> None:
    if name == "dataset":
        return page.get_by_label("Data set").select_option(value)
    field = page.locator(f".bench [name={name}]")
    if field.evaluate("field => field.tagName") == "SELECT":
        return field.select_option(value)
    field.fill(value)
    field.press("Tab")
    return None


def open_bench(page: Page, **knobs: str) -> None:
    page.get_by_role("button", name="Train", exact=True).first.click()
    expect(page.locator(".bench-stages tbody tr").first).to_be_visible()
    expect(page.locator(".progress .plot")).to_have_count(2)  # of loss and of right answers, once each
    for name, value in (QUICK | knobs).items():
        knob(page, name, value)


def train(page: Page, phase: str) -> None:
    page.locator(".bench-train").click()
    expect(page.locator(f"[data-training={phase}]")).to_have_count(1, timeout=PATIENCE)


def expect_nobody_trains() -> None:
    started = time.monotonic()
    while subprocess.run(["pgrep", "-f", "lenet[.]training"], capture_output=True).stdout:
        assert time.monotonic() - started < 10
        time.sleep(0.05)


def lines(page: Page) -> int:
    return page.locator(".plot").last.locator(".plot-line").count()


def test_two_networks_are_trained_laid_over_each_other_and_one_is_used(open_page):
    page, other = open_page(DESK), open_page(NIGHT)
    open_bench(page)
    expect(page.locator(".bench-time")).to_contain_text("about")
    train(page, "done")
    expect(page.locator(".progress-words")).to_contain_text("of the test pictures right")
    assert lines(page) == 2

    knob(page, "pooling", "max")
    open_bench(other)
    train(page, "starting")
    train(other, "waiting")
    expect(other.locator(".progress-words")).to_have_text("One training is before yours.")
    other.close()
    expect(page.locator("[data-training=done]")).to_have_count(1, timeout=PATIENCE)
    assert lines(page) == 4
    page.get_by_label("Show A", exact=True).click()
    assert lines(page) == 2
    expect(page.locator(".progress-runs")).to_contain_text("pooling max")
    expect_nobody_trains()

    page.get_by_role("button", name="Use it").last.click()
    expect(page.get_by_label(CHECKPOINT, exact=True)).to_have_value(re.compile("yours-"))
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    settle(page)
    expect(page.locator(".maps-network")).to_contain_text("yours-")


def test_a_network_is_watched_as_it_forms_and_stopped_and_ends_when_the_page_is_loaded_again(visit):
    page = visit()  # gradio writes into the console that it was cut off
    tool.draw(page, SEVEN)
    open_bench(page, epochs="20", batch_size="20")
    train(page, "training")
    expect(page.locator(".progress-forming")).to_contain_text("It says:")
    expect(page.locator(".progress-tile")).to_have_count(4 + 8)
    before = pixels(page, FORMING)
    expect(page.locator(".progress-runs")).to_contain_text(re.compile("[1-9]+ of 20"), timeout=PATIENCE)
    assert (pixels(page, FORMING) != before).any()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-training=done]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".progress-words")).to_contain_text("It was stopped.")

    train(page, "training")
    load(page, page.url)
    expect_nobody_trains()
    open_bench(page)
    expect(page.locator(".bench-train")).to_be_enabled()


@pytest.mark.parametrize("look", [PHONE], ids=["phone"])
def test_an_order_that_cannot_be_built_says_why(page):
    open_bench(page)
    knob(page, "kernel_sizes", "31, 5")
    expect(page.locator(".bench-problem")).to_contain_text("does not fit")
    expect(page.locator(".bench-train")).to_be_disabled()
    knob(page, "convolutions", "1")
    knob(page, "kernel_sizes", "5")
    expect(page.locator(".bench-problem")).to_be_hidden()
    expect(page.locator(".bench-stages tbody")).to_contain_text("4 × 28 × 28")
    page.get_by_role("button", name="Explore").click()
