// What is said about a map and its cells: below it, while it is read, and in place of it for those who cannot see it.

import { number, rangeWords } from "../lib/numbers.js";
import { indexOf } from "./geometry.js";
import { SIDE_NAMES, scaleOf, sideOf } from "./model.js";

const MOST_DIGITS = 3; // decimals of a value that is read
const WIDE = 8; // channels beside each other up to which a column is wide
const LEAST_STEP = 1e-9; // steps below it are no steps: all values are the same

/** @typedef {import("./geometry.js").Cell} Cell */
/** @typedef {import("./unpack.js").Cells} Cells */
/** @typedef {import("./model.js").Side} Side */
/** @typedef {import("../values.js").LayerValue} LayerValue */
/**
 * One map.
 * @typedef {{ layer: LayerValue, data: import("./model.js").LayerData, side: Side, channel: number }} ShownMap
 */

/**
 * A map's text alternative.
 * @param {ShownMap} map
 */
export function alternative({ layer, data, side, channel }) {
  const cells = data[side];
  const name = `${nameOf(layer, channel)}${layer.b ? `, ${SIDE_NAMES[side]}` : ""}`;
  const apart = layer.apart?.channels[channel]; // not there without a picture
  if (side === "difference" && apart) {
    const [l2, cosine] = apart;
    return `${name}: L2 ${number(l2)}, cosine ${cosine.toFixed(2)}`;
  }
  if (!cells) return name;
  if (cells.lows[channel] === cells.highs[channel]) return `${name}: ${number(cells.lows[channel])} everywhere`;
  return `${name}: ${strongestWords(layer, side, strongest(cells, channel, { signed: layer.kind === "kernels" }))}`;
}

/**
 * @param {LayerValue} layer
 * @param {number} channel
 */
function nameOf({ kind, title, number }, channel) {
  return kind === "dense" ? title : `Layer ${number}, ${kind === "maps" ? "map" : "kernel"} ${channel + 1}`;
}

/**
 * Where a map's strongest cell is.
 * @param {LayerValue} layer
 * @param {Side} side
 * @param {number} place its number among the channel's cells
 */
function strongestWords(layer, side, place) {
  const { shape, classes } = sideOf(layer, side);
  const [, tiles, height, width] = shape;
  const [row, column] = [Math.floor((place % (height * width)) / width), place % width];
  if (classes.length) return `strongest for ${classes[column]}`;
  if (layer.kind === "dense") return `strongest at value ${column + 1}`;
  const input = tiles > 1 ? ` for input ${Math.floor(place / (height * width)) + 1}` : "";
  return `strongest${input} at row ${row + 1}, column ${column + 1}`;
}

/**
 * The number of a channel's strongest cell; of signed values that is the one farthest from zero.
 * @param {Cells} cells
 * @param {number} channel
 * @param {{ signed: boolean }} kind
 */
export function strongest({ values, area }, channel, { signed }) {
  const own = values.subarray(channel * area, (channel + 1) * area);
  const size = (/** @type {number} */ value) => (signed ? Math.abs(value) : value);
  let best = 0;
  for (let i = 1; i < area; i++) if (size(own[i]) > size(own[best])) best = i;
  return best;
}

/**
 * What stands under a channel's maps, line by line: how far A and B are apart, and numbers if the reader wants them.
 * @param {ShownMap} map
 * @param {{ numbers: boolean }} wanted
 */
export function captionOf(map, { numbers }) {
  const { layer, data, side, channel } = map;
  const apart = layer.apart?.channels[channel];
  const lines = apart ? [apartWords(apart, layer.a.shape[0])] : [];
  if (!numbers) return lines;
  if (!apart) return [...lines, ...statistics(data[side], channel)];
  const both = /** @type {const} */ (["a", "b"]).filter((name) => data[name]);
  return [...lines, ...both.map((name) => `${SIDE_NAMES[name]}: ${statistics(data[name], channel).join(", ")}`)];
}

/**
 * How far A and B are apart in a channel. Beside many others there is room for the length alone; its name stands at the
 * row's beginning.
 * @param {[number, number]} apart
 * @param {number} count of channels
 */
function apartWords([l2, cosine], count) {
  return count > WIDE ? number(l2) : `L2 ${number(l2)},\ncos ${cosine.toFixed(2)}`;
}

/**
 * Which values a map's own colours stand for; "" where maps share a scale, or where there is one value only.
 * @param {ShownMap} map
 */
export function rangeOf({ layer, side, channel }) {
  if (!sideOf(layer, side).own.length) return "";
  const scale = scaleOf(layer, side, channel);
  return scale.low === scale.high ? "" : rangeWords(scale);
}

/**
 * @param {Cells | null} cells
 * @param {number} channel
 */
function statistics(cells, channel) {
  if (!cells) return [];
  const ends = [`min ${number(cells.lows[channel])}`, `max ${number(cells.highs[channel])}`];
  return [...ends, `mean ${number(mean(cells, channel))}`];
}

/**
 * @param {Cells} cells
 * @param {number} channel
 */
export function mean({ values, area }, channel) {
  return values.subarray(channel * area, (channel + 1) * area).reduce((sum, value) => sum + value, 0) / area;
}

/**
 * What a cell is and its value; "" where there is no value.
 * @param {ShownMap} map
 * @param {Cell} cell
 */
export function cellWords({ layer, data, side, channel }, cell) {
  const cells = data[side];
  if (!cells) return "";
  const { shape, classes } = sideOf(layer, side);
  const which = layer.b ? ` of ${SIDE_NAMES[side]}` : "";
  const said = exactTo(cells.values[indexOf(shape, channel, cell)], cells.steps[channel]);
  if (classes.length) return `logit of ${classes[cell.column]}${which}: ${said}`;
  if (layer.kind === "dense") return `value ${cell.column + 1}${which}: ${said}`;
  const input = layer.kind === "kernels" ? `, kernel for input ${cell.tile + 1}` : "";
  return `map ${channel + 1}${which}${input}, row ${cell.row + 1}, column ${cell.column + 1}: ${said}`;
}

/**
 * As many digits as the values were sent with.
 * @param {number} value
 * @param {number} step what two neighbouring values are apart
 */
export function exactTo(value, step) {
  const digits = Math.floor(-Math.log10(Math.max(step, LEAST_STEP)));
  return value.toFixed(Math.max(0, Math.min(MOST_DIGITS, digits)));
}
