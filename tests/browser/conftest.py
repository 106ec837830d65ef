"""A browser, and the page in it."""

import pytest


@pytest.fixture(scope="session")
def browser():
    from tools import browser as tool

    with tool.launch() as running:
        yield running


@pytest.fixture
def open_page(browser, page_url):
    """Opens the page, in a window of its own; errors of its scripts, or a page wider than its window, fail the test."""
    from playwright.sync_api import expect
    from steps import PATIENCE

    contexts, errors, widths = [], [], []

    def open_(width: int = 1280, height: int = 900, address: str = "", **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(page_url + address)
        expect(page.locator(".pad-canvas")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".examples button")).to_have_count(30, timeout=PATIENCE)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            widths.append((page.evaluate("document.documentElement.scrollWidth"), page.viewport_size["width"]))
        context.close()
    assert errors == []
    assert all(wide <= window for wide, window in widths), widths
