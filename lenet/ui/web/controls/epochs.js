// The time machine: the network as it was after an epoch of its training, on whatever is on the pad. A slider has a place
// for each epoch that was kept, and the last one for the trained network.

import { make, makeButton } from "../lib/elements.js";
import { percent } from "../lib/numbers.js";
import { signal } from "../lib/signals.js";
import { explain } from "../lib/words.js";
import { Curve, wordsOf } from "./curve.js";

const PACE = 600; // milliseconds for which an epoch is shown while it plays
const NEAR = 100; // milliseconds after a mouse has moved over the slider until it is expected to take it
const EXACT = "epochs-exact"; // the id of the sentence with all values of an epoch

/** @typedef {Pick<import("../values.js").ControlsValue, "epochs" | "curve" | "tested">} Training */

export class Epochs {
  box = make("div", "epochs");
  slider = Object.assign(make("input"), { type: "range", min: "0", step: "1" });
  curve = new Curve();
  said = make("output");
  right = make("span", "curve-right");
  loss = make("span", "curve-loss");
  held = make("span", "epochs-held");
  exact = Object.assign(make("span", "epochs-exact"), { id: EXACT });
  /** @type {number[]} */
  epochs = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /** @param {(epoch: number | null) => void} choose null for the trained network */
  constructor(choose) {
    this.choose = choose;
    this.button = makeButton("", "▶", () => this.#toggle());
    this.button.setAttribute("aria-label", "Play the training");
    this.slider.setAttribute("aria-label", "The network after an epoch of its training");
    explain(this.slider, ["epoch", "curve"], [EXACT]);
    this.slider.addEventListener("input", () => {
      this.#stop();
      this.#choose();
    });
    const line = make("div", "epochs-line");
    line.append(this.curve.box, this.slider);
    const words = make("p", "epochs-words");
    words.append(this.said, this.right, this.loss, this.held, this.exact);
    this.box.append(this.button, line, words);
    this.#expectHand();
  }

  // A mouse that only passes by, or lies where the menu of networks was open, fetches nothing.
  #expectHand() {
    const ahead = () => signal("lab-ahead", null);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let rests;
    this.box.addEventListener("pointermove", () => {
      rests ??= setTimeout(ahead, NEAR);
    });
    this.box.addEventListener("pointerleave", () => {
      clearTimeout(rests);
      rests = undefined;
    });
    for (const sure of ["pointerdown", "focusin"]) this.box.addEventListener(sure, ahead);
  }

  /**
   * @param {Training} training
   * @param {number | null} epoch the one that is shown; null for the trained network
   */
  show({ epochs, curve, tested }, epoch) {
    if (epochs.join() !== this.epochs.join()) this.#stop();
    this.epochs = epochs;
    this.box.hidden = !epochs.length;
    const found = epoch === null ? -1 : epochs.indexOf(epoch);
    const place = found < 0 ? epochs.length : found;
    this.slider.max = String(epochs.length);
    this.slider.value = String(place);
    this.said.textContent = found < 0 ? "trained" : `epoch ${epoch}`;
    this.curve.show(curve, epochs, place);
    this.#say(found < 0 ? ofTrained(tested) : wordsOf(curve, epochs[found]));
  }

  /** @param {ReturnType<typeof wordsOf>} words */
  #say({ right, loss, held }) {
    this.right.textContent = right;
    this.loss.textContent = loss;
    this.held.textContent = held;
    const parts = [right, loss, held].filter(Boolean).join(", ");
    this.exact.textContent = `${this.said.textContent}${parts && `: ${parts}`}`;
    this.slider.setAttribute("aria-valuetext", this.exact.textContent);
  }

  #choose() {
    this.choose(this.epochs[Number(this.slider.value)] ?? null);
  }

  // From the beginning, where it has come to the end.
  #toggle() {
    if (this.timer) return this.#stop();
    if (Number(this.slider.value) === this.epochs.length) this.slider.value = "0";
    this.#choose();
    this.timer = setInterval(() => this.#next(), PACE);
    this.button.textContent = "⏸";
  }

  #next() {
    this.slider.value = String(Number(this.slider.value) + 1);
    this.#choose();
    if (Number(this.slider.value) === this.epochs.length) this.#stop();
  }

  #stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.button.textContent = "▶";
  }
}

/** @param {number | null} tested */
function ofTrained(tested) {
  return { right: tested === null ? "" : `${percent(tested)} of tests right`, loss: "", held: "" };
}
