import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf } from "../../lenet/ui/web/engine/ablation.js";

test("each map is switched off alone, and dense values are no maps", () => {
  const shapes = { act1: [2, 4, 4], act2: [1, 2, 2], act3: [10] };
  const run = (off) => ({
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, data: [] }])),
    sum: { shape: [1], data: [100 - off.reduce((lost, [layer, channel]) => lost + 10 * layer + channel, 0)] },
  });
  assert.deepEqual(
    changesOf(run, ({ sum }) => sum.data[0]),
    [
      { layer: 1, channel: 0, change: -10 },
      { layer: 1, channel: 1, change: -11 },
      { layer: 2, channel: 0, change: -20 },
    ],
  );
});
