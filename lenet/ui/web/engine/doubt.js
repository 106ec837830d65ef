// How much a picture looks like what a network has learned: what lenet/doubt.py gives in Python.

const MOST_MAP_VALUES = 400; // the last maps are averaged to so few cells that all have at most so many values

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {import("./network.js").Model} Model */

/**
 * The logit of being a digit, or a garment. A picture below the file's threshold is strange.
 * @param {Record<string, Tensor>} known the tensors of the checkpoint's atlas/doubt.safetensors
 * @param {Model} model
 * @param {Record<string, Tensor>} stages what each stage put out
 */
export function scoreOf(known, model, stages) {
  const values = featuresOf(model, stages);
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
 * @param {Model} model
 * @param {Record<string, Tensor>} stages
 */
function featuresOf({ channels, hidden }, stages) {
  const layers = channels.length;
  const dense = hidden.flatMap((_, i) => [...stages[`act${layers + i + 1}`].data]);
  return [...averaged(stages[`pool${layers}`]), ...dense, ...stages.logits.data];
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
