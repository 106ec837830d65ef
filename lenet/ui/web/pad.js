// The drawing pad. While the pen moves, the ink goes to the page's own scripts once a frame; when the pen rests, it goes
// to the server. An example, or the server, can put a picture on the pad; a link brings strokes. "begin" is triggered when a person starts
// something new, "input" when the drawing was sent.
//
// The element's data-sent is the number of the last drawing that rests; data-drawing of an answer says which one it
// belongs to.

import { base64Of } from "./lib/bytes.js";
import { find, findAll } from "./lib/elements.js";
import { onSignal, signal } from "./lib/signals.js";
import { received, submit } from "./lib/value.js";
import { enlarged } from "./pad/grid.js";
import { Ink } from "./pad/ink.js";
import { KeyboardPen } from "./pad/keyboard.js";
import { Marks } from "./pad/marks.js";
import { listenToPointer } from "./pad/pointer.js";
import { lettersOf, pixelAt, strokesOf } from "./pad/strokes.js";

const REST = 150; // milliseconds without a stroke after which the pen rests

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
  frame = 0; // the animation frame that is waited for, if any
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
    onSignal("lab-example", (picture) => this.put(picture));
  }

  // Drawing

  /** @param {Point} point */
  begin(point) {
    this.component.trigger("begin");
    const pixel = pixelAt(point);
    this.ink.line(this.marks.begin(pixel, { erase: this.erasing, width: Number(this.size.value) }), pixel, pixel);
    this.#next();
    this.#changed();
  }

  /** @param {Point} point */
  extend(point) {
    const stroke = this.marks.stroke;
    if (!stroke) return;
    const [from, to] = [stroke.points[stroke.points.length - 1], pixelAt(point)];
    if (from.x === to.x && from.y === to.y) return;
    this.ink.line(stroke, from, to);
    stroke.points.push(to);
    this.#changed();
  }

  // What was asked while the pen was down has another number: its answer must not take this drawing's place.
  finish() {
    this.marks.finish();
    this.#next();
    this.#changed();
    this.#rest(REST);
  }

  undo() {
    if (!this.marks.list.length) return;
    this.component.trigger("begin");
    this.marks.undo();
    this.#redrawn();
  }

  // Also when the pad is empty: an uploaded picture goes too. A new drawing starts with the brush.
  clear() {
    this.component.trigger("begin");
    this.choose("brush");
    this.marks.clear();
    this.#redrawn();
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

  /**
   * An example takes the place of all that is drawn. Whoever chose it asks the server.
   * @param {Uint8Array} picture its bytes of ink
   */
  put(picture) {
    this.component.trigger("begin");
    this.#replaceBy(base64Of(enlarged(picture)), this.drawing + 1);
    this.#submit(this.#tell({ resting: true }));
    this.canvas.scrollIntoView({ block: "nearest" }); // on a phone the examples are far below
  }

  #redrawn() {
    this.marks.finish();
    this.ink.redraw(this.marks.list);
    this.#next();
    this.#changed();
    this.#rest(0);
  }

  // Something new is drawn: whatever else asks the server from now on must know of it.
  #next() {
    this.drawing += 1;
    this.#submit();
  }

  #changed() {
    clearTimeout(this.timer);
    this.refresh();
    this.frame ||= requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.frame = 0;
    this.#tell({ resting: false });
  }

  /**
   * Shows what is on the pad to the page's own scripts. Gives the mark of the maps that they have painted of it, or "".
   * @param {{ resting: boolean }} pen
   */
  #tell({ resting }) {
    if (this.marks.isEmpty()) return "";
    const inked = { drawing: this.drawing, ink: this.ink.bytes(), resting, painted: "" };
    signal("lab-ink", inked);
    return inked.painted;
  }

  // To and from the server

  /**
   * The pen rests after a while, unless something is drawn until then.
   * @param {number} wait milliseconds
   */
  #rest(wait) {
    clearTimeout(this.timer);
    this.component.element.dataset.sent = String(this.drawing);
    this.timer = setTimeout(() => this.send(), wait);
  }

  #submit(shown = "") {
    const [grid, strokes] = this.marks.isEmpty()
      ? ["", ""]
      : [base64Of(this.ink.bytes()), lettersOf(this.marks.strokes())];
    submit(this.component.props, { drawing: this.drawing, grid, strokes, shown });
  }

  send() {
    this.#submit(this.#tell({ resting: true }));
    this.component.element.dataset.sent = String(this.drawing);
    this.component.trigger("input");
  }

  // A person drew while a picture was on its way: the drawing stays, and goes out once more.
  #insist() {
    this.drawing += 1;
    this.send();
  }

  receive() {
    const value = /** @type {PadValue | null} */ (received(this.component.props));
    if (!value || !("put" in value)) return; // an echo of what this pad sent
    if (value.drawing <= this.drawing) return this.#insist();
    signal("lab-placed", null);
    if (value.strokes) this.#replay(value.strokes, value.drawing);
    else this.#replaceBy(value.grid, value.drawing);
  }

  /**
   * The strokes of a link are drawn again, and sent like a person's own.
   * @param {string} strokes
   * @param {number} drawing its number
   */
  #replay(strokes, drawing) {
    this.#startFrom(drawing);
    this.marks.replay(strokesOf(strokes));
    this.#redrawn();
  }

  /**
   * @param {string} grid
   * @param {number} drawing its number
   */
  #replaceBy(grid, drawing) {
    this.#startFrom(drawing);
    this.marks.put(grid);
    this.ink.redraw(this.marks.list);
    this.refresh();
  }

  /**
   * What comes takes the place of all that is drawn, also under a pen that is down.
   * @param {number} drawing its number
   */
  #startFrom(drawing) {
    this.drawing = drawing;
    this.component.element.dataset.sent = String(drawing);
    clearTimeout(this.timer);
    this.pointer = null;
    this.keyboard.down = false;
  }
}
