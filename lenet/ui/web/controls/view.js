// How a view changes. Nothing here touches the page.

/** @typedef {import("../values.js").ViewValue} ViewValue */
/** @typedef {Partial<ViewValue>} Changes */

/** Nothing is switched off or broken. */
export const WHOLE = { off: [], instead: "zero", noise: 0, biases: true, pooling: true };

/** Nor is anything hidden, left unprepared, or half trained. */
export const PLAIN = { ...WHOLE, hide: false, prepare: true, epoch: null };

/**
 * @param {ViewValue} view
 * @param {Changes} changes
 * @returns {ViewValue}
 */
export function changed(view, changes) {
  const next = { ...view, ...changes };
  if (next.compare === "none" && next.side === "b") return { ...next, pin: null, side: "a" }; // B went, and its cell
  return next;
}

/**
 * The pinned cell in another phase: pooling makes one cell of four.
 * @param {ViewValue} view
 * @param {string} phase
 * @returns {ViewValue["pin"]}
 */
export function pinAt(view, phase) {
  if (!view.pin) return null;
  const size = (/** @type {string} */ name) => (name === "pooled" ? 0.5 : 1);
  const factor = size(phase) / size(view.phase);
  const [layer, channel, row, column] = view.pin;
  return [layer, channel, Math.floor(row * factor), Math.floor(column * factor)];
}

/**
 * The maps that are off when one more is switched off, or on again.
 * @param {ViewValue["off"]} off
 * @param {[number, number]} map layer and channel
 * @returns {ViewValue["off"]}
 */
export function toggled(off, [layer, channel]) {
  const others = off.filter(([l, c]) => l !== layer || c !== channel);
  return others.length < off.length ? others : [...off, [layer, channel]];
}

/**
 * Whether some switches are as they would be after a change.
 * @param {ViewValue} view
 * @param {Changes} changes
 */
export function has(view, changes) {
  return JSON.stringify({ ...view, ...changes }) === JSON.stringify(view);
}
