// The curves of a network's training: loss and right answers after each epoch. Cards side by side share their axes.

import { make } from "../lib/elements.js";
import { number, percent } from "../lib/numbers.js";
import { Plot } from "../lib/plot.js";

const PLOTS = /** @type {const} */ ([
  ["Loss, by epoch", number],
  ["Right answers, by epoch", percent],
]); // in the order of an epoch's scores

/** @typedef {import("../values.js").NetworkCardValue} NetworkCardValue */

/**
 * @param {NetworkCardValue} network
 * @param {NetworkCardValue[]} all the networks whose cards stand side by side
 */
export function curvesOf(network, all) {
  if (!network.epochs.length) return [make("p", "card-note", "This network's metrics do not have its epochs.")];
  const epochs = Math.max(...all.flatMap((each) => each.epochs.map((epoch) => epoch.number)));
  const boxes = PLOTS.map(([title, words], what) => {
    const plot = new Plot(title, words);
    const others = all.flatMap((each) => linesOf(each, what));
    plot.show(linesOf(network, what), epochs, others);
    return plot.box;
  });
  const heldOut = network.epochs.some(({ validation }) => validation);
  return [
    ...boxes,
    ...(heldOut ? [] : [make("p", "card-note", "No pictures were held out: there is no line of validation.")]),
  ];
}

/**
 * @param {NetworkCardValue} network
 * @param {number} what loss, or the share of right answers
 * @returns {import("../lib/plot.js").Line[]}
 */
function linesOf({ epochs }, what) {
  const trained = epochs.map((epoch) => at(epoch.number, epoch.train[what]));
  const held = epochs.flatMap(({ number, validation }) => (validation ? [at(number, validation[what])] : []));
  return [
    { name: "training", className: "plot-0", points: trained },
    { name: "validation", className: "plot-1 plot-held-out", points: held },
  ];
}

/**
 * @param {number} epoch
 * @param {number} value
 * @returns {[number, number]}
 */
function at(epoch, value) {
  return [epoch, value];
}
