// Strokes as letters, short enough for a link: values/strokes.py says how, and checks what comes from strangers. Drawn
// again from its letters, a drawing has the same ink, since the pad draws from whole pixels from the start.

import { within } from "../lib/numbers.js";

export const PAD_SIZE = 448; // side of the pad's canvas, in pixels; pad.html has it too
export const BESIDE = 448; // pixels beside the pad in which a pen that has left it is followed
export const MOST_LETTERS = 8_000; // of all strokes together; a drawing that needs more travels as ink

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BITS = 5; // of a number in a letter; the sixth says whether more follow
const MORE = 1 << BITS;

/** @typedef {import("./marks.js").Point} Point */
/** @typedef {import("./marks.js").Pixel} Pixel */
/** @typedef {import("./marks.js").Stroke} Stroke */

/**
 * The canvas pixel that is nearest to a point.
 * @param {Point} point
 * @returns {Pixel}
 */
export function pixelAt({ x, y }) {
  const place = (/** @type {number} */ share) => within(Math.round(share * PAD_SIZE), -BESIDE, PAD_SIZE + BESIDE);
  return { x: place(x), y: place(y) };
}

/**
 * The letters of some strokes; "" where they are too many.
 * @param {Stroke[]} strokes
 */
export function lettersOf(strokes) {
  const letters = strokes.flatMap(numbersOf).map(lettersOfNumber).join("");
  return letters.length > MOST_LETTERS ? "" : letters;
}

/**
 * The strokes of some letters.
 * @param {string} letters
 * @returns {Stroke[]}
 */
export function strokesOf(letters) {
  const numbers = numbersIn(letters);
  /** @type {Stroke[]} */
  const strokes = [];
  for (let at = 0; at < numbers.length; ) {
    const [tool, count] = numbers.slice(at, at + 2);
    const end = at + 2 + 2 * count;
    const points = pixelsAlong(numbers.slice(at + 2, end));
    strokes.push({ kind: "stroke", erase: tool % 2 === 1, width: Math.floor(tool / 2), points });
    at = end;
  }
  return strokes;
}

/** @param {Stroke} stroke */
function numbersOf({ erase, width, points }) {
  const numbers = [2 * width + Number(erase), points.length];
  let last = { x: 0, y: 0 };
  for (const point of points) {
    numbers.push(point.x - last.x, point.y - last.y);
    last = point;
  }
  return numbers;
}

/** @param {number[]} steps across and down, in turn */
function pixelsAlong(steps) {
  /** @type {Pixel[]} */
  const points = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < steps.length; i += 2) {
    x += steps[i];
    y += steps[i + 1];
    points.push({ x, y });
  }
  return points;
}

/** @param {number} number */
function lettersOfNumber(number) {
  let rest = number < 0 ? -2 * number - 1 : 2 * number;
  let letters = "";
  do {
    const bits = rest % MORE;
    rest = Math.floor(rest / MORE);
    letters += LETTERS[rest ? bits + MORE : bits];
  } while (rest);
  return letters;
}

/** @param {string} letters */
function numbersIn(letters) {
  const numbers = [];
  let [number, unit] = [0, 1];
  for (const letter of letters) {
    const bits = LETTERS.indexOf(letter);
    number += (bits % MORE) * unit;
    unit *= MORE;
    if (bits >= MORE) continue;
    numbers.push(number % 2 ? -(number + 1) / 2 : number / 2);
    [number, unit] = [0, 1];
  }
  return numbers;
}
