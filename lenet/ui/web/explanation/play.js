// The kernel slides over the input, and the map fills cell by cell. Who prefers less motion sees the button for steps
// alone: the style sheet hides the other one.

import { find, findAll } from "../lib/elements.js";

const SPEEDS = [4, 30, 120]; // cells a second

export class Play {
  /** @type {number | null} */
  made = null; // cells that the kernel has made until now; null while nothing is played
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /**
   * @param {HTMLElement} root
   * @param {{ count: () => number, show: () => void }} map the number of its cells, and what shows how far it is
   */
  constructor(root, { count, show }) {
    this.count = count;
    this.show = show;
    const [play, step] = findAll(root, "[data-play]");
    this.button = play;
    this.speed = /** @type {HTMLInputElement} */ (find(root, "input"));
    play.addEventListener("click", () => (this.timer ? this.pause() : this.#start()));
    step.addEventListener("click", () => {
      this.pause();
      this.#advance();
    });
    this.speed.addEventListener("input", () => this.timer && this.#start());
  }

  // The whole map is there again.
  stop() {
    this.pause();
    this.made = null;
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.#say(false);
  }

  #start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.#advance(), 1000 / SPEEDS[Number(this.speed.value)]);
    this.#say(true);
  }

  #advance() {
    const next = (this.made ?? 0) + 1;
    if (next > this.count()) this.stop();
    else this.made = next;
    this.show();
  }

  /** @param {boolean} playing */
  #say(playing) {
    this.button.textContent = playing ? "Pause" : "Slide the kernel";
    this.button.setAttribute("aria-pressed", String(playing));
  }
}
