// Connected regions of ink. Cells that touch at a side or a corner are in one region.

/** @typedef {import("./resize.js").Plane} Plane */

/**
 * The ink without the regions that have less than a share of the largest one's counted cells.
 * @param {Plane} ink
 * @param {number} least a cell with this much ink is counted
 * @param {number} share
 */
export function withoutSpecks({ height, width, values }, least, share) {
  const regions = regionsOf(width, values);
  const sizes = regions.map((cells) => cells.reduce((size, cell) => size + (values[cell] >= least ? 1 : 0), 0));
  const smallest = Math.max(1, share * Math.max(...sizes));
  const kept = new Float32Array(values.length);
  regions.forEach((cells, i) => {
    if (sizes[i] >= smallest) for (const cell of cells) kept[cell] = values[cell];
  });
  return { height, width, values: kept };
}

/**
 * The cells of each region, as places in the values.
 * @param {number} width
 * @param {Float32Array} values
 */
function regionsOf(width, values) {
  const left = values.slice();
  const regions = [];
  for (let cell = 0; cell < left.length; cell++) if (left[cell]) regions.push(takeRegion(cell, width, left));
  return regions;
}

/**
 * Takes the region around a cell out of what is left.
 * @param {number} start
 * @param {number} width
 * @param {Float32Array} left
 */
function takeRegion(start, width, left) {
  const cells = [start];
  left[start] = 0;
  for (const cell of cells) {
    const west = cell % width ? -1 : 0;
    const east = (cell + 1) % width ? 1 : 0;
    for (const row of [cell - width, cell, cell + width]) {
      for (let near = row + west; near <= row + east; near++) {
        if (!left[near]) continue; // undefined above the first row and below the last
        left[near] = 0;
        cells.push(near); // the loop over cells comes to it too
      }
    }
  }
  return cells;
}

/**
 * The smallest rectangle that holds all ink. There must be some.
 * @param {Plane} ink
 */
export function cropped({ height, width, values }) {
  let [top, bottom, left, right] = [height, 0, width, 0];
  for (let cell = 0; cell < values.length; cell++) {
    if (!values[cell]) continue;
    const [row, column] = [Math.trunc(cell / width), cell % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  const box = { height: bottom - top + 1, width: right - left + 1 };
  const inside = new Float32Array(box.height * box.width);
  for (let row = 0; row < box.height; row++) {
    const start = (top + row) * width + left;
    inside.set(values.subarray(start, start + box.width), row * box.width);
  }
  return { ...box, values: inside };
}
