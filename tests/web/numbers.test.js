import assert from "node:assert/strict";
import { test } from "node:test";
import { exact, number, percent, within } from "../../lenet/ui/web/lib/numbers.js";

test("a number has the digits that count", () => {
  const words = [0, -0, 0.1234, 1.2345, 12.345, 123.45, 0.00012, 12345, -0.5].map(number);
  assert.deepEqual(words, ["0.000", "0.000", "0.123", "1.23", "12.3", "123", "≈0", "1.2e+4", "-0.500"]);
});

test("numbers of an explanation have four decimals, probabilities one", () => {
  assert.equal(exact(1 / 3), "0.3333");
  assert.equal(percent(0.98765), "98.8 %");
});

test("a number is kept within its ends", () => {
  assert.deepEqual(
    [-1, 2, 9].map((value) => within(value, 0, 5)),
    [0, 2, 5],
  );
});
