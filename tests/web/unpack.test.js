import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { unpack } from "../../lenet/ui/web/maps/unpack.js";

const LEVELS = 65535;

// What pack() of values/maps.py does.
function pack(lows, highs, steps) {
  const ends = Buffer.from(Float32Array.from([...lows, ...highs]).buffer);
  return deflateSync(Buffer.concat([ends, Buffer.from(Uint16Array.from(steps).buffer)])).toString("base64");
}

const SHAPES = [
  [2, 1, 1, 2],
  [1, 2, 1, 1],
];

test("cells come back between the ends of their channel", async () => {
  const packed = pack([-1, 0, 2], [1, 0, 4], [0, LEVELS, 0, 0, LEVELS, 0]);
  const [one, two] = await unpack(packed, SHAPES);
  assert.deepEqual([...one.values], [-1, 1, 0, 0]);
  assert.deepEqual([...one.lows, ...one.highs], [-1, 0, 1, 0]);
  assert.deepEqual([...two.values], [4, 2]);
  assert.deepEqual([one.area, two.area], [2, 2]);
  assert.ok(Math.abs(two.steps[0] - 2 / LEVELS) < 1e-6);
});
