"""Choosing a network in a real browser."""

import shutil

import pytest
from playwright.sync_api import expect
from steps import CHECKPOINT, SEVEN, choose, expect_hint, expect_label, focused, pick

from lenet.settings import CHECKPOINTS
from lenet.ui.page import build, launch_options
from tools import browser as tool


def test_another_checkpoint_looks_at_the_same_drawing(page):
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    expect(page.locator("[data-layer=act1] .map")).to_have_count(6)
    choose(page, "mnist-modern")
    expect(page.locator("[data-layer=act1] .map")).to_have_count(40)
    expect_label(page, "7")


def test_no_word_of_one_network_stands_under_another(page):
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    choose(page, "mnist-classic")
    about = page.locator(".maps-network")
    expect(about).to_contain_text("mnist-classic: reads digits")
    choose(page, "fashion-classic")  # of the same shape
    expect(about).to_contain_text("fashion-classic: reads garments")
    expect(page.locator(".maps")).not_to_contain_text("mnist-classic")
    choose(page, "fashion-modern-small")
    expect(about).to_contain_text("fashion-modern-small: reads garments")
    expect(page.locator(".dense-names span").first).to_have_text("T-shirt/top")
    choose(page, "mnist-modern-small")
    expect(about).to_contain_text("mnist-modern-small: reads digits")
    assert page.locator(".dense-names span").all_text_contents() == [str(digit) for digit in range(10)]


@pytest.fixture
def damaged_url(tmp_path):
    """A page that offers a damaged checkpoint beside two good ones."""
    for name in ("mnist-modern", "mnist-classic"):
        shutil.copytree(CHECKPOINTS / name, tmp_path / name)
    shutil.copytree(CHECKPOINTS / "mnist-classic", tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"cut")
    demo = build(tmp_path)
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options(demo))
    yield url
    demo.close()


def test_a_damaged_checkpoint_is_a_sentence_and_the_page_lives_on(visit, damaged_url):
    page = visit(damaged_url)
    tool.draw(page, SEVEN)
    expect_label(page, "7")
    pick(page, "broken")
    expect_hint(page, "damaged or cut short")
    choose(page, "mnist-classic")
    expect_label(page, "7")


MENU = "ul[role=listbox]"


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_menu_of_networks_closes_when_the_keyboard_leaves_it(page, key):
    menu = page.get_by_role("combobox", name=CHECKPOINT)
    menu.focus()
    expect(page.locator(MENU)).to_be_visible()
    page.keyboard.press(key)
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(page.locator(MENU)).to_have_count(0)
    assert focused(page) != CHECKPOINT


def test_the_menu_of_networks_stays_closed_after_escape_and_tab(page):
    menu = page.get_by_role("combobox", name=CHECKPOINT)
    menu.focus()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    assert focused(page) == "Drawing pad"
    page.wait_for_timeout(300)  # gradio's menu opens some time after the key
    expect(menu).to_have_attribute("aria-expanded", "false")
