// What each stage of a network puts out for one picture: what LeNet.activations of lenet/model.py gives in Python.

import { PICTURE_SIZE } from "../lib/canvas.js";
import { products, steps } from "./products.js";

const EPSILON = 1e-5; // batch normalisation adds it to the variance, as PyTorch does
export const POOL_SIZE = 2; // side and stride of every pooling window, in cells
const LARGEST = 2 ** 20; // cells of a stage; a configuration that asks for more is refused

/** @type {Record<string, (value: number) => number>} */
const ACTIVATIONS = {
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
  relu: (value) => Math.max(value, 0),
};

/** @type {Record<string, (a: number, b: number, c: number, d: number) => number>} */
const POOLINGS = {
  average: (a, b, c, d) => (a + b + c + d) / 4,
  max: (a, b, c, d) => Math.max(a, b, c, d),
  none: (a) => a,
};

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {[number, number, number][]} Off maps that are switched off: layer from 1, channel from 0, their value */
/** @typedef {Tensor & { run: () => void }} Stage its output, and what computes it from the output before */
/** @typedef {(name: string, shape: number[]) => Float32Array} Take gives the numbers of a tensor of this shape */
/**
 * The fields of LeNetConfig.
 * @typedef {{ channels: number[], kernel_sizes: number[], paddings: number[], hidden: number[], classes: number,
 *   activation: string, pooling: string, batch_norm: boolean, dropout: number, input_size: number, mean: number,
 *   std: number }} Model
 */

export class Network {
  /**
   * Throws an Error that says what is wrong when the weights do not fit the configuration.
   * @param {{ model: Model }} config a checkpoint's config.json
   * @param {Record<string, Tensor>} tensors its weights
   */
  constructor({ model }, tensors) {
    checkConfig(model);
    this.model = model;
    this.tensors = tensors;
    this.picture = new Float32Array(PICTURE_SIZE ** 2);
    const unused = new Set(Object.keys(tensors));
    this.outputs = stagesOf(model, this.picture, (name, shape) => {
      const given = tensors[name]?.shape.join(" x ") ?? "missing";
      const needed = shape.join(" x ");
      if (given !== needed) throw new Error(`The tensor ${name} is ${given}; the configuration asks for ${needed}.`);
      unused.delete(name);
      return tensors[name].data;
    });
    if (unused.size) throw new Error(`The configuration has no place for the tensors ${[...unused].join(", ")}.`);
  }

  /**
   * Each stage's output by its name, in order. The arrays are the network's own: its next call overwrites them.
   * @param {Float32Array} picture 28 x 28, row by row, ink 1.0 on ground 0.0
   * @param {Off} off maps that have one value everywhere after their activation
   * @returns {Record<string, Tensor>}
   */
  stages(picture, off = []) {
    const { length } = this.picture;
    if (picture.length !== length) throw new Error(`A picture has ${length} pixels, not ${picture.length}.`);
    this.picture.set(picture);
    for (const [name, stage] of Object.entries(this.outputs)) {
      stage.run();
      for (const [layer, channel, value] of off) if (name === `act${layer}`) silence(stage, channel, value);
    }
    return this.outputs;
  }
}

/**
 * @param {Tensor} maps
 * @param {number} channel
 * @param {number} value
 */
function silence({ shape: [, height, width], data }, channel, value) {
  if (height) data.fill(value, channel * height * width, (channel + 1) * height * width);
}

/**
 * The probability of each class.
 * @param {Float32Array} logits
 */
export function softmax(logits) {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

/** @param {Model} model */
function checkConfig(model) {
  const { channels, kernel_sizes, paddings, hidden, classes, input_size, activation, pooling, mean, std } = model;
  const sizes = [channels, kernel_sizes, paddings, hidden, classes, input_size].flat();
  const areSizes = sizes.every((size) => Number.isSafeInteger(size) && size >= 0) && Number.isFinite(mean) && std > 0;
  if (!areSizes || !Object.hasOwn(ACTIVATIONS, activation) || !Object.hasOwn(POOLINGS, pooling)) {
    throw new Error("The configuration has a size, a mean, a std, an activation or a pooling that is not known.");
  }
}

/**
 * The stages in the order in which a picture passes them.
 * @param {Model} model
 * @param {Float32Array} picture where each picture will be
 * @param {Take} take
 */
function stagesOf(model, picture, take) {
  /** @type {Record<string, Stage>} */
  const stages = {};
  /** @type {Tensor} */
  let last = { shape: [PICTURE_SIZE, PICTURE_SIZE], data: picture };
  const add = (/** @type {string} */ name, /** @type {(from: Tensor, own: Take) => Stage} */ make) => {
    stages[name] = make(last, (part, shape) => take(`${name}.${part}`, shape));
    last = stages[name];
  };
  add("input", (from) => standardise(from, model));
  model.channels.forEach((maps, i) => {
    add(`conv${i + 1}`, (from, own) => convolution(from, own, maps, model.kernel_sizes[i], model.paddings[i]));
    if (model.batch_norm) add(`norm${i + 1}`, normalisation);
    add(`act${i + 1}`, (from) => each(from, ACTIVATIONS[model.activation]));
    add(`pool${i + 1}`, (from) => pooling(from, POOLINGS[model.pooling]));
  });
  add("flatten", (from) => same(from, [from.data.length]));
  model.hidden.forEach((count, i) => {
    const number = model.channels.length + i + 1;
    add(`dense${number}`, (from, own) => dense(from, own, count));
    add(`act${number}`, (from) => each(from, ACTIVATIONS[model.activation]));
    if (model.dropout) add(`drop${number}`, (from) => same(from, from.shape)); // it drops in training only
  });
  add("logits", (from, own) => dense(from, own, model.classes));
  return stages;
}

/** @type {(shape: number[], run: (data: Float32Array) => void) => Stage} */
function stage(shape, run) {
  const size = shape.reduce((product, side) => product * (side > 0 ? side : Number.NaN), 1);
  if (!(size <= LARGEST)) throw new Error(`A stage of ${shape.join(" x ")} cannot be computed.`);
  const data = new Float32Array(size);
  return { shape, data, run: () => run(data) };
}

/** @type {(from: Tensor, model: Model) => Stage} */
function standardise(from, { input_size: size, mean, std }) {
  const half = stage([size, PICTURE_SIZE], (data) => across(from.data, data)); // its rows resized, turned to columns
  const [weights, bias, offsets] = [resizing(size), new Float32Array(size), steps([PICTURE_SIZE], [1])];
  const across = products(weights, bias, offsets, steps([PICTURE_SIZE], [PICTURE_SIZE]));
  const down = products(weights, bias, offsets, steps([size], [PICTURE_SIZE]));
  return stage([1, size, size], (data) => {
    half.run();
    down(half.data, data);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] - mean) / std;
  });
}

