import assert from "node:assert/strict";
import { test } from "node:test";
import { enlarged, GRID_SIZE, inkOf, pixelsOf } from "../../lenet/ui/web/pad/grid.js";
import { Marks } from "../../lenet/ui/web/pad/marks.js";

const BRUSH = { erase: false, width: 8 };
const ERASER = { erase: true, width: 8 };
const POINT = { x: 224, y: 224 };

test("the ink is the opacity of the pixels, row by row", () => {
  const pixels = new Uint8ClampedArray(4 * GRID_SIZE ** 2);
  pixels.set([9, 9, 9, 200], 0);
  pixels.set([9, 9, 9, 255], 4 * GRID_SIZE);
  const bytes = inkOf(pixels);
  assert.equal(bytes.length, GRID_SIZE ** 2);
  assert.deepEqual([bytes[0], bytes[1], bytes[GRID_SIZE]], [200, 0, 255]);
});

test("a grid becomes black pixels and the same grid again", () => {
  const grid = Buffer.from(Uint8Array.from({ length: GRID_SIZE ** 2 }, (_, i) => i % 256)).toString("base64");
  const pixels = pixelsOf(grid);
  assert.deepEqual([...pixels.subarray(4, 8)], [0, 0, 0, 1]);
  assert.equal(Buffer.from(inkOf(pixels)).toString("base64"), grid);
});

test("a small picture covers the grid, each pixel as a square", () => {
  const ink = enlarged(Uint8Array.of(1, 2, 3, 4));
  const half = GRID_SIZE / 2;
  assert.equal(ink.length, GRID_SIZE ** 2);
  assert.deepEqual([ink[0], ink[half - 1], ink[half], ink[GRID_SIZE * half], ink[GRID_SIZE ** 2 - 1]], [1, 1, 2, 3, 4]);
});

test("a stroke goes on until it is finished", () => {
  const marks = new Marks();
  const stroke = marks.begin(POINT, BRUSH);
  assert.equal(marks.stroke, stroke);
  marks.finish();
  assert.equal(marks.stroke, null);
  assert.equal(marks.list.length, 1);
});

test("the pad is empty without ink: at first, when cleared, and where only the eraser was", () => {
  const marks = new Marks();
  assert.equal(marks.isEmpty(), true);
  marks.begin(POINT, ERASER);
  assert.equal(marks.isEmpty(), true);
  marks.begin(POINT, BRUSH);
  assert.equal(marks.isEmpty(), false);
  marks.clear();
  assert.equal(marks.isEmpty(), true);
  marks.put("AAAA");
  assert.equal(marks.isEmpty(), false);
});

test("undo takes back the last stroke, a clearing, and a picture that was put on the pad", () => {
  const marks = new Marks();
  marks.begin(POINT, BRUSH);
  marks.put("AAAA");
  marks.clear();
  const seen = [marks.isEmpty()];
  for (let i = 0; i < 3; i++) {
    marks.undo();
    seen.push(marks.isEmpty());
  }
  assert.deepEqual(seen, [true, false, false, true]);
});

test("clearing an empty pad leaves nothing to undo", () => {
  const marks = new Marks();
  marks.clear();
  marks.put("");
  assert.equal(marks.list.length, 0);
});

test("a drawing is strokes alone unless there is a picture in it", () => {
  const marks = new Marks();
  const first = marks.begin(POINT, BRUSH);
  const second = marks.begin(POINT, ERASER);
  assert.deepEqual(marks.strokes(), [first, second]);
  marks.put("AAAA");
  marks.begin(POINT, BRUSH);
  assert.deepEqual(marks.strokes(), []);
  marks.undo();
  marks.undo();
  assert.deepEqual(marks.strokes(), [first, second]);
  marks.clear();
  assert.deepEqual(marks.strokes(), []);
  const last = marks.begin(POINT, BRUSH);
  assert.deepEqual(marks.strokes(), [last]);
});

test("the strokes of a link take the place of what is drawn, and undo takes them back one by one", () => {
  const marks = new Marks();
  const [own, first, second] = [1, 2, 3].map((x) => new Marks().begin({ x, y: 0 }, BRUSH));
  marks.list.push(own);
  marks.replay([first, second]);
  assert.deepEqual(marks.strokes(), [first, second]);
  marks.undo();
  assert.deepEqual(marks.strokes(), [first]);
  marks.undo();
  marks.undo();
  assert.deepEqual(marks.strokes(), [own]);
});

test("what the server puts on the pad ends a stroke that is being drawn", () => {
  const marks = new Marks();
  marks.begin(POINT, BRUSH);
  marks.put("AAAA");
  assert.equal(marks.stroke, null);
  assert.deepEqual(marks.list[1], { kind: "image", grid: "AAAA" });
});
