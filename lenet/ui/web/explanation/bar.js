// A line with a bar: what adds to a sum stands right of the middle, what takes away from it left.

import { make } from "../lib/elements.js";
import { exact } from "../lib/numbers.js";
import { DIVERGING, indexer, partsOf } from "../lib/palette.js";

const STRENGTH = 0.6; // of the bars' two colours, in shares of the palette's half

/**
 * @param {HTMLElement} name
 * @param {string} words
 * @param {number} product
 * @param {number} most
 */
export function barOf(name, words, product, most) {
  const row = make("div", "contribution");
  const bar = make("span", "contribution-bar");
  const share = Math.min(1, Math.abs(product) / most) / 2;
  const fill = make("span");
  const colour = DIVERGING[indexer({ low: -1, high: 1, signed: true })(product < 0 ? -STRENGTH : STRENGTH)];
  Object.assign(fill.style, {
    left: `${100 * (product < 0 ? 0.5 - share : 0.5)}%`,
    width: `${100 * share}%`,
    background: `rgb(${partsOf(colour)})`,
  });
  bar.append(fill);
  row.append(name, bar, make("span", "contribution-words", words), make("b", "", exact(product)));
  return row;
}
