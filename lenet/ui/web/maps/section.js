// A layer on the page: its title and scale, and its maps, those of A and of B or one channel of both together.

import { putPixels } from "../lib/canvas.js";
import { find, make } from "../lib/elements.js";
import { termButton } from "../lib/words.js";
import { alternative, captionOf, rangeOf } from "./captions.js";
import { Figure } from "./figure.js";
import { squareOf } from "./geometry.js";
import { differenceScale, scaleOf, sideOf, unreadOf } from "./model.js";
import { mapPixels } from "./pixels.js";
import { ScaleBar } from "./scale.js";

const FEW = 8; // maps up to which a layer stands in one row, as large as it can
const SOME = 16; // maps up to which it stands in two rows; more are shown small, as many a row as fit

export const MAP = ".map-cells canvas"; // finds a layer's maps; the kernel beside a map's number is none

const [READ, TURN, EXPLAIN] = [
  "Arrow keys read cells.",
  "Page Up and Page Down change the map.",
  "Enter explains a cell.",
];
const USABLE = { dense: [READ, EXPLAIN], kernels: [READ, TURN], maps: [READ, TURN, EXPLAIN] };

/** @typedef {import("./model.js").Shown} Shown */
/** @typedef {import("../values.js").LayerValue} LayerValue */
/** @typedef {import("./model.js").Side} Side */
/** @typedef {import("./model.js").FrameLayer} FrameLayer */
/** @typedef {import("./captions.js").ShownMap} ShownMap */
/** @typedef {{ section: Section, side: Side, channel: number, canvas: HTMLCanvasElement }} Place of a map */

export class Section {
  /** @type {import("./model.js").LayerData | undefined} */
  data;
  resting = false;
  /** @type {Figure[]} */
  figures = [];
  box = make("section", "layer");
  readout = make("p", "layer-readout");
  scale = new ScaleBar("");
  apartScale = new ScaleBar("A − B");

  /**
   * Builds the elements out of the frame alone: a word that is not in the frame would stay when another network comes.
   * @param {FrameLayer} built
   * @param {{ a: string, b: string }} titles
   * @param {LayerValue} layer what was last drawn
   */
  constructor(built, titles, layer) {
    this.layer = layer;
    this.box.dataset.layer = built.name;
    this.box.dataset.number = String(layer.number);
    this.box.classList.toggle("layer-dense", built.kind === "dense");
    this.box.classList.toggle("layer-paired", built.compared);
    this.box.classList.toggle("layer-kernels", built.a.shape[1] > 1);
    this.readout.setAttribute("role", "status");
    this.box.append(this.#head(built), ...this.#grids(built, titles));
  }

  /** @returns {Place[]} */
  get places() {
    return this.figures.flatMap(({ canvases, channel }) =>
      canvases.map(({ side, canvas }) => ({ section: this, side, channel, canvas })),
    );
  }

  /**
   * @param {Shown} value
   * @param {LayerValue} layer
   * @param {import("./model.js").LayerData} data
   * @param {import("./kernels.js").KernelStore} kernels
   */
  draw(value, layer, data, kernels) {
    Object.assign(this, { layer, data, resting: value.resting });
    this.scale.show(layer.scale, { each: layer.a.own.length > 0 });
    if (data.difference) this.apartScale.show(differenceScale(layer));
    for (const figure of this.figures) this.#drawFigure(figure, value, data, kernels);
    if (value.sort && layer.apart && value.resting) this.#sort(layer.apart.order);
  }

  /**
   * @param {Figure} figure
   * @param {Shown} value
   * @param {import("./model.js").LayerData} data
   * @param {import("./kernels.js").KernelStore} kernels
   */
  #drawFigure(figure, value, data, kernels) {
    const { layer } = this;
    const { channel } = figure;
    for (const { side, canvas } of figure.canvases) this.#drawMap({ layer, data, side, channel }, canvas);
    const first = { layer, data, side: figure.side, channel };
    const words = data[figure.side] ? captionOf(first, value) : [];
    figure.numbers.textContent = words.join(layer.kind === "dense" ? " · " : "\n");
    figure.range.textContent = data[figure.side] ? rangeOf(first) : "";
    const off = layer.kind === "maps" && value.off.some(([l, c]) => l === layer.number && c === channel);
    figure.markConstant(layer.kind === "dense" ? null : constantOf(first), { off, instead: value.instead });
    if (figure.side === "a") kernels.show(layer.name, channel, figure.kernel);
  }

