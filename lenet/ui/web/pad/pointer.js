// Drawing with a mouse, a finger or a pen.

/**
 * What is drawn on.
 * @typedef {object} Drawable
 * @property {HTMLCanvasElement} canvas
 * @property {number | null} pointer
 * @property {import("./keyboard.js").KeyboardPen} keyboard
 * @property {(point: import("./marks.js").Point) => void} begin
 * @property {(point: import("./marks.js").Point) => void} extend
 * @property {() => void} finish
 */

/** @param {Drawable} pad */
export function listenToPointer(pad) {
  pad.canvas.addEventListener("pointerdown", (event) => lower(pad, event));
  pad.canvas.addEventListener("pointermove", (event) => move(pad, event));
  pad.canvas.addEventListener("pointerup", (event) => lift(pad, event));
  pad.canvas.addEventListener("pointercancel", (event) => lift(pad, event));
}

/**
 * @param {Drawable} pad
 * @param {PointerEvent} event
 */
function lower(pad, event) {
  if (pad.pointer !== null || event.button !== 0) return;
  pad.pointer = event.pointerId;
  pad.canvas.setPointerCapture(event.pointerId);
  pad.canvas.focus({ preventScroll: true });
  event.preventDefault();
  pad.keyboard.putAway();
  pad.begin(place(pad.canvas, event));
}

/**
 * @param {Drawable} pad
 * @param {PointerEvent} event
 */
function move(pad, event) {
  if (event.pointerId !== pad.pointer) return;
  // A browser hands over one event a frame; the coalesced ones hold the path between.
  const path = event.getCoalescedEvents?.() ?? [];
  for (const part of path.length ? path : [event]) pad.extend(place(pad.canvas, part));
}

/**
 * @param {Drawable} pad
 * @param {PointerEvent} event
 */
function lift(pad, event) {
  if (event.pointerId !== pad.pointer) return;
  pad.pointer = null;
  pad.finish();
}

/**
 * Where it points, in shares of the pad's side.
 * @param {HTMLElement} canvas
 * @param {PointerEvent} event
 */
function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
}
