// What the network sees and the probability of each class, of one picture or of two.

// A click on one of several digits in a photo puts it on the pad and triggers "put".

import { base64Of, bytesOf } from "./lib/bytes.js";
import { PICTURE_SIZE, paintBytes } from "./lib/canvas.js";
import { find, findAll, layOver, make } from "./lib/elements.js";
import { percent } from "./lib/numbers.js";
import { DIVERGING } from "./lib/palette.js";
import { onSignal, signal } from "./lib/signals.js";
import { NOTHING, onAnswer } from "./lib/value.js";
import { Bars } from "./verdict/bars.js";
import { Digits } from "./verdict/digits.js";
import { showNearest, showPicture, stepItem } from "./verdict/pictures.js";
import { Remark } from "./verdict/remark.js";

/** @typedef {import("./values.js").VerdictValue} VerdictValue */

/** @satisfies {Partial<VerdictValue>} */
const NO_ANSWER = {
  refused: false,
  picture: "",
  label: "",
  note: "",
  probabilities: [],
  doubts: [],
  digits: [],
  nearest: [],
  other: null,
  steps: [],
  overlay: null,
};

/** @param {import("./lib/value.js").Component} component */
export default function start(component) {
  const verdict = new Verdict(component.element, (picture) => {
    signal("lab-example", picture);
    component.trigger("put");
  });
  const admit = onAnswer(component, (/** @type {VerdictValue} */ value) => verdict.show(value));
  onSignal("lab-live", (answer) => admit(answer) && verdict.follow(answer));
  onSignal("lab-field", (seen) => verdict.frame(seen));
  onSignal("lab-reveal", () => verdict.reveal());
  onSignal("lab-trouble", (words) => verdict.showTrouble(words));
}

class Verdict {
  /** @type {VerdictValue | undefined} */
  shown;
  revealed = NOTHING.drawing; // the drawing whose hidden answer a person asked for
  overlaid = false;
  remark = new Remark();

  /**
   * @param {HTMLElement} element
   * @param {(picture: Uint8Array) => void} put puts a digit's bytes on the pad
   */
  constructor(element, put) {
    this.element = element;
    this.digits = new Digits(find(element, ".verdict-digits"), put);
    const [picture, overlay, other] = /** @type {HTMLCanvasElement[]} */ (findAll(element, "canvas"));
    this.canvases = { picture, overlay, other };
    this.frames = findAll(element, ".verdict-field");
    this.otherSize = find(element, ".verdict-other .verdict-size");
    this.other = find(element, ".verdict-other");
    this.bars = new Bars(find(element, ".verdict-bars"));
    this.label = find(element, ".verdict-label");
    this.overlayNote = find(element, ".verdict-overlay-note");
    this.showButton = find(element, ".verdict-show");
    this.showButton.addEventListener("click", () => this.reveal());
  }

  /** @param {VerdictValue} value */
  show(value) {
    if (this.shown && this.element.dataset.live === String(value.drawing)) this.#compare(this.shown, value);
    this.shown = value;
    this.#showAnswer(value, { moving: false });
    this.element.dataset.drawing = String(value.drawing);
    this.element.dataset.label = value.label;
  }

  /**
   * The browser's own answer while the pen moves. What the server alone can say, as doubts, is left out.
   * @param {import("./lib/signals.js").LiveAnswer} answer
   */
  follow({ picture, other, ...answer }) {
    if (!this.shown) return;
    const { steps, overlay } = this.shown;
    const beside = other ? { ...other, picture: base64Of(other.picture) } : this.shown.other;
    const value = { ...this.shown, ...NO_ANSWER, ...answer, picture: base64Of(picture), other: beside, text: "" };
    this.#showAnswer(value, { moving: true });
    this.shown = { ...value, steps, overlay };
    this.element.dataset.live = String(value.drawing);
    this.element.dataset.label = value.label;
  }

  /**
   * The server did not answer: what stands here belongs to a picture or a network of before.
   * @param {string} words
   */
  showTrouble(words) {
    if (!this.shown) return;
    this.#showAnswer({ ...this.shown, ...NO_ANSWER, text: words, refused: true }, { moving: false });
    find(this.element, ".verdict-note").textContent = "";
  }

