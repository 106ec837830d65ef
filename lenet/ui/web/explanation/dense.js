// A pinned value of a dense layer: what each input adds to it, the largest first, and what becomes of the sum. A logit can
// be set against another one, and is one of those that softmax makes probabilities of.

import { contributionsOf } from "../engine/contributions.js";
import { POOL_SIZE, softmax } from "../engine/network.js";
import { putPixels } from "../lib/canvas.js";
import { find, make, makeButton } from "../lib/elements.js";
import { exact, percent } from "../lib/numbers.js";
import { signal, valuesOf } from "../lib/signals.js";
import { termButton } from "../lib/words.js";
import { squareOf } from "../maps/geometry.js";
import { mapPixels } from "../maps/pixels.js";
import { barOf } from "./bar.js";
import { largestFirst } from "./inputs.js";
import { Needs } from "./needs.js";
import { mostOf } from "./squares.js";

const MOST = 8; // inputs that have a line of their own

/** @typedef {import("../values.js").DenseValue} DenseValue */
/** @typedef {import("../engine/contributions.js").Contributions} Contributions */
/** @typedef {import("../lib/signals.js").Values} Values */

export class DensePart {
  /** @type {DenseValue | null} */
  dense = null;
  /** @type {number | null} */
  rival = null; // the logit that the explained one is set against
  places = make("div", "contributions-places");
  bars = make("div", "contributions-bars");
  right = make("div", "contributions-right");
  menu = make("select");
  choice = make("div", "select");
  needs = new Needs();

  /**
   * @param {HTMLElement} root
   * @param {(words: string) => void} say takes what the value is, and how large
   */
  constructor(root, say) {
    this.root = root;
    this.say = say;
    this.menu.setAttribute("aria-label", "Set against another class");
    this.menu.addEventListener("change", () => {
      this.rival = this.menu.value === "" ? null : Number(this.menu.value);
      this.follow();
    });
    this.choice.append(this.menu);
    root.append(this.places, this.bars, this.right);
  }

  /** @param {DenseValue | null} dense */
  show(dense) {
    this.root.hidden = !dense;
    if (dense?.stage !== "logits" || dense.index === this.rival) this.rival = null;
    this.dense = dense;
    if (!dense) return;
    this.#offerRivals(dense);
    this.follow();
  }

  // The numbers as they are now.
  follow() {
    const { dense } = this;
    if (!dense) return;
    const values = valuesOf(dense.side);
    if (!values || !(dense.reads in values)) return this.#showSent(dense);
    const found = contributionsOf(values, dense, this.rival);
    const rival = this.rival === null ? "" : ` minus that of ${dense.classes[this.rival]}`;
    this.say(`${dense.name}${rival}: ${exact(found.numbers.after ?? found.numbers.before)}`);
    this.places.replaceChildren(...placesOf(dense, found));
    this.needs.ask(dense, this.rival);
    this.bars.replaceChildren(...barsOf(dense, found), ...(dense.classes.length ? [this.needs.box] : []));
    const softmax = dense.classes.length ? [this.choice, softmaxOf(dense, values)] : [];
    this.right.replaceChildren(linesOf(dense, found.numbers, this.rival), ...softmax);
  }

  /** @param {DenseValue} dense */
  #showSent(dense) {
    const numbers = Object.fromEntries(dense.lines.map(({ kind, value }) => [kind, value]));
    this.say(`${dense.name}: ${exact(numbers.after ?? numbers.before)}`);
    this.places.replaceChildren();
    this.bars.replaceChildren();
    this.right.replaceChildren(linesOf(dense, numbers, null));
  }

  /** @param {DenseValue} dense */
  #offerRivals({ classes, index }) {
    const none = Object.assign(make("option", "", "this logit alone"), { value: "" });
    const others = classes.flatMap((name, i) =>
      i === index
        ? []
        : [Object.assign(make("option", "", `${classes[index]} rather than ${name}`), { value: String(i) })],
    );
    this.menu.replaceChildren(none, ...others);
    this.menu.value = this.rival === null ? "" : String(this.rival);
  }
}

/**
 * What was flattened, each input where it stood on its map.
 * @param {DenseValue} dense
 * @param {Contributions} found
 */
