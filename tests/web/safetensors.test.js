import assert from "node:assert/strict";
import { test } from "node:test";
import { readTensors } from "../../lenet/ui/web/engine/safetensors.js";

// A file with this header, as an object or as text, and this data.
function file(header, data = []) {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes.buffer;
}

function bytesOf(numbers) {
  return [...new Uint8Array(numbers.buffer)];
}

const entry = (dtype, shape, ...ends) => ({ dtype, shape, data_offsets: ends });
const ONE = { a: entry("F32", [1], 0, 4) };

test("tensors come by name, with their shapes, wherever the header ends", () => {
  const header = { b: entry("F32", [3], 4, 16), a: entry("F32", [1, 1], 0, 4), __metadata__: { format: "pt" } };
  for (const spaces of ["", " ", "  ", "   "]) {
    const tensors = readTensors(file(JSON.stringify(header) + spaces, bytesOf(Float32Array.of(7, 1, -2.5, 1e-30))));
    assert.deepEqual(Object.keys(tensors), ["b", "a"]);
    assert.deepEqual(tensors.a, { shape: [1, 1], data: Float32Array.of(7) });
    assert.deepEqual(tensors.b, { shape: [3], data: Float32Array.of(1, -2.5, 1e-30) });
  }
});

test("half precision is read to the last bit", () => {
  const halves = {
    "0000": 0,
    8000: -0,
    "3c00": 1,
    c100: -2.5,
    "7bff": 65504,
    "0400": 2 ** -14,
    "03ff": 1023 * 2 ** -24,
    8001: -(2 ** -24),
    3555: 1365 / 4096,
  };
  const data = bytesOf(Uint16Array.from(Object.keys(halves), (bits) => Number.parseInt(bits, 16)));
  const { a } = readTensors(file({ a: entry("F16", [9], 0, 18) }, data));
  assert.deepEqual([...a.data], Object.values(halves));
});

test("how many batches training has seen is not read", () => {
  const header = { "norm1.num_batches_tracked": entry("I64", [], 0, 8), a: entry("F32", [], 8, 12) };
  const tensors = readTensors(file(header, [...bytesOf(BigInt64Array.of(9n)), ...bytesOf(Float32Array.of(3))]));
  assert.deepEqual(tensors, { a: { shape: [], data: Float32Array.of(3) } });
});

test("a name that every object has is a name like others", () => {
  const text = JSON.stringify(ONE).replace('"a"', '"__proto__"');
  assert.deepEqual(Object.keys(readTensors(file(text, [0, 0, 0, 0]))), ["__proto__"]);
});

const HUGE = 2 ** 40;
const DAMAGED = {
  "an empty file": [new ArrayBuffer(0), /0 bytes is cut short/],
  "a file of seven bytes": [new ArrayBuffer(7), /cut short/],
  "a header over the file's size": [
    Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 123, 125]).buffer,
    /cut short/,
  ],
  "a header one byte too long": [file("{}").slice(0, 9), /cut short/],
  "a header that is no JSON": [file("{nothing"), /not a JSON object/],
  "a header of null": [file("null"), /not a JSON object/],
  "a header of a list": [file("[1]"), /tensor 0 is not of/],
  "a header that is no UTF-8": [Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 255, 254]).buffer, /not a JSON object/],
  "a Git-LFS pointer": [new TextEncoder().encode("version https://git-lfs.github.com/spec/v1").buffer, /cut short/],
  "an entry of null": [file({ a: null }), /tensor a is not of F32, F16, I64/],
  "an unknown type": [file({ a: entry("BF16", [1], 0, 2) }, [0, 0]), /tensor a is not of F32, F16, I64/],
  "a type that every object has": [file({ a: entry("toString", [1], 0, 2) }, [0, 0]), /not of F32/],
  "no shape": [file({ a: { dtype: "F32", data_offsets: [0, 4] } }, [0, 0, 0, 0]), /does not fit its place/],
  "no place": [file({ a: { dtype: "F32", shape: [1] } }, [0, 0, 0, 0]), /does not fit its place/],
  "a side below zero": [file({ a: entry("F32", [-1, -1], 0, 4) }, [0, 0, 0, 0]), /does not fit its place/],
  "half a side": [file({ a: entry("F32", [0.5, 2], 0, 4) }, [0, 0, 0, 0]), /does not fit its place/],
  "a shape over its place": [file({ a: entry("F32", [2], 0, 4) }, [0, 0, 0, 0]), /does not fit its place/],
  "three ends": [file({ a: entry("F32", [1], 0, 4, 4) }, [0, 0, 0, 0]), /does not fit its place/],
  "a huge tensor": [file({ a: entry("F32", [HUGE], 0, 4 * HUGE) }, [0, 0, 0, 0]), /file has 4 for them/],
  "a huge product": [file({ a: entry("F32", [HUGE, HUGE], 0, 4) }, [0, 0, 0, 0]), /does not fit its place/],
  "an end before its start": [file({ a: entry("F32", [1], 4, 0) }, [0, 0, 0, 0]), /does not fit its place/],
  "tensors that overlap": [file({ ...ONE, b: ONE.a }, [0, 0, 0, 0]), /begins at byte 0, and not at 4/],
  "a hole": [file({ a: entry("F32", [1], 4, 8) }, new Array(8).fill(0)), /begins at byte 4, and not at 0/],
  "too few bytes": [file(ONE, [0, 0, 0]), /take 4 bytes, and the file has 3/],
  "too many bytes": [file(ONE, [0, 0, 0, 0, 0]), /take 4 bytes, and the file has 5/],
  "a number that is none": [file(ONE, bytesOf(Float32Array.of(Number.NaN))), /tensor a has values that are not finite/],
  "an infinite half": [file({ a: entry("F16", [1], 0, 2) }, [0, 0xfc]), /tensor a has values that are not finite/],
};

for (const [what, [buffer, sentence]] of Object.entries(DAMAGED)) {
  test(`${what} is told in a sentence`, () => {
    assert.throws(() => readTensors(buffer), { name: "Error", message: sentence });
  });
}

test("a file that is cut or changed anywhere is read or refused in a sentence", () => {
  const whole = file({ a: entry("F32", [1], 2, 6), b: entry("F16", [1], 0, 2) }, [0, 60, 0, 0, 0, 64]);
  assert.equal(readTensors(whole).a.data[0], 2);
  for (let at = 0; at < whole.byteLength; at++) {
    assert.throws(() => readTensors(whole.slice(0, at)), { name: "Error" });
    for (const other of [0, 34, 57, 91, 255]) {
      const bytes = new Uint8Array(whole.slice(0));
      bytes[at] = other;
      try {
        readTensors(bytes.buffer);
      } catch (error) {
        assert.equal(error.name, "Error", error.stack);
      }
    }
  }
});
