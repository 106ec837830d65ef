// The card of one network, part by part. A part that its metrics lack says so, in its place.

import { bytesOf } from "../lib/bytes.js";
import { PICTURE_SIZE, paintBytes } from "../lib/canvas.js";
import { make, makeButton } from "../lib/elements.js";
import { percent } from "../lib/numbers.js";
import { GREY } from "../lib/palette.js";
import { termButton } from "../lib/words.js";
import { Calibration } from "./calibration.js";
import { Confusion } from "./confusion.js";
import { curvesOf } from "./curves.js";
import { factsTable, layerTable } from "./tables.js";

/** @typedef {import("../values.js").NetworkCardValue} NetworkCardValue */
/** @typedef {import("../values.js").TestedValue} TestedValue */
/** @typedef {[number, number]} Cell */
/** @typedef {{ choose: (cell: Cell) => void, put: (picture: Uint8Array) => void }} Acts */

const HINT = "Click one: it goes to the pad.";
const MISSING = "This network's metrics do not have it.";

export class Article {
  box = make("article", "card");
  tested = make("div", "card-tested");
  words = make("p", "card-note");
  /** @type {Confusion | null} */
  confusion = null;

  /**
   * @param {NetworkCardValue} network
   * @param {NetworkCardValue[]} all the networks whose cards stand side by side
   * @param {Acts} acts
   */
  constructor(network, all, acts) {
    this.network = network;
    this.acts = acts;
    if (network.confusion) this.confusion = new Confusion(network.classes, network.confusion, acts.choose);
    this.box.setAttribute("aria-label", network.name);
    this.box.append(
      this.#head(),
      section("confusion", termButton("Confusion matrix", ["confusion"]), this.#matrix()),
      section("curves", termButton("Training", ["epoch", "validation"]), curvesOf(network, all)),
      section("pairs", "Most confused", this.#pairs()),
      section("calibration", termButton("Calibration", ["calibration"]), calibrationOf(network)),
      section("recipe", "Recipe and source", recipeOf(network)),
      section("layers", termButton("Layers", ["multiply-adds"]), [layerTable(network.stages)]),
      section("limits", "Limits", [listOf(network.limits)]),
      section("cost", "What training took", [factsTable(network.cost)]),
      section("hashes", termButton("Command and files", ["sha"]), filesOf(network)),
    );
  }

  /** @param {Cell} cell */
  mark(cell) {
    this.confusion?.mark(cell);
  }

  /** @param {TestedValue | undefined} tested the pictures of the cell that is chosen */
  show(tested) {
    this.words.textContent = tested?.words ?? "";
    const pictures = (tested?.pictures ?? []).map((cells, at) => this.#picture(cells, at));
    this.tested.replaceChildren(...pictures, ...(pictures.length ? [make("p", "card-note", HINT)] : []));
  }

  /**
   * @param {string} cells
   * @param {number} at
   */
  #picture(cells, at) {
    const button = makeButton("card-picture", "", () => this.acts.put(bytesOf(cells)));
    button.setAttribute("aria-label", `Put test picture ${at + 1} on the pad`);
    const canvas = make("canvas");
    paintBytes(canvas, PICTURE_SIZE, PICTURE_SIZE, GREY, cells);
    button.append(canvas);
    return button;
  }

  #head() {
    const { name, about, accuracy } = this.network;
    const head = make("header", "card-head");
    const line = make("p", "card-about");
    for (const [i, { text, term }] of about.entries()) line.append(...(i ? [" · "] : []), termButton(text, [term]));
    const title = make("div", "card-title");
    title.append(make("h2", "", name), accuracyLine(accuracy));
    head.append(title, line);
    return head;
  }

  #matrix() {
    const { confusion } = this;
    if (!confusion) return [make("p", "card-note", MISSING)];
    return [
      make("p", "card-note", "Rows: what it is. Columns: what the network says."),
      confusion.table,
      this.words,
      this.tested,
    ];
  }

  #pairs() {
    const { confusion } = this.network;
    if (!confusion) return [make("p", "card-note", MISSING)];
    const list = make("ul", "card-pairs-list");
    for (const { names, count, cell } of confusion.pairs) {
      const item = make("li");
      item.append(
        makeButton("", `${names.join(" and ")}: ${count.toLocaleString("en")}`, () => this.acts.choose(cell)),
      );
      list.append(item);
    }
    return [list, make("p", "card-note", confusion.claim)];
  }
}

/** @param {NetworkCardValue["accuracy"]} accuracy */
function accuracyLine(accuracy) {
  const line = make("p", "card-accuracy");
  if (!accuracy) return Object.assign(line, { textContent: "How much it reads rightly was not measured." });
  const { share, count, low, high } = accuracy;
  const hundredth = (/** @type {number} */ part) => (100 * part).toFixed(2);
  const of = count
    ? ` of ${count.toLocaleString("en")} test pictures read rightly`
    : " of the test pictures read rightly";
  line.append(make("strong", "", `${hundredth(share)} %`), termButton(of.trim(), ["accuracy"]));
  if (count) line.append(termButton(`95 % interval: ${hundredth(low)} to ${hundredth(high)} %`, ["interval"]));
  return line;
}

/**
 * @param {string} name
 * @param {string | HTMLElement} title
 * @param {HTMLElement[]} content
 */
function section(name, title, content) {
  const part = make("section", `card-part card-${name}`);
  const heading = make("h3");
  heading.append(title);
  part.append(heading, ...content);
  return part;
}

/** @param {NetworkCardValue} network */
function calibrationOf({ calibration }) {
  if (!calibration) return [make("p", "card-note", MISSING)];
  const { bins, error } = calibration;
  const away = error === null ? "" : ` On average the two are ${percent(error)} apart.`;
  const note = "When it is that sure, how often is it right? On the line: exactly so often. Below it: too sure.";
  return [new Calibration(bins).box, make("p", "card-note", note + away)];
}

/** @param {NetworkCardValue} network */
function recipeOf({ recipe, source, documented }) {
  const cited = source ? [make("p", "card-source", `From: ${source}.`)] : [];
  const printed = documented ? [make("p", "card-source", documented)] : [];
  return [factsTable(recipe), ...cited, ...printed];
}

/** @param {NetworkCardValue} network */
function filesOf({ hashes, command }) {
  const made = make("p", "card-made", "Made by ");
  made.append(make("code", "", command));
  return [...(command ? [made] : []), factsTable(hashes)];
}

/** @param {string[]} sentences */
function listOf(sentences) {
  const list = make("ul", "card-limits-list");
  list.append(...sentences.map((sentence) => make("li", "", sentence)));
  return list;
}
