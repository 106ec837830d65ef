// The browser's own numbers: it prepares the ink, computes every stage, and hands the numbers to what paints them. The
// frame, which is every word and shape around the numbers, is the last one that the server has sent.

import { broken, changesOf } from "../engine/ablation.js";
import { prepareDrawing, squeezeDrawing } from "../engine/drawing.js";
import { Networks } from "../engine/networks.js";
import { bytesOf } from "../lib/bytes.js";
import { GRID_SIZE } from "../pad/grid.js";
import { constantsIn, copied, numbersOf, saidBy } from "./computed.js";

// These switches change neither what is looked at nor what stands beside it.
const FREE = [
  "phase",
  "scale",
  "numbers",
  "sort",
  "pin",
  "side",
  "steps",
  "overlay",
  "hide",
  "off",
  "instead",
  "epoch",
];

const ANSWERING = ["off", "instead", "epoch"]; // these change what the network says

/** @typedef {import("../values.js").MapsValue} MapsValue */
/** @typedef {import("../values.js").NetworkValue} NetworkValue */
/** @typedef {import("../lib/signals.js").Inked} Inked */
/** @typedef {import("../lib/signals.js").Viewed} Viewed */
/** @typedef {import("../lib/signals.js").Said} Said */
/** @typedef {import("../lib/signals.js").LiveAnswer} LiveAnswer */
/** @typedef {import("../engine/network.js").Network} Network */
/** @typedef {import("./unpack.js").Cells} Cells */
/** @typedef {import("../lib/signals.js").Values} Numbers */
/**
 * A frame with the numbers of A, and of B where the browser can compute it.
 * @typedef {{ frame: MapsValue, a: Numbers, b: Numbers | null }} Found
 */

export class Live {
  /** @type {MapsValue | null} */
  frame = null;
  drawing = 0; // the number of the one that the pictures are of
  /** @type {(Uint8Array | null)[]} */
  pictures = [null, null]; // what A's network sees, and B's
  /** @type {Numbers | null} */
  kept = null; // of a B that stays while A follows the pen

  /** @type {Found | null} */
  found = null; // what was computed last, while the frame and the pictures are the same
  /** @type {Viewed[]} */
  unshown = []; // changes of the view that the frame does not show yet, the earliest first
  missing = false; // a network was needed that is not here

  /** @param {() => void} arrived is called when a network has come */
  constructor(arrived) {
    this.networks = new Networks(arrived);
  }

  /**
   * What the server has sent last. Its networks are brought here, so that they are there when the pen comes.
   * @param {MapsValue} value
   */
  follow(value) {
    this.frame = value;
    this.drawing = value.drawing;
    this.pictures = value.pictures.map((picture) => (picture ? bytesOf(picture) : null));
    this.kept = this.found = null;
    this.unshown = this.unshown.filter(({ revision }) => revision > value.revision);
    for (const network of [value.network, value.other]) if (network) this.networks.find(network);
    if (value.network) this.networks.find(value.network, epochOf(value));
  }

  /**
   * The answer to what is on the pad. Null where the browser cannot answer: then the server does, as soon as the pen
   * rests.
   * @param {Inked} inked
   * @returns {(Found & { answer: LiveAnswer }) | null}
   */
  answer({ drawing, ink }) {
    const { frame } = this;
    if (!frame?.network) return null;
    const [a, b] = [frame.network, frame.other].map((value) => value && pictureFor(value, ink, frame.prepared));
    if (!a || (frame.other && !b)) return null;
    this.pictures = [a, b ?? this.pictures[1]];
    this.drawing = drawing;
    const found = this.#compute(frame);
    return found && { ...found, answer: this.#said(found) };
  }

  /**
   * What the networks say about the pictures.
   * @param {Found} found
   * @returns {LiveAnswer}
   */
  #said({ frame, a, b }) {
    const [mine, theirs] = this.pictures;
    const network = /** @type {NetworkValue} */ (frame.network);
    const other = theirs && b && { ...saidBy(frame.other ?? network, theirs, b), title: frame.b };
    const own = saidBy(network, /** @type {Uint8Array} */ (mine), a);
    return { drawing: this.drawing, revision: frame.revision, network: network.name, ...own, other };
  }

