// What the trainings give: the one that runs, its network as it forms, and all that were trained on this page. "stop" is
// triggered with the name of the network that forms, "use" with that of one to look through, and the names of all.

import { find } from "./lib/elements.js";
import { duration, percent } from "./lib/numbers.js";
import { onSignal, signal } from "./lib/signals.js";
import { mine, store, stored } from "./lib/trainings.js";
import { received } from "./lib/value.js";
import { Curves } from "./progress/curves.js";
import { Forming } from "./progress/forming.js";
import { Runs } from "./progress/runs.js";

const OVER = ["done", "failed"];
const LOST = "The server was away, and the training is lost. Please train again.";

/** @typedef {import("./values.js").ProgressValue} ProgressValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Progress(component).listen();
}

class Progress {
  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    const { element } = component;
    this.words = find(element, ".progress-words");
    this.bar = /** @type {HTMLProgressElement} */ (find(element, "progress"));
    this.stop = find(element, "[data-act=stop]");
    this.curves = new Curves(find(element, ".progress-plots"));
    this.forming = new Forming(find(element, ".progress-forming"));
    this.runs = new Runs(find(element, ".progress-runs"), {
      use: (name) => this.#use(name),
      show: () => this.curves.show(this.runs.shown()),
    });
    this.name = "";
    this.over = true;
  }

  listen() {
    this.stop.addEventListener("click", () => {
      this.words.textContent = "Stopping after this step …";
      this.component.trigger("stop", { what: this.name });
    });
    onSignal("lab-back", () => this.#lose());
    onSignal("lab-ordered", () => {
      this.over = false;
      this.words.textContent = "Asking the server …";
      this.words.scrollIntoView({ block: "nearest" }); // on a phone it is below the knobs
    });
    this.component.watch("value", () => this.receive());
    for (const run of stored()) this.runs.keep(run);
    this.curves.show(this.runs.shown());
  }

  receive() {
    const value = /** @type {ProgressValue | null} */ (received(this.component.props));
    if (!value) return;
    const over = OVER.includes(value.phase);
    Object.assign(this, { name: value.name, over });
    this.words.textContent = wordsFor(value);
    this.stop.hidden = over || value.phase === "finishing" || !value.name;
    this.bar.hidden = over || value.phase === "waiting";
    this.bar.value = shareOf(value);
    this.component.element.dataset.training = value.phase; // for styles, and for tests
    if (over) signal("lab-trained", null);
    if (!value.name) return;
    if (value.phase === "failed" && !value.epochs.length) this.runs.forget(value.name);
    else this.runs.keep(value);
    store(this.runs.done());
    this.curves.show(this.runs.shown());
    this.forming.follow(value);
  }

  // The server was away: a training does not outlive that.
  #lose() {
    if (this.over) return;
    this.words.textContent = LOST;
    this.over = this.stop.hidden = this.bar.hidden = true;
    signal("lab-trained", null);
  }

  /** @param {string} name */
  #use(name) {
    this.component.trigger("use", { what: name, mine: mine() });
    signal("lab-at", "explore");
  }
}

/** @param {ProgressValue} value */
function shareOf({ phase, share, parts, epochs, planned }) {
  if (phase === "downloading") return share;
  const position = Math.max(parts.length ? parts[parts.length - 1][0] : 0, epochs.length);
  return phase === "finishing" ? 1 : position / Math.max(planned, 1);
}

/**
 * How it stands, in a sentence.
 * @param {ProgressValue} value
 */
export function wordsFor({ phase, place, share, reason, parts, planned, rate, left, stopped, test }) {
  const epoch = Math.min(Math.floor(parts.length ? parts[parts.length - 1][0] : 0), planned - 1) + 1;
  const words = {
    waiting: place === 1 ? "One training is before yours." : `${place} trainings are before yours.`,
    starting: "Starting: PyTorch and the data are loaded …",
    downloading: `The data set is downloaded, once: ${percent(share)}`,
    training: parts.length
      ? `Epoch ${epoch} of ${planned} · ${rate.toLocaleString("en")} pictures a second · ${duration(left)} left`
      : "The training begins …",
    finishing: "Measuring it on the test pictures, and writing it …",
    done: `${stopped ? `${stopped} ` : "Trained. "}It reads ${percent(test ?? 0)} of the test pictures right.`,
    failed: reason,
  };
  return words[/** @type {keyof typeof words} */ (phase)];
}
