// The curve above the slider of the time machine: in each epoch of the training, how many pictures were right, and the
// loss. A mark stands above the slider's thumb. Each place of the slider has the same width, whether one epoch lies
// between two places or more.

import { make } from "../lib/elements.js";
import { number, percent } from "../lib/numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 100; // of the drawing; it is stretched to the box

/** @typedef {import("../values.js").CurveValue} CurveValue */
/** @typedef {[number, number]} Point across and down, in parts of SIDE */

export class Curve {
  box = make("div", "curve");
  mark = make("span", "curve-mark");

  constructor() {
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.box.setAttribute("aria-hidden", "true"); // the slider says it
    this.box.append(this.svg, this.mark);
  }

  /**
   * @param {CurveValue | null} curve
   * @param {number[]} epochs those that the slider has a place for
   * @param {number} place the slider's; one more than there are epochs is the trained network
   */
  show(curve, epochs, place) {
    this.box.classList.toggle("curve-none", !curve);
    this.mark.style.left = `${(SIDE * place) / epochs.length}%`;
    this.svg.replaceChildren(...(curve ? drawn(curve, epochs, place) : []));
  }
}

/**
 * The lines, and a dot on each where the mark is.
 * @param {CurveValue} curve
 * @param {number[]} epochs
 * @param {number} place
 */
function drawn(curve, epochs, place) {
  const loss = Math.max(...curve.loss, ...curve.held_loss, Number.EPSILON);
  const rows = /** @type {[string, number[], number][]} */ ([
    ["curve-loss curve-held", curve.held_loss, loss],
    ["curve-right curve-held", curve.held_accuracy, 1],
    ["curve-loss", curve.loss, loss],
    ["curve-right", curve.accuracy, 1],
  ]);
  return rows.flatMap(([className, values, high]) => {
    const points = pointsOf(values, epochs, high);
    const value = values[epochs[place] - 1];
    const dots = value === undefined ? [] : [pathOf(`${className} curve-dot`, [pointAt(place, value, epochs, high)])];
    return [pathOf(className, points), ...dots];
  });
}

/**
 * The points of a line. The last epoch has its place, or stands where the trained network does.
 * @param {number[]} values of the epochs from the first, which is 1
 * @param {number[]} epochs
 * @param {number} high what stands at the top; 0 stands at the bottom
 * @returns {Point[]}
 */
export function pointsOf(values, epochs, high) {
  const known = values.length > (epochs.at(-1) ?? Infinity) ? [...epochs, values.length] : epochs;
  return values.flatMap((value, i) => {
    const place = placeOf(i + 1, known);
    return place === null ? [] : [pointAt(place, value, epochs, high)];
  });
}

/**
 * @param {number} place
 * @param {number} value
 * @param {number[]} epochs
 * @param {number} high
 * @returns {Point}
 */
function pointAt(place, value, epochs, high) {
  return [(SIDE * place) / epochs.length, SIDE * (1 - value / high)];
}

/**
 * Where an epoch is on the slider; between two places where it was not kept. Null outside of those that were.
 * @param {number} epoch
 * @param {number[]} epochs
 */
export function placeOf(epoch, epochs) {
  const next = epochs.findIndex((kept) => kept >= epoch);
  if (epochs[next] === epoch) return next;
  if (next < 1) return null;
  const before = epochs[next - 1];
  return next - 1 + (epoch - before) / (epochs[next] - before);
}

/**
 * @param {string} className
 * @param {Point[]} points
 */
function pathOf(className, points) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", className);
  path.setAttribute("vector-effect", "non-scaling-stroke");
  const [first, ...others] = points.map((point) => point.join(" "));
  if (first) path.setAttribute("d", `M${first}${others.map((point) => `L${point}`).join("") || "h0"}`); // one is a dot
  return path;
}

/**
 * What an epoch gave, in words: the share that was right, the loss, and both of the pictures held out; empty where that
 * is not known.
 * @param {CurveValue | null} curve
 * @param {number} epoch
 */
export function wordsOf(curve, epoch) {
  const [right, loss] = [curve?.accuracy[epoch - 1], curve?.loss[epoch - 1]];
  if (!curve || right === undefined || loss === undefined) return { right: "", loss: "", held: "" };
  const [heldRight, heldLoss] = [curve.held_accuracy[epoch - 1], curve.held_loss[epoch - 1]];
  const held = heldRight === undefined ? "" : `held out ${percent(heldRight)}, ${number(heldLoss)}`;
  return { right: `${percent(right)} right`, loss: `loss ${number(loss)}`, held };
}
