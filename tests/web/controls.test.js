import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, has, pinAt, toggled, WHOLE } from "../../lenet/ui/web/controls/view.js";

const view = (changes) => ({ phase: "after", compare: "kept", side: "a", pin: null, ...changes });

test("pooling makes one cell of four, and back", () => {
  assert.deepEqual(pinAt(view({ pin: [1, 4, 13, 20] }), "pooled"), [1, 4, 6, 10]);
  assert.deepEqual(pinAt(view({ pin: [1, 4, 6, 10], phase: "pooled" }), "before"), [1, 4, 12, 20]);
  assert.deepEqual(pinAt(view({ pin: [2, 0, 7, 7] }), "before"), [2, 0, 7, 7]);
  assert.equal(pinAt(view({}), "pooled"), null);
});

test("a cell of B goes with B", () => {
  const pinned = view({ pin: [1, 0, 3, 3], side: "b" });
  assert.deepEqual(changed(pinned, { compare: "none" }), { ...pinned, compare: "none", pin: null, side: "a" });
  assert.deepEqual(changed(pinned, { compare: "class" }).pin, [1, 0, 3, 3]);
  assert.deepEqual(changed({ ...pinned, side: "a" }, { compare: "none" }).pin, [1, 0, 3, 3]);
});

test("a change leaves the view before it as it was", () => {
  const before = view({});
  assert.equal(changed(before, { phase: "pooled" }).phase, "pooled");
  assert.equal(before.phase, "after");
});

test("a map is switched off, and on again", () => {
  const off = toggled([[1, 2]], [2, 0]);
  assert.deepEqual(off, [
    [1, 2],
    [2, 0],
  ]);
  assert.deepEqual(toggled(off, [1, 2]), [[2, 0]]);
});

test("a network is whole until something is off or broken", () => {
  const view = { phase: "after", ...WHOLE };
  assert.ok(has(view, WHOLE));
  for (const change of [{ off: [[1, 0]] }, { instead: "mean" }, { noise: 25 }, { biases: false }, { pooling: false }]) {
    assert.ok(!has({ ...view, ...change }, WHOLE));
    assert.ok(has(changed({ ...view, ...change }, WHOLE), WHOLE));
  }
});
