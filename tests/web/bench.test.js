import assert from "node:assert/strict";
import { test } from "node:test";
import { readKnob, withLayers } from "../../lenet/ui/web/bench/knobs.js";

/**
 * @param {"choice" | "sizes" | "number" | "flag"} kind
 * @param {string} value
 */
function read(kind, value, checked = false) {
  return readKnob({ kind }, { value, checked });
}

test("lists of sizes are read with commas or spaces", () => {
  assert.deepEqual(read("sizes", "6, 16"), [6, 16]);
  assert.deepEqual(read("sizes", " 6 16,120 "), [6, 16, 120]);
  assert.deepEqual(read("sizes", ""), []);
});

test("numbers may have a point or a comma, and a comma before thousands", () => {
  const texts = ["0.9", "0,9", "1e-3", "256", "5,000", "0,900"];
  assert.deepEqual(
    texts.map((text) => read("number", text)),
    [0.9, 0.9, 0.001, 256, 5000, 0.9],
  );
});

test("what is no number stays a word, for the server to say what is wrong", () => {
  assert.equal(read("number", "many"), "many");
  assert.equal(read("number", ""), "");
  assert.deepEqual(read("sizes", "6, x"), [6, "x"]);
});

test("flags and choices", () => {
  assert.equal(read("flag", "on", true), true);
  assert.equal(read("flag", "on", false), false);
  assert.equal(read("choice", "max"), "max");
});

test("with more layers the last entry is repeated and the maps keep their size, with fewer the list is cut", () => {
  const knobs = { channels: [6, 16], kernel_sizes: [5, 5], paddings: [2, 0], pooling: "max" };
  assert.deepEqual(withLayers(knobs, 3), {
    channels: [6, 16, 16],
    kernel_sizes: [5, 5, 5],
    paddings: [2, 0, 2],
    pooling: "max",
  });
  assert.deepEqual(withLayers(knobs, 1).channels, [6]);
});
