// A drawing on the pad -> what the network sees. It repeats pictures/drawing.py to the last grey, so that the browser
// answers while the pen moves; tests compare every grey and every constant. Where Python rounds to float32, a
// Float32Array or Math.fround does it here.

import { PICTURE_SIZE } from "../lib/canvas.js";
import { cropped, withoutSpecks } from "./regions.js";
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

/**
 * The picture as 28 x 28 greys, row by row, or null when there is no ink of the pen's own.
 * @param {Uint8Array} bytes of ink, side * side, row by row, 0 on empty ground
 * @param {number} side
 * @param {"digit" | "garment"} kind what the network reads
 */
export function prepareDrawing(bytes, side, kind) {
  if (!bytes.some((byte) => byte >= PEN)) return null;
  const ink = { height: side, width: side, values: new Float32Array(bytes).map((byte) => byte / 255) };
  if (kind === "digit") return digitOf(cropped(withoutSpecks(ink, Math.fround(PEN / 255), SPECK)));
  // A garment that fills the pad is left where it stands.
  if (longest(cropped(ink)) > (1 - KEEP_SCALE) * side) return inGreys(resize(ink, PICTURE_SIZE, PICTURE_SIZE)).greys;
  return garmentOf(cropped(withoutSpecks(ink, 0, SCRAP)));
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

/**
 * Widens strokes that would come out thinner than a thin stroke of MNIST.
 * @param {Plane} ink
 */
function thicken(ink) {
  const missing = THIN_STROKE - strokeWidth(ink) * (INK_BOX / longest(ink));
  if (missing <= 0) return ink;
  const radius = roundToEven(((missing / 2) * THICKEN_SIDE) / INK_BOX);
  let wide = scaled(ink, THICKEN_SIDE);
  for (let step = 0; step < radius; step++) wide = dilate(wide, { diagonal: step % 2 === 1 });
  return wide;
}

/**
 * The mean width of the strokes: twice their area, divided by the number of pixel edges around them.
 * @param {Plane} ink
 */
function strokeWidth({ width, values }) {
  let [area, perimeter] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < STROKE) continue;
    area++;
    perimeter += 4;
    // There is no edge between two pixels of a stroke, and each of them has counted one.
    if (i % width && values[i - 1] >= STROKE) perimeter -= 2;
    if (i >= width && values[i - width] >= STROKE) perimeter -= 2;
  }
  return (2 * area) / Math.max(perimeter, 1);
}

/**
 * Makes ink one pixel wider, by a square (diagonal) or by a cross. The plane grows by a pixel on each side.
 * @param {Plane} ink
 * @param {{ diagonal: boolean }} shape
 */
function dilate({ height, width, values }, { diagonal }) {
  const row = width + 2;
  const cross = [1, row, row + 1, row + 2, 2 * row + 1];
  const reached = diagonal ? [...cross, 0, 2, 2 * row, 2 * row + 2] : cross;
  const wide = new Float32Array((height + 2) * row);
  for (let i = 0; i < values.length; i++) {
    const corner = Math.trunc(i / width) * row + (i % width);
    for (const step of reached) wide[corner + step] = Math.max(wide[corner + step], values[i]);
  }
  return { height: height + 2, width: row, values: wide };
}

/** @param {Plane} plane */
function longest({ height, width }) {
  return Math.max(height, width);
}

/**
 * Scales the longest side to a number of pixels and keeps the aspect, also where that hardly changes anything.
 * @param {Plane} plane
 * @param {number} side
 */
function scaled(plane, side) {
  const [height, width] = [plane.height, plane.width].map((length) => roundToEven(length * (side / longest(plane))));
  return resize(plane, Math.max(1, height), Math.max(1, width));
}

/**
 * Scales the longest side to a number of pixels and keeps the aspect.
 * @param {Plane} plane
 * @param {number} side
 */
function fit(plane, side) {
  const isKept = Math.abs(side / longest(plane) - 1) < KEEP_SCALE && longest(plane) <= side;
  return isKept ? plane : scaled(plane, side);
}

/**
 * Rounds to whole greys, the brightest 255.
 * @param {Plane} plane
 * @param {number} [least] the brightest counts as at least this
 */
function inGreys({ height, width, values }, least = 0) {
  const brightest = values.reduce((most, value) => Math.max(most, value), Math.fround(least));
  const greys = new Uint8Array(values.map((value) => roundToEven(Math.fround(Math.fround(value / brightest) * 255))));
  return { height, width, greys };
}

/** @typedef {ReturnType<typeof inGreys>} Greys */

/**
 * The mean place of the ink: row and column, 0-based.
 * @param {Greys} box
 */
function centreOfMass({ width, greys }) {
  let [mass, down, across] = [0, 0, 0];
  greys.forEach((grey, i) => {
    mass += grey;
    down += grey * Math.trunc(i / width);
    across += grey * (i % width);
  });
  return [down / mass, across / mass];
}

/**
 * Puts a box on an empty picture. Its anchor (row, column) comes as near to the centre as whole pixels allow.
 * @param {Greys} box
 * @param {number[]} anchor
 * @param {number} centre
 */
function paste({ height, width, greys }, anchor, centre) {
  const [top, left] = [height, width].map((length, axis) =>
    Math.min(Math.max(Math.floor(centre - anchor[axis] + 0.5), 0), PICTURE_SIZE - length),
  );
  const picture = new Uint8Array(PICTURE_SIZE * PICTURE_SIZE);
  for (let row = 0; row < height; row++) {
    picture.set(greys.subarray(row * width, (row + 1) * width), (top + row) * PICTURE_SIZE + left);
  }
  return picture;
}

/** The nearest whole number; a half goes to the even one, as in Python. @param {number} value not negative */
function roundToEven(value) {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 ? nearest - 1 : nearest;
}
