// The opposite of pack() in values/maps.py: base64 of zlib of the lowest value of each channel, then the highest, as
// float32, then all cells as steps of two bytes between the two.

import { bytesOf } from "../lib/bytes.js";

const LEVELS = 65535; // between a channel's lowest and highest value
const FLOAT_BYTES = 4;

/**
 * The cells of a layer: each channel's lowest and highest value, what two neighbouring values of a channel are apart, all
 * values, and how many there are of a channel.
 * @typedef {{ lows: Float32Array, highs: Float32Array, steps: Float32Array, values: Float32Array, area: number }} Cells
 */
/** @typedef {import("../values.js").SideValue["shape"]} Shape channels, tiles, height, width */

/**
 * @param {string} base64
 * @param {Shape[]} shapes of the layers, in order
 * @returns {Promise<Cells[]>}
 */
export async function unpack(base64, shapes) {
  const buffer = await inflate(base64);
  const channels = shapes.reduce((sum, [count]) => sum + count, 0);
  const lows = new Float32Array(buffer, 0, channels);
  const highs = new Float32Array(buffer, FLOAT_BYTES * channels, channels);
  const packed = new Uint16Array(buffer, 2 * FLOAT_BYTES * channels);
  let channel = 0;
  let at = 0;
  return shapes.map(([count, tiles, height, width]) => {
    const ends = { lows: lows.slice(channel, channel + count), highs: highs.slice(channel, channel + count) };
    const cells = spread(ends, packed, at, tiles * height * width);
    channel += count;
    at += cells.values.length;
    return cells;
  });
}

/**
 * Packed steps as values between each channel's lowest and highest.
 * @param {{ lows: Float32Array, highs: Float32Array }} ends
 * @param {Uint16Array} packed
 * @param {number} at where the layer's first cell is
 * @param {number} area cells of a channel
 * @returns {Cells}
 */
function spread({ lows, highs }, packed, at, area) {
  const values = new Float32Array(lows.length * area);
  const steps = new Float32Array(lows.length);
  for (let c = 0; c < lows.length; c++) {
    const low = lows[c];
    const step = (highs[c] - low) / LEVELS;
    steps[c] = step;
    for (let i = c * area; i < (c + 1) * area; i++) values[i] = low + packed[at + i] * step;
  }
  return { lows, highs, steps, values, area };
}

/**
 * Writing and reading the stream by hand takes a millisecond; through a Blob and a Response it takes twenty.
 * @param {string} base64
 */
async function inflate(base64) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  writer.write(bytesOf(base64));
  writer.close();
  const reader = stream.readable.getReader();
  const chunks = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  return joined(chunks).buffer;
}

/** @param {Uint8Array[]} chunks */
function joined(chunks) {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
