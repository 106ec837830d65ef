// The confusion matrix: a table of buttons, one for each cell that has pictures. One of them is in the way of the Tab
// key; the arrow keys go from one to the next.

import { make, makeButton } from "../lib/elements.js";

const WAYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});
const SHORT = 2; // letters of a name that stand above a column as they are; longer ones stand upright

/** @typedef {import("../values.js").ConfusionValue} ConfusionValue */
/** @typedef {[number, number]} Cell */

export class Confusion {
  table = make("table", "confusion");
  /** @type {(HTMLButtonElement | null)[][]} */
  buttons = [];

  /**
   * @param {string[]} classes
   * @param {ConfusionValue} value
   * @param {(cell: Cell) => void} choose
   */
  constructor(classes, { counts, shades }, choose) {
    const head = make("tr");
    head.append(make("td"), ...classes.map((name) => headOf("col", name)));
    const top = make("thead");
    top.append(head);
    const body = make("tbody");
    for (const [row, name] of classes.entries()) {
      const line = make("tr");
      const cells = counts[row].map((count, column) => cellOf(count, shades[row][column], row === column));
      this.buttons.push(cells.map(({ button }) => button));
      for (const [column, { button }] of cells.entries()) {
        button?.addEventListener("click", () => choose([row, column]));
        const said = row === column ? `${name}, read rightly` : `${name}, taken for ${classes[column]}`;
        button?.setAttribute("aria-label", `${said}: ${counts[row][column]}`);
      }
      line.append(headOf("row", name), ...cells.map(({ cell }) => cell));
      body.append(line);
    }
    this.table.append(top, body);
    this.table.classList.toggle(
      "confusion-names",
      classes.some(({ length }) => length > SHORT),
    );
    this.table.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {Cell} chosen */
  mark([row, column]) {
    const way = this.buttons[row]?.[column] ?? this.buttons.flat().find(Boolean);
    for (const button of this.buttons.flat()) {
      button?.setAttribute("aria-pressed", String(button === this.buttons[row]?.[column]));
      if (button) button.tabIndex = button === way ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = WAYS[event.key];
    const from = /** @type {HTMLButtonElement} */ (event.target);
    let y = this.buttons.findIndex((line) => line.includes(from));
    if (!way || y < 0) return;
    event.preventDefault();
    let x = this.buttons[y].indexOf(from);
    do [y, x] = [y + way[0], x + way[1]];
    while (this.buttons[y]?.[x] === null);
    this.buttons[y]?.[x]?.focus();
  }
}

/**
 * @param {string} scope
 * @param {string} name
 */
function headOf(scope, name) {
  const head = make("th");
  head.scope = scope;
  head.append(make("span", "", name));
  return head;
}

/**
 * A cell without pictures stays empty.
 * @param {number} count
 * @param {number} shade
 * @param {boolean} right
 */
function cellOf(count, shade, right) {
  const cell = make("td");
  if (!count) return { cell, button: null };
  const button = makeButton(right ? "confusion-right" : "confusion-wrong", String(count), () => {});
  button.style.setProperty("--shade", String(shade));
  cell.append(button);
  return { cell, button };
}
