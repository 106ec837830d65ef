// Reads a safetensors file: 8 bytes of header length, a header in JSON, the numbers. The file may be a stranger's:
// nothing is allocated before the header has been compared with the file's size.

/** @typedef {{ shape: number[], data: Float32Array }} Tensor */
/** @typedef {{ dtype: string, shape: number[], data_offsets: number[] }} Entry of the header */

const LENGTH_BYTES = 8; // of the header's length, at the start of the file
const METADATA = "__metadata__"; // the one entry of a header that is no tensor
const HALF_SCALE = 2 ** 112; // the exponents of float32 and float16 are biased by 127 and 15
const HALF_INFINITE = 0x7c00; // the bits of a float16's exponent; all are set in infinity and NaN

/** @type {Record<string, { bytes: number, read?: (data: ArrayBuffer) => Float32Array }>} */
const TYPES = {
  F32: { bytes: 4, read: (data) => new Float32Array(data) },
  F16: { bytes: 2, read: (data) => fromHalves(new Uint16Array(data)) },
  I64: { bytes: 8 }, // how many batches training has seen: not read, because it changes no answer
};

/**
 * The tensors by their name. Throws an Error that says what is wrong with the file.
 * @param {ArrayBuffer} buffer
 * @returns {Record<string, Tensor>}
 */
export function readTensors(buffer) {
  const header = new Uint8Array(buffer, LENGTH_BYTES, headerLength(buffer));
  const start = LENGTH_BYTES + header.length;
  const entries = entriesOf(header);
  for (const [name, entry] of entries) check(name, entry);
  const places = entries.map(([, entry]) => entry.data_offsets);
  checkPlaces(places, buffer.byteLength - start);
  const tensors = entries.flatMap(([name, { dtype, shape, data_offsets: ends }]) => {
    const [from, to] = ends.map((end) => start + end);
    const data = TYPES[dtype].read?.(buffer.slice(from, to)); // a float32 may begin anywhere in the file, not in a view
    if (data?.every(Number.isFinite) === false) throw new Error(`The tensor ${name} has values that are not finite.`);
    return data ? [[name, { shape, data }]] : [];
  });
  return Object.fromEntries(tensors);
}

/** @param {ArrayBuffer} buffer */
function headerLength(buffer) {
  const most = buffer.byteLength - LENGTH_BYTES;
  const length = most < 0 ? Number.NaN : Number(new DataView(buffer).getBigUint64(0, true));
  if (length <= most) return length;
  throw new Error(`The file of ${buffer.byteLength} bytes is cut short, or holds no weights.`);
}

/** @type {(header: Uint8Array) => [string, Entry][]} */
function entriesOf(header) {
  try {
    const entries = Object.entries(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header)));
    return entries.filter(([name]) => name !== METADATA);
  } catch {
    throw new Error("The header of the weights file is not a JSON object.");
  }
}

/** @type {(name: string, entry: Partial<Entry> | null) => void} */
function check(name, entry) {
  const { dtype = "", shape, data_offsets: ends } = entry ?? {};
  if (!Object.hasOwn(TYPES, dtype)) throw new Error(`The tensor ${name} is not of ${Object.keys(TYPES).join(", ")}.`);
  const size = areSizes(shape) && shape.reduce((product, side) => product * side, TYPES[dtype].bytes);
  if (!areSizes(ends) || ends.length !== 2 || ends[1] - ends[0] !== size) {
    throw new Error(`The tensor ${name} has a shape that does not fit its place in the file.`);
  }
}

/** @type {(values: unknown) => values is number[]} */
function areSizes(values) {
  return Array.isArray(values) && values.every((value) => Number.isSafeInteger(value) && value >= 0);
}

/**
 * The tensors must fill the file one after the other: if they overlapped, a small file could ask for much memory.
 * @param {number[][]} places where each begins and ends
 * @param {number} size of all, in bytes
 */
function checkPlaces(places, size) {
  let end = 0;
  for (const [from, to] of places.sort(([a, aEnd], [b, bEnd]) => a - b || aEnd - bEnd)) {
    if (from !== end) throw new Error(`In the weights file a tensor begins at byte ${from}, and not at ${end}.`);
    end = to;
  }
  if (end !== size) throw new Error(`The tensors take ${end} bytes, and the file has ${size} for them.`);
}

/**
 * The bits of a float16, put where a float32 has them, are the number divided by HALF_SCALE.
 * @param {Uint16Array} halves
 */
function fromHalves(halves) {
  const bits = new Uint32Array(halves.length);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < halves.length; i++) {
    bits[i] = ((halves[i] & 0x8000) << 16) | ((halves[i] & 0x7fff) << 13);
    values[i] = (halves[i] & HALF_INFINITE) === HALF_INFINITE ? Number.NaN : values[i] * HALF_SCALE;
  }
  return values;
}
