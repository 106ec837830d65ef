// A strip of example pictures as buttons. A click triggers "select" with the example's number as index, or with the name
// of a button below the strip.

import { find, findAll, makeButton } from "./lib/elements.js";
import { received } from "./lib/value.js";

const COLUMNS = 10; // of the sheet of examples

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, trigger, watch }) {
  const strip = find(element, ".examples");
  const show = () => {
    const value = /** @type {import("./values.js").ExamplesValue | null} */ (received(props));
    if (!value) return;
    strip.replaceChildren(
      ...value.names.map((name, index) => {
        const button = makeButton("", "", () => trigger("select", { index }));
        button.title = name;
        button.setAttribute("aria-label", `Example: ${name}`);
        Object.assign(button.style, cutOut(value, index));
        return button;
      }),
    );
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