/**
 * How much of each old pixel is in each new one: a triangle, wider where there will be fewer pixels. F.interpolate of
 * PyTorch samples in the same way, bilinear with antialias. Where the size stays, each pixel stays.
 * @param {number} size of the new rows
 */
function resizing(size) {
  const scale = PICTURE_SIZE / size;
  const rows = Array.from({ length: size }, (_, made) => {
    const distances = Array.from({ length: PICTURE_SIZE }, (_, old) => Math.abs(old + 0.5 - (made + 0.5) * scale));
    const weights = distances.map((distance) => Math.max(0, 1 - distance / Math.max(scale, 1)));
    const sum = weights.reduce((total, weight) => total + weight);
    return weights.map((weight) => weight / sum);
  });
  return Float32Array.from(rows.flat());
}

/** @type {(from: Tensor, own: Take, maps: number, kernel: number, padding: number) => Stage} */
function convolution(from, own, maps, kernel, padding) {
  const [channels, side] = from.shape;
  const wide = side + 2 * padding;
  const made = wide - kernel + 1;
  const padded = stage([channels, wide, wide], (data) => {
    for (let row = 0; row < channels * side; row++) {
      const above = (2 * Math.floor(row / side) + 1) * padding; // rows of zeros
      data.set(from.data.subarray(row * side, (row + 1) * side), (row + above) * wide + padding);
    }
  });
  const weights = own("weight", [maps, channels, kernel, kernel]);
  const offsets = steps([channels, kernel, kernel], [wide ** 2, wide, 1]);
  const convolve = products(weights, own("bias", [maps]), offsets, steps([made, made], [wide, 1]));
  return stage([maps, made, made], (data) => {
    padded.run();
    convolve(padded.data, data);
  });
}

/** @type {(from: Tensor, own: Take, count: number) => Stage} */
function dense(from, own, count) {
  const weights = own("weight", [count, from.data.length]);
  const multiply = products(weights, own("bias", [count]), steps(from.shape, [1]), [0]);
  return stage([count], (data) => multiply(from.data, data));
}

/** @type {(from: Tensor, own: Take) => Stage} */
function normalisation(from, own) {
  const [maps, side] = from.shape;
  const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((part) =>
    own(part, [maps]),
  );
  const factors = weight.map((value, map) => value / Math.sqrt(variance[map] + EPSILON));
  return stage(from.shape, (data) => {
    for (let i = 0, map = 0; map < maps; map++) {
      for (const end = i + side ** 2; i < end; i++) data[i] = (from.data[i] - mean[map]) * factors[map] + bias[map];
    }
  });
}

/** @type {(from: Tensor, rule: (value: number) => number) => Stage} */
function each(from, rule) {
  return stage(from.shape, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = rule(from.data[i]);
  });
}

/** @type {(from: Tensor, rule: (a: number, b: number, c: number, d: number) => number) => Stage} */
function pooling({ shape: [maps, side], data: from }, rule) {
  const half = Math.floor(side / POOL_SIZE);
  const corners = steps([maps, half, half], [side ** 2, POOL_SIZE * side, POOL_SIZE]);
  return stage([maps, half, half], (data) => {
    for (let i = 0; i < data.length; i++) {
      const at = corners[i];
      data[i] = rule(from[at], from[at + 1], from[at + side], from[at + side + 1]);
    }
  });
}

/** @type {(from: Tensor, shape: number[]) => Stage} */
function same({ data }, shape) {
  return { shape, data, run: () => {} };
}
