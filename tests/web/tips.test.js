import assert from "node:assert/strict";
import { test } from "node:test";
import { placeFor } from "../../lenet/ui/web/page/tips.js";

const PHONE = { width: 390, height: 844 };
const TIP = { width: 300, height: 120 };
const word = (left, top) => ({ left, top, right: left + 40, bottom: top + 20 });

test("a tip stands below its word", () => {
  assert.deepEqual(placeFor(word(20, 100), TIP, PHONE), { left: 20, top: 126 });
});

test("a tip stands above a word at the window's lower edge", () => {
  assert.deepEqual(placeFor(word(20, 800), TIP, PHONE), { left: 20, top: 674 });
});

test("a tip never leaves the window", () => {
  assert.equal(placeFor(word(350, 100), TIP, PHONE).left, 82);
  assert.equal(placeFor(word(-30, 100), TIP, PHONE).left, 8);
  const low = { width: 390, height: 150 };
  assert.deepEqual(placeFor(word(20, 60), TIP, low), { left: 20, top: 22 });
});

test("a tip keeps off the pad", () => {
  const pad = { left: 8, top: 48, right: 274, bottom: 314 };
  assert.deepEqual(placeFor(word(282, 180), TIP, PHONE, pad), { left: 82, top: 320 });
  const beside = { left: 400, top: 48, right: 660, bottom: 314 };
  assert.deepEqual(placeFor(word(20, 100), TIP, PHONE, beside), { left: 20, top: 126 });
});