  /**
   * @param {VerdictValue} value
   * @param {{ moving: boolean }} pen
   */
  #showAnswer(value, { moving }) {
    this.element.classList.toggle("verdict-empty", !value.label);
    this.element.classList.toggle("verdict-refused", value.refused);
    this.element.classList.toggle("verdict-doubted", value.doubts.length > 0);
    showPicture(this.canvases.picture, value.picture);
    this.#hide(value);
    const comparable = this.bars.show(value);
    this.other.classList.toggle("verdict-barred", comparable);
    this.#showOther(value.other);
    if (moving) this.canvases.overlay.hidden = true;
    else this.#showRest(value);
    this.#say(value);
  }

  /**
   * Frames what a cell of a map sees of the pictures.
   * @param {import("./lib/signals.js").SeenPart | null} seen
   */
  frame(seen) {
    ["a", "b"].forEach((side, i) => {
      const frame = this.frames[i];
      frame.hidden = !seen?.sides.split(" ").includes(side);
      if (seen && !frame.hidden) layOver(frame, seen);
    });
  }

  /**
   * Keeps how far the browser's own answers were from the server's at most, where tests and curious people find it.
   * @param {VerdictValue} own
   * @param {VerdictValue} confirmed
   */
  #compare(own, confirmed) {
    if (!confirmed.label || own.picture === "") return;
    if (own.revision !== confirmed.revision || own.network !== confirmed.network) return; // one looked at something else
    const { dataset } = this.element;
    dataset.apart = String(Math.max(Number(dataset.apart ?? 0), distance(own, confirmed)));
  }

  /** @param {VerdictValue} value */
  #say({ drawing, label, text, note, prepared, doubts, digits, nearest }) {
    find(this.element, ".verdict-size").textContent = prepared ? "28 × 28 pixels" : "28 × 28 pixels, not prepared";
    const said = label || text;
    if (this.label.textContent !== said) this.label.textContent = said; // a screen reader reads every change
    find(this.element, ".verdict-note").textContent = this.remark.on(drawing, note);
    this.digits.show(drawing, digits);
    const sentences = doubts.map((sentence) => make("li", "", sentence));
    find(this.element, ".verdict-doubts").replaceChildren(...sentences);
    showNearest(find(this.element, ".verdict-nearest"), nearest);
  }

  /** @param {VerdictValue["other"]} value */
  #showOther(value) {
    this.other.hidden = !value;
    if (!value) return;
    find(this.other, "figcaption").textContent = `B: ${value.title}`;
    const best = value.probabilities.find(([name]) => name === value.label);
    this.otherSize.textContent = best ? `B is taken for: ${value.label}, ${percent(best[1])}` : "";
    showPicture(this.canvases.other, value.picture);
  }

  // The steps and the overlay's note stay while the pen moves, so that nothing moves under it.
  /** @param {VerdictValue} value */
  #showRest({ steps, overlay }) {
    this.canvases.overlay.hidden = !overlay;
    find(this.element, ".verdict-steps").replaceChildren(...steps.map(stepItem));
    this.overlayNote.textContent = overlay?.note ?? "";
    if (overlay && !this.overlaid) this.canvases.picture.scrollIntoView({ block: "nearest" }); // the switch is farther down
    this.overlaid = overlay !== null;
    if (overlay) paintBytes(this.canvases.overlay, PICTURE_SIZE, PICTURE_SIZE, DIVERGING, overlay.cells);
  }

  reveal() {
    if (!this.shown || this.showButton.hidden) return;
    this.revealed = this.shown.drawing;
    this.#hide(this.shown);
    this.label.scrollIntoView({ block: "nearest" });
  }

  /** @param {VerdictValue} value */
  #hide({ hide, label, drawing }) {
    const hidden = hide && Boolean(label) && this.revealed !== drawing;
    find(this.element, ".verdict-answer").hidden = hidden;
    this.otherSize.hidden = this.overlayNote.hidden = hidden;
    this.showButton.hidden = !hidden;
    document.body.classList.toggle("lab-hidden", hidden);
  }
}

/**
 * The largest difference of two answers to one drawing, in a pixel of the picture or in a probability.
 * @param {VerdictValue} one
 * @param {VerdictValue} other
 */
function distance(one, other) {
  const [mine, theirs] = [one, other].map(({ picture }) => bytesOf(picture));
  const pixels = Array.from(mine, (grey, i) => Math.abs(grey - theirs[i]) / 255);
  const shares = one.probabilities.map(([, share], i) => Math.abs(share - other.probabilities[i][1]));
  return Math.max(...pixels, ...shares);
}
