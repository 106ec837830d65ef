// How the reader looks at a picture: all switches, as one view. The view's revision counts its changes and comes back
// with every answer. "input" is triggered when the view has changed, "pin" when only the pinned cell has, "keep" to keep
// the picture as B, and "take" with what there is to take away and the page's address.

import { Epochs } from "./controls/epochs.js";
import { Inputs } from "./controls/inputs.js";
import { changed, has, PLAIN, pinAt, toggled, WHOLE } from "./controls/view.js";
import { find, findAll, make } from "./lib/elements.js";
import { onSignal, signal } from "./lib/signals.js";
import { received, submit } from "./lib/value.js";
import { changeScreen, pageAddress } from "./lib/window.js";
import { explain } from "./lib/words.js";

const PHASES = { kernels: "Kernels", before: "Before", after: "After", pooled: "Pooled" };
const SCALES = { map: "map", layer: "layer", both: "both" };
const COMPARE = {
  none: "nothing",
  kept: "the picture kept as B",
  checkpoint: "another network",
  class: "the mean of a class",
};
const OVERLAY = {
  none: "nothing",
  occlusion: "what covering a place changes",
  gradient: "where more ink would help (gradient)",
};
const INSTEAD = { zero: "zero", mean: "its mean over the test pictures" };
const NOISE = { 0: "none", 25: "a quarter of their spread", 50: "half", 100: "as much as their spread", 200: "twice" };
const TAKE = {
  link: "Copy a link to this view",
  code: "Show a QR code",
  png: "Maps as PNG",
  npz: "Every stage as .npz",
  csv: "Probabilities as CSV",
};

const REST = 150; // milliseconds for which the slider of the epochs is still until the server is asked

/** @typedef {import("./values.js").ControlsValue} ControlsValue */
/** @typedef {import("./controls/view.js").Changes} Changes */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Controls(component).listen();
}

class Controls {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  rest; // asks the server

  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    this.element = component.element;
    const value = /** @type {ControlsValue} */ (received(component.props));
    this.revision = value.revision;
    this.view = value.view;
    this.offered = value;
    const parts = findAll(this.element, "details").map((part) => [part.dataset.part, find(part, ".controls-row")]);
    this.parts = /** @type {Record<string, HTMLElement>} */ (Object.fromEntries(parts));
    this.inputs = new Inputs(
      () => this.view,
      (changes) => this.change(changes),
    );
    this.epochs = new Epochs((epoch) => this.#scrub(epoch));
    this.whole = this.#buildMain(find(this.element, ".controls-main"));
    this.hideable = this.#buildCompare(this.parts.compare);
    this.#buildPicture(this.parts.picture);
    this.#buildBreak(this.parts.break);
    this.#buildTake(this.parts.take);
    this.refresh();
  }

  listen() {
    onSignal("lab-pin", (pinned) => this.pin(pinned));
    onSignal("lab-off", (map) => this.change({ off: toggled(this.view.off, map) }));
    onSignal("lab-restore", () => has(this.view, PLAIN) || this.change(PLAIN));
    onSignal("lab-back", () => this.change({})); // the server answers again: it is asked for all, as it is now
    this.component.watch("value", () => this.receive());
  }

  /** @param {Changes} changes */
  change(changes) {
    clearTimeout(this.rest);
    this.#apply(changes);
    this.component.trigger("input");
  }

