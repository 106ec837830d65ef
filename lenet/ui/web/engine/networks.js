// The networks that the browser computes with, made of the checkpoints' own files. Each is fetched once and kept.

import { PICTURE_SIZE } from "../lib/canvas.js";
import { Network } from "./network.js";
import { readTensors } from "./safetensors.js";

const [CONFIG, WEIGHTS] = ["config.json", "model.safetensors"];
const PAUSE = 10_000; // milliseconds until files that could not be had are asked for again
const LONGEST = 20_000; // milliseconds for which a file is waited for: one that hangs would never be asked for again

/** @typedef {import("../values.js").NetworkValue} NetworkValue */

export class Networks {
  /** @type {Map<string, Network | null>} */
  known = new Map(); // null for one that is on its way, or cannot be had
  /** @type {Set<Promise<void>>} */
  coming = new Set();

  /**
   * @param {() => void} arrived is called when a network has come
   * @param {(address: string) => Promise<Response>} get fetches a file
   */
  constructor(arrived, get = getFromServer) {
    this.arrived = arrived;
    this.get = get;
  }

  /**
   * A network that is here; null for one that is not. Asking for it brings it.
   * @param {NetworkValue} value
   * @param {number | null} [epoch] the one after which it is meant; null for the trained network
   * @returns {Network | null}
   */
  find({ name, version }, epoch = null) {
    const key = `${name} ${version} ${epoch}`;
    if (!this.known.has(key)) {
      const weights = epoch === null ? WEIGHTS : `snapshots/epoch-${String(epoch).padStart(2, "0")}.safetensors`;
      const brought = this.#bring(key, name, [CONFIG, weights]).finally(() => this.coming.delete(brought));
      this.coming.add(brought);
    }
    return this.known.get(key) ?? null;
  }

  /**
   * Without its files, or where they are damaged, the server alone answers for a network.
   * @param {string} key
   * @param {string} name
   * @param {string[]} names its files
   */
  async #bring(key, name, names) {
    this.known.set(key, null);
    const files = await Promise.all(names.map((file) => this.#fetch(`/networks/${encodeURIComponent(name)}/${file}`)));
    const [config, weights] = files;
    if (!config || !weights) {
      setTimeout(() => this.known.delete(key), PAUSE);
      return;
    }
    try {
      const network = new Network(JSON.parse(new TextDecoder().decode(config)), readTensors(weights));
      network.stages(new Float32Array(PICTURE_SIZE ** 2)); // the first picture takes ten times as long as the others
      this.known.set(key, network);
    } catch {
      return;
    }
    this.arrived();
  }

  /**
   * A file; null where it cannot be had.
   * @param {string} address
   */
  async #fetch(address) {
    try {
      const answer = await this.get(address);
      return answer.ok ? await answer.arrayBuffer() : null;
    } catch {
      return null;
    }
  }
}

/** @param {string} address */
function getFromServer(address) {
  const { gradio_config: config } = /** @type {{ gradio_config?: { root: string } }} */ (window);
  return fetch((config?.root ?? "") + address, { signal: AbortSignal.timeout(LONGEST) });
}
