// Several digits in one photo, each a small button that puts it on the pad. The row stays while they are read one by one.

import { bytesOf } from "../lib/bytes.js";
import { PICTURE_SIZE, paintBytes } from "../lib/canvas.js";
import { make, makeButton } from "../lib/elements.js";
import { GREY } from "../lib/palette.js";

/** @typedef {import("../values.js").DigitValue} DigitValue */

/** Whether the row belongs to what is on the pad: the photo itself, or a digit that was chosen from it. */
export class Belonging {
  drawing = -1;
  chosen = false;

  /** A digit was chosen: the next drawing is this digit. */
  choose() {
    this.chosen = true;
  }

  /**
   * Whether the row stays as it is, beside a drawing whose answer came with so many digits.
   * @param {number} drawing
   * @param {number} count
   */
  stays(drawing, count) {
    const stays = count === 0 && (drawing === this.drawing || this.chosen);
    if (drawing !== this.drawing) this.chosen = false;
    this.drawing = drawing;
    return stays;
  }
}

export class Digits {
  belonging = new Belonging();

  /**
   * @param {HTMLElement} row
   * @param {(picture: Uint8Array) => void} put
   */
  constructor(row, put) {
    this.row = row;
    this.put = put;
  }

  /**
   * @param {number} drawing
   * @param {DigitValue[]} digits
   */
  show(drawing, digits) {
    if (this.belonging.stays(drawing, digits.length)) return;
    this.row.hidden = digits.length === 0;
    const words = make("span", "", `${digits.length} digits; read one:`);
    this.row.replaceChildren(...(digits.length ? [words, ...digits.map((digit, at) => this.#button(digit, at))] : []));
  }

  /**
   * @param {DigitValue} digit
   * @param {number} place
   */
  #button({ picture, label }, place) {
    const small = make("canvas");
    paintBytes(small, PICTURE_SIZE, PICTURE_SIZE, GREY, picture);
    const button = makeButton("", "", () => this.#choose(button, picture));
    button.setAttribute("aria-label", `Digit ${place + 1}, taken for ${label}`);
    button.setAttribute("aria-pressed", "false");
    button.append(small, label);
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} picture
   */
  #choose(button, picture) {
    for (const each of this.row.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
    this.belonging.choose();
    this.put(bytesOf(picture));
  }
}
