// A network as it forms: the kernels of its first layer, what its maps make of the picture on the pad, and its answer.

import { prepareDrawing } from "../engine/drawing.js";
import { Network, softmax } from "../engine/network.js";
import { readTensors } from "../engine/safetensors.js";
import { putPixels } from "../lib/canvas.js";
import { find, findAll, make } from "../lib/elements.js";
import { percent } from "../lib/numbers.js";
import { computed, onSignal } from "../lib/signals.js";
import { mapPixels } from "../maps/pixels.js";
import { GRID_SIZE } from "../pad/grid.js";

const FILES = ["config.json", "model.safetensors"];
const MOST_MAPS = 16; // of a layer
const FULL = 255; // the byte of full ink

/** @typedef {import("../values.js").ProgressValue} ProgressValue */
/** @typedef {import("../engine/safetensors.js").Tensor} Tensor */

export class Forming {
  /** @type {Network | null} */
  network = null;
  /** @type {string[]} */
  classes = [];
  /** @type {"digit" | "garment"} */
  kind = "digit";
  /** @type {Uint8Array | null} */
  ink = null; // what a hand has drawn
  name = "";
  wanted = 0; // which change of the network was asked for last
  busy = false;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.says = find(box, ".progress-says");
    onSignal("lab-ink", ({ ink }) => {
      this.ink = ink;
      this.paint();
    });
    onSignal("lab-placed", () => {
      this.ink = null;
    });
    onSignal("lab-stages", () => this.paint());
    onSignal("lab-at", () => requestAnimationFrame(() => this.paint())); // it is seen again
  }

  /** @param {ProgressValue} run */
  follow({ name, forms }) {
    if (name !== this.name) Object.assign(this, { name, network: null, wanted: 0 });
    if (forms <= this.wanted) return;
    this.wanted = forms;
    if (!this.busy) this.#bring();
  }

  // One after the other: on a slow line, changes are left out.
  async #bring() {
    this.busy = true;
    try {
      for (let brought = 0; brought < this.wanted; ) {
        brought = this.wanted;
        const { name } = this;
        const [config, weights] = await Promise.all(FILES.map((file) => get(name, file)));
        if (name === this.name && config && weights) this.#take(config, weights);
      }
    } finally {
      this.busy = false;
    }
  }

  /**
   * @param {ArrayBuffer} config
   * @param {ArrayBuffer} weights
   */
  #take(config, weights) {
    const described = JSON.parse(new TextDecoder().decode(config));
    this.classes = described.classes;
    this.kind = described.kind;
    this.network = new Network(described, readTensors(weights));
    this.box.hidden = false;
    this.paint();
  }

  /** The picture on the pad, through the network as it is now. */
  paint() {
    const { network } = this;
    if (!network || !this.box.checkVisibility()) return;
    const picture = this.ink ? prepareDrawing(this.ink, GRID_SIZE, this.kind) : computed().picture;
    const outputs = picture && network.stages(Float32Array.from(picture, (grey) => grey / FULL));
    this.says.textContent = outputs ? this.#answer(outputs.logits) : "Draw something, and see its maps form.";
    for (const row of findAll(this.box, "[data-stage]")) {
      const stage = /** @type {string} */ (row.dataset.stage);
      const [maps] = network.outputs[stage]?.shape ?? [0];
      const shown = Math.min(maps, MOST_MAPS);
      if (row.children.length !== shown) row.replaceChildren(...Array.from({ length: shown }, tile));
      for (const [channel, cell] of [...row.children].entries()) {
        const [map, kernel] = findAll(/** @type {HTMLElement} */ (cell), "canvas");
        paintMap(/** @type {HTMLCanvasElement} */ (map), outputs?.[stage], channel);
        if (stage === "act1") paintKernel(/** @type {HTMLCanvasElement} */ (kernel), network, channel);
        else kernel.hidden = true;
      }
    }
  }

  /** @param {Tensor} logits */
  #answer({ data }) {
    const shares = softmax(data);
    const best = shares.indexOf(Math.max(...shares));
    const words = `It says: ${this.classes[best]}, ${percent(shares[best])}`;
    return `Your picture in this network. ${words}. At the left: the network in the menu.`;
  }
}

function tile() {
  const box = make("div", "progress-tile");
  box.append(make("canvas"), make("canvas"));
  return box;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Tensor | null | undefined} stage
 * @param {number} channel
 */
function paintMap(canvas, stage, channel) {
  if (!stage) return putPixels(canvas, 1, 1, new Uint32Array(1));
  const [channels, height, width] = stage.shape;
  paintCells(canvas, [channels, 1, height, width], stage.data, channel, false);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Network} network
 * @param {number} channel
 */
function paintKernel(canvas, network, channel) {
  const { shape, data } = network.tensors["conv1.weight"];
  paintCells(canvas, /** @type {import("../maps/unpack.js").Shape} */ (shape), data, channel, true);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("../maps/unpack.js").Shape} shape
 * @param {Float32Array} values
 * @param {number} channel
 * @param {boolean} signed whether zero is in the middle of the scale
 */
function paintCells(canvas, shape, values, channel, signed) {
  const area = shape[1] * shape[2] * shape[3];
  const own = values.subarray(channel * area, (channel + 1) * area);
  const [lowest, highest] = [Math.min(...own), Math.max(...own)];
  const most = Math.max(-lowest, highest);
  const scale = signed ? { low: -most, high: most, signed } : { low: lowest, high: highest, signed };
  const { width, height, pixels } = mapPixels(shape, { values, area }, channel, scale, []);
  putPixels(canvas, width, height, pixels);
}

/**
 * A file of the network as it forms, or, once it is trained, of the trained one; null where it cannot be had.
 * @param {string} name
 * @param {string} file
 */
async function get(name, file) {
  const { gradio_config: config } = /** @type {{ gradio_config?: { root: string } }} */ (window);
  for (const place of ["forming", "networks"]) {
    try {
      const answer = await fetch(`${config?.root ?? ""}/${place}/${name}/${file}`);
      if (answer.ok) return await answer.arrayBuffer();
    } catch {
      return null;
    }
  }
  return null;
}
