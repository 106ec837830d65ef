// The drawing pad. Drawings go to the server while the pen moves and once more when it is lifted; the server can put a
// picture on the pad. "begin" is triggered when a person starts something new, "input" when the drawing was sent.
//
// The element's data-sent is the number of the last drawing; data-drawing of an answer says which one it belongs to.

import { find, findAll } from "./lib/elements.js";
import { received, submit } from "./lib/value.js";
import { Ink } from "./pad/ink.js";
import { KeyboardPen } from "./pad/keyboard.js";
import { Marks } from "./pad/marks.js";
import { listenToPointer } from "./pad/pointer.js";

const SEND_EVERY = 40; // milliseconds; faster than the answers come would only queue

/** @typedef {import("./pad/marks.js").Point} Point */
/** @typedef {import("./values.js").DrawnValue | import("./values.js").PutValue} PadValue */

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  new Pad(component).listen();
}

class Pad {
  marks = new Marks();
  erasing = false;
  drawing = 0; // its number
  lastSent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  /** @type {number | null} */
  pointer = null; // the mouse, finger or pen that draws

  /** @param {import("./lib/value.js").Component} component */
  constructor(component) {
    this.component = component;
    const { element } = component;
    this.canvas = /** @type {HTMLCanvasElement} */ (find(element, ".pad-canvas"));
    this.hint = find(element, ".pad-hint");
    this.size = /** @type {HTMLInputElement} */ (find(element, "input[type=range]"));
    this.tools = /** @type {HTMLButtonElement[]} */ (findAll(element, "[data-tool]"));
    this.undoButton = /** @type {HTMLButtonElement} */ (find(element, "[data-act=undo]"));
    this.clearButton = find(element, "[data-act=clear]");
    this.ink = new Ink(this.canvas);
    this.keyboard = new KeyboardPen(this, find(element, ".pad-cursor"));
  }

  listen() {
    listenToPointer(this);
    this.keyboard.listen(this.component.element);
    for (const button of this.tools) button.addEventListener("click", () => this.choose(button.dataset.tool));
    this.undoButton.addEventListener("click", () => this.undo());
    this.clearButton.addEventListener("click", () => this.clear());
    this.component.watch("value", () => this.receive());
  }

  // Drawing

  /** @param {Point} point */
  begin(point) {
    this.component.trigger("begin");
    this.ink.line(this.marks.begin(point, { erase: this.erasing, width: Number(this.size.value) / 100 }), point, point);
    this.sendSoon();
  }

  /** @param {Point} point */
  extend(point) {
    const stroke = this.marks.stroke;
    if (!stroke) return;
    this.ink.line(stroke, stroke.points[stroke.points.length - 1], point);
    stroke.points.push(point);
    this.sendSoon();
  }

  finish() {
    this.marks.finish();
    this.refresh();
    this.send();
  }

  undo() {
    if (!this.marks.list.length) return;
    this.component.trigger("begin");
    this.marks.undo();
    this.ink.redraw(this.marks.list);
    this.finish();
  }

  // Also when the pad is empty: an uploaded picture goes too. A new drawing starts with the brush.
  clear() {
    this.component.trigger("begin");
    this.choose("brush");
    this.marks.clear();
    this.ink.redraw(this.marks.list);
    this.finish();
  }

  /** @param {string | undefined} tool */
  choose(tool) {
    this.erasing = tool === "eraser";
    for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }

  refresh() {
    this.hint.hidden = !this.marks.isEmpty();
    this.undoButton.disabled = this.marks.list.length === 0;
  }

  // To and from the server

  send() {
    this.cancel();
    this.lastSent = performance.now();
    const grid = this.marks.isEmpty() ? "" : this.ink.grid();
    this.drawing += 1;
    submit(this.component.props, { drawing: this.drawing, grid, moving: this.marks.stroke !== null });
    this.component.element.dataset.sent = String(this.drawing);
    this.component.trigger("input");
  }

  sendSoon() {
    this.refresh();
    const wait = Math.max(0, SEND_EVERY - (performance.now() - this.lastSent));
    this.timer ??= setTimeout(() => this.send(), wait);
  }

  cancel() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  receive() {
    const value = /** @type {PadValue | null} */ (received(this.component.props));
    if (!value || !("put" in value)) return; // an echo of what this pad sent
    if (value.drawing <= this.drawing) return this.send(); // a person drew in the meantime: that stays, and goes out again
    this.drawing = value.drawing;
    this.cancel();
    this.pointer = null;
    this.keyboard.down = false;
    this.marks.put(value.grid);
    this.ink.redraw(this.marks.list);
    this.refresh();
  }
}
