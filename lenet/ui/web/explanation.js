// The pinned cell's map, large, and the cell's arithmetic: patch times kernel, input map by input map, the sum and what
// becomes of it; the channel's favourites. The server sends the words. The numbers follow the pen and the pointer where
// the browser has computed them.

import { arithmeticOf, strongestOf } from "./engine/cell.js";
import { showFavourites } from "./explanation/favourites.js";
import { InputMaps } from "./explanation/inputs.js";
import { Large } from "./explanation/large.js";
import { Play } from "./explanation/play.js";
import { productOf } from "./explanation/squares.js";
import { find, findAll, make } from "./lib/elements.js";
import { exact, within } from "./lib/numbers.js";
import { onSignal, signal, UNPIN } from "./lib/signals.js";
import { onAnswer } from "./lib/value.js";
import { seenBy } from "./maps/geometry.js";

const TOP = 8; // pixels between the panel and the window's upper edge, at least

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowRight: [0, 1] };

/** @typedef {import("./values.js").ExplanationValue} ExplanationValue */
/** @typedef {import("./values.js").CellValue} CellValue */
/** @typedef {import("./engine/cell.js").Arithmetic} Arithmetic */
/** @typedef {import("./engine/cell.js").Place} Place */
/** @typedef {import("./lib/signals.js").Computed["a"]} Numbers */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const explanation = new Explanation(component.element);
  onAnswer(component, (/** @type {ExplanationValue} */ value) => explanation.show(value));
  explanation.listen();
}

class Explanation {
  /** @type {CellValue | null} */
  cell = null;
  /** @type {Place | null} */
  at = null; // the cell under the pointer
  confirmed = false; // whether the server's own numbers are those of what is on the pad

