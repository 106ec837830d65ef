// Which maps a logit needs most: each is switched off by itself, and the logit is computed without it.

import { make, makeButton } from "../lib/elements.js";
import { signal } from "../lib/signals.js";
import { barOf } from "./bar.js";
import { mostOf } from "./squares.js";

const MOST = 3; // maps of each layer that have a line

/** @typedef {import("../values.js").DenseValue} DenseValue */
/** @typedef {import("../lib/signals.js").Needed["changes"]} Changes */

export class Needs {
  box = make("div", "needs");

  /**
   * Offers to try all maps, for a logit or for the difference of two.
   * @param {DenseValue} dense
   * @param {number | null} rival
   */
  ask(dense, rival) {
    const button = makeButton("needs-ask", "Which maps does it need most?", () => this.#answer(dense, rival));
    this.box.replaceChildren(button);
  }

  /**
   * @param {DenseValue} dense
   * @param {number | null} rival
   */
  #answer({ index, side }, rival) {
    /** @type {import("../lib/signals.js").Needed} */
    const asked = { index, rival, side, changes: [] };
    signal("lab-needs", asked);
    const order = neededMost(asked.changes);
    const most = mostOf(order.map(({ change }) => change));
    const rows = order.map(({ layer, channel, change }) => {
      const name = makeButton("contribution-name", `layer ${layer}, map ${channel + 1}`, () =>
        signal("lab-pin", { pin: [layer, channel, 0, 0], side }),
      );
      return barOf(name, "switched off", change, most);
    });
    this.box.replaceChildren(
      make("p", "layer-note", "It loses most without these maps of each layer, each one alone"),
      ...rows,
    );
  }
}

/**
 * Of each layer the maps without which most is lost, the layer that is lost most first.
 * @param {Changes} changes
 */
export function neededMost(changes) {
  const sorted = [...changes].sort((one, other) => one.change - other.change);
  const layers = [...new Set(sorted.map(({ layer }) => layer))];
  return layers.flatMap((number) => sorted.filter(({ layer }) => layer === number).slice(0, MOST));
}
