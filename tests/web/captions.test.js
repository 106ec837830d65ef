import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alternative,
  captionOf,
  cellWords,
  exactTo,
  mean,
  rangeOf,
  strongest,
} from "../../lenet/ui/web/maps/captions.js";
import { cells, layer, side } from "./maps-samples.js";

const DATA = { a: cells([0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 0, 0]), b: null, difference: null };
const APART = {
  channels: [
    [2, 0.5],
    [7, 0.1],
  ],
  most: 3,
  order: [1, 0],
};
const BOTH = { a: DATA.a, b: cells([1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 4]), difference: DATA.a };
const shown = (changes) => ({ layer: layer(), data: DATA, side: "a", channel: 0, ...changes });

test("a map says where it is strongest", () => {
  assert.equal(alternative(shown()), "Layer 1, map 1: strongest at row 2, column 3");
  assert.equal(alternative(shown({ channel: 1 })), "Layer 1, map 2: 0.000 everywhere");
});

test("a kernel says for which input it is strongest, whatever the sign", () => {
  const kernels = layer({ number: 2, kind: "kernels", a: side({ shape: [1, 2, 1, 2] }) });
  const data = { ...DATA, a: cells([1, 2, -9, 0]) };
  assert.equal(
    alternative(shown({ layer: kernels, data })),
    "Layer 2, kernel 1: strongest for input 2 at row 1, column 1",
  );
});

test("a dense layer says its strongest value or class", () => {
  const dense = { kind: "dense", number: 0, title: "Logits · 6 values" };
  const values = side({ shape: [1, 1, 1, 6] });
  assert.equal(
    alternative(shown({ layer: layer({ ...dense, a: values }) })),
    "Logits · 6 values: strongest at value 6",
  );
  const classes = side({ ...values, classes: ["0", "1", "2", "3", "4", "5"] });
  assert.equal(alternative(shown({ layer: layer({ ...dense, a: classes }) })), "Logits · 6 values: strongest for 5");
});

test("of two, the side is named, and a difference says how large it is", () => {
  const paired = layer({ b: side(), apart: APART });
  assert.equal(alternative(shown({ layer: paired, data: BOTH, side: "b" })), "Layer 1, map 1, B: 1.00 everywhere");
  const difference = shown({ layer: paired, data: BOTH, side: "difference", channel: 1 });
  assert.equal(alternative(difference), "Layer 1, map 2, A − B: L2 7.00, cosine 0.10");
  const unlit = layer({ b: side(), apart: { channels: [], most: 0, order: [] } });
  const blank = { a: null, b: null, difference: null };
  assert.equal(alternative(shown({ layer: unlit, data: blank, side: "difference" })), "Layer 1, map 1, A − B");
});

test("a caption has numbers on request", () => {
  assert.deepEqual(captionOf(shown(), { numbers: false }), []);
  assert.deepEqual(captionOf(shown(), { numbers: true }), ["min 0.000", "max 5.00", "mean 2.50"]);
});

test("a map with a scale of its own says which values its colours stand for", () => {
  const ranges = (own, signed = false) => rangeOf(shown({ layer: layer({ a: side({ own }), scale: { signed } }) }));
  assert.equal(ranges([]), "");
  assert.equal(ranges([[0, 5]]), "0–5.00");
  assert.equal(ranges([[0.25, 5]]), "0.250–5.00");
  assert.equal(ranges([[-5, 5]], true), "±5.00");
  assert.equal(ranges([[2, 2]]), "");
});

test("under a pair stands how far the two are apart, and the numbers of both", () => {
  const paired = shown({ layer: layer({ b: side(), apart: APART }), data: BOTH, channel: 1 });
  assert.deepEqual(captionOf(paired, { numbers: false }), ["L2 7.00,\ncos 0.10"]);
  const narrow = shown({
    layer: layer({ a: side({ shape: [16, 1, 1, 3] }), b: side(), apart: APART }),
    data: BOTH,
    channel: 1,
  });
  assert.deepEqual(captionOf(narrow, { numbers: false }), ["7.00"]);
  const [, a, b] = captionOf(paired, { numbers: true });
  assert.equal(a, "A: min 0.000, max 0.000, mean 0.000");
  assert.equal(b, "B: min 2.00, max 4.00, mean 2.33");
});

test("a cell says what it is and its value", () => {
  const cell = { tile: 0, row: 1, column: 2 };
  assert.equal(cellWords(shown(), cell), "map 1, row 2, column 3: 5.00");
  assert.equal(cellWords(shown({ layer: layer({ b: side() }) }), cell), "map 1 of A, row 2, column 3: 5.00");
  assert.equal(cellWords(shown({ side: "b" }), cell), "");
  const kernels = layer({ kind: "kernels", a: side({ shape: [1, 2, 1, 3] }) });
  const words = "map 1, kernel for input 2, row 1, column 3: 5.00";
  assert.equal(cellWords(shown({ layer: kernels }), { tile: 1, row: 0, column: 2 }), words);
});

test("a cell of a dense layer is a value, or the logit of a class", () => {
  const cell = { tile: 0, row: 0, column: 1 };
  const dense = (classes) => layer({ kind: "dense", a: side({ shape: [1, 1, 1, 6], classes }) });
  assert.equal(cellWords(shown({ layer: dense([]) }), cell), "value 2: 1.00");
  assert.equal(cellWords(shown({ layer: dense(["0", "1"]) }), cell), "logit of 1: 1.00");
});

test("a value has the digits that it was sent with", () => {
  assert.equal(exactTo(1.23456, 0.00001), "1.235");
  assert.equal(exactTo(1.23456, 0.05), "1.2");
  assert.equal(exactTo(123.4, 2), "123");
});

test("the strongest weight is the one farthest from zero", () => {
  const weights = cells([1, -4, 2], [0, 3, 1]);
  assert.equal(strongest(weights, 0, { signed: true }), 1);
  assert.equal(strongest(weights, 0, { signed: false }), 2);
  assert.equal(strongest(weights, 1, { signed: true }), 1);
  assert.ok(Math.abs(mean(weights, 1) - 4 / 3) < 1e-6);
});
