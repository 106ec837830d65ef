// A colour scale with its two ends.

import { putPixels } from "../lib/canvas.js";
import { make } from "../lib/elements.js";
import { number } from "../lib/numbers.js";
import { paletteFor } from "../lib/palette.js";
import { explain, termButton } from "../lib/words.js";

export const APART = ["l2", "cosine"]; // the words for how far two maps are apart

export class ScaleBar {
  box = make("div", "layer-scale");
  low = make("span", "layer-low");
  high = make("span", "layer-high");
  strip = make("canvas");

  /** @param {string} name */
  constructor(name) {
    this.named = Boolean(name);
    this.name = name ? termButton(name, ["difference", ...APART]) : make("span");
    this.name.classList.add("layer-scale-name");
    if (!name) explain(this.box, ["scale"]);
    this.strip.setAttribute("role", "img");
    this.box.append(this.name, this.low, this.strip, this.high);
  }

  /**
   * @param {import("../values.js").ScaleValue} scale
   * @param {{ each: boolean }} [maps] whether each map has a scale of its own: then the ends have no numbers
   */
  show(scale, { each } = { each: false }) {
    const [low, high] = each ? ownEnds(scale) : [number(scale.low), number(scale.high)];
    if (!this.named) this.name.textContent = each ? "each map:" : "";
    this.low.textContent = low;
    this.high.textContent = high;
    this.strip.setAttribute("aria-label", `Colour scale${each ? " of each map" : ""} from ${low} to ${high}`);
    const palette = paletteFor(scale);
    putPixels(this.strip, palette.length, 1, palette);
  }
}

/** @param {import("../values.js").ScaleValue} scale */
function ownEnds({ signed }) {
  return signed ? ["below 0", "above 0"] : ["lowest", "highest"];
}
