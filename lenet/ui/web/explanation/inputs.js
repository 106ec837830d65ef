// A later layer reads many maps: each is a row of small pictures, the largest sums first, and the rest in one line; the
// chosen one's numbers stand above.

import { make, makeButton } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { KINDS, mostOf, pictureOf, productOf } from "./squares.js";

const LABEL = "Patch times kernel is products, and their sum, for each map of the layer before";
const SIGNS = ["×", "="]; // after the patch, after the kernel
const MOST = 8; // maps that have a row of their own

/** @typedef {import("../engine/cell.js").Arithmetic} Arithmetic */

export class InputMaps {
  /** @type {number | null} */
  chosen = null; // the map that a person chose; else the one that matters most is shown
  shown = 0; // the number of the map that is shown

  /** @param {() => void} changed is called when another one is chosen */
  constructor(changed) {
    this.changed = changed;
  }

  /**
   * The numbers of one map, and the rows of all.
   * @param {number[]} maps their numbers
   * @param {Arithmetic} found
   * @param {{ sliding: boolean }} kernel while it slides, the same map stays in sight
   */
  show(maps, found, { sliding }) {
    const order = largestFirst(found.sums);
    const kept = maps.indexOf(this.chosen ?? (sliding ? this.shown : -1));
    const place = kept < 0 ? order[0] : kept;
    if (place === undefined) return [];
    this.shown = maps[place];
    const scales = KINDS.map((kind) => mostOf(found[kind].flat(2)));
    const list = make("div", "inputs");
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", LABEL);
    list.append(...order.slice(0, MOST).map((input) => this.#button(maps, found, input, scales)));
    const rest = order.slice(MOST);
    const sum = rest.reduce((total, input) => total + found.sums[input], 0);
    const words = `the other ${rest.length} maps together: Σ ${exact(sum)}`;
    return [productOf(found, place), list, ...(rest.length ? [make("p", "layer-note inputs-rest", words)] : [])];
  }

  /**
   * @param {number[]} maps
   * @param {Arithmetic} found
   * @param {number} input
   * @param {number[]} scales
   */
  #button(maps, found, input, scales) {
    const button = makeButton("input", "", () => {
      this.chosen = maps[input];
      this.changed();
    });
    button.setAttribute("aria-pressed", String(maps[input] === this.shown));
    button.append(make("span", "input-name", `map ${maps[input] + 1}`));
    KINDS.forEach((kind, i) => {
      button.append(pictureOf(found[kind][input], scales[i]));
      if (SIGNS[i]) button.append(make("span", "", SIGNS[i]));
    });
    button.append(make("span", "input-sum", `Σ ${exact(found.sums[input])}`));
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