  /**
   * The same pictures in another view, and what the networks say where that changes. Null where the browser cannot show
   * it: then the server does, or the browser as soon as it has the network.
   * @param {Viewed} viewed
   * @returns {(Found & { answer: LiveAnswer | null }) | null}
   */
  change(viewed) {
    const { frame } = this;
    this.unshown.push(viewed);
    const changed = this.unshown.flatMap((unshown) => unshown.changed);
    if (!frame || frame.revision !== this.unshown[0].revision - 1) return null;
    if (!changed.every((name) => FREE.includes(name))) return null;
    const { revision, view } = viewed;
    const { phase, scale, numbers, sort, pin, off, instead, epoch } = view;
    const side = /** @type {MapsValue["side"]} */ (view.side);
    if (changed.includes("epoch")) this.kept = null; // a B that is kept is seen by the same network
    const next = { ...inPhase(frame, phase), revision, scale, numbers, sort, pin, side, off, instead };
    next.altered = { ...frame.altered, epoch };
    const found = this.#compute(next);
    if (!found || (!found.b && next.layers.some(({ b }) => b))) return null;
    this.frame = next;
    this.unshown = [];
    const says = this.pictures[0] && changed.some((name) => ANSWERING.includes(name));
    return { ...found, answer: says ? this.#said(found) : null };
  }

  /** What the pad and the controls tell the server when all maps of the drawing were painted. */
  mark() {
    return this.frame ? `${this.drawing} ${this.frame.revision} ${this.frame.mark}` : "";
  }

  /**
   * The numbers of A and B as they are shown; null where the browser cannot compute them.
   * @returns {import("../lib/signals.js").Computed}
   */
  numbers() {
    const [picture] = this.pictures;
    if (!this.frame || !picture) return { a: null, b: null, picture: null };
    this.found ??= this.#compute(this.frame);
    return { a: this.found?.a ?? null, b: this.found?.b ?? null, picture };
  }

  /**
   * How a logit changes without each map alone.
   * @param {import("../lib/signals.js").Needed} asked
   */
  needs({ index, rival, side }) {
    const { frame } = this;
    const picture = this.pictures[side === "a" ? 0 : 1];
    const network = frame && this.#network(frame, side === "b" && frame.other ? frame.other : frame.network);
    if (!frame || !network || !picture) return [];
    const off = side === "a" ? frame.off : [];
    const changes = changesOf(
      (map) => numbersOf(network, picture, constantsIn(frame, [...off, ...map])),
      ({ logits: { data } }) => data[index] - (rival === null ? 0 : data[rival]),
    );
    this.#compute(frame); // the network's arrays hold the numbers that are shown again
    return changes;
  }

  /**
   * @param {MapsValue} frame
   * @returns {Found | null}
   */
  #compute(frame) {
    this.found = null;
    const [a, b] = this.pictures;
    const network = this.#network(frame, frame.network);
    const other = frame.other ? this.#network(frame, frame.other) : network;
    if (!network || !other) return null;
    if (b && !frame.other) this.kept ??= copied(numbersOf(network, b));
    const beside = frame.other && numbersOf(other, b);
    const numbers = beside && other === network ? copied(beside) : beside;
    this.found = {
      frame,
      b: frame.other ? numbers : b && this.kept,
      a: numbersOf(network, a, constantsIn(frame, frame.off)),
    };
    return this.found;
  }

  /**
   * One of the frame's networks, A's with what is altered in it; null for one that is not here.
   * @param {MapsValue} frame
   * @param {NetworkValue | null} value
   */
  #network(frame, value) {
    if (!value) return null;
    const mine = value === frame.network;
    const network = this.networks.find(value, mine ? epochOf(frame) : null);
    this.missing ||= !network;
    return network && mine ? broken(network, frame.altered) : network;
  }

  /** Brings the network as it was after every epoch, before it is asked for: the nearest to what is shown first. */
  fetchAhead() {
    const { frame } = this;
    if (!frame?.network) return;
    const { epochs } = frame.network;
    const epoch = epochOf(frame);
    const now = epoch === null ? epochs.length : epochs.indexOf(epoch);
    const far = (/** @type {number} */ other) => Math.abs(epochs.indexOf(other) - now);
    for (const next of epochs.toSorted((one, other) => far(one) - far(other))) this.networks.find(frame.network, next);
  }
}

/**
 * The epoch after which A's network is looked at; null for the trained one. Another network may have no such epoch.
 * @param {MapsValue} frame
 */
function epochOf({ network, altered: { epoch } }) {
  return network && epoch !== null && network.epochs.includes(epoch) ? epoch : null;
}

/**
 * The frame of a phase; the phase that was shown until now joins the others.
 * @param {MapsValue} frame
 * @param {string} phase
 * @returns {MapsValue}
 */
export function inPhase(frame, phase) {
  if (phase === frame.phase) return frame;
  const { note, layers } = frame;
  return { ...frame, ...frame.phases[phase], phase, phases: { ...frame.phases, [frame.phase]: { note, layers } } };
}

/**
 * @param {NetworkValue} network
 * @param {Uint8Array} ink
 * @param {boolean} prepared
 */
function pictureFor({ kind }, ink, prepared) {
  return prepared ? prepareDrawing(ink, GRID_SIZE, kind) : squeezeDrawing(ink, GRID_SIZE);
}
