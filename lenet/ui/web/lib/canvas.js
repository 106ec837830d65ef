// Painting cells of numbers on canvases, one pixel for each cell.

import { bytesOf } from "./bytes.js";

export const PICTURE_SIZE = 28; // side of the picture that the network sees, in pixels

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {Uint32Array} pixels a colour for each cell, row by row
 */
export function putPixels(canvas, width, height, pixels) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const bytes = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (pixels.buffer));
  view(canvas).putImageData(new ImageData(bytes, width, height), 0, 0);
}

/**
 * Bytes in base64 as colours of a palette.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {Uint32Array} palette
 * @param {string} base64
 */
export function paintBytes(canvas, width, height, palette, base64) {
  putPixels(canvas, width, height, coloured(bytesOf(base64), palette));
}

/**
 * @param {Uint8Array} bytes
 * @param {Uint32Array} palette
 */
export function coloured(bytes, palette) {
  const pixels = new Uint32Array(bytes.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = palette[bytes[i]];
  return pixels;
}

/** @param {HTMLCanvasElement} canvas */
export function view(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}
