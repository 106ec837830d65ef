// One tip for the whole page: what the words of an element mean. It comes when the mouse or the keyboard rests on the
// element, at once when a word is clicked, and on a phone when a word is tapped or a switch is held. It goes with
// Escape, and with the next thing that a person does elsewhere. It keeps off the pad, where somebody may go on drawing.

import { make } from "../lib/elements.js";
import { within } from "../lib/numbers.js";
import { EXPLAINED, isEntry } from "../lib/words.js";

const WAIT = 500; // milliseconds for which the mouse or the keyboard rests until the tip comes
const HOLD = 400; // milliseconds for which a finger holds a switch; a phone's own menu comes a little later
const LEAVE = 250; // milliseconds in which the mouse can go from the word into its tip
const GAP = 6; // pixels between the word and its tip
const EDGE = 8; // pixels between the tip and the window's edge, at least
const STILL = 8; // pixels that a resting finger may move
const PAD = ".pad-field"; // finds what a tip keeps off
const SWITCH = "input, select, summary, label, legend"; // a click on one of these has a meaning of its own

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Edges */
/** @typedef {{ width: number, height: number }} Size */

export function showTips() {
  new Tips().listen();
}

class Tips {
  box = make("div", "tip");
  /** @type {HTMLElement | null} */
  owner = null; // the element that the tip is about, while it is open
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  held = false; // a finger has opened the tip, and has not let go yet
  touched = false; // a finger lies on an element that has an explanation
  start = { x: 0, y: 0 }; // where the finger came down
  at = { x: -1, y: -1 }; // where the pointer is

  constructor() {
    this.box.setAttribute("role", "tooltip");
    this.box.popover = "manual";
  }

  listen() {
    document.addEventListener("pointerover", (event) => this.#hover(event));
    document.addEventListener("pointerdown", (event) => this.#press(event));
    document.addEventListener("pointermove", (event) => this.#move(event));
    document.addEventListener("pointerup", (event) => this.#release(event));
    document.addEventListener("pointercancel", (event) => this.#release(event));
    document.addEventListener("focusin", ({ target }) => this.#focus(target));
    document.addEventListener("focusout", ({ target }) => (target === this.owner ? this.#close() : this.#stop()));
    document.addEventListener("contextmenu", (event) => this.touched && event.preventDefault());
    window.addEventListener("click", (event) => this.#click(/** @type {PointerEvent} */ (event)), { capture: true });
    window.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    window.addEventListener("scroll", () => this.owner && this.#close(), { capture: true, passive: true });
    window.addEventListener("resize", () => this.#close());
  }

  /** @param {PointerEvent} event */
  #hover({ target, pointerType, buttons, clientX, clientY }) {
    const moved = clientX !== this.at.x || clientY !== this.at.y; // or something was built under a mouse that rests
    if (pointerType === "touch" || buttons || !moved) return;
    const element = explainedAt(target);
    if (element && element === this.owner) return this.#stop();
    if (element) return this.#after(WAIT, () => this.#open(element));
    if (this.owner && this.#isInside(target)) return this.#stop();
    if (this.owner?.matches(":focus-visible")) return this.#stop(); // the keyboard has opened it
    this.#after(LEAVE, () => this.#close());
  }

  /** @param {EventTarget | null} target */
  #focus(target) {
    const element = explainedAt(target);
    if (element?.matches(":focus-visible")) this.#after(WAIT, () => this.#open(element));
  }

  /** @param {PointerEvent} event */
  #press({ target, pointerType, clientX, clientY }) {
    this.at = { x: clientX, y: clientY };
    this.held = false;
    const element = explainedAt(target);
    if (element !== this.owner && !this.#isInside(target)) this.#close();
    this.touched = Boolean(element) && pointerType === "touch";
    if (!element || !this.touched) return;
    this.start = { x: clientX, y: clientY };
    this.#after(HOLD, () => {
      this.held = true;
      this.#open(element);
    });
  }

  /** @param {PointerEvent} event */
  #move({ pointerType, clientX, clientY }) {
    this.at = { x: clientX, y: clientY };
    const far = Math.hypot(clientX - this.start.x, clientY - this.start.y) > STILL;
    if (pointerType === "touch" && far) this.#stop();
  }

  /** @param {PointerEvent} event */
  #release({ pointerType }) {
    if (pointerType === "touch") this.#stop();
    this.touched = false;
  }

  /** @param {PointerEvent} event */
  #click(event) {
    const { target, pointerType, detail } = event;
    if (this.held) {
      event.preventDefault(); // who asks what a switch means does not want to switch
      event.stopPropagation();
      this.held = false;
      return;
    }
    const element = explainedAt(target);
    const asks = element && target instanceof Element && !target.closest(SWITCH);
    if (asks && (element !== this.owner || pointerType === "mouse")) this.#open(element);
    else if (asks) this.#close();
    else if (detail && !this.#isInside(target)) this.#close(); // a key on a switch clicks, too, without detail
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || !this.owner) return;
    this.#close();
    event.stopImmediatePropagation(); // it closes the tip alone, not the panel below it
  }

  /** @param {HTMLElement} element */
  #open(element) {
    this.#stop();
    if (!element.isConnected) return; // it was built again while the mouse waited
    this.owner = element;
    this.box.replaceChildren(...paragraphsFor(element));
    if (!this.box.isConnected) document.querySelector(".gradio-container")?.append(this.box); // for its styles
    this.box.showPopover();
    const [anchor, tip] = [anchorOf(element), this.box].map((part) => part.getBoundingClientRect());
    const page = { width: document.documentElement.clientWidth, height: innerHeight };
    const pad = document.querySelector(PAD)?.getBoundingClientRect();
    const { left, top } = placeFor(anchor, tip, page, pad);
    Object.assign(this.box.style, { left: `${left}px`, top: `${top}px` });
  }

  #close() {
    this.#stop();
    if (!this.owner) return;
    this.owner = null;
    this.box.hidePopover();
  }

  /**
   * @param {number} wait
   * @param {() => void} act
   */
  #after(wait, act) {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, wait);
  }

  #stop() {
    clearTimeout(this.timer);
  }

  /** @param {EventTarget | null} target */
  #isInside(target) {
    return target instanceof Node && this.box.contains(target);
  }
}

