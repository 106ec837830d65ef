// The knobs of an order: how each is shown, and how it is read. What a value may be is the server's matter.

import { make } from "../lib/elements.js";
import { explain } from "../lib/words.js";

/** @typedef {{ name: string, text: string, term: string, kind: "choice" | "sizes" | "number" | "flag" }} Knob */

/** @type {Knob[]} */
export const NETWORK = [
  { name: "convolutions", text: "Convolution layers", term: "convolution", kind: "number" },
  { name: "channels", text: "Maps in each", term: "convolution", kind: "sizes" },
  { name: "kernel_sizes", text: "Kernel sides", term: "phase-kernels", kind: "sizes" },
  { name: "paddings", text: "Padding", term: "padding", kind: "sizes" },
  { name: "pooling", text: "Pooling", term: "pooling", kind: "choice" },
  { name: "activation", text: "Activation", term: "activation", kind: "choice" },
  { name: "hidden", text: "Dense layers", term: "dense", kind: "sizes" },
  { name: "batch_norm", text: "Batch normalisation", term: "normalisation", kind: "flag" },
  { name: "dropout", text: "Dropout", term: "dropout", kind: "number" },
];

/** @type {Knob[]} */
export const TRAINING = [
  { name: "optimizer", text: "Optimiser", term: "optimiser", kind: "choice" },
  { name: "learning_rate", text: "Learning rate", term: "learning-rate", kind: "number" },
  { name: "batch_size", text: "Batch size", term: "batch-size", kind: "number" },
  { name: "epochs", text: "Epochs", term: "epoch", kind: "number" },
  { name: "initialisation", text: "First weights", term: "initialisation", kind: "choice" },
  { name: "validation", text: "Pictures held out", term: "validation", kind: "number" },
  { name: "seed", text: "Seed", term: "seed", kind: "number" },
];

const BY_LAYER = ["channels", "kernel_sizes", "paddings"]; // lists with an entry for each convolution layer

const THOUSANDS = /^[1-9]\d{0,2}(,\d{3})+$/;

/** @typedef {HTMLInputElement | HTMLSelectElement} Input */

/**
 * A knob and its label.
 * @param {Knob} knob
 * @param {string[]} choices of a knob that has some
 * @returns {{ label: HTMLLabelElement, input: Input }}
 */
export function inputFor({ name, text, term, kind }, choices) {
  const label = make("label", `bench-knob bench-${kind}`);
  const input = kind === "choice" ? make("select") : make("input");
  if (input instanceof HTMLSelectElement) offer(input, choices.map(alike));
  else Object.assign(input, kind === "flag" ? { type: "checkbox" } : { type: "text", autocomplete: "off" });
  input.name = name;
  if (kind === "number") input.setAttribute("inputmode", "decimal");
  explain(input, [term]);
  label.append(make("span", "", text), input);
  return { label, input };
}

/**
 * @param {HTMLSelectElement} menu
 * @param {[string, string][]} choices values and their words
 */
export function offer(menu, choices) {
  menu.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
}

/**
 * @param {Input} input
 * @param {unknown} value
 */
export function fill(input, value) {
  if (input.type === "checkbox") Object.assign(input, { checked: Boolean(value) });
  else input.value = Array.isArray(value) ? value.join(", ") : String(value);
}

/**
 * What a person wrote. What is no number stays a word, so that the server can say what is wrong with it.
 * @param {Pick<Knob, "kind">} knob
 * @param {{ value: string, checked?: boolean }} input
 */
export function readKnob({ kind }, input) {
  if (kind === "flag") return Boolean(input.checked);
  if (kind === "choice") return input.value;
  if (kind === "number") return toNumber(input.value);
  return input.value
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(toNumber);
}

/** @param {string} text with a comma before thousands, as the page writes them, or before decimals */
function toNumber(text) {
  const plain = THOUSANDS.test(text.trim()) ? text.replaceAll(",", "") : text.replace(",", ".");
  const number = Number(plain);
  return text.trim() && Number.isFinite(number) ? number : text;
}

/**
 * The lists that have an entry for each convolution layer, with another number of layers: the last entry is repeated, and
 * an added layer has the padding with which its maps stay as large as what it reads.
 * @param {Record<string, unknown>} knobs
 * @param {number} count
 */
export function withLayers(knobs, count) {
  const [channels, kernels, paddings] = BY_LAYER.map((name) => /** @type {number[]} */ (knobs[name]));
  const stretched = (/** @type {number[]} */ list) =>
    Array.from({ length: count }, (_, i) => list[Math.min(i, list.length - 1)]);
  const sides = stretched(kernels);
  const borders = sides.map((side, i) => paddings[i] ?? Math.floor(side / 2));
  return { ...knobs, channels: stretched(channels), kernel_sizes: sides, paddings: borders };
}

/**
 * @param {string} word
 * @returns {[string, string]}
 */
function alike(word) {
  return [word, word];
}
