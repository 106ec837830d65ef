// What the layers computed, one canvas a map, for one picture or for two side by side. The server sends it when the pen
// rests; while the pen moves, the browser fills the last frame with its own numbers.

import { find, make } from "./lib/elements.js";
import { onSignal, signal } from "./lib/signals.js";
import { onAnswer } from "./lib/value.js";
import { termButton } from "./lib/words.js";
import { cellsOf } from "./maps/computed.js";
import { KernelStore } from "./maps/kernels.js";
import { Live } from "./maps/live.js";
import { dataOf, dataOfLayer, frameOf, shapesOf } from "./maps/model.js";
import { Reading } from "./maps/reading.js";
import { scaled } from "./maps/scales.js";
import { Section } from "./maps/section.js";
import { unpack } from "./maps/unpack.js";

/** @typedef {import("./values.js").MapsValue} MapsValue */
/** @typedef {import("./maps/model.js").Shown} Shown */
/** @typedef {import("./maps/scales.js").Sides} Sides */
/** @typedef {import("./maps/model.js").LayerData} LayerData */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const maps = new Maps(component.element);
  maps.admit = onAnswer(
    component,
    (/** @type {MapsValue} */ value) => maps.show(value),
    (value) => maps.foresee(value),
  );
  onSignal("lab-ink", (inked) => maps.answer(inked));
  onSignal("lab-view", (viewed) => maps.change(viewed));
  onSignal("lab-ahead", () => maps.live.fetchAhead());
  onSignal("lab-needs", (asked) => asked.changes.push(...maps.live.needs(asked)));
  onSignal("lab-numbers", (asked) => Object.assign(asked, maps.live.numbers()));
}

class Maps {
  newest = 0;
  built = ""; // the frame of the elements that are here
  /** @type {Section[]} */
  sections = [];
  /** @type {LayerData[]} */
  data = []; // what the server has sent last
  kernels = new KernelStore();
  live = new Live(() => this.#catchUp());
  /** @type {import("./lib/signals.js").Inked | null} */
  unanswered = null; // what was drawn before the network had come
  /** @type {(answer: import("./lib/value.js").Numbered) => boolean} */
  admit = () => true;

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
    const parts = value.cells ? await unpack(value.cells, shapesOf(value)) : [];
    if (number !== this.newest) return; // while this one was unpacked, another came
    this.unanswered = null;
    this.live.follow(value);
    this.data = dataOf(value.layers, parts);
    this.#paint({ ...value, resting: true }, this.data);
    this.#showsAll(value.drawing);
    signal("lab-stages", null);
  }

  /**
   * The server's answer is too old to be shown: one draws already. Its view and its networks hold all the same.
   * @param {MapsValue} value
   */
  foresee(value) {
    if (value.revision > (this.live.frame?.revision ?? 0)) this.live.follow(value);
  }

  /**
   * The browser's own answer while the pen moves; what the server sent for another drawing is not shown any more.
   * @param {import("./lib/signals.js").Inked} inked
   */
  answer(inked) {
    const { drawing, resting } = inked;
    const found = this.live.answer(inked);
    this.unanswered = found ? null : inked;
    if (!found || !this.admit(found.answer)) return;
    this.newest += 1;
    signal("lab-live", found.answer);
    const complete = found.frame.phase === "kernels" || this.#follow(found, resting);
    inked.painted = complete ? this.live.mark() : "";
    this.element.dataset.live = String(drawing);
    if (complete && resting) this.#showsAll(drawing);
  }

  /**
   * A switch was clicked: the same picture is shown in another way.
   * @param {import("./lib/signals.js").Viewed} viewed
   */
  change(viewed) {
    const found = this.live.change(viewed);
    if (!found || !this.admit({ drawing: this.live.drawing, revision: viewed.revision })) return;
    this.newest += 1;
    if (found.answer) signal("lab-live", found.answer);
    if (this.#follow(found, true)) viewed.painted = this.live.mark();
  }

  // A network has come: what was drawn or changed before is shown, and what is explained gets its numbers.
  #catchUp() {
    if (!this.live.missing) return; // it came before it was asked for
    this.live.missing = false;
    if (this.unanswered) this.answer(this.unanswered);
    const unshown = this.live.unshown.pop();
    if (unshown) this.change(unshown);
    signal("lab-stages", null);
  }

  /** @param {number} drawing */
  #showsAll(drawing) {
    this.element.dataset.drawing = String(drawing);
  }

  /**
   * Paints what the browser has computed. A B that it cannot compute stays as the server has sent it. Says whether all
   * that should be seen is there: the server may not have sent B yet.
   * @param {import("./maps/live.js").Found} found
   * @param {boolean} resting
   */
  #follow({ frame, a, b }, resting) {
    const sides = frame.layers.map((layer, i) => ({
      a: cellsOf(a, layer.a),
      b: layer.b && b ? cellsOf(b, layer.b) : (this.data[i]?.b ?? null),
    }));
    const lit = sides.every(({ a }) => a);
    const layers = lit ? scaled(frame.layers, /** @type {Sides[]} */ (sides), frame.scale) : frame.layers;
    const data = layers.map((layer, i) => dataOfLayer(layer, sides[i].a, sides[i].b));
    this.kernels.take(layers[0]?.name, a["conv1.weight"]);
    this.#paint({ ...frame, layers, resting }, data);
    return layers.every((layer, i) => !layer.b || !sides[i].a || sides[i].b);
  }

  /**
   * @param {Shown} value
   * @param {LayerData[]} data
   */
  #paint(value, data) {
    this.#build(value);
    this.root.classList.toggle("maps-empty", !data[0]?.a);
    this.root.classList.toggle("maps-numbered", value.numbers);
    for (const [i, section] of this.sections.entries()) section.draw(value, value.layers[i], data[i], this.kernels);
    this.reading.refresh(value);
    Object.assign(this.element.dataset, { phase: value.phase, network: value.network?.name ?? "" });
  }

  /**
   * Builds the elements, unless they are there.
   * @param {MapsValue} value
   */
  #build(value) {
    const frame = frameOf(value);
    const described = JSON.stringify(frame);
    if (described === this.built) return;
    this.built = described;
    this.kernels.keep(value);
    this.sections = frame.layers.map((layer, i) => new Section(layer, frame, value.layers[i]));
    this.root.replaceChildren(...head(frame), ...this.sections.map(({ box }) => box));
  }
}

/**
 * What stands above the layers.
 * @param {import("./maps/model.js").Frame} frame
 */
function head({ layers, words, note, a, b }) {
  const parts = [];
  if (!layers.length) parts.push(make("p", "layer-note", "The maps of both layers appear here while you draw."));
  parts.push(...words.map(networkLine));
  if (note) parts.push(make("p", "maps-note", note));
  if (layers.some(({ compared }) => compared)) parts.push(make("p", "layer-legend", `A: ${a}. B: ${b}.`));
  return parts;
}

/**
 * What a network is, part by part.
 * @param {import("./values.js").PartValue[]} parts
 */
function networkLine(parts) {
  const line = make("p", "maps-network");
  for (const [i, { text, term }] of parts.entries()) line.append(...(i ? [" · "] : []), termButton(text, [term]));
  return line;
}
