// What the layers computed, one canvas a map, for one picture or for two side by side. What decides, the scales, the
// kernels that are not read, the order of the channels, comes with the value; here it is painted.

import { find, make } from "./lib/elements.js";
import { onAnswer } from "./lib/value.js";
import { KernelStore } from "./maps/kernels.js";
import { dataOf, frameOf, shapesOf } from "./maps/model.js";
import { Reading } from "./maps/reading.js";
import { Section } from "./maps/section.js";
import { unpack } from "./maps/unpack.js";

/** @typedef {import("./values.js").MapsValue} MapsValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const maps = new Maps(component.element);
  onAnswer(component, (/** @type {MapsValue} */ value) => maps.show(value));
}

class Maps {
  newest = 0;
  built = ""; // the frame of the elements that are here
  /** @type {Section[]} */
  sections = [];
  kernels = new KernelStore();

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.root = find(element, ".maps");
    this.reading = new Reading(this.root, () => this.sections);
    this.reading.listen();
  }

  /** @param {MapsValue} value */
  async show(value) {
    this.newest += 1;
    const number = this.newest;
    const parts = value.layers.length ? await unpack(value.cells, value.levels, shapesOf(value)) : [];
    if (number !== this.newest) return; // while this one was unpacked, another came
    this.kernels.keep(value);
    const data = dataOf(value, parts, this.#build(value));
    this.root.classList.toggle("maps-numbered", value.numbers || value.scale === "map");
    for (const [i, section] of this.sections.entries()) section.draw(value, value.layers[i], data[i], this.kernels);
    this.reading.refresh(value);
    this.element.dataset.drawing = String(value.drawing);
    this.element.dataset.phase = value.phase;
  }

  /**
   * Builds the elements, unless they are there. Gives B's cells that are still good: while the pen moves, B rests.
   * @param {MapsValue} value
   */
  #build(value) {
    const frame = frameOf(value);
    const described = JSON.stringify(frame);
    if (described === this.built) return value.late ? [] : this.sections.map(({ data }) => data?.b ?? null);
    this.built = described;
    this.sections = frame.layers.map((layer, i) => new Section(layer, frame, value.layers[i]));
    this.root.replaceChildren(...head(frame), ...this.sections.map(({ box }) => box));
    return [];
  }
}

/**
 * What stands above the layers.
 * @param {import("./maps/model.js").Frame} frame
 */
function head({ layers, networks, note, a, b }) {
  const parts = [];
  if (!layers.length) parts.push(make("p", "layer-note", "The maps of both layers appear here while you draw."));
  for (const words of networks) parts.push(make("p", "maps-network", words));
  if (note) parts.push(make("p", "maps-note", note));
  if (layers.some(({ compared }) => compared)) parts.push(make("p", "layer-legend", legend(a, b)));
  return parts;
}

/**
 * @param {string} a A's title
 * @param {string} b B's
 */
function legend(a, b) {
  const titles = `A: ${a}. B: ${b}.`;
  const rows = "Where both have the same maps, each is shown three times: A, B and A − B.";
  return `${titles} ${rows} L2 is the length of the difference, cos the cosine of the angle between the two.`;
}
