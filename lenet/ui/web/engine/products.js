// Sums of products, fast: nearly all the time of a network goes here. A convolution, a dense layer and resizing a
// picture along one side are all of this form.

const ROWS = 4; // so many outputs are summed in one loop, each at two places: the eight sums stay in registers

/** @typedef {{ offsets: Int32Array, weights: Float32Array, bias: Float64Array }} Group of rows; weights by offset, then row */

/**
 * A function that sums products: output r at place p is bias[r] plus the sum over k of
 * weights[r][k] * input[places[p] + offsets[k]]. The rows of the output follow each other, each with all places.
 * @param {Float32Array} weights
 * @param {Float32Array} bias
 * @param {number[]} offsets
 * @param {number[]} places
 * @returns {(input: Float32Array, output: Float32Array) => void}
 */
export function products(weights, bias, offsets, places) {
  const count = Math.ceil(bias.length / ROWS);
  const groups = Array.from({ length: count }, (_, g) => groupOf(weights, bias, offsets, g * ROWS));
  const sums = new Float64Array(2 * ROWS);
  return (input, output) => {
    for (let row = 0; row < bias.length; row += ROWS) {
      const rows = Math.min(ROWS, bias.length - row);
      for (let first = 0; first < places.length; first += 2) {
        const second = Math.min(first + 1, places.length - 1); // the last place of an odd number is summed twice
        sum(groups[row / ROWS], input, places[first], places[second], sums);
        for (let r = 0; r < rows; r++) {
          output[(row + r) * places.length + first] = sums[r];
          output[(row + r) * places.length + second] = sums[ROWS + r];
        }
      }
    }
  };
}

/**
 * Four rows, without the offsets at which all four weights are zero. Networks that were joined side by side have zeros
 * for what the others put out. The last group is filled up with rows of zeros.
 * @type {(weights: Float32Array, bias: Float32Array, offsets: number[], start: number) => Group}
 */
function groupOf(weights, bias, offsets, start) {
  const rows = Math.min(ROWS, bias.length - start);
  const keptOffsets = new Int32Array(offsets.length);
  const keptWeights = new Float32Array(ROWS * offsets.length);
  let count = 0;
  for (let k = 0; k < offsets.length; k++) {
    let isNeeded = false;
    for (let row = 0; row < rows; row++) {
      const weight = weights[(start + row) * offsets.length + k];
      keptWeights[ROWS * count + row] = weight;
      isNeeded ||= weight !== 0;
    }
    if (isNeeded) keptOffsets[count++] = offsets[k];
  }
  return {
    offsets: keptOffsets.subarray(0, count),
    weights: keptWeights.subarray(0, ROWS * count),
    bias: Float64Array.from({ length: ROWS }, (_, row) => bias[start + row] ?? 0),
  };
}

/** @type {(group: Group, input: Float32Array, here: number, there: number, sums: Float64Array) => void} */
function sum({ offsets, weights, bias }, input, here, there, sums) {
  let p0 = bias[0];
  let p1 = bias[1];
  let p2 = bias[2];
  let p3 = bias[3];
  let q0 = bias[0];
  let q1 = bias[1];
  let q2 = bias[2];
  let q3 = bias[3];
  for (let k = 0, w = 0; k < offsets.length; k++, w += ROWS) {
    const p = input[here + offsets[k]];
    const q = input[there + offsets[k]];
    const w0 = weights[w];
    const w1 = weights[w + 1];
    const w2 = weights[w + 2];
    const w3 = weights[w + 3];
    p0 += w0 * p;
    p1 += w1 * p;
    p2 += w2 * p;
    p3 += w3 * p;
    q0 += w0 * q;
    q1 += w1 * q;
    q2 += w2 * q;
    q3 += w3 * q;
  }
  [sums[0], sums[1], sums[2], sums[3]] = [p0, p1, p2, p3];
  [sums[4], sums[5], sums[6], sums[7]] = [q0, q1, q2, q3];
}

/**
 * Where the cells of a grid stand in an array: how many there are along each axis, how far apart two neighbours are.
 * @param {number[]} counts
 * @param {number[]} strides
 */
export function steps(counts, strides) {
  const along = (/** @type {number[]} */ starts, /** @type {number} */ count, /** @type {number} */ axis) =>
    starts.flatMap((start) => Array.from({ length: count }, (_, i) => start + i * strides[axis]));
  return counts.reduce(along, [0]);
}
