// The first layer's kernels, each beside the number of its map.

import { bytesOf } from "../lib/bytes.js";
import { coloured, putPixels } from "../lib/canvas.js";
import { number } from "../lib/numbers.js";
import { DIVERGING } from "../lib/palette.js";

/** @typedef {import("../values.js").FirstKernels} FirstKernels */

export class KernelStore {
  /** @type {Map<string, { side: number, most: number, pixels: Uint32Array, weights?: ArrayLike<number> }>} */
  known = new Map(); // by the layer's name

  /**
   * Keeps the kernels that came.
   * @param {Pick<import("../values.js").MapsValue, "layers">} value
   */
  keep({ layers }) {
    this.known.clear();
    for (const { name, kernels } of layers) if (kernels) this.known.set(name, unpacked(kernels));
  }

  /**
   * The first layer's kernels out of the network itself: those of an epoch of its training, or of broken weights.
   * @param {string | undefined} layer
   * @param {import("../engine/safetensors.js").Tensor} weights
   */
  take(layer, weights) {
    const kept = layer && this.known.get(layer);
    if (!kept || kept.weights === weights.data) return;
    const { data } = weights;
    const most = data.reduce((high, weight) => Math.max(high, Math.abs(weight)), 1e-30);
    const cells = Uint8Array.from(data, (weight) => Math.round((weight / most + 1) * 127.5));
    this.known.set(layer, { side: kept.side, most, pixels: coloured(cells, DIVERGING), weights: data });
  }

  /**
   * @param {string} layer
   * @param {number} channel
   * @param {HTMLCanvasElement} canvas
   */
  show(layer, channel, canvas) {
    const kernels = this.known.get(layer);
    canvas.hidden = !kernels;
    if (!kernels) return;
    const { side, most, pixels } = kernels;
    putPixels(canvas, side, side, pixels.slice(channel * side * side, (channel + 1) * side * side));
    const ends = `${number(-most)} (blue) to ${number(most)} (orange)`;
    canvas.title = `The kernel of map ${channel + 1}: ${side} × ${side} weights from ${ends}`;
  }
}

/** @param {FirstKernels} kernels */
function unpacked({ side, most, cells }) {
  return { side, most, pixels: coloured(bytesOf(cells), DIVERGING) };
}
