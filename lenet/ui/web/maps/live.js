// The browser's own answer while the pen moves: it prepares the ink, computes every stage, and hands the numbers to what
// paints them. The frame, which is every word and shape around the numbers, is the last one that the server has sent.

import { prepareDrawing, squeezeDrawing } from "../engine/drawing.js";
import { Networks } from "../engine/networks.js";
import { GRID_SIZE } from "../pad/grid.js";

const FULL = 255; // the byte of full ink

/** @typedef {import("../values.js").MapsValue} MapsValue */
/** @typedef {import("../values.js").NetworkValue} NetworkValue */
/** @typedef {import("../lib/signals.js").Inked} Inked */
/** @typedef {import("../lib/signals.js").Said} Said */
/** @typedef {import("../lib/signals.js").LiveAnswer} LiveAnswer */
/** @typedef {import("../engine/network.js").Network} Network */
/** @typedef {import("./unpack.js").Cells} Cells */
/** @typedef {ReturnType<Network["stages"]>} Stages */
/** @typedef {{ said: Said, stages: Stages }} Seen a network's answer, and how it came about */
/** @typedef {{ frame: MapsValue, answer: LiveAnswer, a: Stages, b: Stages | null }} Found */

export class Live {
  /** @type {MapsValue | null} */
  frame = null;

  /** @param {() => void} arrived is called when a network has come */
  constructor(arrived) {
    this.networks = new Networks(arrived);
  }

  /**
   * What the server has sent last. Its networks are brought here, so that they are there when the pen comes.
   * @param {MapsValue} value
   */
  follow(value) {
    this.frame = value;
    for (const network of [value.network, value.other]) if (network) this.networks.find(network);
  }

  /**
   * The answer to what is on the pad, with the stages of A and, where B follows the pen, of B. Null where the browser
   * cannot answer: then the server does, as soon as the pen rests.
   * @param {Inked} inked
   * @returns {Found | null}
   */
  answer({ drawing, ink }) {
    const { frame } = this;
    if (!frame?.network) return null;
    const a = this.#look(frame.network, ink, frame.prepared);
    const b = frame.other && this.#look(frame.other, ink, frame.prepared);
    if (!a || (frame.other && !b)) return null;
    const other = b && { ...b.said, title: frame.b };
    const answer = { drawing, revision: frame.revision, ...a.said, other };
    return { frame, answer, a: a.stages, b: b?.stages ?? null };
  }

  /**
   * @param {NetworkValue} value
   * @param {Uint8Array} ink
   * @param {boolean} prepared
   * @returns {Seen | null}
   */
  #look(value, ink, prepared) {
    const network = this.networks.find(value);
    const picture = network && (prepared ? prepareDrawing(ink, GRID_SIZE, value.kind) : squeezeDrawing(ink, GRID_SIZE));
    if (!picture) return null;
    const stages = network.stages(Float32Array.from(picture, (grey) => grey / FULL));
    const shares = network.probabilities(stages);
    const best = shares.indexOf(Math.max(...shares));
    const probabilities = value.classes.map((name, i) => /** @type {[string, number]} */ ([name, shares[i]]));
    return { said: { picture, label: value.classes[best], probabilities }, stages };
  }
}

/**
 * A stage's output as the cells of a layer.
 * @param {Float32Array} values
 * @param {import("./unpack.js").Shape} shape
 * @returns {Cells}
 */
export function cellsOf(values, [channels, tiles, height, width]) {
  const area = tiles * height * width;
  const cells = { values, area, lows: new Float32Array(channels), highs: new Float32Array(channels) };
  for (let c = 0; c < channels; c++) {
    const own = values.subarray(c * area, (c + 1) * area);
    cells.lows[c] = own.reduce((low, value) => Math.min(low, value), Infinity);
    cells.highs[c] = own.reduce((high, value) => Math.max(high, value), -Infinity);
  }
  return { ...cells, steps: new Float32Array(channels) };
}
