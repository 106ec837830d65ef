// The time machine: the network as it was after an epoch of its training, on whatever is on the pad. A slider has a place
// for each epoch that was kept, and the last one for the trained network.

import { make, makeButton } from "../lib/elements.js";
import { explain } from "../lib/words.js";

const PACE = 600; // milliseconds for which an epoch is shown while it plays

export class Epochs {
  box = make("div", "epochs");
  slider = Object.assign(make("input"), { type: "range", min: "0", step: "1" });
  said = make("output");
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
    explain(this.slider, ["epoch"]);
    this.slider.addEventListener("input", () => {
      this.#stop();
      this.#choose();
    });
    this.box.append(this.button, this.slider, this.said);
  }

  /**
   * @param {number[]} epochs those that can be shown
   * @param {number | null} epoch the one that is shown; null for the trained network
   */
  show(epochs, epoch) {
    if (epochs.join() !== this.epochs.join()) this.#stop();
    this.epochs = epochs;
    this.box.hidden = !epochs.length;
    const place = epoch === null ? -1 : epochs.indexOf(epoch);
    this.slider.max = String(epochs.length);
    this.slider.value = String(place < 0 ? epochs.length : place);
    this.said.textContent = place < 0 ? "trained" : `epoch ${epoch}`;
    this.slider.setAttribute("aria-valuetext", this.said.textContent);
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
