import assert from "node:assert/strict";
import { test } from "node:test";
import { products, steps } from "../../lenet/ui/web/engine/products.js";

const INPUT = Float32Array.from({ length: 60 }, (_, i) => ((i * 37) % 19) - 9);

test("the cells of a grid are found along its axes, the last axis first", () => {
  assert.deepEqual(steps([2, 3], [10, 2]), [0, 2, 4, 10, 12, 14]);
  assert.deepEqual(steps([], []), [0]);
});

for (const rows of [1, 3, 4, 6, 8]) {
  for (const count of [1, 2, 5]) {
    test(`${rows} outputs at ${count} places are the sums of their own products`, () => {
      const [offsets, places] = [steps([2, 3], [20, 2]), steps([count], [3])];
      const weights = Float32Array.from({ length: rows * offsets.length }, (_, i) => (i * i) % 7);
      const bias = Float32Array.from({ length: rows }, (_, r) => 100 * r);
      const output = new Float32Array(rows * count);
      products(weights, bias, offsets, places)(INPUT, output);
      const expected = Array.from(output, (_, i) => {
        const [r, p] = [Math.floor(i / count), i % count];
        const terms = offsets.map((offset, k) => weights[r * offsets.length + k] * INPUT[places[p] + offset]);
        return terms.reduce((sum, term) => sum + term, bias[r]);
      });
      assert.deepEqual([...output], expected);
    });
  }
}

test("what no output of a group has a weight for is not read", () => {
  const weights = Float32Array.of(1, 0, 2, 0, 3, 0, 4, 0); // four outputs of two inputs
  const output = new Float32Array(4);
  products(weights, new Float32Array(4), [0, 1], [0])(Float32Array.of(5, Number.NaN), output);
  assert.deepEqual([...output], [5, 10, 15, 20]);
});
