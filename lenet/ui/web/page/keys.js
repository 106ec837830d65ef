// Ways of the keyboard through the whole page: past what stands between the pad and the maps, and to the full screen.

import { changeScreen } from "../lib/window.js";

const TYPING = "input, textarea, select";

export function listenToKeys() {
  document.addEventListener("click", skip);
  document.addEventListener("keydown", onKey);
}

/**
 * A skip link leads to the first map, or, where there is none yet, to the place of the maps. It is no anchor: the
 * address's fragment belongs to links that carry a drawing.
 * @param {Event} event
 */
function skip({ target }) {
  const link = target instanceof HTMLElement ? target.closest("[data-skip]") : null;
  if (!(link instanceof HTMLElement)) return;
  const place = document.querySelector(link.dataset.skip ?? "");
  const first = place?.querySelector("[tabindex='0']") ?? place;
  if (first instanceof HTMLElement) first.focus();
}

/** @param {KeyboardEvent} event */
function onKey({ key, target, ctrlKey, metaKey, altKey }) {
  if (key.toLowerCase() !== "f" || ctrlKey || metaKey || altKey) return;
  if (target instanceof Element && target.matches(TYPING)) return;
  changeScreen();
}
