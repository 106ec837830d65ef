import assert from "node:assert/strict";
import { test } from "node:test";
import { latest, nearest, reached, ticksOf } from "../../lenet/ui/web/lib/plot.js";

test("ticks are round and have all values between them", () => {
  assert.deepEqual(ticksOf([0.107, 0.983]), [0, 0.5, 1]);
  assert.deepEqual(ticksOf([0.71, 0.943]), [0.6, 0.8, 1]);
  assert.deepEqual(ticksOf([0.15, 2.32]), [0, 2, 4]);
  assert.deepEqual(ticksOf([]), [0, 0.5, 1]);
});

test("one value alone has an axis, too", () => {
  for (const value of [0, 0.5, 2.3, 1e-6]) {
    const ticks = ticksOf([value]);
    assert.ok(ticks.length > 1 && ticks[0] <= value && value <= ticks[ticks.length - 1], `${value}: ${ticks}`);
  }
});

test("the nearest point is read", () => {
  const points = /** @type {[number, number][]} */ ([
    [0.5, 2.3],
    [1, 1.9],
    [2, 0.8],
  ]);
  assert.deepEqual(nearest(points, 0), [0.5, 2.3]);
  assert.deepEqual(nearest(points, 1.4), [1, 1.9]);
  assert.deepEqual(nearest(points, 9), [2, 0.8]);
});

const HALVES = /** @type {[number, number][]} */ ([0.5, 1, 1.5, 2].map((at) => [at, 10 * at]));

test("between two points the earlier one is known, before the first none", () => {
  assert.equal(latest(HALVES, 0.4), null);
  assert.deepEqual(latest(HALVES, 1.2), [1, 10]);
  assert.deepEqual(latest(HALVES, 1), [1, 10]);
});

test("keys go from point to point, from epoch to epoch, and to the ends", () => {
  const from = (/** @type {number | null} */ now) => (/** @type {string} */ key) => reached(HALVES, now, key);
  assert.deepEqual(["ArrowLeft", "End", "PageDown", "Home", "ArrowRight"].map(from(null)), [2, 2, 2, 0.5, 0.5]);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "PageUp", "PageDown"].map(from(1.5)), [1, 2, 2, 1]);
  assert.deepEqual(["ArrowRight", "PageUp"].map(from(2)), [2, 2]);
});
