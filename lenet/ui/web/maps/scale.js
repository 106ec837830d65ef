// A colour scale with its two ends.

import { putPixels } from "../lib/canvas.js";
import { make } from "../lib/elements.js";
import { number } from "../lib/numbers.js";
import { paletteFor } from "../lib/palette.js";

export class ScaleBar {
  box = make("div", "layer-scale");
  low = make("span", "layer-low");
  high = make("span", "layer-high");
  strip = make("canvas");

  /** @param {string} name */
  constructor(name) {
    this.name = make("span", "", name);
    this.strip.setAttribute("role", "img");
    this.box.append(this.name, this.low, this.strip, this.high);
  }

  /** @param {import("../values.js").ScaleValue} scale */
  show(scale) {
    const [low, high] = [number(scale.low), number(scale.high)];
    this.low.textContent = low;
    this.high.textContent = high;
    this.strip.setAttribute("aria-label", `Colour scale from ${low} to ${high}`);
    const palette = paletteFor(scale);
    putPixels(this.strip, palette.length, 1, palette);
  }
}
