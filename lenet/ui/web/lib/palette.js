// Numbers as colours. A colour is a canvas pixel in one number: alpha, blue, green, red from the highest byte down.

/** @typedef {import("../values.js").ScaleValue} ScaleValue */

// The stops of microscope/colours.py, at equal distances; a test compares them.
export const SEQUENTIAL_STOPS = [
  "#440154",
  "#472d7b",
  "#3b528b",
  "#2c728e",
  "#21918c",
  "#28ae80",
  "#5ec962",
  "#addc30",
  "#fde725",
];
export const DIVERGING_STOPS = ["#08306b", "#2f79b5", "#86bcdc", "#f7f7f7", "#fdae6b", "#e06a10", "#7f2704"];

const LEVELS = 256; // colours of a palette
const MIDDLE = 128; // where zero lies in a diverging palette

export const SEQUENTIAL = paletteOf(SEQUENTIAL_STOPS);
export const DIVERGING = paletteOf(DIVERGING_STOPS);
export const GREY = paletteOf(["#000000", "#ffffff"]);
export const CLEAR = 0; // a pixel of no colour: the ground shows through

/** @param {string[]} stops */
export function paletteOf(stops) {
  const parts = stops.map((stop) => [1, 3, 5].map((at) => Number.parseInt(stop.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const at = (level / (LEVELS - 1)) * (parts.length - 1);
    const i = Math.min(Math.floor(at), parts.length - 2);
    const [red, green, blue] = parts[i].map((from, c) => Math.round(from + (parts[i + 1][c] - from) * (at - i)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

/**
 * Red, green and blue of a colour.
 * @param {number} colour
 */
export function partsOf(colour) {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
}

/** @param {ScaleValue} scale */
export function paletteFor({ signed }) {
  return signed ? DIVERGING : SEQUENTIAL;
}

/**
 * A value's number in the palette: the first at the scale's low end, the last at its high end. A scale of one value
 * alone shows it as its low end, or, signed, as zero.
 * @param {ScaleValue} scale
 * @returns {(value: number) => number}
 */
export function indexer({ low, high, signed }) {
  if (low === high) return () => (signed ? MIDDLE : 0);
  const factor = (LEVELS - 1) / (high - low);
  return (value) => Math.max(0, Math.min(LEVELS - 1, Math.round((value - low) * factor)));
}
