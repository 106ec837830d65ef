// One map, large: what its filter reads, and the map before the activation, after it and pooled, side by side. A cell is
// framed in each. The pointer over any of them asks for the cell that it is on.

import { readBy, strongestOf } from "../engine/cell.js";
import { POOL_SIZE } from "../engine/network.js";
import { putPixels } from "../lib/canvas.js";
import { layOver, make } from "../lib/elements.js";
import { rangeWords } from "../lib/numbers.js";
import { CLEAR, GREY, indexer, paletteFor } from "../lib/palette.js";
import { partOf, seenBy } from "../maps/geometry.js";
import { spread } from "../maps/scales.js";

/** @typedef {import("../engine/cell.js").Place} Place */
/** @typedef {import("../engine/safetensors.js").Tensor} Tensor */
/** @typedef {import("../values.js").CellValue} CellValue */
/** @typedef {"input" | "before" | "after" | "pooled"} Part of the way from the input to the pooled map */
/**
 * What is shown: the cell of the convolution, the map that is shown of those that the filter reads, and how many cells
 * of the map the kernel has made until now.
 * @typedef {{ cell: CellValue, values: Record<string, Tensor>, place: Place, input: number, made: number }} Look
 */

/** @type {Part[]} */
const PARTS = ["input", "before", "after", "pooled"];

export class Large {
  /** @type {Look | null} */
  look = null;

  /**
   * @param {HTMLElement} root
   * @param {{ read: (place: Place | null) => void, choose: (place: Place) => void }} asks
   */
  constructor(root, { read, choose }) {
    this.root = root;
    this.panes = PARTS.map((part) => new Pane(part));
    root.append(...this.panes.map(({ box }) => box));
    for (const pane of this.panes.slice(1)) {
      const placeOf = (/** @type {MouseEvent} */ event) => this.#placeAt(pane, event);
      pane.canvas.addEventListener("pointermove", (event) => read(placeOf(event)));
      pane.canvas.addEventListener("pointerleave", () => read(null));
      pane.canvas.addEventListener("click", (event) => {
        const place = placeOf(event);
        if (place) choose(place);
      });
    }
  }

  /** @param {Look | null} look */
  show(look) {
    this.look = look;
    this.root.hidden = !look;
    if (!look) return;
    for (const pane of this.panes) pane.show(look);
  }

  // How many cells the map has before pooling.
  count() {
    if (!this.look) return 0;
    const [, height, width] = this.look.values[this.look.cell.stages.before].shape;
    return height * width;
  }

  /**
   * The cell of the convolution under the pointer; of a pooled cell, the strongest of those that are pooled.
   * @param {Pane} pane
   * @param {MouseEvent} event
   * @returns {Place | null}
   */
  #placeAt({ part, canvas }, { clientX, clientY }) {
    if (!this.look) return null;
    const { cell, values, place } = this.look;
    const box = canvas.getBoundingClientRect();
    const [row, column] = [
      Math.floor(((clientY - box.top) / box.height) * canvas.height),
      Math.floor(((clientX - box.left) / box.width) * canvas.width),
    ];
    if (row < 0 || column < 0 || row >= canvas.height || column >= canvas.width) return null;
    const here = { ...place, row, column };
    return part === "pooled" ? strongestOf(values[cell.stages.after], here) : here;
  }
}

// One of the four pictures.
class Pane {
  canvas = make("canvas");
  mark = make("div", "map-cell");
  words = make("figcaption");
  box = make("figure");

  /** @param {Part} part */
  constructor(part) {
    this.part = part;
    const frame = make("div", "large-cells");
    frame.append(this.canvas, this.mark);
    this.box.append(frame, this.words);
    this.box.dataset.part = part;
  }

  /** @param {Look} look */
  show(look) {
    const { cell, values, input } = look;
    const { part } = this;
    const tensor = values[cell.stages[part]];
    const channel = part === "input" ? input : look.place.channel;
    const [, height, width] = tensor.shape;
    const own = tensor.data.subarray(channel * height * width, (channel + 1) * height * width);
    const scale = scaleOf(own, { signed: tensor.data.some((value) => value < 0) });
    const picture = part === "input" && cell.first;
    const made = part === "input" ? Infinity : madeOf(look, part, tensor);
    const palette = picture ? GREY : paletteFor(scale);
    const index = indexer(picture ? endsOf(own) : scale);
    const pixels = Uint32Array.from(own, (value, i) => (i < made ? palette[index(value)] : CLEAR));
    putPixels(this.canvas, width, height, pixels);
    layOver(this.mark, this.#partOf(look, tensor));
    this.words.textContent = wordsOf(look, part, scale);
  }

  /**
   * What the mark lies on: the cell, or what the kernel lies on to make it.
   * @param {Look} look
   * @param {Tensor} tensor
   */
  #partOf({ cell, values, place }, { shape: [, height, width] }) {
    if (this.part === "input") return seenBy(readBy(values, cell.stages, place.layer), place);
    const factor = this.part === "pooled" ? POOL_SIZE : 1;
    const [row, column] = [place.row, place.column].map((at) => Math.floor(at / factor));
    return partOf([1, 1, height, width], { row, column });
  }
}

/**
 * How many cells of a map are there when the kernel has made so many of the convolution's.
 * @param {Look} look
 * @param {Part} part
 * @param {Tensor} tensor
 */
function madeOf({ cell, values, made }, part, { shape: [, , width] }) {
  if (part !== "pooled" || made === Infinity) return made;
  const rows = Math.floor(made / values[cell.stages.after].shape[2] / POOL_SIZE);
  return rows * width; // pooled rows whose two rows are both there
}

/**
 * @param {Look} look
 * @param {Part} part
 * @param {import("../values.js").ScaleValue} scale
 */
function wordsOf({ cell, place, input }, part, scale) {
  if (part !== "input") return `${part} ${rangeWords(scale)}`;
  return cell.first ? "the picture" : `layer ${place.layer - 1}, map ${input + 1}`;
}

/**
 * The map's own scale; a signed one has zero in its middle.
 * @param {Float32Array} values
 * @param {{ signed: boolean }} kind
 */
function scaleOf(values, { signed }) {
  return { ...spread(endsOf(values), signed), signed };
}

/** @param {Float32Array} values */
function endsOf(values) {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return { low, high, signed: false };
}
