// Connected regions of ink. A region is a list of cells; a cell is its place in the ink, row by row.

// The regions of all cells with ink. Cells that touch at a side or a corner are in one region.
/** @param {Uint8Array} ink @param {number} side */
export function regionsOf(ink, side) {
  const left = ink.slice();
  const regions = [];
  for (let cell = 0; cell < left.length; cell++) if (left[cell]) regions.push(takeRegion(cell, left, side));
  return regions;
}

// Takes the region around a cell out of the ink that is left.
/** @param {number} start @param {Uint8Array} left @param {number} side */
function takeRegion(start, left, side) {
  const steps = [-side - 1, -side, -side + 1, -1, 1, side - 1, side, side + 1];
  const cells = [start];
  left[start] = 0;
  for (const cell of cells) {
    for (const step of steps) {
      const near = cell + step;
      // Above and below the pad there is undefined; beyond its left and right edge, a cell of another row.
      if (!left[near] || Math.abs((near % side) - (cell % side)) > 1) continue;
      left[near] = 0;
      cells.push(near); // the loop over cells comes to it too
    }
  }
  return cells;
}

// The regions whose cells with at least this much ink are some, and no fewer than a share of the largest region's.
/** @param {number[][]} regions @param {Uint8Array} ink @param {number} least @param {number} share */
export function withoutSpecks(regions, ink, least, share) {
  const sizes = regions.map((cells) => cells.filter((cell) => ink[cell] >= least).length);
  const smallest = Math.max(1, share * Math.max(...sizes));
  return regions.filter((_, i) => sizes[i] >= smallest);
}

// The smallest rectangle around some regions, with the ink of these regions alone, from 0 to 1.
/** @param {Uint8Array} ink @param {number} side @param {number[][]} regions */
export function cutOut(ink, side, regions) {
  const cells = /** @type {number[]} */ ([]).concat(...regions); // flat() takes a hundred times as long
  const rows = cells.map((cell) => Math.trunc(cell / side));
  const columns = cells.map((cell) => cell % side);
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const [height, width] = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
  const values = new Float32Array(height * width);
  for (let i = 0; i < cells.length; i++) values[(rows[i] - top) * width + columns[i] - left] = ink[cells[i]] / 255;
  return { height, width, values };
}
