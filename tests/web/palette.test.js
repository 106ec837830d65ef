import assert from "node:assert/strict";
import { test } from "node:test";
import { coloured } from "../../lenet/ui/web/lib/canvas.js";
import {
  DIVERGING,
  GREY,
  indexer,
  paletteFor,
  paletteOf,
  partsOf,
  SEQUENTIAL,
} from "../../lenet/ui/web/lib/palette.js";

test("a palette goes straight from stop to stop", () => {
  const palette = paletteOf(["#000000", "#ff0000", "#ff00fe"]);
  assert.equal(palette.length, 256);
  assert.deepEqual(partsOf(palette[0]), [0, 0, 0]);
  assert.deepEqual(partsOf(palette[64]), [128, 0, 0]);
  assert.deepEqual(partsOf(palette[255]), [255, 0, 254]);
  assert.deepEqual(partsOf(GREY[77]), [77, 77, 77]);
});

test("every colour is opaque", () => {
  for (const palette of [SEQUENTIAL, DIVERGING, GREY]) assert.ok(palette.every((colour) => colour >>> 24 === 255));
});

test("signed values have colours of their own", () => {
  assert.equal(paletteFor({ low: 0, high: 1, signed: false }), SEQUENTIAL);
  assert.equal(paletteFor({ low: -1, high: 1, signed: true }), DIVERGING);
});

test("a scale goes from its low end to its high end, and no farther", () => {
  const index = indexer({ low: -2, high: 2, signed: true });
  assert.deepEqual([-3, -2, 0, 2, 9].map(index), [0, 0, 128, 255, 255]);
});

test("where all values are the same, zero is the middle of a signed scale and the low end of another", () => {
  assert.equal(indexer({ low: -0, high: 0, signed: true })(0), 128);
  assert.equal(indexer({ low: 0, high: 0, signed: false })(0), 0);
  assert.equal(indexer({ low: 3, high: 3, signed: false })(3), 0);
});

test("bytes are places in a palette", () => {
  assert.deepEqual([...coloured(Uint8Array.of(0, 255), GREY)], [GREY[0], GREY[255]]);
});
