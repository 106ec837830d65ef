// What the components tell each other, past the server: events of the document, each with its kind of detail.

/**
 * What a cell sees of the pictures: a part of their sides; sides are "a", "b" or both, and the difference.
 * @typedef {import("./elements.js").Part & { sides: string }} SeenPart
 */

/**
 * The cell to explain, or none.
 * @typedef {{ pin: import("../values.js").ViewValue["pin"], side: "a" | "b" }} Pinned
 */

/**
 * What is on the pad: bytes of ink, GRID_SIZE x GRID_SIZE, the number of the drawing, and whether the pen rests. What
 * paints all maps of it leaves their mark in painted.
 * @typedef {{ drawing: number, ink: Uint8Array, resting: boolean, painted: string }} Inked
 */

/**
 * The view after some switches were changed, whose names these are. What paints all maps in it leaves their mark in
 * painted.
 * @typedef {{ revision: number, view: import("../values.js").ViewValue, changed: string[], painted: string }} Viewed
 */

/**
 * A view of the page.
 * @typedef {"explore" | "train" | "card"} ViewName
 */

/**
 * What a network says about a drawing: the 28 x 28 greys that it saw, and each class's probability.
 * @typedef {{ picture: Uint8Array, label: string, probabilities: [string, number][] }} Said
 */

/**
 * The browser's own answer while the pen moves; other is B's where B follows the pen.
 * @typedef {import("./value.js").Numbered & Said &
 *   { network: string, other: (Said & { title: string }) | null }} LiveAnswer
 */

/**
 * What the browser has computed for A and for B: every stage and tensor by its name; and the picture that A's network
 * sees, PICTURE_SIZE x PICTURE_SIZE bytes. Who asks finds them filled in.
 * @typedef {Record<string, import("../engine/safetensors.js").Tensor>} Values
 * @typedef {{ a: Values | null, b: Values | null, picture: Uint8Array | null }} Computed
 */

/**
 * How a logit, or its difference to a rival's, changes when one map alone is switched off. Who asks finds the changes.
 * @typedef {{ index: number, rival: number | null, side: "a" | "b",
 *   changes: { layer: number, channel: number, change: number }[] }} Needed
 */

/**
 * lab-ordered: a training is ordered.
 * lab-network: another network is in the menu, of this name.
 * lab-trained: it is over.
 * lab-at: another view of the page is wanted.
 * lab-ink: the pen has drawn or erased something.
 * lab-placed: the server has put a picture on the pad.
 * lab-example: an example was chosen; its bytes of ink, PICTURE_SIZE x PICTURE_SIZE.
 * lab-view: a switch was changed.
 * lab-ahead: somebody is about to go through the epochs of the training.
 * lab-live: the browser's own answer to what is on the pad.
 * lab-stages: a network has come, or the server's answer: the numbers of all stages are others than before.
 * lab-reveal: a person asks for the answer that is hidden.
 * lab-restore: an exercise is closed: nothing of what its steps have hidden or broken stays.
 * lab-off: a person switches a map off or on again: its layer and channel.
 * lab-needs: somebody asks which maps a logit needs.
 * lab-numbers: somebody asks for the numbers that are shown.
 * lab-field: a cell of a map is being read, and this is what it sees of the picture; null when no cell is read.
 * lab-pin: a person asks to explain a cell, or to close the explanation.
 * lab-trouble: the server does not answer, or could not; these words stand in place of the answer, until the next one.
 * lab-back: the server answers again.
 * @typedef {object} Signals
 * @property {null} lab-ordered
 * @property {string} lab-network
 * @property {null} lab-trained
 * @property {ViewName} lab-at
 * @property {Inked} lab-ink
 * @property {null} lab-placed
 * @property {Uint8Array} lab-example
 * @property {Viewed} lab-view
 * @property {null} lab-ahead
 * @property {LiveAnswer} lab-live
 * @property {null} lab-stages
 * @property {null} lab-reveal
 * @property {null} lab-restore
 * @property {[number, number]} lab-off
 * @property {Needed} lab-needs
 * @property {Computed} lab-numbers
 * @property {SeenPart | null} lab-field
 * @property {Pinned} lab-pin
 * @property {string} lab-trouble
 * @property {null} lab-back
 */

/** @type {Pinned} */
export const UNPIN = { pin: null, side: "a" };

/**
 * @template {keyof Signals} Name
 * @param {Name} name
 * @param {Signals[Name]} detail
 */
export function signal(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * @template {keyof Signals} Name
 * @param {Name} name
 * @param {(detail: Signals[Name]) => void} listener
 */
export function onSignal(name, listener) {
  document.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail));
}

/**
 * What the browser has computed for a side; null where it has not.
 * @param {"a" | "b"} side
 */
export function valuesOf(side) {
  return computed()[side];
}

/**
 * All that the browser has computed.
 * @returns {Computed}
 */
export function computed() {
  const asked = { a: null, b: null, picture: null };
  signal("lab-numbers", asked);
  return asked;
}
