import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, indexOf, neighbour, partOf, seenBy, squareOf } from "../../lenet/ui/web/maps/geometry.js";

const MAP = [6, 1, 10, 20]; // channels, tiles, height, width
const KERNELS = [16, 6, 5, 5];

test("tiles stand in a square with gaps of one cell", () => {
  assert.deepEqual(squareOf(KERNELS), { columns: 3, rows: 2, width: 17, height: 11 });
  assert.deepEqual(squareOf(MAP), { columns: 1, rows: 1, width: 20, height: 10 });
});

test("a place on a map is a cell, and beside it there is none", () => {
  assert.deepEqual(cellAt(MAP, 0, 0), { tile: 0, row: 0, column: 0 });
  assert.deepEqual(cellAt(MAP, 0.999, 0.55), { tile: 0, row: 5, column: 19 });
  for (const [x, y] of [
    [-0.01, 0.5],
    [1, 0.5],
    [0.5, -0.01],
    [0.5, 1],
    [Number.NaN, 0.5],
  ])
    assert.equal(cellAt(MAP, x, y), null);
});

test("a place on a square of kernels is a cell of one of them, or the gap", () => {
  assert.deepEqual(cellAt(KERNELS, 6.5 / 17, 6.5 / 11), { tile: 4, row: 0, column: 0 });
  assert.equal(cellAt(KERNELS, 5.5 / 17, 0.5 / 11), null);
  assert.equal(cellAt(KERNELS, 0.5 / 17, 5.5 / 11), null);
  assert.equal(cellAt([1, 5, 5, 5], 16.5 / 17, 10.5 / 11), null, "five kernels leave the last place free");
});

test("every cell lies where it is found", () => {
  const { columns, width, height } = squareOf(KERNELS);
  for (let tile = 0; tile < 6; tile++) {
    const [x, y] = [(tile % columns) * 6 + 2.5, Math.floor(tile / columns) * 6 + 4.5];
    assert.deepEqual(cellAt(KERNELS, x / width, y / height), { tile, row: 4, column: 2 });
  }
});

test("the neighbour of a cell is the next one, also across a gap", () => {
  assert.deepEqual(neighbour(MAP, { tile: 0, row: 3, column: 3 }, -1, 0), { tile: 0, row: 2, column: 3 });
  assert.deepEqual(neighbour(KERNELS, { tile: 0, row: 0, column: 4 }, 0, 1), { tile: 1, row: 0, column: 0 });
  assert.deepEqual(neighbour(KERNELS, { tile: 1, row: 4, column: 2 }, 1, 0), { tile: 4, row: 0, column: 2 });
});

test("at the border the neighbour is the cell itself", () => {
  const corner = { tile: 0, row: 0, column: 0 };
  assert.deepEqual(neighbour(MAP, corner, -1, 0), corner);
  assert.deepEqual(neighbour(MAP, corner, 0, -1), corner);
  const last = { tile: 4, row: 0, column: 4 };
  assert.deepEqual(neighbour([1, 5, 5, 5], last, 0, 1), last, "there is no sixth kernel");
});

test("a cell's value has its place among those of the layer", () => {
  assert.equal(indexOf(MAP, 2, { tile: 0, row: 1, column: 3 }), 2 * 200 + 23);
  assert.equal(indexOf(KERNELS, 1, { tile: 2, row: 0, column: 1 }), 150 + 50 + 1);
});

test("a cell is a part of its map", () => {
  assert.deepEqual(partOf(MAP, { row: 5, column: 10 }), { left: 0.5, top: 0.5, width: 0.05, height: 0.1 });
});

test("a cell sees its receptive field, cut off at the border", () => {
  const field = { size: 14, stride: 2, offset: -2, side: 28 };
  assert.deepEqual(seenBy(field, { row: 3, column: 6 }), { left: 10 / 28, top: 4 / 28, width: 0.5, height: 0.5 });
  assert.deepEqual(seenBy(field, { row: 0, column: 0 }), { left: 0, top: 0, width: 12 / 28, height: 12 / 28 });
  assert.deepEqual(seenBy(field, { row: 9, column: 9 }), {
    left: 16 / 28,
    top: 16 / 28,
    width: 12 / 28,
    height: 12 / 28,
  });
});
