// The arithmetic behind one cell of a map, from the numbers of all stages: what microscope/explain.py gives in Python.

import { POOL_SIZE } from "./network.js";

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {number[][]} Square rows of numbers */
/** @typedef {{ input: string, before: string, after: string, pooled: string }} Stages the names of those around a cell */
/**
 * A cell of a convolution, in a channel of a layer.
 * @typedef {{ layer: number, channel: number, row: number, column: number }} Place
 */
/**
 * Squares and their sums by the maps that are read. The numbers go by the names of LineValue's kinds; window is empty
 * and pooled is missing in a last odd row or column.
 * @typedef {{ patch: Square[], kernel: Square[], products: Square[], sums: number[], window: number[],
 *   numbers: Record<string, number> }} Arithmetic
 */

/**
 * @param {Record<string, Tensor>} values what the stages put out, and the network's tensors
 * @param {Stages} stages
 * @param {Place} place
 * @param {number[]} maps the numbers of the maps that the filter reads
 * @returns {Arithmetic}
 */
export function arithmeticOf(values, stages, place, maps) {
  const { layer, channel, row, column } = place;
  const weights = values[`conv${layer}.weight`];
  const { size, offset } = readBy(values, stages, layer);
  const patch = maps.map((map) => squareAt(values[stages.input], map, row + offset, column + offset, size));
  const kernel = maps.map((map) => kernelOf(weights, channel, map));
  const products = patch.map((square, i) => square.map((line, y) => line.map((value, x) => value * kernel[i][y][x])));
  const sums = products.map((square) => total(square.flat()));
  const bias = values[`conv${layer}.bias`].data[channel];
  const [before, after] = [stages.before, stages.after].map((stage) => valueAt(values[stage], channel, row, column));
  const numbers = { sum: total(sums), bias, plain: total(sums) + bias, before, after };
  const window = windowAt(values[stages.after], place);
  if (!window.length) return { patch, kernel, products, sums, window, numbers };
  const pooled = valueAt(values[stages.pooled], channel, half(row), half(column));
  return { patch, kernel, products, sums, window, numbers: { ...numbers, pooled } };
}

/**
 * Which cells of its input a cell of the convolution reads; what lies beyond the input's border is padding.
 * @param {Record<string, Tensor>} values
 * @param {Stages} stages
 * @param {number} layer
 * @returns {import("../values.js").FieldValue}
 */
export function readBy(values, stages, layer) {
  const [size, side] = [values[`conv${layer}.weight`].shape[2], values[stages.input].shape[1]];
  const padding = (values[stages.before].shape[1] + size - 1 - side) / 2;
  return { size, stride: 1, offset: -padding, side };
}

/**
 * The cell of the convolution behind a pooled one: the strongest of those that are pooled.
 * @param {Tensor} after what the activation put out
 * @param {Place} place of the pooled cell
 * @returns {Place}
 */
export function strongestOf(after, place) {
  const corner = { ...place, row: POOL_SIZE * place.row, column: POOL_SIZE * place.column };
  const window = windowAt(after, corner);
  const best = window.indexOf(Math.max(...window));
  return { ...corner, row: corner.row + Math.floor(best / POOL_SIZE), column: corner.column + (best % POOL_SIZE) };
}

/** @param {number} index of a row or column */
function half(index) {
  return Math.floor(index / POOL_SIZE);
}

/**
 * The values that are pooled with a cell, and its own; none where a map's last odd row or column is left out.
 * @param {Tensor} after
 * @param {Place} place
 */
function windowAt(after, { channel, row, column }) {
  const [, height, width] = after.shape;
  const [top, left] = [POOL_SIZE * half(row), POOL_SIZE * half(column)];
  if (top + POOL_SIZE > height || left + POOL_SIZE > width) return [];
  return squareAt(after, channel, top, left, POOL_SIZE).flat();
}

/**
 * A square of a map; beyond the border is 0.
 * @param {Tensor} maps
 * @param {number} map
 * @param {number} top
 * @param {number} left
 * @param {number} side
 * @returns {Square}
 */
function squareAt(maps, map, top, left, side) {
  const [, height, width] = maps.shape;
  const inside = (/** @type {number} */ y, /** @type {number} */ x) => y >= 0 && y < height && x >= 0 && x < width;
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => (inside(top + y, left + x) ? valueAt(maps, map, top + y, left + x) : 0)),
  );
}

/**
 * @param {Tensor} weights (channels, maps, side, side)
 * @param {number} channel
 * @param {number} map
 * @returns {Square}
 */
function kernelOf({ shape: [, maps, side], data }, channel, map) {
  const start = (channel * maps + map) * side ** 2;
  return Array.from({ length: side }, (_, y) => [...data.subarray(start + y * side, start + (y + 1) * side)]);
}

/**
 * @param {Tensor} maps
 * @param {number} map
 * @param {number} row
 * @param {number} column
 */
function valueAt({ shape: [, height, width], data }, map, row, column) {
  return data[(map * height + row) * width + column];
}

/** @param {number[]} values */
function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}
