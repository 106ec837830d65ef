// Squares of numbers: patches, kernels and their products, as tables to read or as small pictures.

import { putPixels } from "../lib/canvas.js";
import { make } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { DIVERGING, indexer, partsOf } from "../lib/palette.js";
import { termButton } from "../lib/words.js";

const NEARLY_NOTHING = 1e-9; // the least scale: there is nothing to divide by zero
const LIGHT = 0.179; // luminance from which black letters have more contrast than white ones

/** @typedef {import("../engine/cell.js").Square} Square */
/** @typedef {import("../engine/cell.js").Arithmetic} Arithmetic */
/** @typedef {"patch" | "kernel" | "products"} Kind */

/** @type {Kind[]} */
export const KINDS = ["patch", "kernel", "products"];
const TERMS = { patch: "patch", kernel: "phase-kernels", products: "products" }; // the word that each needs

/**
 * The number farthest from zero.
 * @param {number[]} values
 */
export function mostOf(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), NEARLY_NOTHING);
}

/**
 * Black or white, whichever has more contrast: at least 4.5 : 1 on any colour (WCAG 2.2, relative luminance).
 * @param {number[]} parts red, green and blue
 */
export function lettersOn(parts) {
  const [red, green, blue] = parts.map((part) => (part > 10 ? ((part / 255 + 0.055) / 1.055) ** 2.4 : part / 3295));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > LIGHT ? "#000" : "#fff";
}

/**
 * Two decimals, and no minus before a zero.
 * @param {number} value
 */
export function short(value) {
  return value.toFixed(2).replace(/^-0\.00$/, "0.00");
}

/** Patch times kernel is products, for one map of the layer before. The elements stay; the numbers change. */
export class Product {
  box = make("div", "product");

  constructor() {
    this.tables = KINDS.map((kind) => new SquareTable(kind));
    for (const [i, { table }] of this.tables.entries()) {
      if (i) this.box.append(make("span", "product-sign", i === 1 ? "×" : "="));
      const figure = make("figure");
      const caption = make("figcaption");
      caption.append(termButton(KINDS[i], [TERMS[KINDS[i]]]));
      figure.append(table, caption);
      this.box.append(figure);
    }
  }

  /**
   * @param {Arithmetic} found
   * @param {number} input the place of that map among those that are read
   */
  show(found, input) {
    for (const [i, kind] of KINDS.entries()) this.tables[i].show(found[kind][input]);
  }
}

/** Each number in its colour. */
class SquareTable {
  table = make("table", "square");
  /** @type {HTMLTableCellElement[]} */
  cells = [];

  /** @param {string} name */
  constructor(name) {
    this.table.setAttribute("aria-label", name);
  }

  /** @param {Square} square */
  show(square) {
    const values = square.flat();
    if (values.length !== this.cells.length) this.#build(square.length);
    const index = indexer(around(mostOf(values)));
    for (const [i, value] of values.entries()) showNumber(this.cells[i], value, DIVERGING[index(value)]);
  }

  /** @param {number} side */
  #build(side) {
    const rows = Array.from({ length: side }, () => {
      const row = make("tr");
      row.append(...Array.from({ length: side }, () => make("td")));
      return row;
    });
    this.table.replaceChildren(...rows);
    this.cells = rows.flatMap((row) => [...row.cells]);
  }
}

/**
 * The same as a picture.
 * @param {HTMLCanvasElement} canvas
 * @param {Square} square
 * @param {number} most the end of its scale
 */
export function paintSquare(canvas, square, most) {
  const index = indexer(around(most));
  const pixels = Uint32Array.from(square.flat(), (value) => DIVERGING[index(value)]);
  putPixels(canvas, square.length, square.length, pixels);
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {number} value
 * @param {number} colour
 */
function showNumber(cell, value, colour) {
  const words = exact(value);
  if (cell.title === words && cell.dataset.colour === String(colour)) return;
  const parts = partsOf(colour);
  cell.title = words;
  cell.dataset.colour = String(colour);
  cell.textContent = short(value);
  cell.style.background = `rgb(${parts})`;
  cell.style.color = lettersOn(parts);
}

/** @param {number} most */
function around(most) {
  return { low: -most, high: most, signed: true };
}
