// The first layer's kernels, each beside the number of its map.

import { bytesOf } from "../lib/bytes.js";
import { coloured, putPixels } from "../lib/canvas.js";
import { number } from "../lib/numbers.js";
import { DIVERGING } from "../lib/palette.js";

/** @typedef {import("../values.js").FirstKernels} FirstKernels */

export class KernelStore {
  /** @type {Map<string, { side: number, most: number, pixels: Uint32Array }>} */
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
