// A later layer reads many maps: each is a row of small pictures, the largest sums first, and the rest in one line; the
// chosen one's numbers stand above. The elements stay; the numbers change.

import { make, makeButton } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { KINDS, mostOf, paintSquare } from "./squares.js";

const LABEL = "Patch times kernel is products, and their sum, for each map of the layer before";
const SIGNS = ["×", "="]; // after the patch, after the kernel
const MOST = 8; // maps that have a row of their own

/** @typedef {import("../engine/cell.js").Arithmetic} Arithmetic */

export class InputMaps {
  /** @type {number | null} */
  chosen = null; // the map that a person chose; else the one that matters most is shown
  shown = 0; // the number of the map that is shown
  list = make("div", "inputs");
  rest = make("p", "layer-note");
  /** @type {Row[]} */
  rows = [];

  /** @param {() => void} changed is called when another one is chosen */
  constructor(changed) {
    this.changed = changed;
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", LABEL);
  }

  /**
   * Shows the maps, and gives the place of the chosen one among those that are read.
   * @param {number[]} maps their numbers
   * @param {Arithmetic} found
   * @param {{ sliding: boolean }} kernel while it slides, the same map stays in sight
   */
  show(maps, found, { sliding }) {
    const order = largestFirst(found.sums);
    const kept = maps.indexOf(this.chosen ?? (sliding ? this.shown : -1));
    const place = kept < 0 ? (order[0] ?? 0) : kept;
    this.shown = maps[place];
    const first = order.slice(0, MOST);
    if (this.rows.length !== first.length) this.#build(first.length);
    const scales = KINDS.map((kind) => mostOf(found[kind].flat(2)));
    for (const [i, input] of first.entries()) {
      this.rows[i].show(maps[input], found, input, scales, { pressed: input === place });
    }
    const others = order.slice(MOST);
    const sum = others.reduce((total, input) => total + found.sums[input], 0);
    this.rest.textContent = others.length ? `the other ${others.length} maps together: Σ ${exact(sum)}` : "";
    return place;
  }

  /** @param {number} count */
  #build(count) {
    const choose = (/** @type {number} */ map) => {
      this.chosen = map;
      this.changed();
    };
    this.rows = Array.from({ length: count }, () => new Row(choose));
    this.list.replaceChildren(...this.rows.map(({ button }) => button));
  }
}

class Row {
  map = 0;
  name = make("span", "input-name");
  pictures = KINDS.map(() => make("canvas"));
  sum = make("span", "input-sum");

  /** @param {(map: number) => void} choose */
  constructor(choose) {
    this.button = makeButton("input", "", () => choose(this.map));
    const parts = this.pictures.flatMap((canvas, i) => (SIGNS[i] ? [canvas, make("span", "", SIGNS[i])] : [canvas]));
    this.button.append(this.name, ...parts, this.sum);
  }

  /**
   * @param {number} map
   * @param {Arithmetic} found
   * @param {number} input its place among those that are read
   * @param {number[]} scales
   * @param {{ pressed: boolean }} state
   */
  show(map, found, input, scales, { pressed }) {
    this.map = map;
    this.button.setAttribute("aria-pressed", String(pressed));
    this.name.textContent = `map ${map + 1}`;
    for (const [i, kind] of KINDS.entries()) paintSquare(this.pictures[i], found[kind][input], scales[i]);
    this.sum.textContent = `Σ ${exact(found.sums[input])}`;
  }
}

/**
 * The places of the sums, the one farthest from zero first.
 * @param {number[]} sums
 */
export function largestFirst(sums) {
  return [...sums.keys()].sort((one, other) => Math.abs(sums[other]) - Math.abs(sums[one]));
}
