// The files beside the page, each fetched once.

import { readTensors } from "../engine/safetensors.js";

/** @typedef {import("../values.js").EditionValue} EditionValue */
/** @typedef {import("../values.js").OpeningValue} OpeningValue */
/** @typedef {import("../values.js").ExplainedValue} ExplainedValue */

/** @type {Map<string, Promise<any>>} */
const known = new Map();

/** @returns {Promise<EditionValue>} */
export function edition() {
  return once("edition.json", async (answer) => answer.json());
}

/**
 * @param {string} network
 * @returns {Promise<OpeningValue>}
 */
export function opening(network) {
  return once(addressOf(network, "opening.zlib"), inflated);
}

/**
 * @param {string} network
 * @returns {Promise<ExplainedValue>}
 */
export function explained(network) {
  return once(addressOf(network, "explained.zlib"), inflated);
}

/**
 * What judges whether a drawing is like what the network has learned.
 * @param {string} network
 * @returns {Promise<Record<string, import("../engine/safetensors.js").Tensor>>}
 */
export function scorer(network) {
  return once(addressOf(network, "doubt.safetensors"), async (answer) => readTensors(await answer.arrayBuffer()));
}

/**
 * @param {string} network
 * @param {string} file
 */
function addressOf(network, file) {
  return `networks/${encodeURIComponent(network)}/${file}`;
}

/**
 * A file as what it holds. One that could not be had is asked for again the next time.
 * @param {string} address
 * @param {(answer: Response) => Promise<any>} read
 */
function once(address, read) {
  const found = known.get(address) ?? fetched(address, read);
  known.set(address, found);
  found.catch(() => known.delete(address));
  return found;
}

/**
 * @param {string} address
 * @param {(answer: Response) => Promise<any>} read
 */
async function fetched(address, read) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} cannot be had`);
  return read(answer);
}

/** @param {Response} answer */
async function inflated({ body }) {
  if (!body) throw new Error("an empty file");
  return new Response(body.pipeThrough(new DecompressionStream("deflate"))).json();
}
