// The model cards: of the network in the menu, and of another one beside it. They are asked for when their view is
// opened. "input" is triggered to ask for the cards, "select" to ask for the test pictures of a cell of the confusion
// matrix, and "put" when one of these is on the pad.

import { Article } from "./card/article.js";
import { find } from "./lib/elements.js";
import { onSignal, signal } from "./lib/signals.js";
import { mine } from "./lib/trainings.js";
import { received } from "./lib/value.js";
import { explain } from "./lib/words.js";

/** @typedef {import("./values.js").CardValue} CardValue */
/** @typedef {import("./values.js").TestedCellValue} TestedCellValue */
/** @typedef {[number, number]} Cell a true class and an answer */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Cards(component).listen();
}

class Cards {
  open = false;
  network = ""; // the name of the network in the menu
  beside = ""; // and of the other one
  asked = 0; // the number of the last question for cards
  sought = 0; // and of the last one for pictures
  content = ""; // what is shown, so that the same is not built again
  /** @type {Article[]} */
  articles = [];
  /** @type {Cell | null} */
  cell = null;

  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    this.menu = /** @type {HTMLSelectElement} */ (find(component.element, "select"));
    this.said = find(component.element, ".cards-said");
    this.columns = find(component.element, ".cards-columns");
    explain(this.menu, ["checkpoint"]);
  }

  listen() {
    onSignal("lab-at", (view) => {
      this.open = view === "card";
      this.#ask();
    });
    onSignal("lab-network", () => this.#ask());
    this.menu.addEventListener("change", () => {
      this.beside = this.menu.value;
      this.#ask();
    });
    this.component.watch("value", () => this.receive());
  }

  receive() {
    const value = /** @type {CardValue | TestedCellValue | null} */ (received(this.component.props));
    if (value && "cell" in value) this.#showCell(value);
    else if (value && value.asked === this.asked) this.#show(value);
  }

  #ask() {
    if (!this.open) return;
    this.asked += 1;
    this.component.trigger("input", { asked: this.asked, what: this.beside, mine: mine() });
  }

  /** @param {CardValue} value */
  #show({ networks, offered, apart, problem }) {
    this.said.textContent = problem || apart;
    const content = JSON.stringify([networks, offered]);
    if (content === this.content) return;
    this.content = content;
    this.beside = networks[1]?.name ?? "";
    const choices = offered.map(([words, name]) => new Option(words, name));
    this.menu.replaceChildren(new Option("nothing", ""), ...choices);
    this.menu.value = this.beside;
    const acts = {
      choose: (/** @type {Cell} */ cell) => this.choose(cell),
      put: (/** @type {Uint8Array} */ picture) => this.#put(picture),
    };
    this.articles = networks.map((network) => new Article(network, networks, acts));
    this.columns.replaceChildren(...this.articles.map(({ box }) => box));
    this.columns.classList.toggle("cards-two", networks.length > 1);
    if (networks.length) this.choose(this.#cellOf(networks[0]));
  }

  /**
   * The cell that is chosen, while the same network is in the menu; of another one, the most frequent error.
   * @param {import("./values.js").NetworkCardValue} network
   */
  #cellOf({ name, confusion }) {
    const same = name === this.network;
    this.network = name;
    return (same && this.cell) || confusion?.pairs[0]?.cell || /** @type {Cell} */ ([0, 0]);
  }

  /** @param {Cell} cell is chosen in both matrices */
  choose(cell) {
    this.cell = cell;
    for (const article of this.articles) article.mark(cell);
    this.sought += 1;
    this.component.trigger("select", { asked: this.sought, cell, what: this.beside });
  }

  /** @param {TestedCellValue} value */
  #showCell({ asked, tested }) {
    if (asked !== this.sought) return;
    for (const [i, article] of this.articles.entries()) article.show(tested[i]);
  }

  /** @param {Uint8Array} picture lands on the pad, and the server is asked about it like about a drawing */
  #put(picture) {
    signal("lab-example", picture);
    this.component.trigger("put");
  }
}
