// The page's views: exploring a network, training one, reading its model card. The hand's column stays in all of them.

import { findAll } from "../lib/elements.js";
import { onSignal, signal } from "../lib/signals.js";

const [SWITCH, PAGE] = [".lab-views button", ".column:has(> .lab-main)"];

/** @typedef {import("../lib/signals.js").ViewName} ViewName */

export function changeViews() {
  document.addEventListener("click", ({ target }) => {
    const chosen = target instanceof HTMLElement ? target.closest(SWITCH) : null;
    if (chosen instanceof HTMLElement) signal("lab-at", /** @type {ViewName} */ (chosen.dataset.at));
  });
  onSignal("lab-at", show);
}

/** @param {ViewName} name */
function show(name) {
  const page = document.querySelector(PAGE);
  for (const button of findAll(document.body, SWITCH)) {
    const at = /** @type {string} */ (button.dataset.at);
    button.setAttribute("aria-pressed", String(at === name));
    page?.classList.toggle(`lab-at-${at}`, at === name);
  }
}
