// The numbers that the engine computes, as the page takes them: all of a picture, what they say, and the cells of a layer.

import { constantsOf } from "../engine/ablation.js";
import { softmax } from "../engine/network.js";

const FULL = 255; // the byte of full ink

/** @typedef {import("../values.js").MapsValue} MapsValue */
/** @typedef {import("../values.js").NetworkValue} NetworkValue */
/** @typedef {import("../lib/signals.js").Said} Said */
/** @typedef {import("../lib/signals.js").Values} Numbers */
/** @typedef {import("../engine/network.js").Network} Network */
/** @typedef {import("./unpack.js").Cells} Cells */

/**
 * The maps that are off in a frame, or would be, with what they are set to.
 * @param {MapsValue} frame
 * @param {[number, number][]} off
 */
export function constantsIn({ instead, network }, off) {
  return constantsOf(off, instead, network?.means ?? []);
}

/**
 * Without a picture, a network has its weights to show.
 * @param {Network} network
 * @param {Uint8Array | null} picture
 * @param {import("../engine/network.js").Off} [off] maps that are switched off
 * @returns {Numbers}
 */
export function numbersOf(network, picture, off) {
  if (!picture) return network.tensors;
  return {
    ...network.tensors,
    ...network.stages(
      Float32Array.from(picture, (grey) => grey / FULL),
      off,
    ),
  };
}

/**
 * A network's next answer overwrites its numbers.
 * @param {Numbers} numbers
 * @returns {Numbers}
 */
export function copied(numbers) {
  const copies = Object.entries(numbers).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]);
  return Object.fromEntries(copies);
}

/**
 * What a network says.
 * @param {NetworkValue} network
 * @param {Uint8Array} picture
 * @param {Numbers} numbers
 * @returns {Said}
 */
export function saidBy({ classes }, picture, numbers) {
  const shares = softmax(numbers.logits.data);
  const best = shares.indexOf(Math.max(...shares));
  const probabilities = classes.map((name, i) => /** @type {[string, number]} */ ([name, shares[i]]));
  return { picture, label: classes[best], probabilities };
}

/**
 * A stage's output as the cells of a layer; null where there is none.
 * @param {Numbers | null} numbers
 * @param {import("../values.js").SideValue} side
 * @returns {Cells | null}
 */
export function cellsOf(numbers, { stage, shape: [channels, tiles, height, width] }) {
  if (!numbers || !(stage in numbers)) return null;
  const values = numbers[stage].data;
  const area = tiles * height * width;
  const cells = { values, area, lows: new Float32Array(channels), highs: new Float32Array(channels) };
  for (let c = 0; c < channels; c++) {
    const own = values.subarray(c * area, (c + 1) * area);
    cells.lows[c] = own.reduce((low, value) => Math.min(low, value), Infinity);
    cells.highs[c] = own.reduce((high, value) => Math.max(high, value), -Infinity);
  }
  return { ...cells, steps: new Float32Array(channels) };
}
