import assert from "node:assert/strict";
import { test } from "node:test";
import { pixelsOf } from "../../lenet/ui/web/takeaway/code.js";

test("a code has four light modules around it", () => {
  const { side, pixels } = pixelsOf(["10", "01"]);
  assert.equal(side, 10);
  const dark = [...pixels.entries()].filter(([, colour]) => colour === 0xff000000).map(([i]) => i);
  assert.deepEqual(dark, [44, 55]);
  assert.equal(pixels.filter((colour) => colour === 0xffffffff).length, 98);
});
