// Scaling a plane as Pillow scales one of float32, to the last bit: pictures/planes.py leaves its scaling to Pillow.

/** @typedef {{ height: number, width: number, values: Float32Array }} Plane row by row */

// How far around its centre a new pixel looks, and the weight of what it finds by the distance, both in new pixels.
const BOX = { reach: 0.5, weight: (/** @type {number} */ apart) => Number(apart > -0.5 && apart <= 0.5) };
const BILINEAR = { reach: 1, weight: (/** @type {number} */ apart) => Math.max(0, 1 - Math.abs(apart)) };

// A smaller pixel is the mean of those it covers. Where a side grows, both sides are interpolated.
/** @param {Plane} plane @param {number} height @param {number} width */
export function resize(plane, height, width) {
  const filter = height > plane.height || width > plane.width ? BILINEAR : BOX;
  return resizeRowsAndTurn(resizeRowsAndTurn(plane, width, filter), height, filter);
}

// Gives rows a new length, and swaps rows and columns: two calls scale both sides. An equal length changes no value.
/** @param {Plane} plane @param {number} length @param {typeof BOX} filter */
function resizeRowsAndTurn({ height, width, values }, length, filter) {
  const turned = new Float32Array(length * height); // it rounds each sum once, as Pillow does
  for (let i = 0; i < length; i++) {
    const { first, weights } = weightsOf(i, width / length, width, filter);
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += values[row * width + first + k] * weights[k];
      turned[i * height + row] = sum;
    }
  }
  return { height: length, width: height, values: turned };
}

// The old pixels that make the new pixel i of a row: the first one, and the weights of this one and the following ones.
/** @param {number} i @param {number} scale old by new length @param {number} width @param {typeof BOX} filter */
function weightsOf(i, scale, width, { reach, weight }) {
  const spread = Math.max(scale, 1);
  const centre = (i + 0.5) * scale;
  const first = Math.max(0, Math.trunc(centre - reach * spread + 0.5));
  const end = Math.min(width, Math.trunc(centre + reach * spread + 0.5));
  // Pillow multiplies by 1 / spread; dividing by spread would differ in the last bit.
  const weights = new Float64Array(end - first).map((_, k) => weight((k + first - centre + 0.5) * (1 / spread)));
  const sum = weights.reduce((total, one) => total + one, 0);
  return { first, weights: weights.map((one) => one / sum) };
}
