// A drawing on the pad -> what the network sees, while the pen moves. It repeats pictures/drawing.py to the last grey,
// and tests compare the two. Where Python rounds to float32, a Float32Array or Math.fround does it here.

import { PICTURE_SIZE } from "../lib/canvas.js";
import { within } from "../lib/numbers.js";
import { cutOut, regionsOf, withoutSpecks } from "./regions.js";
import { resize } from "./resize.js";

export const PEN = 128; // a byte of ink from here on is the pen's own
export const INK_BOX = 20; // side of the box that a digit is fitted into, in pixels
export const CENTRE_OF_MASS = 14; // where a digit's centre of mass goes, a 0-based index on both axes
export const SPECK = 0.02; // a smaller share of a digit's largest region is a speck
export const SCRAP = 0.05; // the same for a garment
export const KEEP_SCALE = 0.06; // a smaller change of scale is not made
export const STROKE = 0.5; // ink from here on is part of a stroke
export const THIN_STROKE = 1.05; // thinner strokes are thickened to this, in pixels of the box
export const THICKEN_SIDE = 5 * INK_BOX; // longest side at which strokes are thickened, in pixels
export const GREY_LEVEL = 1 / 255; // nothing is divided by less

/** @typedef {import("./resize.js").Plane} Plane */
/** @typedef {{ height: number, width: number, greys: Uint8Array }} Greys row by row */

/**
 * side * side bytes of ink, 0 on empty ground -> 28 x 28 greys, or null when there is no ink of the pen's own.
 * @param {Uint8Array} ink @param {number} side @param {"digit" | "garment"} kind what the network reads
 */
export function prepareDrawing(ink, side, kind) {
  if (!ink.some((byte) => byte >= PEN)) return null;
  const regions = regionsOf(ink, side);
  if (kind === "digit") return digitOf(cutOut(ink, side, withoutSpecks(regions, ink, PEN, SPECK)));
  const isFull = longest(cutOut(ink, side, regions)) > (1 - KEEP_SCALE) * side;
  if (!isFull) return garmentOf(cutOut(ink, side, withoutSpecks(regions, ink, 1, SCRAP)));
  return inGreys(resize(wholePad(ink, side), PICTURE_SIZE, PICTURE_SIZE)).greys; // it is left where it stands
}

/**
 * The whole pad in 28 x 28 greys: what a network gets without any preparation.
 * @param {Uint8Array} ink @param {number} side
 */
export function squeezeDrawing(ink, side) {
  const { values } = resize(wholePad(ink, side), PICTURE_SIZE, PICTURE_SIZE);
  return new Uint8Array(values.map((value) => roundToEven(Math.fround(value * 255))));
}

/** @param {Uint8Array} ink @param {number} side @returns {Plane} */
function wholePad(ink, side) {
  return { height: side, width: side, values: new Float32Array(ink).map((byte) => byte / 255) };
}

/** @param {Plane} ink */
function digitOf(ink) {
  const box = inGreys(fit(thicken(ink), INK_BOX));
  return paste(box, centreOfMass(box), CENTRE_OF_MASS);
}

/** @param {Plane} cloth */
function garmentOf(cloth) {
  const box = inGreys(fit(cloth, PICTURE_SIZE), GREY_LEVEL);
  return paste(box, [(box.height - 1) / 2, (box.width - 1) / 2], (PICTURE_SIZE - 1) / 2);
}

/** Widens strokes that would come out thinner than a thin stroke of MNIST. @param {Plane} ink */
function thicken(ink) {
  const missing = THIN_STROKE - strokeWidth(ink) * (INK_BOX / longest(ink));
  if (missing <= 0) return ink;
  const radius = roundToEven(((missing / 2) * THICKEN_SIDE) / INK_BOX);
  let wide = scaled(ink, THICKEN_SIDE);
  for (let step = 0; step < radius; step++) wide = dilate(wide, { diagonal: step % 2 === 1 });
  return wide;
}

/** The mean width of strokes: twice their area, divided by the pixel edges around them. @param {Plane} ink */
function strokeWidth({ width, values }) {
  let [area, touching] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < STROKE) continue;
    area++;
    if (i % width && values[i - 1] >= STROKE) touching++;
    if (i >= width && values[i - width] >= STROKE) touching++;
  }
  return (2 * area) / (4 * area - 2 * touching); // two pixels that touch hide an edge of each
}

// Makes ink one pixel wider, by a square (diagonal) or by a cross. The plane grows by a pixel on each side.
/** @param {Plane} ink @param {{ diagonal: boolean }} shape */
function dilate({ height, width, values }, { diagonal }) {
  const row = width + 2;
  const steps = [1, row, row + 1, row + 2, 2 * row + 1, ...(diagonal ? [0, 2, 2 * row, 2 * row + 2] : [])];
  const wide = new Float32Array((height + 2) * row);
  for (let i = 0; i < values.length; i++) {
    const corner = i + 2 * Math.trunc(i / width);
    for (const step of steps) wide[corner + step] = Math.max(wide[corner + step], values[i]);
  }
  return { height: height + 2, width: row, values: wide };
}

const longest = (/** @type {Plane} */ { height, width }) => Math.max(height, width);

/** The longest side becomes this many pixels, and the aspect is kept. @param {Plane} plane @param {number} side */
function scaled(plane, side) {
  const [height, width] = [plane.height, plane.width].map((length) => roundToEven(length * (side / longest(plane))));
  return resize(plane, Math.max(1, height), Math.max(1, width));
}

/** The same, unless that would hardly change anything. @param {Plane} plane @param {number} side */
function fit(plane, side) {
  const isNear = Math.abs(side / longest(plane) - 1) < KEEP_SCALE && longest(plane) <= side;
  return isNear ? plane : scaled(plane, side);
}

/** Whole greys, the brightest 255; it counts as at least this. @param {Plane} plane @param {number} [least] */
function inGreys({ height, width, values }, least = 0) {
  const brightest = values.reduce((most, value) => Math.max(most, value), Math.fround(least));
  const greys = new Uint8Array(values.map((value) => roundToEven(Math.fround(Math.fround(value / brightest) * 255))));
  return { height, width, greys };
}

/** The mean place of the ink: row and column, 0-based. @param {Greys} box */
function centreOfMass({ width, greys }) {
  const mass = greys.reduce((sum, grey) => sum + grey, 0);
  const down = greys.reduce((sum, grey, i) => sum + grey * Math.trunc(i / width), 0);
  const across = greys.reduce((sum, grey, i) => sum + grey * (i % width), 0);
  return [down / mass, across / mass];
}

// Puts a box on an empty picture. Its anchor (row, column) comes as near to the centre as whole pixels allow.
/** @param {Greys} box @param {number[]} anchor @param {number} centre */
function paste({ height, width, greys }, anchor, centre) {
  const [row, column] = anchor.map((point) => Math.floor(centre - point + 0.5));
  const [top, left] = [within(row, 0, PICTURE_SIZE - height), within(column, 0, PICTURE_SIZE - width)];
  const picture = new Uint8Array(PICTURE_SIZE * PICTURE_SIZE);
  for (let i = 0; i < height; i++) {
    picture.set(greys.subarray(i * width, (i + 1) * width), (top + i) * PICTURE_SIZE + left);
  }
  return picture;
}

/** The nearest whole number; a half goes to the even one, as in Python. @param {number} value not negative */
function roundToEven(value) {
  return value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value);
}
