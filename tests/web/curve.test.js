import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, pointsOf, wordsOf } from "../../lenet/ui/web/controls/curve.js";

const CURVE = { loss: [2.3, 1.1, 0.055], accuracy: [0.107, 0.604, 0.983], held_loss: [], held_accuracy: [] };

test("each epoch that was kept has a place, and the others lie between two places", () => {
  const kept = [0, 1, 2, 4, 6, 9];
  assert.deepEqual(
    [0, 1, 2, 3, 4, 9].map((epoch) => placeOf(epoch, kept)),
    [0, 1, 2, 2.5, 3, 5],
  );
  assert.ok(Math.abs(placeOf(7, kept) - (4 + 1 / 3)) < 1e-9);
  assert.equal(placeOf(10, kept), null); // after the last one
  assert.equal(placeOf(1, [2, 4]), null); // before the first one
});

test("a line goes through its epochs; the trained network has the last place, also where it stands for the last epoch", () => {
  assert.deepEqual(pointsOf([1, 0.5, 0], [0, 1, 2, 3], 1), [
    [25, 0],
    [50, 50],
    [75, 100],
  ]);
  assert.deepEqual(pointsOf([1, 0.5, 0], [0, 1], 2), [
    [50, 50],
    [75, 75],
    [100, 100],
  ]);
});

test("an epoch says what it gave", () => {
  assert.deepEqual(wordsOf(CURVE, 3), { right: "98.3 % right", loss: "loss 0.055", held: "" });
  const held = { ...CURVE, held_loss: [2.25, 1, 0.1], held_accuracy: [0.309, 0.7, 0.97] };
  assert.equal(wordsOf(held, 1).held, "held out 30.9 %, 2.25");
});

test("an epoch before training, or without a curve, says nothing", () => {
  const nothing = { right: "", loss: "", held: "" };
  assert.deepEqual(wordsOf(CURVE, 0), nothing);
  assert.deepEqual(wordsOf(CURVE, 4), nothing);
  assert.deepEqual(wordsOf(null, 1), nothing);
});
