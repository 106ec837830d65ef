// The model card's words.

import assert from "node:assert/strict";
import test from "node:test";
import { wordsFor } from "../../lenet/ui/web/card/calibration.js";

const BIN = { low: 14 / 15, high: 1, count: 9873, few: false, confidence: 0.998, accuracy: 0.9981 };

test("a bar of the calibration says how many pictures it has, how many are right, and how sure the network was", () => {
  assert.equal(wordsFor(BIN), "Probability 93 to 100 %: 9,873 pictures, 99.8 % right, mean probability 99.8 %.");
});

test("a bar of few pictures says so, and an empty one has no numbers", () => {
  const few = { ...BIN, low: 0.4, high: 7 / 15, count: 1, few: true, confidence: 0.42, accuracy: 1 };
  assert.match(wordsFor(few), /^Probability 40 to 47 %: 1 picture, 100.0 % right.*So few can be chance\.$/);
  assert.match(wordsFor({ ...few, count: 0, confidence: null, accuracy: null }), /no test picture/);
});
