// Finding and making elements.

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/**
 * A new button that does something.
 * @param {string} className
 * @param {string} text
 * @param {() => void} act
 */
export function makeButton(className, text, act) {
  const button = Object.assign(make("button", className, text), { type: "button" });
  button.addEventListener("click", act);
  return button;
}

/**
 * The first element of a component's template that a selector finds.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {T}
 */
export function find(root, selector) {
  return /** @type {T} */ (root.querySelector(selector));
}

/**
 * All of them.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {T[]}
 */
export function findAll(root, selector) {
  return /** @type {T[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * A part of a square, in shares of its side.
 * @typedef {{ left: number, top: number, width: number, height: number }} Part
 */

/**
 * Lays an element over a part of what it stands in.
 * @param {HTMLElement} mark
 * @param {Part} part
 */
export function layOver(mark, { left, top, width, height }) {
  const percent = (/** @type {number} */ share) => `${100 * share}%`;
  const place = { left: percent(left), top: percent(top), width: percent(width), height: percent(height) };
  Object.assign(mark.style, place);
}