  /**
   * @param {ShownMap} map
   * @param {HTMLCanvasElement} canvas
   */
  #drawMap(map, canvas) {
    const { layer, data, side, channel } = map;
    const cells = data[side];
    const { shape } = sideOf(layer, side);
    if (this.resting) canvas.setAttribute("aria-label", alternative(map));
    if (!cells) return blank(canvas, shape);
    const scale = scaleOf(layer, side, channel);
    const { width, height, pixels } = mapPixels(shape, cells, channel, scale, unreadOf(layer, side, channel));
    putPixels(canvas, width, height, pixels);
  }

  // The channels that differ most first, also for the keyboard. While the pen moves they stay where they are.
  /** @param {number[]} order */
  #sort(order) {
    const sorted = order.map((channel) => this.figures[channel].box);
    const parent = /** @type {HTMLElement} */ (sorted[0].parentElement);
    if (sorted.every((box, place) => parent.children[place] === box)) return;
    parent.append(...sorted);
    if (!parent.contains(document.activeElement)) stopAt(find(parent, MAP));
  }

  /** @param {FrameLayer} built */
  #head({ name, kind, title, terms, size, note, compared }) {
    const head = make("div", "layer-head");
    const said = make("div", "layer-said"); // what is read takes the note's place, so that nothing moves
    const [sizeId, noteId, keysId] = ["size", "note", "keys"].map((what) => `${what}-${name}`);
    const unseen = [unseenText(sizeId, size), unseenText(keysId, USABLE[kind].join(" "))];
    said.append(...(note ? [Object.assign(make("p", "layer-note", note), { id: noteId })] : []), this.readout);
    const scales = make("div", "layer-scales");
    scales.append(this.scale.box, ...(compared ? [this.apartScale.box] : []));
    const heading = make("h3", "layer-title");
    heading.append(termButton(title, terms, [...(size ? [sizeId] : []), ...(note ? [noteId] : [])]));
    head.append(heading, said, scales, ...unseen);
    return head;
  }

  /**
   * @param {FrameLayer} built
   * @param {{ a: string, b: string }} titles
   */
  #grids(built, { a, b }) {
    if (built.compared) return [this.#grid(built, "", ["a", "b", "difference"])];
    if (!built.b) return [this.#grid(built, "", ["a"])];
    const [count, , height, width] = built.b.shape;
    const size = built.kind === "dense" ? `${width} values` : `${count} of ${height} × ${width}`;
    const [legendA, legendB] = [`A: ${a}`, `B: ${b} · ${size}`].map((words) => make("p", "layer-legend", words));
    return [legendA, this.#grid(built, "A", ["a"]), legendB, this.#grid(built, "B", ["b"])];
  }

  /**
   * The maps of one side, or those of each channel together.
   * @param {FrameLayer} built
   * @param {string} side
   * @param {Side[]} sides
   */
  #grid(built, side, sides) {
    const { kind, name, title } = built;
    const { shape, classes } = sideOf(built, sides[0]);
    const maps = make("div", kind === "dense" ? "layer-maps" : `layer-maps ${sizeOf(shape[0])}`);
    maps.style.setProperty("--count", String(shape[0]));
    maps.dataset.keys = `keys-${name}`;
    maps.setAttribute("role", "group");
    maps.setAttribute("aria-label", side ? `${title}, ${side}` : title);
    const size = squareOf(shape);
    const figures = Array.from(
      { length: shape[0] },
      (_, channel) => new Figure(sides, channel, classes, { kind, size }),
    );
    this.figures.push(...figures);
    maps.append(...figures.map(({ box }) => box));
    if (figures.length) stopAt(figures[0].canvases[0].canvas);
    return maps;
  }
}

/**
 * How large a layer's maps are shown.
 * @param {number} count of them
 */
function sizeOf(count) {
  if (count <= FEW) return "layer-few";
  return count <= SOME ? "layer-some" : "layer-many";
}

/**
 * The value that a map has everywhere: its filter is dead for this picture. Null for a map that has several values.
 * @param {ShownMap} map
 */
function constantOf({ data, side, channel }) {
  const cells = data[side];
  return cells && cells.lows[channel] === cells.highs[channel] ? cells.lows[channel] : null;
}

/**
 * One map of a layer is reached by the Tab key, the others from there; it alone says with which keys.
 * @param {HTMLElement} canvas
 */
export function stopAt(canvas) {
  const maps = /** @type {HTMLElement} */ (canvas.closest(".layer-maps"));
  for (const other of maps.querySelectorAll(MAP)) {
    other.setAttribute("tabindex", "-1");
    other.removeAttribute("aria-describedby");
  }
  canvas.tabIndex = 0;
  canvas.setAttribute("aria-describedby", maps.dataset.keys ?? "");
}

/**
 * A text for who cannot see the page, and for tips.
 * @param {string} id
 * @param {string} text
 */
function unseenText(id, text) {
  return Object.assign(make("p", "", text), { id, hidden: true });
}

/**
 * A map without cells is as large as it will be with them.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./unpack.js").Shape} shape
 */
function blank(canvas, shape) {
  const { width, height } = squareOf(shape);
  Object.assign(canvas, { width, height }); // which empties it, too
}
