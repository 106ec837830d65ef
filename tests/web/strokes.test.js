import assert from "node:assert/strict";
import { test } from "node:test";
import { BESIDE, lettersOf, MOST_LETTERS, PAD_SIZE, pixelAt, strokesOf } from "../../lenet/ui/web/pad/strokes.js";

const SEVEN = "gBGwHoGkNAjI8Q"; // the letters that tests/ui/values/test_strokes.py reads
const CORNERS = "iCC_bg4BIEAABC";

/**
 * @param {[number, number][]} points
 * @param {{ erase?: boolean, width?: number }} tool
 * @returns {import("../../lenet/ui/web/pad/marks.js").Stroke}
 */
function stroke(points, { erase = false, width = 8 } = {}) {
  return { kind: "stroke", erase, width, points: points.map(([x, y]) => ({ x, y })) };
}

test("strokes become letters and the same strokes again", () => {
  const seven = [[120, 100], [330, 100], [200, 370]]; // biome-ignore format: three points
  const strokes = {
    [SEVEN]: [stroke(/** @type {[number, number][]} */ (seven))],
    [CORNERS]: [
      stroke([[-BESIDE, PAD_SIZE + BESIDE]], { erase: true, width: 16 }),
      stroke([[0, 0], [-1, 1]], { width: 2 }), // biome-ignore format: two points
    ],
    "": [],
  };
  for (const [letters, list] of Object.entries(strokes)) {
    assert.equal(lettersOf(list), letters);
    assert.deepEqual(strokesOf(letters), list);
  }
});

test("every place that the pen can reach has its letters", () => {
  const places = Array.from({ length: PAD_SIZE + 2 * BESIDE + 1 }, (_, i) => i - BESIDE);
  const there = places.map((x, i) => /** @type {[number, number]} */ ([x, places[places.length - 1 - i]]));
  const strokes = [stroke(there), stroke([...there].reverse())];
  assert.deepEqual(strokesOf(lettersOf(strokes)), strokes);
});

test("a drawing of very many points has no letters", () => {
  const long = Array.from({ length: MOST_LETTERS }, () => /** @type {[number, number]} */ ([9, 9]));
  assert.equal(lettersOf([stroke(long)]), "");
});

test("a point lies on a pixel of the pad, or not far beside it", () => {
  assert.deepEqual(pixelAt({ x: 0.5, y: 0.2501 }), { x: PAD_SIZE / 2, y: PAD_SIZE / 4 });
  assert.deepEqual(pixelAt({ x: -0.25, y: 1.25 }), { x: -PAD_SIZE / 4, y: (5 * PAD_SIZE) / 4 });
  assert.deepEqual(pixelAt({ x: -99, y: 99 }), { x: -BESIDE, y: PAD_SIZE + BESIDE });
});
