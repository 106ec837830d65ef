// The chapter's exercises as buttons, and what there is to see in the one that is shown. A click triggers "select" with
// the exercise's number as index.

import { find, findAll, makeButton } from "./lib/elements.js";
import { received } from "./lib/value.js";

/** @typedef {import("./values.js").ExercisesValue} ExercisesValue */

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, trigger, watch }) {
  const list = find(element, ".exercises-list");
  let built = "";
  const show = () => {
    const value = /** @type {ExercisesValue | null} */ (received(props));
    if (!value) return;
    const titles = JSON.stringify(value.titles);
    // Only when the titles change: a new button would not have the focus of the one that was chosen.
    if (titles !== built) list.replaceChildren(...buttonsOf(value.titles, (index) => trigger("select", { index })));
    built = titles;
    press(list, value.shown);
    find(element, ".exercises").hidden = value.titles.length === 0;
    find(element, ".exercises-text").textContent = value.text;
  };
  watch("value", show);
  show();
}

/**
 * @param {ExercisesValue["titles"]} titles
 * @param {(index: number) => void} select
 */
function buttonsOf(titles, select) {
  return titles.map(([index, title]) => {
    const button = makeButton("", title, () => select(index));
    button.dataset.index = String(index);
    return button;
  });
}

/**
 * @param {HTMLElement} list
 * @param {number | null} shown
 */
function press(list, shown) {
  for (const button of findAll(list, "button")) {
    button.setAttribute("aria-pressed", String(button.dataset.index === String(shown)));
  }
}
