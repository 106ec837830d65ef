// Where a training is ordered: the knobs, and what they would build. "input" is triggered with each change of the order
// and its number, which the server answers with the plan, and "train" with the order that is to be trained.

import { fill, inputFor, NETWORK, offer, readKnob, TRAINING, withLayers } from "./bench/knobs.js";
import { find, make } from "./lib/elements.js";
import { duration } from "./lib/numbers.js";
import { onSignal, signal } from "./lib/signals.js";
import { received } from "./lib/value.js";
import { explain } from "./lib/words.js";

const MOST_LAYERS = 4; // convolution layers that the form offers
const [FIRST_RECIPE, FIRST_DATASET] = ["classic", "fashion"];
const UNWEIGHTED = ["ReLU", "Sigmoid", "Tanh", "Dropout", "Flatten", "Standardise"]; // not worth a row: nothing changes

/** @typedef {import("./values.js").PlanValue} PlanValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Bench(component).listen();
}

class Bench {
  asked = 0;
  waiting = false;
  /** @type {PlanValue | null} */
  plan = null;
  /** @type {Map<string, import("./bench/knobs.js").Input>} */
  inputs = new Map();

  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    const { element } = component;
    this.form = find(element, "form");
    this.recipe = explain(make("select"), ["recipe"]);
    this.dataset = explain(make("select"), ["data-set"]);
    this.button = /** @type {HTMLButtonElement} */ (find(element, ".bench-train"));
  }

  listen() {
    onSignal("lab-at", (name) => name === "train" && !this.plan && this.#ask(null));
    this.form.addEventListener("change", (event) => this.#change(/** @type {HTMLElement} */ (event.target)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.component.trigger("train", { order: this.#order() });
      signal("lab-ordered", null);
    });
    onSignal("lab-ordered", () => this.#wait(true));
    onSignal("lab-trained", () => this.#wait(false));
    find(this.form, "[data-act=reset]").addEventListener("click", () => this.#start());
    this.component.watch("value", () => this.receive());
  }

  receive() {
    const value = /** @type {PlanValue | null} */ (received(this.component.props));
    if (!value || value.asked < this.asked) return;
    const isFirst = !this.plan;
    this.plan = value;
    if (isFirst) return this.#build(value);
    this.#show(value);
  }

  /** @param {PlanValue} value */
  #build({ recipes, datasets, choices, limits }) {
    const names = Object.keys(recipes);
    offer(
      this.recipe,
      names.map((name) => [name, name]),
    );
    offer(this.dataset, datasets);
    this.recipe.value = FIRST_RECIPE;
    this.dataset.value = FIRST_DATASET;
    const first = make("div", "bench-first");
    first.append(titled("Recipe to start from", this.recipe), titled("Data set", this.dataset));
    const groups = [this.#group("The network", NETWORK, choices), this.#group("Its training", TRAINING, choices)];
    find(this.form, ".bench-knobs").replaceChildren(first, ...groups);
    find(this.form, ".bench-limits").textContent = limits;
    this.#start();
  }

  /**
   * @param {string} title
   * @param {import("./bench/knobs.js").Knob[]} knobs
   * @param {Record<string, string[]>} choices
   */
  #group(title, knobs, choices) {
    const group = make("fieldset");
    group.append(make("legend", "", title));
    for (const knob of knobs) {
      const { label, input } = inputFor(knob, choices[knob.name] ?? []);
      this.inputs.set(knob.name, input);
      group.append(label);
    }
    return group;
  }

  // The knobs as the recipe has them; the seed stays.
  #start() {
    const knobs = this.plan?.recipes[this.recipe.value] ?? {};
    this.#fill({ seed: this.#read("seed") || 0, ...knobs });
    this.#ask(this.#order());
  }

  /** @param {Record<string, unknown>} knobs */
  #fill(knobs) {
    for (const [name, value] of Object.entries(knobs)) {
      const input = this.inputs.get(name);
      if (input) fill(input, value);
    }
    const layers = this.inputs.get("convolutions");
    if (layers) layers.value = String(/** @type {unknown[]} */ (this.#read("channels")).length);
  }

  /** @param {HTMLElement} input */
  #change(input) {
    if (input === this.recipe) return this.#start();
    if (input === this.inputs.get("convolutions")) {
      const count = Math.max(1, Math.min(MOST_LAYERS, Number(this.#read("convolutions")) || 1));
      this.#fill(withLayers(this.#knobs(), count));
    }
    this.#ask(this.#order());
  }

  #order() {
    const { seed, ...knobs } = this.#knobs();
    return { recipe: this.recipe.value, dataset: this.dataset.value, seed, knobs };
  }

  #knobs() {
    const names = [...this.inputs.keys()].filter((name) => name !== "convolutions");
    return Object.fromEntries(names.map((name) => [name, this.#read(name)]));
  }

  /** @param {string} name */
  #read(name) {
    const knob = [...NETWORK, ...TRAINING].find((each) => each.name === name);
    const input = this.inputs.get(name);
    return knob && input && readKnob(knob, input);
  }

  /** @param {object | null} order null to ask for the choices alone */
  #ask(order) {
    this.asked += 1;
    this.component.trigger("input", { asked: this.asked, order });
  }

  /** @param {boolean} waiting whether a training of this page is not over */
  #wait(waiting) {
    this.waiting = waiting;
    this.button.disabled = waiting || Boolean(this.plan?.problem);
  }

  /** @param {PlanValue} plan */
  #show({ problem, stages, parameters, multiply_adds, seconds, most, command }) {
    const said = find(this.form, ".bench-problem");
    said.hidden = !problem;
    said.textContent = problem;
    this.#wait(this.waiting);
    const rows = stages.filter(({ layer }) => !UNWEIGHTED.includes(layer));
    const cells = rows.map(({ name, shape, parameters, multiply_adds }) => [name, shape, parameters, multiply_adds]);
    if (stages.length) cells.push(["in all", "", parameters, multiply_adds]);
    find(this.form, "tbody").replaceChildren(...cells.map(rowOf));
    find(this.form, "table").hidden = !stages.length;
    find(this.form, ".bench-time").textContent = problem ? "" : timeWords(seconds, most);
    find(this.form, "code").textContent = command;
  }
}

/**
 * @param {number} seconds
 * @param {number} most after which a training is stopped
 */
function timeWords(seconds, most) {
  const words = `about ${duration(seconds)} here`;
  return seconds > most ? `${words}; it is stopped after ${duration(most)}` : words;
}

/**
 * @param {string} text
 * @param {HTMLSelectElement} menu
 */
function titled(text, menu) {
  const label = make("label", "bench-knob");
  label.append(make("span", "", text), menu);
  return label;
}

/** @param {(string | number)[]} cells */
function rowOf([name, ...cells]) {
  const row = make("tr");
  const words = cells.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell));
  row.append(make("th", "", String(name)), ...words.map((text) => make("td", "", text === "0" ? "" : text)));
  return row;
}
