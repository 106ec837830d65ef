// Example pictures as buttons, the first row in sight and the others behind "more". A click puts the picture on the pad
// and triggers "select" with the example's number as index, or with the name of one of the other buttons.

import { PICTURE_SIZE } from "./lib/canvas.js";
import { findAll, makeButton } from "./lib/elements.js";
import { signal } from "./lib/signals.js";
import { received } from "./lib/value.js";

const COLUMNS = 10; // of the sheet of examples
const CHANNELS = 4; // bytes of a canvas pixel

/** @typedef {import("./values.js").ExamplesValue} ExamplesValue */

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, trigger, watch }) {
  const [strip, rest] = findAll(element, ".examples");
  const select = async (/** @type {HTMLImageElement} */ sheet, /** @type {number} */ index) => {
    if (!sheet.complete) await sheet.decode(); // a quick hand comes before it
    signal("lab-example", pictureIn(sheet, index));
    trigger("select", { index });
  };
  const show = () => {
    const value = /** @type {ExamplesValue | null} */ (received(props));
    if (!value) return;
    const sheet = Object.assign(new Image(), { src: value.sheet });
    const buttons = value.names.map((name, index) => {
      const button = makeButton("", "", () => select(sheet, index));
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
 * One example out of the sheet: its bytes of ink.
 * @param {HTMLImageElement} sheet
 * @param {number} index
 */
function pictureIn(sheet, index) {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(PICTURE_SIZE, PICTURE_SIZE).getContext("2d")
  );
  const [left, top] = [index % COLUMNS, Math.floor(index / COLUMNS)].map((at) => -at * PICTURE_SIZE);
  context.drawImage(sheet, left, top);
  const { data } = context.getImageData(0, 0, PICTURE_SIZE, PICTURE_SIZE);
  return Uint8Array.from({ length: PICTURE_SIZE ** 2 }, (_, i) => data[CHANNELS * i]);
}

/**
 * The style that shows one example out of the sheet.
 * @param {ExamplesValue} value
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
