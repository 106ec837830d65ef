// What is pinned, explained, over the maps and beside the pad: a cell of a map, with its map large, or a value of a dense
// layer. The server sends the words. The numbers follow the pen and the pointer where the browser has computed them.

import { CellPart } from "./explanation/cell.js";
import { DensePart } from "./explanation/dense.js";
import { find } from "./lib/elements.js";
import { within } from "./lib/numbers.js";
import { onSignal, signal, UNPIN } from "./lib/signals.js";
import { onAnswer } from "./lib/value.js";

const TOP = 8; // pixels between the panel and the window's upper edge, at least
const HEIGHT = 540; // pixels in which the panel shows all that it has

/** @typedef {import("./values.js").ExplanationValue} ExplanationValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const explanation = new Explanation(component.element);
  onAnswer(component, (/** @type {ExplanationValue} */ value) => explanation.show(value));
  explanation.listen();
}

class Explanation {
  subject = ""; // what is explained: a map or a value

  /** @param {HTMLElement} element */
  constructor(element) {
    this.box = find(element, ".explanation");
    this.title = find(element, "h3");
    this.said = find(element, ".explanation-said");
    const say = (/** @type {string} */ words) => {
      this.title.textContent = words;
    };
    this.cell = new CellPart(this.box, say);
    this.dense = new DensePart(find(element, ".contributions"), say);
  }

  listen() {
    find(this.box, ".explanation-close").addEventListener("click", () => signal("lab-pin", UNPIN));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.box.hidden) signal("lab-pin", UNPIN);
    });
    onSignal("lab-live", () => {
      this.cell.follow({ confirmed: false });
      this.dense.follow();
    });
    onSignal("lab-stages", () => {
      this.cell.follow();
      this.dense.follow();
    });
  }

  /** @param {ExplanationValue} value */
  show(value) {
    const { text, cell, dense } = value;
    const opens = this.box.hidden && Boolean(cell || dense);
    const subject = cell ? `${cell.side} ${cell.pin.slice(0, 2)}` : (dense?.name ?? "");
    if (subject !== this.subject) this.box.scrollTop = 0; // another map, or value
    this.subject = subject;
    this.box.hidden = !cell && !dense && !text;
    this.box.classList.toggle("explanation-dense", Boolean(dense));
    this.title.textContent = text;
    this.cell.show(value);
    this.dense.show(dense);
    this.said.textContent = this.title.textContent;
    if (opens) this.#open(cell ? ".large" : ".explanation-close");
  }

  /**
   * From where the maps begin, or higher where it would be cut. Who came from a map, by the keyboard or the mouse, goes
   * on in the panel.
   * @param {string} first what has the keyboard then
   */
  #open(first) {
    const maps = /** @type {HTMLElement} */ (document.querySelector(".maps"));
    const top = within(maps.getBoundingClientRect().top, TOP, Math.max(TOP, innerHeight - HEIGHT));
    this.box.style.setProperty("--top", `${top}px`);
    if (maps.contains(document.activeElement)) find(this.box, first).focus({ preventScroll: true });
  }
}
