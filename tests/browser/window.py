"""A browser window in which one test after another finds the page as it was when it was opened."""

import json
from typing import Any

from looks import Look
from playwright.sync_api import Browser, Error, Page, expect
from steps import CHECKPOINT, DRAWING, choose

RESET_PATIENCE = 5_000
"""Milliseconds after which a page that does not come back by its own switches is loaded once more."""

STATE = f"""() => {{
  const all = (selector) => [...document.querySelectorAll(selector)];
  const [pad, verdict] = [document.querySelector("[data-sent]"), document.querySelector("[data-label]")];
  return JSON.stringify({{
    stays: [
      location.hash,
      all(".takeaway")[0].textContent,
      all(".lab-pictures input[type=file]").length,
      all(".cards select").map((menu) => menu.value),
    ],
    checkpoint: document.querySelector("input[aria-label='{CHECKPOINT}']").value,
    view: all(".lab-views [aria-pressed=true]").map((button) => button.dataset.at),
    switches: all(".controls input").map((input) => input.checked),
    menus: all(".controls select").map((menu) => menu.value),
    tools: all("[data-tool]").map((tool) => tool.ariaPressed).concat(document.querySelector(".pad input").value),
    words: [".verdict-label", ".verdict-note"].map((words) => all(words)[0].textContent),
    there: all(".map, .lab-pictures img, .verdict-doubts li, details[open]").length,
    open: all(".explanation:not([hidden]), .lesson:not([hidden])").length,
    off: all("[data-constant=off]").length,
    buttons: all(".examples button").length,
    answered: !pad || pad.dataset.sent === verdict.getAttribute("{DRAWING}"),
  }});
}}"""
"""All that a test can find changed, as one text; what ``stays`` is what no switch takes away."""

RESET = """({ switches, menus }) => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  all(".lab-views [data-at=explore]").forEach((button) => button.click());
  all("details[open]").forEach((part) => { part.open = false; });
  all(".lesson:not([hidden]) [data-act=close]").forEach((button) => button.click());
  all(".explanation:not([hidden]) .explanation-close").forEach((button) => button.click());
  all(".controls-main > button:not([hidden])").forEach((button) => button.click());
  all(".controls input").forEach((input, i) => {
    if (input.checked !== switches[i] && (input.type === "checkbox" || switches[i])) input.click();
  });
  all(".controls select").forEach((menu, i) => {
    if (menu.value === menus[i]) return;
    menu.value = menus[i];
    menu.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.querySelector(".pad input").value = 8;
  document.querySelector("[data-act=clear]").click();
  document.activeElement.blur();
  scrollTo(0, 0);
}"""


def load(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".pad-canvas")).to_be_visible()
    expect(page.locator(".examples button")).to_have_count(30)
    expect(page.get_by_label(CHECKPOINT, exact=True)).to_be_visible()  # gradio shows the menu in its own time


class Window:
    """One look's browser context, and the page in it that the tests share."""

    def __init__(self, browser: Browser, look: Look, address: str):
        self._look, self._address = look, address
        self._context = browser.new_context(**look.options())
        self._errors: list[str] = []
        self.page = self.open()
        self._resting = self.page.evaluate(STATE)

    def open(self, fragment: str = "") -> Page:
        """One more page in the same context."""
        page = self._context.new_page()
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        page.on("console", lambda message: self._errors.append(message.text) if message.type == "error" else None)
        load(page, self._address + fragment)
        return page

    def reset(self) -> Page:
        """The shared page as it was at first: by its own switches where they can do it, else loaded once more."""
        page, look = self.page, self._look
        page.mouse.up()
        page.mouse.move(0, 0)
        page.emulate_media(reduced_motion="no-preference")
        page.set_viewport_size({"width": look.width, "height": look.height})
        if not self._is_put_back(page.evaluate(STATE)):
            load(page, self._address)
        self._errors.clear()
        return page

    def _is_put_back(self, state: str) -> bool:
        if state == self._resting:
            return True
        now, resting = json.loads(state), json.loads(self._resting)
        return now["stays"] == resting["stays"] and self._put_back(now, resting)

    def _put_back(self, now: dict[str, Any], resting: dict[str, Any]) -> bool:
        """Whether the page's own switches and its Clear bring it back."""
        try:
            self.page.evaluate(RESET, resting)
            if now["checkpoint"] != resting["checkpoint"]:
                choose(self.page, resting["checkpoint"].rpartition(" · ")[2])
            is_resting = f"(resting) => ({STATE})() === resting"
            self.page.wait_for_function(is_resting, arg=self._resting, timeout=RESET_PATIENCE)
        except Error:
            return False
        return True

    def check(self) -> None:
        """Errors of the scripts, or a page wider than its window, fail the test; further pages are closed."""
        widths = []
        for page in self._context.pages:
            widths.append((page.evaluate("document.documentElement.scrollWidth"), page.viewport_size["width"]))
            if page is not self.page:
                page.close()
        assert self._errors == []
        assert all(wide <= window for wide, window in widths), widths
