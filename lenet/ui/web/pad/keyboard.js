// Drawing with the keyboard: arrow keys move a pen, the space bar lowers and lifts it.

import { within } from "../lib/numbers.js";

const STEP = 0.025; // of the pad's side, for each key press

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {import("./pointer.js").Drawable & { undo: () => void, clear: () => void, choose: (tool: string) => void }} Pad
 */

export class KeyboardPen {
  x = 0.5;
  y = 0.5;
  down = false;

  /**
   * @param {Pad} pad
   * @param {HTMLElement} cursor shows where the pen is
   */
  constructor(pad, cursor) {
    this.pad = pad;
    this.cursor = cursor;
  }

  /** @param {HTMLElement} element of the whole component */
  listen(element) {
    this.pad.canvas.addEventListener("keydown", (event) => this.#draw(event));
    this.pad.canvas.addEventListener("blur", () => this.putAway());
    element.addEventListener("keydown", (event) => this.#undo(event));
  }

  putAway() {
    this.#lift();
    this.cursor.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  #draw(event) {
    if (this.pad.pointer !== null || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#actionOf(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!act) return;
    act();
    event.preventDefault();
    this.#showCursor();
  }

  /** @param {KeyboardEvent} event */
  #undo(event) {
    if (this.pad.pointer !== null || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    this.#lift();
    this.pad.undo();
  }

  /**
   * @param {string} key
   * @returns {(() => void) | undefined}
   */
  #actionOf(key) {
    if (key in ARROWS) return () => this.#move(ARROWS[key]);
    if (key === " ") return () => (this.down ? this.#lift() : this.#lower());
    if (key === "b") return () => this.pad.choose("brush");
    if (key === "e") return () => this.pad.choose("eraser");
    if (key === "Delete" || key === "Backspace") return () => this.#clear();
    return undefined;
  }

  /** @param {[number, number]} direction */
  #move([across, down]) {
    this.x = within(this.x + across * STEP, 0, 1);
    this.y = within(this.y + down * STEP, 0, 1);
    if (this.down) this.pad.extend({ x: this.x, y: this.y });
  }

  #lower() {
    this.down = true;
    this.pad.begin({ x: this.x, y: this.y });
  }

  #lift() {
    if (!this.down) return;
    this.down = false;
    this.pad.finish();
  }

  #clear() {
    this.#lift();
    this.pad.clear();
  }

  #showCursor() {
    this.cursor.hidden = false;
    this.cursor.style.left = `${this.x * 100}%`;
    this.cursor.style.top = `${this.y * 100}%`;
    this.cursor.classList.toggle("pad-cursor-down", this.down);
  }
}
