// Rings around what a step of an exercise speaks of. They are a style sheet's rules: the maps are built again and again,
// and each time the ring is there.

const FRAMES = 120; // animation frames until something that is not built is not waited for any more
const RING = "outline: 3px solid var(--lab-ring); outline-offset: 2px; border-radius: 4px;";

/** @typedef {import("../values.js").RingValue} RingValue */

/** @type {Record<RingValue["what"], (ring: RingValue) => string>} */
const SELECTORS = {
  map: ({ layer, number }) => `.layer[data-number="${layer}"] .map[data-channel="${number - 1}"]`,
  layer: ({ layer }) => `.layer[data-number="${layer}"] .layer-maps`,
  pad: () => ".pad-canvas",
  picture: () => ".verdict-seen:not(.verdict-other) .verdict-field-box",
  answer: () => ".verdict-label, .verdict-show",
  panel: () => ".explanation",
  epochs: () => ".epochs",
};

export class Rings {
  sheet = new CSSStyleSheet();

  constructor() {
    document.adoptedStyleSheets.push(this.sheet);
  }

  /** @param {RingValue[]} rings */
  show(rings) {
    const selectors = rings.map(selectorOf);
    this.sheet.replaceSync(selectors.map((selector) => `${selector} { ${RING} }`).join("\n"));
    if (rings.length && rings[0].what !== "panel") bringIntoView(selectors[0], FRAMES);
  }
}

/** @param {RingValue} ring */
export function selectorOf(ring) {
  return SELECTORS[ring.what](ring);
}

/**
 * On a phone what a step speaks of may be out of sight.
 * @param {string} selector
 * @param {number} frames to wait for it
 */
function bringIntoView(selector, frames) {
  const found = document.querySelector(selector);
  if (found) found.scrollIntoView({ block: "nearest" });
  else if (frames) requestAnimationFrame(() => bringIntoView(selector, frames - 1));
}
