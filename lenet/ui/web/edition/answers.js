// The answers that a server would give, made of what was worked out beforehand. Nothing here touches the page.

import { inPhase } from "../maps/live.js";

/** @typedef {import("../values.js").EditionValue} EditionValue */
/** @typedef {import("../values.js").OpeningValue} OpeningValue */
/** @typedef {import("../values.js").MapsValue} MapsValue */
/** @typedef {import("../values.js").VerdictValue} VerdictValue */
/** @typedef {import("../values.js").ExplanationValue} ExplanationValue */
/** @typedef {import("../values.js").ExplainedValue} ExplainedValue */
/** @typedef {import("../values.js").CellValue} CellValue */
/** @typedef {import("../values.js").ViewValue} ViewValue */
/** @typedef {import("../lib/value.js").Numbered} Numbered */

// A change of these needs another frame; what else there is, the maps show by themselves.
const FRAMING = /** @type {const} */ (["prepare", "compare", "kept", "other", "noise", "biases", "pooling"]);

/**
 * Whether two views are shown in the same frame.
 * @param {ViewValue} one
 * @param {ViewValue} other
 */
export function sameFrame(one, other) {
  return FRAMING.every((name) => one[name] === other[name]);
}

/**
 * What is said of a drawing with this score; nothing of one that is like what the network has learned.
 * @param {OpeningValue} opening
 * @param {number} score
 */
export function doubtsOf({ doubts }, score) {
  const found = doubts.find(([bound]) => score < bound);
  return found ? [found[1]] : [];
}

/**
 * The frame of a view, without numbers: the browser fills it.
 * @param {OpeningValue} opening
 * @param {ViewValue} view
 * @param {Numbered} numbered
 * @param {EditionValue["sentences"]} sentences
 * @returns {MapsValue}
 */
export function frameOf(opening, view, { drawing, revision }, sentences) {
  const { phase, scale, numbers, sort, pin, off, instead, prepare, noise, biases, pooling, epoch } = view;
  const side = /** @type {MapsValue["side"]} */ (view.side);
  const altered = { noise, biases, pooling, epoch };
  const own = { drawing, revision, scale, numbers, sort, pin, side, off, instead, altered, prepared: prepare };
  const frame = inPhase(besideOf(opening, view, sentences), phase);
  const [mine, ...theirs] = frame.words;
  return { ...frame, ...own, words: [pooling ? mine : opening.unpooled, ...theirs] };
}

/**
 * The frame for what stands beside the picture; a sentence where there is nothing.
 * @param {OpeningValue} opening
 * @param {ViewValue} view
 * @param {EditionValue["sentences"]} sentences
 * @returns {MapsValue}
 */
function besideOf({ alone, kept, others }, view, sentences) {
  if (view.compare === "kept") {
    return view.kept ? { ...kept, pictures: ["", view.kept] } : noted(alone, sentences.nothing_kept);
  }
  if (view.compare === "checkpoint") return others[view.other] ?? noted(alone, sentences.no_other);
  return alone;
}

/**
 * @param {MapsValue} frame
 * @param {string} note
 * @returns {MapsValue}
 */
function noted(frame, note) {
  const phases = Object.entries(frame.phases).map(([phase, value]) => [phase, { ...value, note }]);
  return { ...frame, note, phases: Object.fromEntries(phases) };
}

/**
 * What is said about the pinned value; its numbers are the browser's own.
 * @param {ExplainedValue} explained
 * @param {ViewValue} view
 * @param {Numbered} numbered
 * @returns {ExplanationValue}
 */
export function explanationOf(explained, view, numbered) {
  const none = nothingOf(numbered);
  if (!view.pin) return none;
  const [layer, channel] = view.pin;
  const map = explained.maps[layer - 1]?.[channel];
  if (map) {
    const { favourites, liking } = map;
    const cell = cellOf(map, view);
    return cell ? { ...none, cell, favourites, liking } : none;
  }
  const dense = explained.dense[layer]?.[channel];
  return dense ? { ...none, dense: { ...dense, side: sideOf(view) } } : none;
}

/**
 * No explanation, or the sentence that says why there is none.
 * @param {Numbered} numbered
 * @param {string} [text]
 * @returns {ExplanationValue}
 */
export function nothingOf({ drawing, revision }, text = "") {
  return {
    drawing,
    revision,
    text,
    cell: null,
    dense: null,
    favourites: [],
    unliked: "",
    liking: { side: 0, cells: "" },
  };
}

/** @param {ViewValue} view */
function sideOf({ side }) {
  return /** @type {"a" | "b"} */ (side);
}

/**
 * The pinned cell of a map; null for a phase without arithmetic.
 * @param {import("../values.js").ExplainedMapValue} map
 * @param {ViewValue} view
 * @returns {CellValue | null}
 */
function cellOf({ cells, names, off, before }, view) {
  const cell = cells[view.phase];
  if (!cell || !view.pin) return null;
  const [layer, channel] = view.pin;
  const side = sideOf(view);
  const isOff = side === "a" && view.off.some(([l, c]) => l === layer && c === channel);
  /** @type {Record<string, string | undefined>} */
  const said = { before: before[String(view.epoch)], after: isOff ? off[view.instead] : undefined };
  const lines = cell.lines.map((line) => ({ ...line, words: said[line.kind] ?? line.words }));
  const name = names[view.compare === "none" ? 0 : side === "a" ? 1 : 2];
  return { ...cell, pin: view.pin, side, name, off: isOff, lines };
}

/**
 * Whether something in the network is broken, so that what is said about its cells does not hold.
 * @param {ViewValue} view
 */
export function isBroken({ noise, biases, pooling }) {
  return noise !== 0 || !biases || !pooling;
}
