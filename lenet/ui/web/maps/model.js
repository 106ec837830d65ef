// The value of the maps and its cells, in the form that the drawing needs. Nothing here touches the page.

/** @typedef {import("../values.js").MapsValue} MapsValue */
/** @typedef {import("../values.js").LayerValue} LayerValue */
/** @typedef {import("../values.js").SideValue} SideValue */
/** @typedef {import("../values.js").ScaleValue} ScaleValue */
/** @typedef {import("./unpack.js").Cells} Cells */

/**
 * The picture looked at, what stands beside it, and their difference.
 * @typedef {"a" | "b" | "difference"} Side
 */
/**
 * The cells of a layer: none where there is no picture.
 * @typedef {{ a: Cells | null, b: Cells | null, difference: Cells | null }} LayerData
 */
/**
 * What is shown: a value, and whether the pen rests.
 * @typedef {MapsValue & { resting: boolean }} Shown
 */

export const SIDE_NAMES = { a: "A", b: "B", difference: "A − B" };

/**
 * What the elements of a layer are built of.
 * @typedef {Pick<LayerValue, "name" | "number" | "kind" | "title" | "terms" | "size" | "note"> &
 *   { a: FrameSide, b: FrameSide | null, compared: boolean }} FrameLayer
 */
/** @typedef {Pick<SideValue, "shape" | "classes">} FrameSide */
/** @typedef {Pick<MapsValue, "a" | "b" | "note" | "words" | "phase" | "sort"> & { layers: FrameLayer[] }} Frame */

/**
 * A's part of a layer or B's; a difference has A's form, and so has a B that is not there.
 * @template Part
 * @param {{ a: Part, b: Part | null }} layer
 * @param {Side} side
 */
export function sideOf({ a, b }, side) {
  return side === "b" && b ? b : a;
}

/**
 * What the elements are built of, with every word that stands beside the maps. The numbers of a picture are not in it:
 * while the frame is the same, an answer changes them alone.
 * @param {MapsValue} value
 * @returns {Frame}
 */
export function frameOf({ layers, a, b, note, words, phase, sort }) {
  return { layers: layers.map(frameLayerOf), a, b, note, words, phase, sort };
}

/**
 * @param {LayerValue} layer
 * @returns {FrameLayer}
 */
function frameLayerOf({ name, number, kind, title, terms, size, note, a, b, apart }) {
  const sides = { a: frameSideOf(a), b: b && frameSideOf(b), compared: apart !== null };
  return { name, number, kind, title, terms, size, note, ...sides };
}

/**
 * @param {SideValue} side
 * @returns {FrameSide}
 */
function frameSideOf({ shape, classes }) {
  return { shape, classes };
}

/**
 * The layers of A, then those of B.
 * @param {MapsValue} value
 */
export function shapesOf({ layers }) {
  return [...layers.map(({ a }) => a.shape), ...layers.flatMap(({ b }) => (b ? [b.shape] : []))];
}

/**
 * @param {LayerValue[]} layers
 * @param {Cells[]} parts the cells of each layer in the order of shapesOf, or nothing
 * @returns {LayerData[]}
 */
export function dataOf(layers, parts) {
  let next = layers.length;
  return layers.map((layer, i) => dataOfLayer(layer, parts[i] ?? null, (layer.b && parts[next++]) ?? null));
}

/**
 * @param {LayerValue} layer
 * @param {Cells | null} a
 * @param {Cells | null} b
 * @returns {LayerData}
 */
export function dataOfLayer(layer, a, b) {
  return { a, b, difference: layer.apart && a && b ? differenceOf(a, b) : null };
}

/**
 * A − B, cell by cell.
 * @param {Cells} a
 * @param {Cells} b
 * @returns {Cells}
 */
export function differenceOf(a, b) {
  return {
    ...a,
    values: a.values.map((value, i) => value - b.values[i]),
    steps: a.steps.map((step, i) => step + b.steps[i]),
  };
}

/**
 * The colour scale of a map.
 * @param {LayerValue} layer
 * @param {Side} side
 * @param {number} channel
 * @returns {ScaleValue}
 */
export function scaleOf(layer, side, channel) {
  if (side === "difference") return differenceScale(layer);
  const { own } = sideOf(layer, side);
  if (!own.length) return layer.scale;
  const [low, high] = own[channel];
  return { low, high, signed: layer.scale.signed };
}

/**
 * @param {LayerValue} layer
 * @returns {ScaleValue}
 */
export function differenceScale({ apart }) {
  const most = apart?.most ?? 0;
  return { low: -most, high: most, signed: true };
}

/**
 * The kernels of a channel that read nothing; of a difference, those that read nothing in A nor in B.
 * @param {LayerValue} layer
 * @param {Side} side
 * @param {number} channel
 */
export function unreadOf(layer, side, channel) {
  const own = sideOf(layer, side).unread[channel] ?? [];
  if (side !== "difference") return own;
  const theirs = layer.b?.unread[channel] ?? [];
  return own.filter((tile) => theirs.includes(tile));
}
