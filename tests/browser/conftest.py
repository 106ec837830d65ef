"""A browser, and the page in it; every test here has the mark ``browser``."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    from tools import browser as tool

    with tool.launch() as running:
        yield running


@pytest.fixture(scope="session")
def windows(browser, page_url):
    """look -> its window, opened when a test first asks for it."""
    from window import Window

    opened = {}

    def window(look):
        if look not in opened:
            opened[look] = Window(browser, look, page_url)
        return opened[look]

    return window


@pytest.fixture
def page(windows, look):
    """The page as it was when it was opened. Errors of its scripts, or a page wider than its window, fail the test."""
    window = windows(look)
    yield window.reset()
    window.check()


@pytest.fixture
def look():
    """At a desk, in the light; a test that must hold in others says in which."""
    from looks import DESK

    return DESK


@pytest.fixture
def open_page(windows):
    """look, fragment -> one more page, in that look's context, which is closed after the test."""
    used = set()

    def open_(look, fragment: str = ""):
        used.add(look)
        return windows(look).open(fragment)

    yield open_
    for look in used:
        windows(look).check()


@pytest.fixture(scope="session")
def rough(browser):
    """A context for pages on which errors are expected."""
    from looks import DESK

    context = browser.new_context(**DESK.options())
    yield context
    context.close()


@pytest.fixture
def visit(rough, page_url):
    """address -> a page on which errors are expected."""

    def visit_(address: str = page_url):
        from window import load

        page = rough.new_page()
        load(page, address)
        return page

    yield visit_
    for page in rough.pages:
        page.close()
