import assert from "node:assert/strict";
import { test } from "node:test";
import {
  doubtsOf,
  explanationOf,
  frameOf,
  isBroken,
  nothingOf,
  sameFrame,
} from "../../lenet/ui/web/edition/answers.js";
import { Host } from "../../lenet/ui/web/edition/host.js";

const VIEW = {
  ...{ phase: "after", scale: "map", prepare: true, compare: "none", kept: "", other: "", numbers: false, sort: false },
  ...{ pin: null, side: "a", off: [], instead: "zero", noise: 0, biases: true, pooling: true, epoch: null },
};
const NUMBERED = { drawing: 4, revision: 7 };
const SENTENCES = { nothing_kept: "Keep one first.", no_other: "Choose one." };
const frame = (b) => ({
  ...{ phase: "after", note: "", layers: [{ name: "act1", b }], pictures: ["", ""], words: [["max pooling"]] },
  phases: { before: { note: "", layers: [{ name: "conv1", b }] } },
});
const OPENING = {
  alone: frame(null),
  kept: frame("kept"),
  others: { theirs: frame("theirs") },
  unpooled: ["no pooling"],
};
const framed = (changes) => frameOf(OPENING, { ...VIEW, ...changes }, NUMBERED, SENTENCES);

test("a script gets its value, is told of new ones, and is answered", () => {
  const host = new Host({}, { a: 1 });
  const { props, watch, trigger } = host.component();
  const heard = [];
  watch("value", () => heard.push(props.value));
  host.on("select", ({ index }) => heard.push(index));
  assert.equal(props.value, '{"a":1}');
  host.give({ a: 2 });
  trigger("select", { index: 3 });
  trigger("unknown");
  props.value = '{"a":4}';
  assert.deepEqual(heard, ['{"a":2}', 3]);
  assert.deepEqual(host.sent(), { a: 4 });
});

test("a frame is that of the view, and of what stands beside the picture", () => {
  const alone = framed({ phase: "before", prepare: false, noise: 25, epoch: 9 });
  assert.deepEqual([alone.drawing, alone.revision, alone.prepared], [4, 7, false]);
  assert.deepEqual(alone.altered, { noise: 25, biases: true, pooling: true, epoch: 9 });
  assert.deepEqual([alone.phase, alone.layers[0].name], ["before", "conv1"]);
  assert.equal(framed({ compare: "checkpoint", other: "theirs" }).layers[0].b, "theirs");
  const kept = framed({ compare: "kept", kept: "AAAA" });
  assert.deepEqual([kept.layers[0].b, kept.pictures], ["kept", ["", "AAAA"]]);
});

test("without its pooling, a network is called so", () => {
  assert.deepEqual(framed({}).words, [["max pooling"]]);
  assert.deepEqual(framed({ pooling: false }).words, [["no pooling"]]);
});

test("where nothing stands beside the picture, a sentence says why, in every phase", () => {
  for (const phase of ["after", "before"]) {
    assert.equal(framed({ phase, compare: "kept" }).note, "Keep one first.");
    assert.equal(framed({ phase, compare: "checkpoint", other: "gone" }).note, "Choose one.");
  }
});

test("another frame is needed for some switches only", () => {
  assert.ok(sameFrame(VIEW, { ...VIEW, phase: "before", epoch: 3, pin: [1, 0, 0, 0], off: [[1, 2]] }));
  for (const change of [
    { prepare: false },
    { compare: "kept" },
    { other: "theirs" },
    { noise: 50 },
    { pooling: false },
  ]) {
    assert.ok(!sameFrame(VIEW, { ...VIEW, ...change }), JSON.stringify(change));
  }
});

const CELL = {
  name: "",
  lines: [
    { kind: "before", words: "trained" },
    { kind: "after", words: "on" },
  ],
};
const MAP = {
  cells: { after: CELL },
  names: ["map 1", "map 1 of A", "map 1 of B"],
  off: { zero: "off: 0" },
  before: { 9: "after epoch 9" },
  favourites: [1],
  liking: { side: 0, cells: "" },
};
const EXPLAINED = { maps: [[MAP]], dense: { 0: [{ name: "Logit of 0", side: "a" }] } };
const said = (changes) => explanationOf(EXPLAINED, { ...VIEW, ...changes }, NUMBERED);

test("a cell is called by its map, and by its side where two are compared", () => {
  const pin = [1, 0, 5, 6];
  const { cell, favourites, drawing, revision } = said({ pin });
  assert.deepEqual([cell.name, cell.pin, cell.off, favourites], ["map 1", pin, false, [1]]);
  assert.deepEqual({ drawing, revision }, NUMBERED);
  assert.equal(said({ pin, compare: "kept" }).cell.name, "map 1 of A");
  assert.equal(said({ pin, compare: "kept", side: "b" }).cell.name, "map 1 of B");
});

test("the words of a cell follow the epoch, and say that a map is off", () => {
  const words = (changes) => said({ pin: [1, 0, 0, 0], ...changes }).cell.lines.map((line) => line.words);
  assert.deepEqual(words({}), ["trained", "on"]);
  assert.deepEqual(words({ epoch: 9 }), ["after epoch 9", "on"]);
  assert.deepEqual(words({ off: [[1, 0]] }), ["trained", "off: 0"]);
  assert.deepEqual(words({ off: [[1, 0]], compare: "kept", side: "b" }), ["trained", "on"]);
});

test("a logit is explained, and what another network had is not", () => {
  assert.equal(said({ pin: [0, 0, 0, 0], side: "b", compare: "kept" }).dense.side, "b");
  for (const pin of [null, [2, 0, 0, 0], [1, 9, 0, 0], [0, 10, 0, 0]])
    assert.deepEqual(said({ pin }), nothingOf(NUMBERED));
  assert.deepEqual(said({ pin: [1, 0, 0, 0], phase: "kernels" }), nothingOf(NUMBERED));
});

test("a network is broken by each of three switches", () => {
  assert.ok(!isBroken(VIEW));
  for (const change of [{ noise: 25 }, { biases: false }, { pooling: false }])
    assert.ok(isBroken({ ...VIEW, ...change }));
});

test("a drawing is doubted below a bound, with the words of the lowest one", () => {
  const opening = {
    doubts: [
      [-8, "hardly any"],
      [-2, "few"],
    ],
  };
  assert.deepEqual(doubtsOf(opening, -9), ["hardly any"]);
  assert.deepEqual(doubtsOf(opening, -8), ["few"]);
  assert.deepEqual(doubtsOf(opening, -2), []);
});
