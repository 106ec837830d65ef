import assert from "node:assert/strict";
import { test } from "node:test";
import { CLEAR, DIVERGING, SEQUENTIAL } from "../../lenet/ui/web/lib/palette.js";
import { mapPixels } from "../../lenet/ui/web/maps/pixels.js";
import { cells } from "./maps-samples.js";

test("a map has a pixel for each cell, in the colours of its scale", () => {
  const { width, height, pixels } = mapPixels(
    [2, 1, 1, 3],
    cells([9, 9, 9], [0, 5, 10]),
    1,
    { low: 0, high: 10, signed: false },
    [],
  );
  assert.deepEqual([width, height], [3, 1]);
  assert.deepEqual([...pixels], [SEQUENTIAL[0], SEQUENTIAL[128], SEQUENTIAL[255]]);
});

test("zero is the middle of a signed map, also where there is nothing else", () => {
  const { pixels } = mapPixels([1, 1, 1, 1], cells([0]), 0, { low: -0, high: 0, signed: true }, []);
  assert.deepEqual([...pixels], [DIVERGING[128]]);
});

test("kernels stand in a square; the gaps and those that are not read are clear", () => {
  const scale = { low: -1, high: 1, signed: true };
  const { width, height, pixels } = mapPixels([1, 3, 1, 1], cells([-1, 0, 1]), 0, scale, [1]);
  assert.deepEqual([width, height], [3, 3]);
  const [first, third] = [DIVERGING[0], DIVERGING[255]];
  assert.deepEqual([...pixels], [first, CLEAR, CLEAR, CLEAR, CLEAR, CLEAR, third, CLEAR, CLEAR]);
});
