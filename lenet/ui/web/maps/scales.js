// The scales of the maps and how far A and B are apart, for numbers that the browser has computed. It is the rule of
// microscope/colours.py and microscope/layers.py, and a test holds it to them.

/** @typedef {import("../values.js").LayerValue} LayerValue */
/** @typedef {import("../values.js").ApartValue} ApartValue */
/** @typedef {import("./unpack.js").Cells} Cells */
/** @typedef {{ a: Cells, b: Cells | null }} Sides */
/** @typedef {{ low: number, high: number }} Ends */

/**
 * The layers with the scales and distances of other numbers.
 * @param {LayerValue[]} layers
 * @param {Sides[]} cells of each layer
 * @param {string} sharedBy what shares a scale: "map", "layer" or "both"
 * @returns {LayerValue[]}
 */
export function scaled(layers, cells, sharedBy) {
  const together = cells.filter((_, i) => layers[i].kind !== "dense").flatMap(present);
  return layers.map((layer, i) => {
    const { a, b } = cells[i];
    const dense = layer.kind === "dense";
    const whole = endsOf(sharedBy === "both" && !dense ? together : present(cells[i]));
    const signed = whole.low < 0;
    const apart = layer.apart && b && apartOf(a, b);
    const own = (/** @type {Cells[]} */ sharing) =>
      sharedBy === "map" && !dense ? ownEnds(sharing, signed) : /** @type {[number, number][]} */ ([]);
    const shared = apart && b ? own([a, b]) : null;
    return {
      ...layer,
      scale: { ...spread(whole, signed), signed },
      a: { ...layer.a, own: shared ?? own([a]) },
      b: layer.b && { ...layer.b, own: shared ?? (b ? own([b]) : []) },
      apart,
    };
  });
}

/** @param {Sides} sides */
function present({ a, b }) {
  return b ? [a, b] : [a];
}

/**
 * The lowest and the highest value of all.
 * @param {Cells[]} sharing
 * @returns {Ends}
 */
function endsOf(sharing) {
  let [low, high] = [Infinity, -Infinity];
  for (const { lows, highs } of sharing) {
    for (let c = 0; c < lows.length; c++) {
      low = Math.min(low, lows[c]);
      high = Math.max(high, highs[c]);
    }
  }
  return { low, high };
}

/**
 * A signed scale has zero in its middle.
 * @param {Ends} ends
 * @param {boolean} signed
 * @returns {Ends}
 */
export function spread({ low, high }, signed) {
  const most = Math.max(-low, high);
  return signed ? { low: -most, high: most } : { low, high };
}

/**
 * Each channel's own scale.
 * @param {Cells[]} sharing
 * @param {boolean} signed
 * @returns {[number, number][]}
 */
function ownEnds(sharing, signed) {
  return Array.from(sharing[0].lows, (_, channel) => {
    const lows = sharing.map((cells) => cells.lows[channel]);
    const highs = sharing.map((cells) => cells.highs[channel]);
    const { low, high } = spread({ low: Math.min(...lows), high: Math.max(...highs) }, signed);
    return [low, high];
  });
}

/**
 * @param {Cells} a
 * @param {Cells} b
 * @returns {ApartValue}
 */
function apartOf(a, b) {
  let most = 0;
  for (let i = 0; i < a.values.length; i++) most = Math.max(most, Math.abs(a.values[i] - b.values[i]));
  const channels = Array.from(a.lows, (_, channel) => channelApart(a, b, channel));
  const order = channels.map((_, channel) => channel).sort((one, other) => channels[other][0] - channels[one][0]);
  return { channels, most, order };
}

/**
 * The L2 norm of the difference and the cosine of the angle. The cosine of two empty maps is 1, and of an empty map and
 * another one 0.
 * @param {Cells} a
 * @param {Cells} b
 * @param {number} channel
 * @returns {[number, number]}
 */
function channelApart(a, b, channel) {
  let [apart, product, ownA, ownB] = [0, 0, 0, 0];
  for (let i = channel * a.area; i < (channel + 1) * a.area; i++) {
    const [one, other] = [a.values[i], b.values[i]];
    apart += (one - other) ** 2;
    product += one * other;
    ownA += one * one;
    ownB += other * other;
  }
  const lengths = Math.sqrt(ownA) * Math.sqrt(ownB);
  const cosine = lengths ? product / lengths : Number(ownA === ownB);
  return [Math.sqrt(apart), cosine];
}
