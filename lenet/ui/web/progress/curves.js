// The curves of trainings, laid over each other: loss, and the share of right answers.

import { number, percent } from "../lib/numbers.js";
import { Plot } from "../lib/plot.js";

const [LOSS, ACCURACY] = [0, 1];

/** @typedef {import("../values.js").ProgressValue} ProgressValue */
/** @typedef {{ run: ProgressValue, colour: number, letter: string }} Shown a training, and how it is told from others */

export class Curves {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.plots = [new Plot("Loss", number), new Plot("Right answers", percent)];
    box.append(...this.plots.map((plot) => plot.box));
  }

  /** @param {Shown[]} runs */
  show(runs) {
    const epochs = Math.max(1, ...runs.map(({ run }) => run.planned));
    for (const what of [LOSS, ACCURACY]) {
      this.plots[what].show(
        runs.flatMap((shown) => linesOf(shown, what)),
        epochs,
      );
    }
  }
}

/**
 * What training gave, from part to part, and what the pictures held out gave after each epoch.
 * @param {Shown} shown
 * @param {number} what
 * @returns {import("../lib/plot.js").Line[]}
 */
export function linesOf({ run: { parts, epochs }, colour, letter }, what) {
  const held = epochs.flatMap(({ number: at, validation }) => (validation ? [pointAt(at, validation[what])] : []));
  const trained = parts.length
    ? parts.map(([at, ...scores]) => pointAt(at, scores[what]))
    : epochs.map(({ number: at, train }) => pointAt(at, train[what]));
  return [
    { name: `${letter} training`, className: `plot-${colour}`, points: trained },
    { name: `${letter} held out`, className: `plot-${colour} plot-held-out`, points: held },
  ];
}

/**
 * @param {number} epoch
 * @param {number} value
 * @returns {[number, number]}
 */
function pointAt(epoch, value) {
  return [epoch, value];
}