  /** @param {HTMLElement} element */
  constructor(element) {
    this.box = find(element, ".explanation");
    this.body = find(element, ".explanation-body");
    this.title = find(element, "h3");
    this.sums = find(element, ".explanation-sums");
    this.lines = find(element, "tbody");
    this.tools = findAll(element, ".explanation-moves, .explanation-play");
    this.said = find(element, ".explanation-said");
    this.pair = find(element, ".explanation-pair");
    this.liked = find(element, ".explanation-liked");
    this.close = find(element, ".explanation-close");
    this.pictures = find(element, ".large");
    this.inputs = new InputMaps(() => this.#follow());
    this.large = new Large(this.pictures, {
      read: (place) => this.#read(place),
      choose: (place) => this.#pin(place),
    });
    const count = () => this.large.look?.values[this.large.look.cell.stages.before].data.length ?? 0;
    this.play = new Play(find(element, ".explanation-play"), {
      count: () => count() / (this.cell?.channels ?? 1),
      show: () => this.#follow(),
    });
  }

  listen() {
    for (const button of findAll(this.box, "[data-map]")) {
      button.addEventListener("click", () => this.#turnPage(Number(button.dataset.map)));
    }
    this.close.addEventListener("click", () => signal("lab-pin", UNPIN));
    this.pictures.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.box.hidden) signal("lab-pin", UNPIN);
    });
    onSignal("lab-live", () => {
      this.confirmed = false;
      this.#follow();
    });
  }

  /** @param {ExplanationValue} value */
  show({ text, cell, favourites, liking }) {
    const opens = this.box.hidden && Boolean(cell);
    const another = !cell || !this.cell || `${cell.name} ${cell.where}` !== `${this.cell.name} ${this.cell.where}`;
    this.cell = cell;
    this.at = null;
    this.confirmed = true;
    if (another) this.play.stop();
    this.box.hidden = !cell && !text;
    this.body.hidden = !cell;
    for (const tools of this.tools) tools.hidden = !cell;
    this.liked.replaceChildren();
    this.title.textContent = this.said.textContent = text;
    if (!cell) return;
    showFavourites(this.liked, favourites, liking);
    this.#follow();
    this.said.textContent = this.title.textContent;
    if (opens) this.#open();
  }

  // Over the maps, from where they begin. Who came by the keyboard or the mouse from a map goes on in the panel.
  #open() {
    const maps = /** @type {HTMLElement} */ (document.querySelector(".maps"));
    this.box.style.setProperty("--top", `${Math.max(TOP, maps.getBoundingClientRect().top)}px`);
    if (maps.contains(document.activeElement)) this.pictures.focus({ preventScroll: true });
  }

  // The numbers as they are now.
  #follow() {
    const { cell } = this;
    if (!cell) return;
    const values = valuesOf(cell);
    if (!values) {
      this.large.show(null);
      return this.#showNumbers(cell, sentOf(cell), null);
    }
    const place = this.#place(cell, values);
    const found = arithmeticOf(values, cell.stages, place, cell.maps);
    this.#showNumbers(cell, found, place);
    const input = cell.first ? 0 : this.inputs.shown;
    this.large.show({ cell, values, place, input, made: this.play.made ?? Infinity });
  }

  /**
   * The cell of the convolution that is looked at: where the kernel slides now, under the pointer, or the pinned one.
   * @param {CellValue} cell
   * @param {NonNullable<Numbers>} values
   * @returns {Place}
   */
  #place(cell, values) {
    const [layer, channel, row, column] = cell.pin;
    const { made } = this.play;
    if (made !== null) {
      const width = values[cell.stages.before].shape[2];
      return { layer, channel, row: Math.floor((made - 1) / width), column: (made - 1) % width };
    }
    if (this.at) return this.at;
    const pinned = { layer, channel, row, column };
    return isPooled(cell) ? strongestOf(values[cell.stages.after], pinned) : pinned;
  }

  /**
   * @param {CellValue} cell
   * @param {Arithmetic} found
   * @param {Place | null} place null for the pinned cell
   */
  #showNumbers(cell, found, place) {
    const own = cell.lines.find((line) => line.own);
    const [, , row, column] = cell.pin;
    const factor = isPooled(cell) ? 0.5 : 1;
    const [y, x] = place ? [place.row, place.column].map((at) => Math.floor(at * factor)) : [row, column];
    if (place) signal("lab-field", { sides: cell.side, ...seenBy(cell.field, place) });
    const value = found.numbers[own?.kind ?? ""];
    const said = value === undefined ? "left out by pooling" : exact(value);
    this.title.textContent = `${cell.name}, row ${y + 1}, column ${x + 1}, ${cell.where}: ${said}`;
    this.sums.replaceChildren(make("p", "layer-note", cell.about));
    const sliding = this.play.made !== null;
    this.sums.append(...(cell.first ? [productOf(found, 0)] : this.inputs.show(cell.maps, found, { sliding })));
    this.lines.replaceChildren(...cell.lines.flatMap((line) => lineOf(line, found)));
    const [a, b, apart] = cell.pair.map(exact);
    const isPinned = this.confirmed && !this.at && !sliding;
    this.pair.textContent = cell.pair.length && isPinned ? `Here A is ${a} and B is ${b}: A − B is ${apart}.` : "";
  }

  /** @param {Place | null} place */
  #read(place) {
    if (place) this.play.stop();
    this.at = place;
    this.#follow();
  }

  /** @param {Place} place */
  #pin({ layer, channel, row, column }) {
    if (!this.cell) return;
    const factor = isPooled(this.cell) ? 0.5 : 1;
    const [rows, columns] = this.cell.shape;
    const y = within(Math.floor(row * factor), 0, rows - 1);
    const x = within(Math.floor(column * factor), 0, columns - 1);
    signal("lab-pin", { pin: [layer, channel, y, x], side: this.cell.side });
  }

  /** @param {[number, number]} direction rows down and columns to the right */
  #move([down, across]) {
    if (!this.cell) return;
    const [layer, channel, row, column] = this.cell.pin;
    const [rows, columns] = this.cell.shape;
    const next = [within(row + down, 0, rows - 1), within(column + across, 0, columns - 1)];
    signal("lab-pin", { pin: [layer, channel, next[0], next[1]], side: this.cell.side });
  }

  /** @param {number} direction to the next map or to the one before */
  #turnPage(direction) {
    if (!this.cell) return;
    const [layer, channel, row, column] = this.cell.pin;
    const next = within(channel + direction, 0, this.cell.channels - 1);
    signal("lab-pin", { pin: [layer, next, row, column], side: this.cell.side });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const move = MOVES[event.key];
    const page = { PageDown: 1, PageUp: -1 }[event.key];
    if (move) this.#move(move);
    else if (page) this.#turnPage(page);
    else return;
    event.preventDefault();
  }
}

/**
 * What the browser has computed for the cell's side; null where it has not.
 * @param {CellValue} cell
 */
function valuesOf({ side, stages, channels }) {
  /** @type {import("./lib/signals.js").Computed} */
  const computed = { a: null, b: null };
  signal("lab-numbers", computed);
  const values = computed[side];
  return values?.[stages.before]?.shape[0] === channels && values[stages.after] ? values : null;
}

/**
 * The server's own numbers.
 * @param {CellValue} cell
 * @returns {Arithmetic}
 */
function sentOf({ lines, ...cell }) {
  return { ...cell, numbers: Object.fromEntries(lines.map(({ kind, value }) => [kind, value])) };
}

/** @param {CellValue} cell */
function isPooled({ lines }) {
  return lines.some(({ kind, own }) => own && kind === "pooled");
}

/**
 * A line of the arithmetic; the cell's own value is set off. There is none where pooling leaves the cell out.
 * @param {CellValue["lines"][number]} line
 * @param {Arithmetic} found
 */
function lineOf({ kind, words, own }, { numbers, window }) {
  if (!(kind in numbers)) return [];
  const row = make("tr", own ? "explanation-own" : "");
  const said = kind === "pooled" ? `${words}, ${window.map(exact).join(", ")}` : words;
  row.append(Object.assign(make("th", "", said), { scope: "row" }), make("td", "", exact(numbers[kind])));
  return [row];
}
