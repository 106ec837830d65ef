// The pinned cell: patch times kernel, input map by input map, the sum and what becomes of it; the channel's favourites.

import { showFavourites } from "./explanation/favourites.js";
import { InputMaps } from "./explanation/inputs.js";
import { productOf } from "./explanation/squares.js";
import { find, make } from "./lib/elements.js";
import { exact, within } from "./lib/numbers.js";
import { signal, UNPIN } from "./lib/signals.js";
import { onAnswer } from "./lib/value.js";

const GAP = 16; // pixels between the panel and the end of the page

/** @type {Record<string, [number, number]>} */
const MOVES = { left: [0, -1], up: [-1, 0], down: [1, 0], right: [0, 1] };

/** @typedef {import("./values.js").ExplanationValue} ExplanationValue */
/** @typedef {import("./values.js").CellValue} CellValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const explanation = new Explanation(component.element);
  onAnswer(component, (/** @type {ExplanationValue} */ value) => explanation.show(value));
  explanation.listen();
}

class Explanation {
  /** @type {CellValue | null} */
  cell = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.box = find(element, ".explanation");
    this.body = find(element, ".explanation-body");
    this.title = find(element, "h3");
    this.sums = find(element, ".explanation-sums");
    this.steps = find(element, "tbody");
    this.moves = find(element, ".explanation-moves");
    this.said = find(element, ".explanation-said");
    this.pair = find(element, ".explanation-pair");
    this.liked = find(element, ".explanation-liked");
    this.close = find(element, ".explanation-close");
  }

  listen() {
    for (const button of /** @type {HTMLElement[]} */ ([...this.moves.children])) {
      button.addEventListener("click", () => this.#move(MOVES[button.dataset.move ?? ""]));
    }
    this.close.addEventListener("click", () => signal("lab-pin", UNPIN));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.box.hidden) signal("lab-pin", UNPIN);
    });
  }

  /** @param {ExplanationValue} value */
  show({ text, cell, favourites }) {
    const opens = this.box.hidden && Boolean(text);
    this.cell = cell;
    this.box.hidden = !text;
    this.title.textContent = this.said.textContent = cell ? `${text}: ${exact(cell.value)}` : text;
    this.moves.hidden = this.body.hidden = !cell;
    for (const part of [this.sums, this.steps, this.liked]) part.replaceChildren();
    if (!cell) return;
    this.#showCell(cell);
    showFavourites(this.liked, favourites);
    // The page's end stays in reach.
    document.documentElement.style.setProperty("--lab-panel", `${this.box.offsetHeight + GAP}px`);
    if (opens) signal("lab-explained", null);
  }

  /** @param {CellValue} cell */
  #showCell(cell) {
    this.sums.append(make("p", "layer-note", cell.about));
    if (cell.first) this.sums.append(productOf(cell, 0));
    else new InputMaps(cell).showIn(this.sums);
    this.steps.append(...cell.steps.map(stepRow));
    const [a, b, apart] = cell.pair.map(exact);
    this.pair.textContent = cell.pair.length ? `Here A is ${a} and B is ${b}: A − B is ${apart}.` : "";
  }

  /** @param {[number, number]} direction rows down and columns to the right */
  #move([down, across]) {
    if (!this.cell) return;
    const [layer, channel, row, column] = this.cell.pin;
    const [rows, columns] = this.cell.shape;
    const next = [within(row + down, 0, rows - 1), within(column + across, 0, columns - 1)];
    signal("lab-pin", { pin: [layer, channel, next[0], next[1]], side: this.cell.side });
  }
}

/**
 * A line of the arithmetic; the cell's own value is set off.
 * @param {CellValue["steps"][number]} step
 */
function stepRow([words, value, own]) {
  const row = make("tr", own ? "explanation-own" : "");
  const head = Object.assign(make("th", "", words), { scope: "row" });
  row.append(head, make("td", "", exact(value)));
  return row;
}
