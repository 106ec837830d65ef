// A network with something missing or broken, to see what it was good for: what microscope/ablation.py does in Python.

import { Network } from "./network.js";

// Of a 32-bit hash of an index: the finaliser of MurmurHash3 (Austin Appleby), from steps of the golden ratio.
const HASH_STEP = 0x9e3779b1;
const HASH_FACTORS = [0x85ebca6b, 0xc2b2ae35, 1];
const HASH_SHIFTS = [16, 13, 16];
const NAME_FACTOR = 31; // of the hash of a tensor's name, so that no two tensors have the same noise

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {Record<string, Tensor>} Values */
/** @typedef {import("../values.js").AlteredValue} Altered */

/** @type {WeakMap<Network, { how: string, made: Network }>} */
const lastMade = new WeakMap(); // while the pen moves, the same network is asked for again and again

/**
 * A network with noise on its weights, without its biases or without its pooling; the network itself where all is whole.
 * @param {Network} network
 * @param {Altered} how
 */
export function broken(network, how) {
  if (!how.noise && how.biases && how.pooling) return network; // of whatever epoch it is
  const known = lastMade.get(network);
  if (known?.how === JSON.stringify(how)) return known.made;
  const made = madeOf(network, how);
  lastMade.set(network, { how: JSON.stringify(how), made });
  return made;
}

/**
 * @param {Network} network
 * @param {Altered} how
 */
function madeOf(network, { noise, biases, pooling }) {
  const model = pooling ? network.model : { ...network.model, pooling: "none" };
  const changed = Object.entries(network.tensors).map(([name, tensor]) => {
    if (name.endsWith(".bias") && !biases) return [name, { ...tensor, data: tensor.data.map(() => 0) }];
    // The factors of batch normalisation are no weights.
    return [name, noise && tensor.shape.length > 1 ? noisy(name, tensor, noise / 100) : tensor];
  });
  return new Network({ model }, Object.fromEntries(changed));
}

/**
 * @param {string} name
 * @param {Tensor} tensor
 * @param {number} noise in standard deviations of its weights
 * @returns {Tensor}
 */
function noisy(name, { shape, data }, noise) {
  const mean = data.reduce((sum, weight) => sum + weight, 0) / data.length;
  const spread = Math.sqrt(data.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / data.length);
  const start = hashOf(name);
  return { shape, data: data.map((weight, i) => weight + noise * spread * noiseAt(start, i)) };
}

/**
 * Numbers that are spread evenly, with a mean of 0 and a standard deviation of 1: the same for the same tensor.
 * @param {number} start
 * @param {number} index
 */
function noiseAt(start, index) {
  let mixed = (Math.imul(index, HASH_STEP) + start) >>> 0;
  for (const [i, shift] of HASH_SHIFTS.entries()) mixed = Math.imul(mixed ^ (mixed >>> shift), HASH_FACTORS[i]) >>> 0;
  return (mixed / 2 ** 31 - 1) * Math.sqrt(3);
}

/** @param {string} name */
function hashOf(name) {
  return [...name].reduce((hash, letter) => (Math.imul(hash, NAME_FACTOR) + letter.charCodeAt(0)) >>> 0, 0);
}

/**
 * What the maps that are switched off are set to: zero, or what they have on average.
 * @param {[number, number][]} off layer from 1, channel from 0
 * @param {string} instead "zero" or "mean"
 * @param {number[][]} means by layer and channel
 * @returns {import("./network.js").Off}
 */
export function constantsOf(off, instead, means) {
  return off.map(([layer, channel]) => [layer, channel, instead === "mean" ? (means[layer - 1]?.[channel] ?? 0) : 0]);
}

/**
 * What each map of a network means to a number: the number's change when that map alone is switched off.
 * @param {(off: [number, number][]) => Values} run gives the stages with maps switched off: layer from 1, channel from 0
 * @param {(values: Values) => number} measure
 */
export function changesOf(run, measure) {
  const values = run([]);
  const whole = measure(values);
  const changes = [];
  for (let layer = 1; values[`act${layer}`]?.shape.length === 3; layer++) {
    for (let channel = 0; channel < values[`act${layer}`].shape[0]; channel++) {
      changes.push({ layer, channel, change: measure(run([[layer, channel]])) - whole });
    }
  }
  return changes;
}
