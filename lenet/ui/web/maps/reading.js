// Reading single cells: what is under the pointer or the keyboard's cursor, what it sees, and pinning it for explanation.

import { findAll, layOver, make } from "../lib/elements.js";
import { onSignal, signal } from "../lib/signals.js";
import { cellWords } from "./captions.js";
import { cellAt, FIRST_CELL, neighbour, partOf, seenBy } from "./geometry.js";
import { sideOf } from "./model.js";
import { MAP, stopAt } from "./section.js";

/** @typedef {import("./geometry.js").Cell} Cell */
/** @typedef {import("./section.js").Place} Place */
/** @typedef {import("./section.js").Section} Section */
/** @typedef {import("../lib/signals.js").Pinned} Pinned */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
/** @type {Record<string, number>} */
const PAGES = { PageDown: 1, PageUp: -1 };

export class Reading {
  /** @type {(Place & { cell: Cell }) | null} */
  read = null;
  cellMark = make("div", "map-cell");
  pinMark = make("div", "map-cell map-pin");
  /** @type {(Place & { cell: Cell }) | null} */
  pinned = null; // the cell that was pinned last; it stays when the pin goes

  /**
   * @param {HTMLElement} root
   * @param {() => Section[]} sections
   */
  constructor(root, sections) {
    this.root = root;
    this.sections = sections;
  }

  listen() {
    const { root } = this;
    onSignal("lab-pin", (pinned) => this.#pinned(pinned));
    root.addEventListener("pointermove", (event) => this.#readAt(event));
    root.addEventListener("pointerleave", (event) => this.#left(event));
    // A tap comes without a move before it, and a click may have taken the focus, and so the reading, from another map.
    root.addEventListener("click", (event) => {
      this.#readAt(event);
      this.#pin();
    });
    root.addEventListener("focusin", (event) => this.#focused(event));
    root.addEventListener("focusout", () => this.#stop());
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * After an update: the cell that is being read has another value, or is no more; and a cell may be pinned.
   * @param {Pinned} pinned
   */
  refresh({ pin, side }) {
    if (this.read?.canvas.isConnected) this.#readCell(this.read, this.read.cell);
    else if (this.read) this.#stop();
    this.#showPin({ pin, side });
  }

  // The cell that is read

  /**
   * @param {Place} place
   * @param {Cell | null} cell
   */
  #readCell(place, cell) {
    const { section, side, channel, canvas } = place;
    const { layer, data } = section;
    if (!cell || !data) return this.#stop();
    this.read = { ...place, cell };
    const words = cellWords({ layer, data, side, channel }, cell);
    for (const other of this.sections()) other.readout.textContent = other === section ? words : "";
    const { shape } = sideOf(layer, side);
    if (shape[1] === 1) mark(this.cellMark, canvas, partOf(shape, cell));
    else this.cellMark.remove();
    this.#frameSeen(place, cell);
  }

  /**
   * Frames what the cell sees, on the maps of the layers before and on the picture.
   * @param {Place} place
   * @param {Cell} cell
   */
  #frameSeen({ section, side }, cell) {
    const { fields } = sideOf(section.layer, side);
    const sides = side === "difference" ? "a b difference" : side;
    for (const { box, layer } of this.sections()) {
      const field = layer.kind === "maps" ? fields[layer.number] : undefined;
      if (field) box.dataset.seen = sides;
      else delete box.dataset.seen;
      for (const [name, share] of Object.entries(field ? seenBy(field, cell) : {})) {
        box.style.setProperty(`--seen-${name}`, `${100 * share}%`);
      }
    }
    signal("lab-field", fields.input ? { sides, ...seenBy(fields.input, cell) } : null);
  }

  #stop() {
    this.read = null;
    this.cellMark.remove();
    for (const { box, readout } of this.sections()) {
      delete box.dataset.seen;
      readout.textContent = "";
    }
    signal("lab-field", null);
  }

  // The cell that is explained

  /** @param {Pinned} pinned */
  #pinned(pinned) {
    // Closing the explanation gives the keyboard back to the cell.
    const closed = !pinned.pin && document.activeElement?.matches(".explanation :focus-visible");
    if (closed && this.pinned?.canvas.isConnected) {
      focusOn(this.pinned.canvas);
      this.#readCell(this.pinned, this.pinned.cell);
    } else if (!pinned.pin) {
      signal("lab-field", null);
    }
    this.#showPin(pinned);
  }

  /** @param {Pinned} pinned */
  #showPin({ pin, side }) {
    this.pinMark.remove();
    if (!pin) return;
    const section = this.sections().find(({ layer }) => layer.kind !== "kernels" && layer.number === pin[0]);
    if (!section) return;
    const [, channel, row, column] = section.layer.kind === "dense" ? [pin[0], 0, 0, pin[1]] : pin;
    const place = section.places.find((other) => other.side === side && other.channel === channel);
    if (!place) return;
    const { shape } = sideOf(section.layer, side);
    if (row >= shape[2] || column >= shape[3]) return; // it was pinned in another network's map
    mark(this.pinMark, place.canvas, partOf(shape, { row, column }));
    this.pinned = { ...place, cell: { tile: 0, row, column } };
  }

  #pin() {
    if (!this.read) return;
    const { section, side, channel, cell } = this.read;
    const { kind, number } = section.layer;
    if (kind === "kernels") return;
    // A value of a dense layer is pinned as a channel: another phase has it in the same place.
    // A cell of A − B is explained as A's: the explanation has B's value beside it.
    const at = kind === "dense" ? [cell.column, 0, 0] : [channel, cell.row, cell.column];
    signal("lab-pin", { pin: [number, at[0], at[1], at[2]], side: side === "b" ? "b" : "a" });
  }

