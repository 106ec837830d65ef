// Lines over the epochs of a training, with axes. The pointer, or the arrow keys, read their exact values.

import { make } from "./elements.js";
import { within } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const KEYS = ["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"];
const SAME = 1e-3; // epochs that are so near are the same
const TICKS = 4; // on the upright axis, at most

/**
 * A line: its name, its class in plot.css, and its points, each an epoch and a value, the earliest first.
 * @typedef {{ name: string, className: string, points: [number, number][] }} Line
 */

export class Plot {
  box = make("figure", "plot");
  area = make("div", "plot-area");
  reading = make("output", "plot-reading");
  /** @type {Line[]} */
  lines = [];
  ends = { low: 0, high: 1, epochs: 1 };
  /** @type {number | null} */
  at = null; // the epoch that is read

  /**
   * @param {string} title
   * @param {(value: number) => string} words a value of the upright axis, as it is read
   */
  constructor(title, words) {
    this.words = words;
    this.svg = svgOf("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.mark = make("span", "plot-mark");
    this.ticks = make("div", "plot-ticks");
    this.area.append(this.svg, this.mark, this.ticks);
    Object.assign(this.area, { tabIndex: 0, role: "application", ariaLabel: title });
    this.area.addEventListener("pointermove", ({ clientX }) => this.#point(clientX));
    this.area.addEventListener("pointerdown", ({ clientX }) => this.#point(clientX));
    this.area.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.read(null));
    this.area.addEventListener("blur", () => {
      this.reading.setAttribute("aria-live", "off");
      this.read(null);
    });
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.reading.setAttribute("aria-live", "off"); // only what a key reads is said
    this.box.append(make("figcaption", "", title), this.area, this.reading);
  }

  /**
   * @param {Line[]} lines
   * @param {number} epochs where the lying axis ends
   * @param {Line[]} others lines of other plots, which share this one's axes
   */
  show(lines, epochs, others = []) {
    this.lines = lines.filter(({ points }) => points.length);
    const values = [...this.lines, ...others].flatMap(({ points }) => points.map(([, value]) => value));
    const ticks = ticksOf(values);
    this.ends = { low: ticks[0], high: ticks[ticks.length - 1], epochs: Math.max(epochs, 1) };
    const grid = ticks.map((tick) => svgOf("path", { class: "plot-grid", d: `M0 ${this.#y(tick)}H100` }));
    this.svg.replaceChildren(...grid, ...this.lines.map((line) => this.#drawn(line)));
    const names = ticks.map((tick) => labelled("plot-value", this.words(tick), { top: `${this.#y(tick)}%` }));
    const last = labelled("plot-epoch", `epoch ${this.ends.epochs}`, { right: "0" });
    this.ticks.replaceChildren(...names, last);
    this.read(this.at);
  }

  /** @param {number | null} epoch says what each line has there, or nearest to it; null for the lines' names */
  read(epoch) {
    this.at = epoch;
    this.mark.hidden = epoch === null;
    if (epoch !== null) this.mark.style.left = `${this.#x(epoch)}%`;
    const parts = this.lines.map((line) => this.#said(line));
    const place = epoch === null ? [] : [make("span", "", `epoch ${Number(epoch.toFixed(2))}`)];
    this.reading.replaceChildren(...place, ...parts);
  }

  /** @param {Line} line */
  #said({ name, className, points }) {
    const known = this.at === null ? null : latest(points, this.at);
    const value = known ? ` ${this.words(known[1])}` : "";
    return make("span", `plot-name ${className}`, `${name}${value}`);
  }

  /** @param {Line} line */
  #drawn({ className, points }) {
    const [[x, y], ...others] = points.map(([epoch, value]) => [this.#x(epoch), this.#y(value)]);
    const path = others.length ? others.map((point) => `L${point.join(" ")}`).join("") : "h0"; // one point is a dot
    return svgOf("path", { class: `plot-line ${className}`, d: `M${x} ${y}${path}` });
  }

  /** @param {number} epoch */
  #x(epoch) {
    return (100 * epoch) / this.ends.epochs;
  }

  /** @param {number} value */
  #y(value) {
    const { low, high } = this.ends;
    return 100 - (100 * (value - low)) / (high - low);
  }

  /** @param {number} clientX */
  #point(clientX) {
    const { left, width } = this.area.getBoundingClientRect();
    const epoch = within((clientX - left) / width, 0, 1) * this.ends.epochs;
    if (this.lines.length) this.read(nearest(this.lines[0].points, epoch)[0]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [line] = this.lines;
    if (!line || !KEYS.includes(event.key)) return;
    event.preventDefault();
    this.reading.setAttribute("aria-live", "polite");
    this.read(reached(line.points, this.at, event.key));
  }
}

/**
 * @param {string} className
 * @param {string} text
 * @param {Partial<CSSStyleDeclaration>} place
 */
function labelled(className, text, place) {
  const label = make("span", className, text);
  Object.assign(label.style, place);
  return label;
}

/**
 * The point of a line that is nearest to an epoch.
 * @param {[number, number][]} points
 * @param {number} epoch
 */
export function nearest(points, epoch) {
  return points.reduce((best, point) => (Math.abs(point[0] - epoch) < Math.abs(best[0] - epoch) ? point : best));
}

/**
 * The last point of a line until an epoch; null before its first.
 * @param {[number, number][]} points
 * @param {number} epoch
 */
export function latest(points, epoch) {
  return points.findLast(([at]) => at <= epoch + SAME) ?? null;
}

/**
 * The epoch that a key leads to: arrows go from point to point, page keys from epoch to epoch.
 * @param {[number, number][]} points
 * @param {number | null} now null while none is read
 * @param {string} key
 */
export function reached(points, now, key) {
  const last = points.length - 1;
  const place = now === null ? last : points.indexOf(nearest(points, now));
  const [epoch] = points[place];
  if (key === "Home" || (now === null && key === "ArrowRight")) return points[0][0];
  if (key === "End" || now === null) return points[last][0];
  if (key === "PageUp") return nearest(points, Math.floor(epoch + SAME) + 1)[0];
  if (key === "PageDown") return nearest(points, Math.ceil(epoch - SAME) - 1)[0];
  return points[within(place + (key === "ArrowLeft" ? -1 : 1), 0, last)][0];
}

/**
 * Round numbers, at equal distances, between which all values lie.
 * @param {number[]} values
 */
export function ticksOf(values) {
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const rough = Math.max(high - low, Math.abs(high) * 1e-3, 1e-9) / (TICKS - 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
export function svgOf(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
