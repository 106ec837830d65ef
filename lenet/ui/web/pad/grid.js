// The ink grid: what travels of a drawing. One byte for each cell, row by row, 0 on empty ground and 255 where the pen was.

import { bytesOf } from "../lib/bytes.js";

export const GRID_SIZE = 112; // side of the grid, in cells; values/pad.py has it too, and a test compares them

const CHANNELS = 4; // bytes of a canvas pixel: red, green, blue, opacity

/**
 * Canvas pixels -> the grid's bytes. The pad draws in one colour, so a pixel's opacity is its ink.
 * @param {Uint8ClampedArray} pixels
 */
export function inkOf(pixels) {
  const ink = new Uint8Array(pixels.length / CHANNELS);
  for (let i = 0; i < ink.length; i++) ink[i] = pixels[CHANNELS * i + CHANNELS - 1];
  return ink;
}

/**
 * The opposite: the grid in base64 -> black canvas pixels.
 * @param {string} grid
 */
export function pixelsOf(grid) {
  const ink = bytesOf(grid);
  const pixels = new Uint8ClampedArray(CHANNELS * ink.length);
  for (let i = 0; i < ink.length; i++) pixels[CHANNELS * i + CHANNELS - 1] = ink[i];
  return pixels;
}

/**
 * A square picture's bytes of ink -> the grid's, each pixel as a square.
 * @param {Uint8Array} picture its side divides GRID_SIZE
 */
export function enlarged(picture) {
  const side = Math.sqrt(picture.length);
  const scale = GRID_SIZE / side;
  const pixelAt = (/** @type {number} */ cell) => Math.floor(cell / scale);
  return Uint8Array.from(
    { length: GRID_SIZE ** 2 },
    (_, i) => picture[pixelAt(Math.floor(i / GRID_SIZE)) * side + pixelAt(i % GRID_SIZE)],
  );
}