  // What a person does

  /** @param {MouseEvent} event */
  #readAt(event) {
    const place = this.#placeOf(event);
    if (!place) {
      // Between two maps nothing is read, unless the keyboard is at work.
      if (this.read && !document.activeElement?.closest(".map-cells")) this.#stop();
      return;
    }
    const box = place.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    this.#readCell(place, cellAt(sideOf(place.section.layer, place.side).shape, x, y));
  }

  /** @param {PointerEvent} event */
  #left({ pointerType, relatedTarget }) {
    const explained = relatedTarget instanceof Element && relatedTarget.closest(".explanation");
    if (pointerType === "mouse" && !explained && !this.root.contains(document.activeElement)) this.#stop();
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const place = this.#placeOf(event);
    if (place && this.read?.canvas !== place.canvas) this.#readCell(place, FIRST_CELL);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const place = this.#placeOf(event);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = this.read?.canvas === place.canvas ? this.read.cell : FIRST_CELL;
    const { shape } = sideOf(place.section.layer, place.side);
    if (event.key in MOVES) this.#readCell(place, neighbour(shape, cell, ...MOVES[event.key]));
    else if (event.key in PAGES) this.#turnPage(place.canvas, PAGES[event.key], cell);
    else if (event.key === "Enter" || event.key === " ") this.#pin();
    else return;
    event.preventDefault();
  }

  /**
   * The same cell of the next map, in the order in which they stand on the page.
   * @param {HTMLCanvasElement} canvas
   * @param {number} direction
   * @param {Cell} cell
   */
  #turnPage(canvas, direction, cell) {
    const maps = /** @type {HTMLElement} */ (canvas.closest(".layer-maps"));
    const all = /** @type {HTMLCanvasElement[]} */ (findAll(maps, MAP));
    const next = all[all.indexOf(canvas) + direction];
    const place = next && this.#placeOfCanvas(next);
    if (!place) return;
    focusOn(next);
    this.#readCell(place, cell);
  }

  /** @param {Event} event */
  #placeOf({ target }) {
    const canvas = target instanceof Element && target.closest(".map-cells")?.querySelector("canvas");
    return canvas ? this.#placeOfCanvas(canvas) : undefined;
  }

  /** @param {HTMLCanvasElement} canvas */
  #placeOfCanvas(canvas) {
    for (const section of this.sections()) {
      const place = section.places.find((other) => other.canvas === canvas);
      if (place) return place;
    }
    return undefined;
  }
}

/** @param {HTMLCanvasElement} canvas */
function focusOn(canvas) {
  stopAt(canvas);
  canvas.focus({ preventScroll: true });
}

/**
 * Lays a mark on a map.
 * @param {HTMLElement} element
 * @param {HTMLCanvasElement} canvas
 * @param {import("../lib/elements.js").Part} part
 */
function mark(element, canvas, part) {
  layOver(element, part);
  canvas.parentElement?.append(element);
}