  /**
   * The browser shows each epoch; the server is asked when the slider rests.
   * @param {number | null} epoch
   */
  #scrub(epoch) {
    clearTimeout(this.rest);
    this.#apply({ epoch });
    this.rest = setTimeout(() => this.component.trigger("input"), REST);
  }

  /** @param {import("./lib/signals.js").Pinned} pinned */
  pin(pinned) {
    this.#apply(pinned);
    this.component.trigger("pin");
  }

  receive() {
    const value = /** @type {ControlsValue | null} */ (received(this.component.props));
    if (!value?.put) return; // an echo of what these controls sent
    this.offered = value;
    if (value.revision <= this.revision) return this.change(value.changes); // a switch was clicked since: keep it
    this.revision = value.revision;
    this.view = value.view;
    this.refresh();
  }

  refresh() {
    this.inputs.refresh();
    this.epochs.show(this.offered, this.view.epoch);
    const { compare, prepare, hide } = this.view;
    this.hideable.other.hidden = compare !== "checkpoint";
    this.hideable.mean.hidden = compare !== "class";
    this.whole.hidden = has(this.view, WHOLE);
    find(this.element, "[data-part=compare]").classList.toggle("controls-on", compare !== "none");
    find(this.element, "[data-part=picture]").classList.toggle("controls-on", !prepare || hide);
    find(this.element, "[data-part=break]").classList.toggle("controls-on", !has(this.view, WHOLE));
  }

  /** @param {Changes} changes */
  #apply(changes) {
    this.view = changed(this.view, changes);
    this.refresh();
    this.revision += 1;
    const { revision, view } = this;
    const viewed = { revision, view, changed: Object.keys(changes), painted: "" };
    signal("lab-view", viewed);
    submit(this.component.props, { revision, view, shown: viewed.painted });
  }

  /** @param {HTMLElement} row */
  #buildMain(row) {
    this.inputs.segment(row, "phase", "Show", PHASES, (phase) => ({ phase, pin: pinAt(this.view, phase) }));
    this.inputs.segment(row, "scale", "Scale for", SCALES, (scale) => ({ scale }));
    this.inputs.check(row, "numbers", "numbers");
    row.append(this.epochs.box);
    return this.inputs.button(row, "Make the network whole again", () => this.change(WHOLE));
  }

  /**
   * The choices of the other checkpoint and of the class, which are hidden unless they matter.
   * @param {HTMLElement} row
   */
  #buildCompare(row) {
    this.inputs.button(row, "Keep this picture as B", () => this.component.trigger("keep"));
    const compare = this.inputs.select(row, "compare", "Compare with", () => this.#offer(COMPARE));
    const other = this.inputs.select(row, "other", "", () => [
      ["", "choose …"],
      ...this.offered.checkpoints.map(toChoice),
    ]);
    const mean = this.inputs.select(row, "label", "", () => numbered(this.offered.classes));
    find(other, "select").setAttribute("aria-label", "The other network");
    find(mean, "select").setAttribute("aria-label", "The class");
    explain(find(compare, "select"), ["compare"]);
    explain(find(other, "select"), ["checkpoint"]);
    explain(find(mean, "select"), ["class-mean"]);
    this.inputs.check(row, "sort", "most different first");
    return { other, mean };
  }

  /** @param {HTMLElement} row */
  #buildPicture(row) {
    this.inputs.check(row, "prepare", "prepare it for the network");
    const { lacks } = this.offered;
    if (!lacks.includes("steps")) this.inputs.check(row, "steps", "show how it is prepared");
    if (!lacks.includes("overlay")) {
      const overlay = this.inputs.select(row, "overlay", "Show on it", () => Object.entries(OVERLAY));
      explain(find(overlay, "select"), ["overlay"]);
    }
    this.inputs.check(row, "hide", "guess first: hide the answer");
  }

  /** @param {HTMLElement} row */
  #buildBreak(row) {
    row.append(make("span", "", "Open a map to switch it off."));
    const instead = this.inputs.select(row, "instead", "A map that is off becomes", () => Object.entries(INSTEAD));
    const noise = this.inputs.select(row, "noise", "Noise on the weights", () => Object.entries(NOISE));
    explain(find(instead, "select"), ["instead"]);
    explain(find(noise, "select"), ["noise"]);
    this.inputs.check(row, "biases", "biases");
    this.inputs.check(row, "pooling", "pooling (without it, the first of each four values stays)");
  }

  /** @param {HTMLElement} row */
  #buildTake(row) {
    for (const [what, text] of this.#offer(TAKE)) {
      this.inputs.button(row, text, () => this.component.trigger("take", { what, page: pageAddress() }));
    }
    if (document.fullscreenEnabled) this.inputs.button(row, "Full screen", changeScreen);
  }

  /**
   * Those of some choices that the page can offer.
   * @param {Record<string, string>} choices
   */
  #offer(choices) {
    return Object.entries(choices).filter(([name]) => !this.offered.lacks.includes(name));
  }
}

/**
 * @param {[string, string]} offered the words of a network and its name
 * @returns {[string, string]}
 */
function toChoice([words, name]) {
  return [name, words];
}

/**
 * @param {string[]} names
 * @returns {import("./controls/inputs.js").Choices}
 */
function numbered(names) {
  return names.map((name, number) => [String(number), name]);
}
