// The calibration as a picture: how sure the network is from left to right, how often it is then right upwards. The
// pointer, or the arrow keys, read the exact values of a bar.

import { make } from "../lib/elements.js";
import { percent, within } from "../lib/numbers.js";
import { svgOf } from "../lib/plot.js";

const TICKS = [0, 0.5, 1];
const GAP = 0.6; // between two bars, in hundredths of the width

/** @typedef {import("../values.js").BinValue} BinValue */

export class Calibration {
  box = make("figure", "plot calibration");
  area = make("div", "plot-area");
  reading = make("output", "plot-reading");
  at = -1; // the bar that is read

  /** @param {BinValue[]} bins */
  constructor(bins) {
    this.bins = bins;
    this.bars = bins.map((bin) => barOf(bin));
    const svg = svgOf("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(...this.bars, svgOf("path", { class: "calibration-line", d: "M0 100L100 0" }));
    this.area.append(svg, ...TICKS.flatMap(tickOf));
    Object.assign(this.area, { tabIndex: 0, role: "application", ariaLabel: "Calibration, bar by bar" });
    this.area.addEventListener("pointermove", ({ clientX }) => this.#point(clientX));
    this.area.addEventListener("pointerdown", ({ clientX }) => this.#point(clientX));
    this.area.addEventListener("pointerleave", () => this.read(-1));
    this.area.addEventListener("blur", () => this.read(-1));
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.reading.setAttribute("aria-live", "polite");
    this.box.append(
      make("figcaption", "", "Share of right answers, by the answer's probability"),
      this.area,
      this.reading,
    );
    this.read(-1);
  }

  /** @param {number} at a bar's number; -1 for none */
  read(at) {
    this.at = at;
    for (const [i, bar] of this.bars.entries()) bar.classList.toggle("calibration-read", i === at);
    this.reading.textContent = at < 0 ? "Point at a bar for its numbers." : wordsFor(this.bins[at]);
  }

  /** @param {number} clientX */
  #point(clientX) {
    const { left, width } = this.area.getBoundingClientRect();
    this.read(within(Math.floor(((clientX - left) / width) * this.bins.length), 0, this.bins.length - 1));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const first = way > 0 ? 0 : this.bins.length - 1;
    this.read(this.at < 0 ? first : within(this.at + way, 0, this.bins.length - 1));
  }
}

/** @param {BinValue} bin */
export function wordsFor({ low, high, count, few, confidence, accuracy }) {
  const place = `Probability ${Math.round(100 * low)} to ${Math.round(100 * high)} %: `;
  if (confidence === null || accuracy === null) return `${place}no test picture.`;
  const pictures = count === 1 ? "1 picture" : `${count.toLocaleString("en")} pictures`;
  const chance = few ? " So few can be chance." : "";
  return `${place}${pictures}, ${percent(accuracy)} right, mean probability ${percent(confidence)}.${chance}`;
}

/** @param {BinValue} bin */
function barOf({ low, high, few, accuracy }) {
  const height = 100 * (accuracy ?? 0);
  const place = { x: 100 * low + GAP / 2, y: 100 - height, width: 100 * (high - low) - GAP, height };
  const attributes = Object.entries(place).map(([name, value]) => [name, value.toFixed(2)]);
  return svgOf("rect", { class: few ? "calibration-few" : "calibration-bar", ...Object.fromEntries(attributes) });
}

/** @param {number} share */
function tickOf(share) {
  const upright = make("span", "plot-value", `${100 * share} %`);
  upright.style.top = `${100 - 100 * share}%`;
  const lying = make("span", "plot-epoch", `${100 * share} %`);
  Object.assign(lying.style, { left: `${100 * share}%`, translate: `${-100 * share}% 0` });
  return [upright, lying];
}
