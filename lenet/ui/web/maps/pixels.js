// A map as canvas pixels. Nothing here touches the page.

import { CLEAR, indexer, paletteFor } from "../lib/palette.js";
import { squareOf } from "./geometry.js";

/** @typedef {import("./unpack.js").Shape} Shape */

/**
 * One channel; a tile that is not read stays clear, as the gaps between the tiles do.
 * @param {Shape} shape
 * @param {Pick<import("./unpack.js").Cells, "values" | "area">} cells
 * @param {number} channel
 * @param {import("../values.js").ScaleValue} scale
 * @param {number[]} unread tiles
 * @returns {{ width: number, height: number, pixels: Uint32Array }}
 */
export function mapPixels(shape, cells, channel, scale, unread) {
  const [, tiles, tileHeight, tileWidth] = shape;
  const { columns, width, height } = squareOf(shape);
  const pixels = new Uint32Array(width * height).fill(CLEAR);
  const paint = painter(pixels, cells.values, scale);
  for (let tile = 0; tile < tiles; tile++) {
    if (unread.includes(tile)) continue;
    const corner = Math.floor(tile / columns) * (tileHeight + 1) * width + (tile % columns) * (tileWidth + 1);
    const from = channel * cells.area + tile * tileHeight * tileWidth;
    for (let row = 0; row < tileHeight; row++) paint(corner + row * width, from + row * tileWidth, tileWidth);
  }
  return { width, height, pixels };
}

/**
 * Colours a run of values.
 * @param {Uint32Array} pixels
 * @param {Float32Array} values
 * @param {import("../values.js").ScaleValue} scale
 */
function painter(pixels, values, scale) {
  const palette = paletteFor(scale);
  const index = indexer(scale);
  return (/** @type {number} */ to, /** @type {number} */ from, /** @type {number} */ count) => {
    for (let i = 0; i < count; i++) pixels[to + i] = palette[index(values[from + i])];
  };
}
