// The chapter's exercises as buttons. A click triggers "select" with the name of the exercise's first step as index.

import { find, findAll, makeButton } from "./lib/elements.js";
import { received } from "./lib/value.js";

/** @typedef {import("./values.js").ExercisesValue} ExercisesValue */

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, trigger, watch }) {
  const menu = /** @type {HTMLDetailsElement} */ (find(element, ".exercises"));
  const list = find(element, ".exercises-list");
  const select = (/** @type {string} */ index) => {
    menu.open = false; // its place belongs to the maps
    trigger("select", { index });
  };
  const show = () => {
    const value = /** @type {ExercisesValue | null} */ (received(props));
    if (!value) return;
    list.replaceChildren(...value.titles.map(([name, title]) => makeButton("", title, () => select(name))));
    for (const button of findAll(list, "button")) {
      button.setAttribute("aria-pressed", String(button.textContent === value.shown));
    }
    menu.hidden = value.titles.length === 0;
  };
  watch("value", show);
  show();
}
