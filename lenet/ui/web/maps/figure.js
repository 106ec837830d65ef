// The maps of one channel, side by side, and what stands below them.

import { make } from "../lib/elements.js";
import { explain } from "../lib/words.js";
import { SIDE_NAMES } from "./model.js";
import { APART } from "./scale.js";

const ROLES = { maps: "map", kernels: "kernel", dense: "row of values" }; // what a screen reader calls a canvas
const SHORT = 3; // letters of a name that fits below its logit on a phone, too; longer ones are turned there

/** @typedef {import("./model.js").Side} Side */
/** @typedef {import("../values.js").LayerValue["kind"]} Kind */

export class Figure {
  numbers = make("span", "map-numbers");
  range = make("span", "map-range");
  kernel = make("canvas", "map-kernel");

  /**
   * @param {Side[]} sides
   * @param {number} channel
   * @param {string[]} classes the names of a dense layer's values, if they have any
   * @param {{ kind: Kind, size: { width: number, height: number } }} options the size of a map, in cells
   */
  constructor(sides, channel, classes, { kind, size }) {
    this.channel = channel;
    this.side = sides[0];
    this.canvases = sides.map((side) => ({ side, canvas: mapCanvas(kind, size) }));
    this.kernel.hidden = true;
    this.kernel.setAttribute("aria-hidden", "true");
    const caption = make("figcaption");
    caption.append(
      this.kernel,
      make("span", "map-name", kind === "dense" ? "" : String(channel + 1)),
      this.range,
      this.numbers,
    );
    const row = make("div", "map-row");
    const several = sides.length > 1;
    row.append(...this.canvases.map(({ side, canvas }) => framed(canvas, side, several ? SIDE_NAMES[side] : "")));
    this.box = make("figure", several ? "map map-pair" : "map");
    this.box.dataset.channel = String(channel);
    if (several) explain(this.numbers, APART).classList.add("explained");
    this.box.append(row, ...(classes.length ? [namesOf(classes)] : []), caption);
  }

  /**
   * Says so if the first map is off or has one value everywhere. The mark lies on the map and takes no place of its own.
   * @param {number | null} value
   * @param {{ off: boolean, instead: string }} map
   */
  markConstant(value, { off, instead }) {
    const frame = /** @type {HTMLElement} */ (this.canvases[0].canvas.parentElement);
    if (off) frame.dataset.constant = instead === "mean" ? "mean" : "off";
    else if (value === null) delete frame.dataset.constant;
    else frame.dataset.constant = value === 0 ? "all 0" : "constant";
  }
}

/**
 * A map that is not painted yet is as large as it will be. To a screen reader it is an application: over an image it
 * would keep the arrow keys, which read the cells, for itself.
 * @param {Kind} kind
 * @param {{ width: number, height: number }} size
 */
function mapCanvas(kind, { width, height }) {
  const canvas = Object.assign(make("canvas"), { width, height, tabIndex: -1 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", ROLES[kind]);
  return canvas;
}

/**
 * A map in a frame that marks can be laid on. Its name stands beside the row of maps that it begins; a screen reader
 * hears it with each map.
 * @param {HTMLCanvasElement} canvas
 * @param {Side} side
 * @param {string} name
 */
function framed(canvas, side, name) {
  const frame = make("div", "map-cells");
  frame.dataset.side = side;
  frame.append(canvas);
  if (name) {
    const words = make("span", "map-side", name);
    words.setAttribute("aria-hidden", "true");
    frame.append(words);
  }
  return frame;
}

/**
 * The classes below their logits. A screen reader is told a cell's class when it is read.
 * @param {string[]} classes
 */
function namesOf(classes) {
  const long = classes.some((name) => name.length > SHORT);
  const names = make("div", long ? "dense-names dense-names-long" : "dense-names");
  names.setAttribute("aria-hidden", "true");
  names.append(...classes.map((name) => make("span", "", name)));
  return names;
}
