// A pinned cell: its map, large, and its arithmetic, patch times kernel, input map by input map, the sum and what becomes
// of it; the pictures that excite the channel most.

import { arithmeticOf, strongestOf } from "../engine/cell.js";
import { find, findAll, make } from "../lib/elements.js";
import { exact, within } from "../lib/numbers.js";
import { onSignal, signal, valuesOf } from "../lib/signals.js";
import { termButton } from "../lib/words.js";
import { seenBy } from "../maps/geometry.js";
import { showFavourites } from "./favourites.js";
import { InputMaps } from "./inputs.js";
import { Large } from "./large.js";
import { Play } from "./play.js";
import { Product } from "./squares.js";

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowRight: [0, 1] };

/** @typedef {import("../values.js").ExplanationValue} ExplanationValue */
/** @typedef {import("../values.js").CellValue} CellValue */
/** @typedef {import("../engine/cell.js").Arithmetic} Arithmetic */
/** @typedef {import("../engine/cell.js").Place} Place */
/** @typedef {import("../lib/signals.js").Values} Values */

export class CellPart {
  /** @type {CellValue | null} */
  cell = null;
  /** @type {CellValue["pin"] | null} */
  asked = null; // the cell that was pinned last, until the server's answer for it comes: keys are faster
  /** @type {Place | null} */
  at = null; // the cell under the pointer
  /** @type {HTMLTableRowElement[]} */
  rows = []; // the lines of the arithmetic
  about = make("p", "layer-note");
  product = new Product();
  confirmed = false; // whether the server's own numbers are those of what is on the pad

  /**
   * @param {HTMLElement} root
   * @param {(words: string) => void} say takes what the cell is and its value
   */
  constructor(root, say) {
    this.say = say;
    this.body = find(root, ".explanation-body");
    this.sums = find(root, ".explanation-sums");
    this.lines = find(root, "tbody");
    this.tools = findAll(root, ".explanation-moves, .explanation-play");
    this.pair = find(root, ".explanation-pair");
    this.liked = find(root, ".explanation-liked");
    this.pictures = find(root, ".large");
    this.inputs = new InputMaps(() => this.follow());
    this.sums.append(this.about, this.product.box, this.inputs.list, this.inputs.rest);
    this.large = new Large(this.pictures, {
      read: (place) => this.#read(place),
      choose: (place) => this.#pin(place),
    });
    this.play = new Play(find(root, ".explanation-play"), {
      count: () => this.large.count(),
      show: () => this.follow(),
    });
    for (const button of findAll(root, "[data-map]")) {
      button.addEventListener("click", () => this.#turnPage(Number(button.dataset.map)));
    }
    this.off = find(root, "[data-off]");
    this.off.addEventListener("click", () => {
      if (this.cell) signal("lab-off", [this.cell.pin[0], this.cell.pin[1]]);
    });
    this.pictures.addEventListener("keydown", (event) => this.#key(event));
    onSignal("lab-pin", ({ pin }) => {
      this.asked = pin;
    });
  }

  /** @param {ExplanationValue} value */
  show(value) {
    const { cell } = value;
    const another = !cell || !this.cell || `${cell.name} ${cell.where}` !== `${this.cell.name} ${this.cell.where}`;
    this.at = null;
    if (another) this.play.stop();
    if (another) this.inputs.chosen = null;
    if (!cell && this.cell) signal("lab-field", null);
    if (!cell || String(cell.pin) === String(this.asked)) this.asked = null;
    this.cell = cell;
    this.body.hidden = !cell;
    for (const tools of this.tools) tools.hidden = !cell;
    this.liked.replaceChildren();
    if (!cell) return;
    this.off.setAttribute("aria-pressed", String(cell.off));
    this.off.textContent = cell.off ? "Switch it on" : "Switch it off";
    this.off.hidden = cell.side === "b";
    showFavourites(this.liked, value, cell.field);
    this.rows = cell.lines.map(rowFor);
    this.lines.replaceChildren(...this.rows);
    this.about.textContent = cell.about;
    this.inputs.list.hidden = this.inputs.rest.hidden = cell.first;
    this.product.box.hidden = !cell.maps.length;
    this.follow({ confirmed: true });
  }

  /**
   * The numbers as they are now.
   * @param {{ confirmed: boolean }} server whether its own numbers are those of what is on the pad
   */
  follow({ confirmed } = this) {
    const { cell } = this;
    this.confirmed = confirmed;
    if (!cell) return;
    const values = valuesOf(cell.side);
    if (values?.[cell.stages.before]?.shape[0] !== cell.channels) {
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
   * @param {Values} values
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
    this.say(`${cell.name}, row ${y + 1}, column ${x + 1}, ${cell.where}: ${said}`);
    const sliding = this.play.made !== null;
    const input = cell.first ? 0 : this.inputs.show(cell.maps, found, { sliding });
    if (found.products.length) this.product.show(found, input);
    for (const [i, line] of cell.lines.entries()) showLine(this.rows[i], line, found);
    const [a, b, apart] = cell.pair.map(exact);
    const isPinned = this.confirmed && !this.at && !sliding;
    this.pair.textContent = cell.pair.length && isPinned ? `Here A is ${a} and B is ${b}: A − B is ${apart}.` : "";
  }

  /** @param {Place | null} place */
  #read(place) {
    if (place) this.play.stop();
    this.at = place;
    this.follow();
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
    const [layer, channel, row, column] = this.asked ?? this.cell.pin;
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
 * @param {HTMLTableRowElement} row
 * @param {CellValue["lines"][number]} line
 * @param {Arithmetic} found
 */
function showLine(row, { kind, words }, { numbers, window }) {
  row.hidden = !(kind in numbers);
  if (row.hidden) return;
  const [head, value] = row.cells;
  find(head, ".term").textContent = kind === "pooled" ? `${words}, ${window.map(exact).join(", ")}` : words;
  value.textContent = exact(numbers[kind]);
}

/** @param {CellValue["lines"][number]} line */
function rowFor({ own, words, terms }) {
  const row = make("tr", own ? "explanation-own" : "");
  const head = Object.assign(make("th"), { scope: "row" });
  head.append(termButton(words, terms));
  row.append(head, make("td"));
  return row;
}
