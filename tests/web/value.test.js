import assert from "node:assert/strict";
import { test } from "node:test";
import { isOld, onAnswer, received, submit } from "../../lenet/ui/web/lib/value.js";

test("an answer to an earlier drawing is too old, or to an earlier view of the same drawing", () => {
  const shown = { drawing: 5, revision: 2 };
  assert.equal(isOld({ drawing: 4, revision: 9 }, shown), true);
  assert.equal(isOld({ drawing: 5, revision: 1 }, shown), true);
  assert.equal(isOld({ drawing: 5, revision: 2 }, shown), false);
  assert.equal(isOld({ drawing: 5, revision: 3 }, shown), false);
  assert.equal(isOld({ drawing: 6, revision: 0 }, shown), false);
});

test("a value travels as one JSON string, and none is null", () => {
  const props = { value: "" };
  assert.equal(received(props), null);
  submit(props, { grid: "AAAA", drawing: 1 });
  assert.equal(props.value, '{"grid":"AAAA","drawing":1}');
  assert.deepEqual(received(props), { grid: "AAAA", drawing: 1 });
});

test("what is here is shown at once, what comes later too, and a late answer is not", () => {
  const props = { value: JSON.stringify({ drawing: 1, revision: 0 }) };
  const shown = [];
  let arrive = () => {};
  const watch = (_, listener) => {
    arrive = listener;
  };
  onAnswer({ props, watch }, ({ drawing }) => shown.push(drawing));
  for (const drawing of [3, 2, 4]) {
    submit(props, { drawing, revision: 0 });
    arrive();
  }
  assert.deepEqual(shown, [1, 3, 4]);
});
