import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareDrawing } from "../../lenet/ui/web/engine/drawing.js";
import { cutOut, regionsOf, withoutSpecks } from "../../lenet/ui/web/engine/regions.js";
import { resize } from "../../lenet/ui/web/engine/resize.js";

const SIDE = 112;

// A pad with filled rectangles on it: [top, left, height, width, ink].
function pad(...bars) {
  const ink = new Uint8Array(SIDE * SIDE);
  for (const [top, left, height, width, byte = 255] of bars) {
    for (let row = top; row < top + height; row++) ink.fill(byte, row * SIDE + left, row * SIDE + left + width);
  }
  return ink;
}

// The rows of a picture that have ink, and the columns.
function covered(picture) {
  const cells = [...picture.keys()].filter((cell) => picture[cell]);
  const lines = (line) => [...new Set(cells.map(line))].sort((a, b) => a - b);
  return { rows: lines((cell) => Math.trunc(cell / 28)), columns: lines((cell) => cell % 28) };
}

test("without ink of the pen's own a pad is blank, whatever an eraser has left", () => {
  for (const kind of ["digit", "garment"]) {
    assert.equal(prepareDrawing(pad(), SIDE, kind), null);
    assert.equal(prepareDrawing(pad([20, 20, 70, 9, 127]), SIDE, kind), null);
    assert.equal(prepareDrawing(pad([20, 20, 70, 9, 128]), SIDE, kind)?.length, 784);
  }
});

test("a digit is fitted into 20 pixels, and its centre of mass goes to 14", () => {
  const picture = prepareDrawing(pad([20, 50, 80, 40]), SIDE, "digit");
  const { rows, columns } = covered(picture);
  assert.deepEqual([rows[0], rows.length, columns[0], columns.length], [5, 20, 10, 10]);
  assert.equal(Math.max(...picture), 255);
});

test("a garment is fitted into 28 pixels and centred; one that fills the pad stays where it is", () => {
  const small = covered(prepareDrawing(pad([20, 50, 40, 20]), SIDE, "garment"));
  assert.deepEqual([small.rows.length, small.columns[0], small.columns.length], [28, 7, 14]);
  const full = covered(prepareDrawing(pad([0, 0, 112, 20]), SIDE, "garment"));
  assert.deepEqual([full.rows.length, full.columns[0], full.columns.length], [28, 0, 5]);
});

test("where a digit is drawn does not matter, nor does a speck beside it", () => {
  const picture = prepareDrawing(pad([20, 50, 70, 9]), SIDE, "digit");
  assert.deepEqual(prepareDrawing(pad([40, 10, 70, 9]), SIDE, "digit"), picture);
  assert.deepEqual(prepareDrawing(pad([20, 50, 70, 9], [100, 100, 2, 2]), SIDE, "digit"), picture);
});

test("a hairline is thickened", () => {
  const mass = (width) => prepareDrawing(pad([10, 50, 90, width]), SIDE, "digit").reduce((sum, grey) => sum + grey);
  assert.ok(mass(1) > 0.65 * mass(6));
});

test("cells that touch at a corner are in one region; the ends of two rows do not touch", () => {
  const ink = Uint8Array.from([9, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0]);
  assert.deepEqual(regionsOf(ink, 4), [[0, 4], [11], [12]]);
  const corner = Uint8Array.from([9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9]);
  assert.deepEqual(regionsOf(corner, 4), [[0, 5, 10, 15]]);
});

test("a region is measured by its cells with enough ink, and cut out without its neighbours", () => {
  const ink = Uint8Array.from([255, 0, 51, 255, 0, 51, 0, 0, 51]);
  const regions = regionsOf(ink, 3);
  assert.deepEqual(withoutSpecks(regions, ink, 128, 0), [[0, 3]]);
  assert.deepEqual(withoutSpecks(regions, ink, 1, 0.7), [[2, 5, 8]]);
  const { height, width, values } = cutOut(ink, 3, [regions[0]]);
  assert.deepEqual([height, width, ...values], [2, 1, 1, 1]);
});

test("a smaller pixel is the mean of those it covers, and a larger plane is interpolated", () => {
  const plane = { height: 2, width: 4, values: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) };
  assert.deepEqual([...resize(plane, 1, 2).values], [2.5, 4.5]);
  assert.deepEqual(
    [...resize({ height: 1, width: 2, values: Float32Array.of(0, 1) }, 1, 4).values],
    [0, 0.25, 0.75, 1],
  );
  assert.deepEqual(resize(plane, 2, 4), plane);
});