function placesOf({ shape, origin }, { products }) {
  if (shape.length !== 3) return [];
  const [count, height, width] = shape;
  const most = mostOf([...products]);
  /** @type {[number, number, number, number]} */
  const tiles = [1, count, height, width];
  const cells = { values: Float32Array.from(products), area: products.length };
  const { pixels } = mapPixels(tiles, cells, 0, { low: -most, high: most, signed: true }, []);
  const canvas = make("canvas");
  const square = squareOf(tiles);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `What each of the ${products.length} values adds, in its place`);
  putPixels(canvas, square.width, square.height, pixels);
  const words = `The ${products.length} values that it reads, in their places on the ${count} maps of ${origin}: orange adds, blue takes away.`;
  return [canvas, make("p", "layer-note", words)];
}

/**
 * The inputs that matter most, one a line, and the others in one.
 * @param {DenseValue} dense
 * @param {Contributions} found
 */
function barsOf(dense, { inputs, weights, products }) {
  const order = largestFirst([...products]);
  const most = mostOf([...products]);
  const rows = order.slice(0, MOST).map((i) => {
    const words = `${exact(inputs[i])} × ${exact(weights[i])}`;
    const name = makeButton("contribution-name", nameOf(dense, i), () => goBack(dense, i));
    return barOf(name, words, products[i], most);
  });
  const rest = order.slice(MOST).reduce((sum, i) => sum + products[i], 0);
  const others = barOf(make("span", "", `the other ${Math.max(0, order.length - MOST)}`), "together", rest, most);
  const words = `What adds or takes away most, of the ${order.length} values of ${dense.origin}`;
  return [make("p", "layer-note", words), ...rows, others];
}

/**
 * @param {DenseValue} dense
 * @param {number} i
 */
function nameOf({ shape }, i) {
  if (shape.length !== 3) return `value ${i + 1}`;
  const { map, row, column } = cellOf(shape, i);
  return `map ${map + 1}, row ${row + 1}, column ${column + 1}`;
}

/**
 * Where an input stood before the maps were flattened.
 * @param {number[]} shape
 * @param {number} i
 */
function cellOf([, height, width], i) {
  const cell = i % (height * width);
  return { map: Math.floor(i / (height * width)), row: Math.floor(cell / width), column: cell % width };
}

/**
 * Explains an input in its turn.
 * @param {DenseValue} dense
 * @param {number} i
 */
function goBack({ shape, layer, side }, i) {
  if (shape.length !== 3) return signal("lab-pin", { pin: [layer, i, 0, 0], side });
  const { map, row, column } = cellOf(shape, i);
  const factor = find(document.body, "[data-phase]").dataset.phase === "pooled" ? 1 : POOL_SIZE;
  signal("lab-pin", { pin: [layer, map, factor * row, factor * column], side });
}

/**
 * @param {DenseValue} dense
 * @param {Record<string, number>} numbers
 * @param {number | null} rival
 */
function linesOf({ lines, apart }, numbers, rival) {
  const table = make("table", "explanation-lines");
  for (const [i, { kind, words, terms }] of lines.entries()) {
    const said = termButton(rival !== null && kind === "before" ? apart : words, terms);
    table.append(rowOf(said, [exact(numbers[kind])], i === lines.length - 1));
  }
  return table;
}

/**
 * Softmax as a sum: the powers of all logits, and each one's share.
 * @param {DenseValue} dense
 * @param {Values} values
 */
function softmaxOf({ classes, index }, values) {
  const logits = [...values.logits.data];
  const powers = logits.map(Math.exp);
  const shares = softmax(values.logits.data);
  const sum = powers.reduce((total, power) => total + power, 0);
  const table = make("table", "explanation-lines softmax");
  const caption = make("caption");
  caption.append(termButton("Softmax: e to each logit, divided by the sum of all", ["probability", "exponent"]));
  table.append(caption);
  table.append(rowOf("", ["logit", "e to it", "share"], false));
  for (const [i, name] of classes.entries()) {
    table.append(rowOf(name, [exact(logits[i]), power(powers[i]), percent(shares[i])], i === index));
  }
  table.append(rowOf("sum", ["", power(sum), percent(1)], false));
  return table;
}

/**
 * @param {string | HTMLElement} head
 * @param {string[]} cells
 * @param {boolean} own
 */
function rowOf(head, cells, own) {
  const row = make("tr", own ? "explanation-own" : "");
  const first = Object.assign(make("th"), { scope: "row" });
  first.append(head);
  row.append(first, ...cells.map((words) => make("td", "", words)));
  return row;
}

/** @param {number} value */
function power(value) {
  return value >= 0.0001 && value < 1e6 ? exact(value) : value.toExponential(3);
}
