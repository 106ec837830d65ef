// The curves of a network's training: loss and right answers after each epoch. Cards side by side share their axes.

import { make } from "../lib/elements.js";
import { number, percent } from "../lib/numbers.js";
import { Plot } from "../lib/plot.js";

const PLOTS = /** @type {const} */ ([
  ["Loss, by epoch", number],
  ["Right answers, by epoch", percent],
]); // in the order of an epoch's scores

/** @typedef {import("../values.js").NetworkCardValue} NetworkCardValue */
/** @typedef {import("../values.js").CurveValue} CurveValue */

/**
 * @param {NetworkCardValue} network
 * @param {NetworkCardValue[]} all the networks whose cards stand side by side
 */
export function curvesOf({ curve }, all) {
  if (!curve) return [make("p", "card-note", "This network's metrics do not have its epochs.")];
  const curves = all.flatMap((each) => each.curve ?? []);
  const epochs = Math.max(...curves.map(({ loss }) => loss.length));
  const boxes = PLOTS.map(([title, words], what) => {
    const plot = new Plot(title, words);
    const others = curves.flatMap((each) => linesOf(each, what));
    plot.show(linesOf(curve, what), epochs, others);
    return plot.box;
  });
  if (curve.held_loss.length) return boxes;
  return [...boxes, make("p", "card-note", "No pictures were held out: there is no second line.")];
}

/**
 * @param {CurveValue} curve
 * @param {number} what loss, or the share of right answers
 * @returns {import("../lib/plot.js").Line[]}
 */
function linesOf(curve, what) {
  const [trained, held] = what ? [curve.accuracy, curve.held_accuracy] : [curve.loss, curve.held_loss];
  return [
    { name: "training", className: "plot-0", points: pointsOf(trained) },
    { name: "held out", className: "plot-1 plot-held-out", points: pointsOf(held) },
  ];
}

/**
 * @param {number[]} values of the epochs from the first, which is 1
 * @returns {[number, number][]}
 */
function pointsOf(values) {
  return values.map((value, i) => [i + 1, value]);
}
