// Where the cells of a map lie. A channel's tiles, its kernels, stand in a square with a gap of one cell between them.

import { within } from "../lib/numbers.js";

/** @typedef {import("./unpack.js").Shape} Shape */
/** @typedef {{ tile: number, row: number, column: number }} Cell */
/** @typedef {import("../lib/elements.js").Part} Part */

/** @type {Cell} */
export const FIRST_CELL = { tile: 0, row: 0, column: 0 };

/**
 * Tiles in a row and in a column, and the cells of the whole square, gaps included.
 * @param {Shape} shape
 */
export function squareOf([, tiles, height, width]) {
  const columns = Math.ceil(Math.sqrt(tiles));
  const rows = Math.ceil(tiles / columns);
  return { columns, rows, width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 };
}

/**
 * The cell at a place in shares of the map's size; null between two kernels and outside.
 * @param {Shape} shape
 * @param {number} x
 * @param {number} y
 * @returns {Cell | null}
 */
export function cellAt(shape, x, y) {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return null;
  const [, tiles, height, width] = shape;
  const square = squareOf(shape);
  const [across, down] = [Math.floor(x * square.width), Math.floor(y * square.height)];
  const [row, column] = [down % (height + 1), across % (width + 1)];
  const tile = Math.floor(down / (height + 1)) * square.columns + Math.floor(across / (width + 1));
  return row < height && column < width && tile < tiles ? { tile, row, column } : null;
}

/**
 * The cell beside one, also across the gap between two kernels; the cell itself at the border.
 * @param {Shape} shape
 * @param {Cell} cell
 * @param {number} down
 * @param {number} across
 * @returns {Cell}
 */
export function neighbour(shape, cell, down, across) {
  const [, tiles, height, width] = shape;
  const { columns, rows } = squareOf(shape);
  const y = within(Math.floor(cell.tile / columns) * height + cell.row + down, 0, rows * height - 1);
  const x = within((cell.tile % columns) * width + cell.column + across, 0, columns * width - 1);
  const tile = Math.floor(y / height) * columns + Math.floor(x / width);
  return tile < tiles ? { tile, row: y % height, column: x % width } : cell;
}

/**
 * The place of a cell's value among all values of its layer.
 * @param {Shape} shape
 * @param {number} channel
 * @param {Cell} cell
 */
export function indexOf([, tiles, height, width], channel, { tile, row, column }) {
  return ((channel * tiles + tile) * height + row) * width + column;
}

/**
 * The part of a map that a cell is, for a map of one tile.
 * @param {Shape} shape
 * @param {{ row: number, column: number }} cell
 * @returns {Part}
 */
export function partOf([, , height, width], { row, column }) {
  return { left: column / width, top: row / height, width: 1 / width, height: 1 / height };
}

/**
 * The part of a layer before, or of the picture, that a cell sees; what lies beyond the border is cut off.
 * @param {import("../values.js").FieldValue} field
 * @param {{ row: number, column: number }} cell
 * @returns {Part}
 */
export function seenBy({ size, stride, offset, side }, { row, column }) {
  const span = (/** @type {number} */ first) => {
    const [start, end] = [Math.max(0, first), Math.min(side, first + size)];
    return [start / side, (end - start) / side];
  };
  const [left, width] = span(column * stride + offset);
  const [top, height] = span(row * stride + offset);
  return { left, top, width, height };
}
