import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../../lenet/ui/web/progress/curves.js";
import { wordsFor } from "../../lenet/ui/web/progress.js";

/** @typedef {import("../../lenet/ui/web/values.js").ProgressValue} ProgressValue */

/** @type {ProgressValue} */
const RUN = {
  name: "yours-1",
  title: "classic on fashion",
  phase: "training",
  place: 0,
  share: 0,
  reason: "",
  dataset: "fashion",
  planned: 2,
  parts: [
    [0.5, 2.1, 0.2],
    [1.25, 1.4, 0.4],
  ],
  epochs: [{ number: 1, train: [1.9, 0.3], validation: [1.5, 0.45] }],
  rate: 12345,
  left: 61,
  forms: 3,
  test: null,
  validation: null,
  stopped: "",
  parameters: 61706,
  command: "python train.py",
};

test("each phase has a sentence", () => {
  const said = (/** @type {Partial<ProgressValue>} */ change) => wordsFor({ ...RUN, ...change });
  assert.equal(said({}), "Epoch 2 of 2 · 12,345 pictures a second · 1 min 1 s left");
  assert.equal(said({ parts: [] }), "The training begins …");
  assert.equal(said({ phase: "waiting", place: 1 }), "One training is before yours.");
  assert.equal(said({ phase: "waiting", place: 3 }), "3 trainings are before yours.");
  assert.equal(said({ phase: "downloading", share: 0.25 }), "The data set is downloaded, once: 25.0 %");
  assert.equal(said({ phase: "done", test: 0.8 }), "Trained. It reads 80.0 % of the test pictures right.");
  const stopped = said({ phase: "done", test: 0.8, stopped: "It was stopped." });
  assert.equal(stopped, "It was stopped. It reads 80.0 % of the test pictures right.");
  assert.equal(said({ phase: "failed", reason: "No data." }), "No data.");
});

test("a curve has the parts of training, and the epochs' scores on the pictures held out", () => {
  const [trained, held] = linesOf({ run: RUN, colour: 1, letter: "B" }, 1);
  assert.deepEqual(trained.points, [
    [0.5, 0.2],
    [1.25, 0.4],
  ]);
  assert.deepEqual(held.points, [[1, 0.45]]);
  assert.equal(held.className, "plot-1 plot-held-out");
  assert.equal(trained.name, "B training");
});

test("an epoch that is over before the first part has its own points", () => {
  assert.deepEqual(linesOf({ run: { ...RUN, parts: [] }, colour: 0, letter: "A" }, 0)[0].points, [[1, 1.9]]);
});
