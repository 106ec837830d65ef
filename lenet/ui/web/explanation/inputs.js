// A later layer reads many maps: each is a row of small pictures, the largest sums first; the chosen one's numbers stand
// above.

import { make, makeButton } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { KINDS, mostOf, pictureOf, productOf } from "./squares.js";

/** @typedef {import("../values.js").CellValue} CellValue */

const LABEL = "Patch times kernel is products, and their sum, for each map of the layer before";
const SIGNS = ["×", "="]; // after the patch, after the kernel

export class InputMaps {
  chosen = make("div");
  list = make("div", "inputs");

  /** @param {CellValue} cell */
  constructor(cell) {
    this.cell = cell;
    this.scales = KINDS.map((kind) => mostOf(cell[kind].flat(2)));
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", LABEL);
  }

  /** @param {HTMLElement} parent */
  showIn(parent) {
    const order = largestFirst(this.cell.sums);
    this.list.append(...order.map((input) => this.#button(input)));
    parent.append(this.chosen, this.list);
    if (order.length) this.#choose(order[0], this.list.children[0]);
  }

  /**
   * @param {number} input
   * @param {Element} button
   */
  #choose(input, button) {
    for (const other of this.list.children) other.setAttribute("aria-pressed", String(other === button));
    const product = productOf(this.cell, input);
    this.chosen.replaceWith(product);
    this.chosen = product;
  }

  /** @param {number} input */
  #button(input) {
    const { maps, sums } = this.cell;
    const button = makeButton("input", "", () => this.#choose(input, button));
    button.append(make("span", "input-name", `map ${maps[input] + 1}`));
    KINDS.forEach((kind, i) => {
      button.append(pictureOf(this.cell[kind][input], this.scales[i]));
      if (SIGNS[i]) button.append(make("span", "", SIGNS[i]));
    });
    button.append(make("span", "input-sum", `Σ ${exact(sums[input])}`));
    return button;
  }
}

/**
 * The places of the sums, the one farthest from zero first.
 * @param {number[]} sums
 */
export function largestFirst(sums) {
  return [...sums.keys()].sort((one, other) => Math.abs(sums[other]) - Math.abs(sums[one]));
}
