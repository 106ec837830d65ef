import assert from "node:assert/strict";
import { test } from "node:test";
import { largestFirst } from "../../lenet/ui/web/explanation/inputs.js";
import { lettersOn, mostOf, short } from "../../lenet/ui/web/explanation/squares.js";
import { DIVERGING, partsOf } from "../../lenet/ui/web/lib/palette.js";

test("the sums farthest from zero stand first", () => {
  assert.deepEqual(largestFirst([0.1, -3, 2, 0]), [1, 2, 0, 3]);
});

test("a scale reaches to the number farthest from zero, and is never nothing", () => {
  assert.equal(mostOf([1, -4, 2]), 4);
  assert.ok(mostOf([0, 0]) > 0);
});

test("two decimals, and no minus before a zero", () => {
  assert.deepEqual([1.005, -0.001, -0.006].map(short), ["1.00", "0.00", "-0.01"]);
});

const luminance = (parts) => {
  const [red, green, blue] = parts
    .map((part) => part / 255)
    .map((c) => (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test("numbers can be read on every colour", () => {
  for (const colour of DIVERGING) {
    const ground = luminance(partsOf(colour));
    const contrast = lettersOn(partsOf(colour)) === "#000" ? (ground + 0.05) / 0.05 : 1.05 / (ground + 0.05);
    assert.ok(contrast >= 4.5, `${partsOf(colour)}: ${contrast}`);
  }
});
