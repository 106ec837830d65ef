// The QR code of a link, large over the whole page, for the phones of a class. Dark on light in every colour scheme, as
// cameras want it.

import { putPixels } from "../lib/canvas.js";
import { find } from "../lib/elements.js";

const ALONE = ["localhost", "127.0.0.1", "[::1]"]; // hosts that no other computer finds
const QUIET = 4; // modules of light around the code, by its standard
const [LIGHT, DARK] = [0xffffffff, 0xff000000]; // opaque pixels

export class CodeDialog {
  /** @param {HTMLElement} element of the whole component */
  constructor(element) {
    this.box = /** @type {HTMLDialogElement} */ (find(element, ".takeaway-code"));
    this.canvas = /** @type {HTMLCanvasElement} */ (find(this.box, "canvas"));
    this.link = find(this.box, ".takeaway-code-link");
    this.here = find(this.box, ".takeaway-code-here");
  }

  listen() {
    // A click anywhere but on the link, which can be selected.
    this.box.addEventListener("click", ({ target }) => {
      if (target !== this.link) this.box.close();
    });
    // Its keys are its own: Escape closes the dialog, and not what is explained below it.
    this.box.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /**
   * @param {string[]} rows the modules of the code
   * @param {string} link
   */
  show(rows, link) {
    const { side, pixels } = pixelsOf(rows);
    putPixels(this.canvas, side, side, pixels);
    this.link.textContent = link;
    this.here.hidden = !ALONE.includes(new URL(link).hostname);
    if (!this.box.open) this.box.showModal();
  }
}

/**
 * A code with its quiet zone, a pixel for each module.
 * @param {string[]} rows
 */
export function pixelsOf(rows) {
  const side = rows.length + 2 * QUIET;
  const pixels = new Uint32Array(side * side).fill(LIGHT);
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x++) if (row[x] === "1") pixels[(y + QUIET) * side + x + QUIET] = DARK;
  }
  return { side, pixels };
}
