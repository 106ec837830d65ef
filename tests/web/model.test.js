import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOf, differenceOf, frameOf, scaleOf, shapesOf, sideOf, unreadOf } from "../../lenet/ui/web/maps/model.js";
import { cells, layer, mapsValue, side } from "./maps-samples.js";

const APART = {
  channels: [
    [2, 0.5],
    [7, 0.1],
  ],
  most: 3,
  order: [1, 0],
};
const PAIRED = layer({ b: side({ shape: [2, 1, 2, 3] }), apart: APART });

test("the frame is another when the words or the shapes are", () => {
  const others = [
    { words: ["mnist-classic: reads digits"] },
    { layers: [layer({ a: side({ classes: ["T-shirt/top", "Trouser"] }) })] },
    { layers: [layer({ title: "Layer 1 · 6 maps" })] },
    { layers: [layer({ note: "After pooling" })] },
    { layers: [layer({ a: side({ shape: [3, 1, 2, 3] }) })] },
    { layers: [PAIRED] },
    { a: "mnist-classic" },
    { b: "kept" },
    { note: "These are two networks." },
    { phase: "pooled" },
    { sort: true },
  ];
  for (const changes of others)
    assert.notDeepEqual(frameOf(mapsValue(changes)), frameOf(mapsValue()), JSON.stringify(changes));
});

test("the frame stays when only numbers change", () => {
  const painted = layer({
    scale: { low: 0, high: 9, signed: false },
    a: side({
      own: [
        [0, 1],
        [0, 2],
      ],
    }),
  });
  const later = mapsValue({ drawing: 7, revision: 3, layers: [painted], cells: "AAAA" });
  assert.deepEqual(frameOf(later), frameOf(mapsValue()));
});

test("A's cells come first, then B's", () => {
  assert.equal(shapesOf(mapsValue({ layers: [layer(), layer()] })).length, 2);
  assert.equal(shapesOf(mapsValue({ layers: [layer(), PAIRED] })).length, 3);
});

test("a layer gets the cells that belong to it", () => {
  const [a1, a2, b2] = [cells([1, 2]), cells([3, 4]), cells([1, 1])];
  const [one, two] = dataOf([layer(), PAIRED], [a1, a2, b2]);
  assert.deepEqual(one, { a: a1, b: null, difference: null });
  assert.equal(two.b, b2);
  assert.deepEqual([...two.difference.values], [2, 3]);
});

test("without a picture no layer has cells", () => {
  const none = { a: null, b: null, difference: null };
  assert.deepEqual(dataOf([layer(), PAIRED], []), [none, none]);
});

test("a difference is known as exactly as both sides together", () => {
  const difference = differenceOf(cells([3, 4]), cells([1, 5]));
  assert.deepEqual([...difference.values], [2, -1]);
  assert.ok(Math.abs(difference.steps[0] - 0.002) < 1e-6);
});

test("a map has its layer's scale, or its own", () => {
  assert.deepEqual(scaleOf(layer(), "a", 1), { low: 0, high: 5, signed: false });
  const own = layer({
    a: side({
      own: [
        [0, 1],
        [0, 2],
      ],
    }),
  });
  assert.deepEqual(scaleOf(own, "a", 1), { low: 0, high: 2, signed: false });
  const signed = layer({
    scale: { low: -5, high: 5, signed: true },
    a: side({
      own: [
        [-1, 1],
        [-2, 2],
      ],
    }),
  });
  assert.deepEqual(scaleOf(signed, "a", 1), { low: -2, high: 2, signed: true });
});

test("a difference has a scale around zero", () => {
  assert.deepEqual(scaleOf(PAIRED, "difference", 0), { low: -3, high: 3, signed: true });
});

test("a side that is not there has A's form", () => {
  assert.equal(sideOf(PAIRED, "b"), PAIRED.b);
  assert.equal(sideOf(PAIRED, "difference"), PAIRED.a);
  assert.equal(sideOf(layer(), "b").shape.length, 4);
});

test("of a difference, those kernels are not read that neither side reads", () => {
  const unread = (tiles) => side({ unread: [tiles, []] });
  const both = layer({ kind: "kernels", a: unread([0, 2]), b: unread([2, 3]), apart: APART });
  assert.deepEqual(unreadOf(both, "a", 0), [0, 2]);
  assert.deepEqual(unreadOf(both, "b", 0), [2, 3]);
  assert.deepEqual(unreadOf(both, "difference", 0), [2]);
  assert.deepEqual(unreadOf(both, "a", 1), []);
  assert.deepEqual(unreadOf(layer(), "a", 0), []);
});
