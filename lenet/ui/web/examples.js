// Example pictures as buttons, the first row in sight and the others behind "more". A click triggers "select" with the
// example's number as index, or with the name of one of the other buttons.

import { findAll, makeButton } from "./lib/elements.js";
import { received } from "./lib/value.js";

const COLUMNS = 10; // of the sheet of examples

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, trigger, watch }) {
  const [strip, rest] = findAll(element, ".examples");
  const show = () => {
    const value = /** @type {import("./values.js").ExamplesValue | null} */ (received(props));
    if (!value) return;
    const buttons = value.names.map((name, index) => {
      const button = makeButton("", "", () => trigger("select", { index }));
      button.title = name;
      button.setAttribute("aria-label", `Example: ${name}`);
      Object.assign(button.style, cutOut(value, index));
      return button;
    });
    strip.replaceChildren(...buttons.slice(0, COLUMNS));
    rest.replaceChildren(...buttons.slice(COLUMNS));
  };
  for (const button of findAll(element, "[data-example]")) {
    button.addEventListener("click", () => trigger("select", { index: button.dataset.example }));
  }
  watch("value", show);
  show();
}

/**
 * The style that shows one example out of the sheet.
 * @param {import("./values.js").ExamplesValue} value
 * @param {number} index
 */
function cutOut({ sheet, names }, index) {
  const rows = names.length / COLUMNS;
  const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
  return {
    backgroundImage: `url(${sheet})`,
    backgroundSize: `${COLUMNS * 100}% ${rows * 100}%`,
    backgroundPosition: `${(100 * column) / (COLUMNS - 1)}% ${(100 * row) / Math.max(rows - 1, 1)}%`,
  };
}
