// What each map of a network means to a number: the number's change when that map alone is switched off.

/** @typedef {Record<string, import("./safetensors.js").Tensor>} Values */

/**
 * @param {(off: [number, number][]) => Values} run gives the stages with maps switched off: layer from 1, channel from 0
 * @param {(values: Values) => number} measure
 */
export function changesOf(run, measure) {
  const values = run([]);
  const whole = measure(values);
  const changes = [];
  for (let layer = 1; values[`act${layer}`]?.shape.length === 3; layer++) {
    for (let channel = 0; channel < values[`act${layer}`].shape[0]; channel++) {
      changes.push({ layer, channel, change: measure(run([[layer, channel]])) - whole });
    }
  }
  return changes;
}
