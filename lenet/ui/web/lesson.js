// A step of an exercise: what to look at, one question, and its answer once it is asked for. What the step speaks of has
// a ring around it. "select" is triggered with the name of another step as index.

import { Rings } from "./lesson/rings.js";
import { find, findAll, make } from "./lib/elements.js";
import { onSignal, signal } from "./lib/signals.js";
import { received, submit } from "./lib/value.js";
import { pageAddress } from "./lib/window.js";

/** @typedef {import("./values.js").LessonValue} LessonValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Lesson(component).listen();
}

class Lesson {
  rings = new Rings();
  /** @type {LessonValue | null} */
  value = null;

  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    const { element } = component;
    this.box = find(element, ".lesson");
    this.page = /** @type {HTMLElement} */ (document.querySelector(".column:has(> .lab-main)")); // it makes room
    this.text = find(element, ".lesson-text");
    this.answer = find(element, ".lesson-answer");
    const buttons = findAll(element, "button").map((button) => [button.dataset.act, button]);
    this.buttons = /** @type {Record<string, HTMLButtonElement>} */ (Object.fromEntries(buttons));
  }

  listen() {
    const { before, reveal, after, again, close } = this.buttons;
    before.addEventListener("click", () => this.#go(this.value?.before));
    after.addEventListener("click", () => this.#go(this.value?.after));
    again.addEventListener("click", () => {
      this.#go(this.value?.name);
      this.show(); // gradio does not tell of a value that is the same again
    });
    reveal.addEventListener("click", () => this.#reveal(this.answer.hidden !== false));
    close.addEventListener("click", () => this.#close());
    this.component.watch("value", () => this.show());
    // What a person changes is not what the answer is about.
    for (const name of /** @type {const} */ (["lab-ink", "lab-example", "lab-view"])) {
      onSignal(name, () => {
        again.hidden = false;
      });
    }
    this.show();
  }

  show() {
    const value = /** @type {LessonValue | null} */ (received(this.component.props));
    if (!value) return;
    this.value = value;
    this.box.hidden = !value.name;
    this.page.classList.toggle("lab-learning", Boolean(value.name));
    this.rings.show(value.rings ?? []);
    if (!value.name) return;
    find(this.box, "h3").textContent = value.title;
    find(this.box, ".lesson-place").textContent = value.place;
    this.text.textContent = value.text;
    find(this.box, ".lesson-question").textContent = value.question;
    find(this.answer, "p").textContent = value.answer;
    find(this.answer, "tbody").replaceChildren(...value.table.map(rowOf));
    this.buttons.before.disabled = !value.before;
    this.buttons.after.disabled = !value.after;
    this.buttons.again.hidden = true;
    this.#reveal(false);
    find(this.box, ".lesson-said").scrollTop = 0;
  }

  /** @param {string | undefined} step */
  #go(step) {
    if (step) this.component.trigger("select", { index: step });
  }

  /** @param {boolean} shown */
  #reveal(shown) {
    this.answer.hidden = !shown;
    const { reveal } = this.buttons;
    reveal.setAttribute("aria-pressed", String(shown));
    reveal.textContent = shown ? "Show the text" : "Show the answer";
    this.text.hidden = shown; // the answer takes its place, below the question
    this.box.classList.toggle("lesson-answered", shown);
    if (shown) signal("lab-reveal", null);
  }

  #close() {
    submit(this.component.props, { name: "" });
    history.replaceState(null, "", pageAddress()); // a link to the step would open it again
    this.show();
    signal("lab-restore", null);
  }
}

/** @param {[string, string]} row a knob's value, and what it gave */
function rowOf([value, given]) {
  const row = make("tr");
  row.append(Object.assign(make("th", "", value), { scope: "row" }), make("td", "", given));
  return row;
}