/**
 * The element with an explanation that an event is about: itself or one around it, or the switch of a label or legend.
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function explainedAt(target) {
  if (!(target instanceof Element)) return null;
  const near = target.closest(`${EXPLAINED}, label, legend`);
  if (near?.matches("label")) return near.querySelector(EXPLAINED);
  return near?.matches("legend") ? near.closest(EXPLAINED) : /** @type {HTMLElement | null} */ (near);
}

/**
 * What the tip stands beside: a switch may be invisible itself, but its label is not.
 * @param {HTMLElement} element
 */
function anchorOf(element) {
  return element.closest("label") ?? element.querySelector("legend") ?? element;
}

/**
 * What the words of an element mean. What stands on the page already is not said again.
 * @param {HTMLElement} element
 */
function paragraphsFor(element) {
  const ids = element.getAttribute("aria-describedby")?.split(" ") ?? [];
  const texts = ids.map((id) => document.getElementById(id)).filter((text) => text !== null);
  return texts.filter((text) => isEntry(text) || !text.checkVisibility()).map(paragraphOf);
}

/** @param {HTMLElement} text */
function paragraphOf(text) {
  const paragraph = make("p");
  const name = isEntry(text) ? (text.previousElementSibling?.textContent ?? "") : "";
  if (name) paragraph.append(make("b", "", name), " ");
  paragraph.append(text.textContent ?? "");
  return paragraph;
}

/**
 * Where a tip stands: below what it is about, above it where there is no room below, below the pad where it would cover
 * that, and always inside the window.
 * @param {Edges} anchor
 * @param {Size} tip
 * @param {Size} page the window's own size
 * @param {Edges} [pad]
 */
export function placeFor(anchor, tip, page, pad) {
  const left = within(anchor.left, EDGE, Math.max(EDGE, page.width - tip.width - EDGE));
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - tip.height;
  let top = below + tip.height + EDGE <= page.height || above < EDGE ? below : above;
  const covers =
    pad && left < pad.right && left + tip.width > pad.left && top < pad.bottom && top + tip.height > pad.top;
  if (covers) top = pad.bottom + GAP;
  return { left, top: within(top, EDGE, Math.max(EDGE, page.height - tip.height - EDGE)) };
}
