// What each input adds to a value of a dense layer: what microscope/explain.py gives in Python.

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/**
 * The sum of the products and the bias give the number before the activation; a logit has none after it.
 * @typedef {{ inputs: Float32Array, weights: Float64Array, products: Float64Array,
 *   numbers: Record<string, number> }} Contributions
 */

/**
 * With a rival, the contributions are those to the difference of the two values.
 * @param {Record<string, Tensor>} values what the stages put out, and the network's tensors
 * @param {{ stage: string, reads: string, index: number }} dense
 * @param {number | null} rival the number of another value of the same stage
 * @returns {Contributions}
 */
export function contributionsOf(values, { stage, reads, index }, rival) {
  const inputs = values[reads].data;
  const [all, biases] = [values[`${stage}.weight`].data, values[`${stage}.bias`].data];
  const rowOf = (/** @type {number} */ of) => all.subarray(of * inputs.length, (of + 1) * inputs.length);
  const [own, others] = [rowOf(index), rival === null ? null : rowOf(rival)];
  const weights = Float64Array.from(own, (weight, i) => weight - (others?.[i] ?? 0));
  const products = weights.map((weight, i) => weight * inputs[i]);
  const sum = products.reduce((total, product) => total + product, 0);
  const bias = biases[index] - (rival === null ? 0 : biases[rival]);
  /** @type {Record<string, number>} */
  const numbers = { sum, bias, before: sum + bias };
  const after = values[stage.replace("dense", "act")];
  if (stage !== "logits") numbers.after = after.data[index];
  return { inputs, weights, products, numbers };
}
