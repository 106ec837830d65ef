// How much a picture looks like what a network has learned: what lenet/doubt.py gives in Python.

const MOST_MAP_VALUES = 400; // the last maps are averaged to so few cells that all have at most so many values

/** @typedef {import("./safetensors.js").Tensor} Tensor */

/**
 * The logit of being a digit, or a garment. A picture below the file's threshold is strange.
 * @param {Record<string, Tensor>} known the tensors of the checkpoint's atlas/doubt.safetensors
 * @param {Record<string, Tensor>} stages what each stage put out
 */
export function scoreOf(known, stages) {
  const values = featuresOf(stages);
  const [weights, biases] = [known["hidden.weight"].data, known["hidden.bias"].data];
  let score = known["score.bias"].data[0];
  for (let unit = 0; unit < biases.length; unit++) {
    let sum = biases[unit];
    for (let i = 0; i < values.length; i++) sum += weights[unit * values.length + i] * values[i];
    score += Math.max(sum, 0) * known["score.weight"].data[unit];
  }
  return score;
}

/**
 * What a doubt is judged by: the last maps averaged to a few cells, the dense layers, the logits.
 * @param {Record<string, Tensor>} stages
 */
function featuresOf(stages) {
  const layers = numbered(stages, "pool").length;
  const dense = numbered(stages, "act")
    .slice(layers)
    .flatMap(({ data }) => [...data]);
  return [...averaged(stages[`pool${layers}`]), ...dense, ...stages.logits.data];
}

/**
 * The stages of a kind in their order, as pool1, pool2.
 * @param {Record<string, Tensor>} stages
 * @param {string} kind
 */
function numbered(stages, kind) {
  const found = [];
  while (stages[`${kind}${found.length + 1}`]) found.push(stages[`${kind}${found.length + 1}`]);
  return found;
}

/**
 * The means over the fields of a coarse grid, which overlap where they do not fit, as in torch's adaptive average pooling.
 * @param {Tensor} maps
 */
function averaged({ shape: [channels, height, width], data }) {
  const side = Math.max(1, Math.min(Math.floor(Math.sqrt(MOST_MAP_VALUES / channels)), height));
  const rows = fields(height, side);
  const columns = fields(width, side);
  const means = [];
  for (let c = 0; c < channels; c++) {
    for (const [top, bottom] of rows) {
      for (const [left, right] of columns) {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) sum += data[(c * height + y) * width + x];
        }
        means.push(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return means;
}

/**
 * The first cell of each field, and the one after its last.
 * @param {number} length
 * @param {number} count
 */
function fields(length, count) {
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * length) / count),
    Math.ceil(((i + 1) * length) / count),
  ]);
}
