import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { unpack } from "../../lenet/ui/web/maps/unpack.js";

// What pack() of values/maps.py does.
function pack(lows, highs, levels) {
  const ends = Buffer.from(Float32Array.from([...lows, ...highs]).buffer);
  return (steps) => {
    const cells = levels < 256 ? Uint8Array.from(steps) : Uint16Array.from(steps);
    return deflateSync(Buffer.concat([ends, Buffer.from(cells.buffer)])).toString("base64");
  };
}

const SHAPES = [
  [2, 1, 1, 2],
  [1, 2, 1, 1],
];

for (const levels of [3, 255, 65535]) {
  test(`cells of ${levels} levels come back between the ends of their channel`, async () => {
    const packed = pack([-1, 0, 2], [1, 0, 4], levels)([0, levels, 0, 0, levels, 0]);
    const [one, two] = await unpack(packed, levels, SHAPES);
    assert.deepEqual([...one.values], [-1, 1, 0, 0]);
    assert.deepEqual([...one.lows, ...one.highs], [-1, 0, 1, 0]);
    assert.deepEqual([...two.values], [4, 2]);
    assert.deepEqual([one.area, two.area], [2, 2]);
    assert.ok(Math.abs(two.steps[0] - 2 / levels) < 1e-6);
  });
}
