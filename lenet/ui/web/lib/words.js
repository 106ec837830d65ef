// Words of the page that have an explanation. The texts stand once, in the list that lenet/ui/words.py writes; here an
// element names the ones that it needs. A screen reader reads them from the list, and page/tips.js shows them.

import { make } from "./elements.js";

const WORD = "word-"; // what an entry's id begins with; the word's key follows

export const EXPLAINED = `[aria-describedby^="${WORD}"]`; // finds all elements that have an explanation

/**
 * @template {HTMLElement} T
 * @param {T} element
 * @param {string[]} terms the keys of its words
 * @param {string[]} [further] ids of elements that say more
 * @returns {T}
 */
export function explain(element, terms, further = []) {
  element.setAttribute("aria-describedby", [...terms.map((term) => WORD + term), ...further].join(" "));
  return element;
}

/**
 * A word in a text that can be asked what it means.
 * @param {string} text
 * @param {string[]} terms
 * @param {string[]} [further]
 */
export function termButton(text, terms, further) {
  const button = Object.assign(make("button", "term", text), { type: /** @type {const} */ ("button") });
  return explain(button, terms, further);
}

/**
 * Whether an element is an entry of the list.
 * @param {Element} element
 */
export function isEntry({ id }) {
  return id.startsWith(WORD);
}
