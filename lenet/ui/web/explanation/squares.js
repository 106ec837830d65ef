// Squares of numbers: patches, kernels and their products, as tables to read or as small pictures.

import { putPixels } from "../lib/canvas.js";
import { make } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { DIVERGING, indexer, partsOf } from "../lib/palette.js";

const NEARLY_NOTHING = 1e-9; // the least scale: there is nothing to divide by zero
const LIGHT = 0.179; // luminance from which black letters have more contrast than white ones

/** @typedef {import("../engine/cell.js").Square} Square */
/** @typedef {import("../engine/cell.js").Arithmetic} Arithmetic */
/** @typedef {"patch" | "kernel" | "products"} Kind */

/** @type {Kind[]} */
export const KINDS = ["patch", "kernel", "products"];

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

/**
 * Patch times kernel is products, for one map of the layer before.
 * @param {Arithmetic} found
 * @param {number} input the place of that map among those that are read
 */
export function productOf(found, input) {
  const row = make("div", "product");
  KINDS.forEach((kind, i) => {
    if (i) row.append(make("span", "product-sign", i === 1 ? "×" : "="));
    const figure = make("figure");
    figure.append(tableOf(found[kind][input], kind), make("figcaption", "", kind));
    row.append(figure);
  });
  return row;
}

/**
 * The same as a picture.
 * @param {Square} square
 * @param {number} most the end of its scale
 */
export function pictureOf(square, most) {
  const canvas = make("canvas");
  const index = indexer(around(most));
  const pixels = Uint32Array.from(square.flat(), (value) => DIVERGING[index(value)]);
  putPixels(canvas, square.length, square.length, pixels);
  return canvas;
}

/**
 * Each number in its colour.
 * @param {Square} square
 * @param {string} name
 */
function tableOf(square, name) {
  const table = make("table", "square");
  table.setAttribute("aria-label", name);
  const index = indexer(around(mostOf(square.flat())));
  for (const values of square) {
    const row = make("tr");
    row.append(...values.map((value) => numberCell(value, DIVERGING[index(value)])));
    table.append(row);
  }
  return table;
}

/**
 * @param {number} value
 * @param {number} colour
 */
function numberCell(value, colour) {
  const cell = make("td", "", short(value));
  const parts = partsOf(colour);
  cell.title = exact(value);
  cell.style.background = `rgb(${parts})`;
  cell.style.color = lettersOn(parts);
  return cell;
}

/** @param {number} most */
function around(most) {
  return { low: -most, high: most, signed: true };
}
