// In place of a server: the components ask, and the answers come from what was worked out beforehand and from the
// engine. One network's page is open at a time.

import { scoreOf } from "../engine/doubt.js";
import { base64Of, bytesOf } from "../lib/bytes.js";
import { computed, onSignal, signal } from "../lib/signals.js";
import { enlarged } from "../pad/grid.js";
import { doubtsOf, explanationOf, frameOf, isBroken, nothingOf, sameFrame } from "./answers.js";
import { explained, opening, scorer } from "./files.js";

const STEP = "exercise-"; // what the link to a step begins with, as in link.py

/** @typedef {import("./host.js").Host} Host */
/** @typedef {import("../values.js").EditionValue} EditionValue */
/** @typedef {import("../values.js").OpeningValue} OpeningValue */
/** @typedef {import("../values.js").ViewValue} ViewValue */
/** @typedef {Partial<ViewValue>} Changes */
/** @typedef {Record<string, Host>} Hosts by the components' names */

export class Desk {
  turn = 0; // counts what was asked for; what is fetched for an earlier one comes too late
  note = ""; // a remark on the picture
  /** @type {import("../lib/signals.js").LiveAnswer | null} */
  answer = null; // what the network has said last

  /**
   * @param {EditionValue} edition
   * @param {string} network its name
   * @param {OpeningValue} page
   * @param {Hosts} hosts
   * @param {HTMLSelectElement} menu of networks
   */
  constructor(edition, network, page, hosts, menu) {
    this.edition = edition;
    this.network = network;
    this.page = page;
    this.hosts = hosts;
    this.menu = menu;
    this.framed = page.controls.view; // the view whose frame the maps have
  }

  listen() {
    const { pad, controls, examples, exercises, lesson } = this.hosts;
    onSignal("lab-live", (answer) => {
      this.answer = answer;
    });
    onSignal("lab-stages", () => this.#answered()); // a network may have come
    pad.on("input", () => this.#drawn());
    controls.on("input", () => this.#show());
    controls.on("pin", () => this.#explain());
    controls.on("keep", () => this.#keep());
    examples.on("select", ({ index }) => this.#choose(index));
    for (const chooser of [exercises, lesson]) chooser.on("select", ({ index }) => this.#setUp(String(index)));
    this.menu.addEventListener("change", () => this.#change(this.menu.value));
  }

  /** @param {string} fragment what the page is opened with: a step of an exercise, or nothing */
  open(fragment) {
    const step = fragment.startsWith(STEP) ? fragment.slice(STEP.length) : "";
    if (Object.hasOwn(this.edition.steps, step)) this.#setUp(step);
    else if (fragment) this.hosts.takeaway.give(notice(this.edition.sentences.link));
  }

  // What is asked for

  #drawn() {
    this.note = "";
    if (!this.#ink()) this.#frame();
    this.#answered();
  }

  /** @param {unknown} index of an example, or the name of one of the others */
  #choose(index) {
    const ink = this.#ink();
    if (index === "upside down" && ink) this.#put(ink.reverse());
    else if (index === "noise") this.#put(enlarged(bytesOf(this.edition.noise)));
    this.note = typeof index === "number" ? (this.page.notes[index] ?? "") : "";
    // Noise has no ink to find; it goes to the network as it is.
    const prepare = index === "upside down" ? this.#view().prepare : index !== "noise";
    if (prepare !== this.#view().prepare) this.#turnSwitches({ prepare });
    this.#show();
  }

  #keep() {
    const { picture } = computed();
    const { nothing_to_keep } = this.edition.sentences;
    this.hosts.takeaway.give(notice(picture ? "" : nothing_to_keep));
    if (!picture) return;
    const kept_as = this.#view().prepare ? (this.page.alone.network?.kind ?? "") : "";
    const changes = { compare: "kept", kept: base64Of(picture), kept_as };
    this.#turnSwitches(changes);
    this.#show();
  }

  /** @param {string} network its name */
  async #change(network) {
    const page = await this.#opened(network);
    if (!page) return;
    this.#turnSwitches({});
    this.hosts.examples.give(page.examples);
    this.#frame();
    this.#answered();
  }

  /** @param {string} name of a step of an exercise */
  async #setUp(name) {
    const step = this.edition.steps[name];
    if (!step || !(await this.#opened(step.checkpoint))) return;
    this.note = "";
    this.menu.value = this.network;
    this.#put(enlarged(bytesOf(step.picture)));
    this.#turnSwitches(step.view);
    this.hosts.examples.give(this.page.examples);
    this.#frame();
    this.#answered();
    this.hosts.takeaway.give(notice(""));
    this.hosts.exercises.give(step.exercises);
    this.hosts.lesson.give(step.lesson);
  }

  /**
   * Opens the page of a network. Null where it cannot be had, or something else was asked for since.
   * @param {string} network its name
   */
  async #opened(network) {
    this.turn += 1;
    const { turn } = this;
    const page = await opening(network).catch(() => null);
    if (turn !== this.turn) return null;
    if (!page) {
      signal("lab-trouble", this.edition.sentences.no_files);
      this.menu.value = this.network;
      return null;
    }
    [this.network, this.page] = [network, page];
    return page;
  }

  // What is on the page

  /** @returns {ViewValue} */
  #view() {
    return this.hosts.controls.sent().view;
  }

  #ink() {
    const { grid } = this.hosts.pad.sent() ?? { grid: "" };
    return grid ? bytesOf(grid) : null;
  }

  /** @returns {import("../lib/value.js").Numbered} */
  #numbered() {
    return { drawing: this.hosts.pad.sent()?.drawing ?? 0, revision: this.hosts.controls.sent().revision };
  }

  // The answers

  /** @param {Uint8Array} ink a picture for the pad */
  #put(ink) {
    const drawing = this.#numbered().drawing + 1;
    this.hosts.pad.give({ drawing, grid: base64Of(ink), strokes: "", put: true });
  }

  /** @param {Changes} changes */
  #turnSwitches(changes) {
    const { revision, view } = this.hosts.controls.sent();
    const next = { revision: revision + 1, view: { ...view, ...changes }, changes };
    this.hosts.controls.give({ ...this.page.controls, ...next });
  }

  // The maps show most changes of a view by themselves; others need another frame.
  #show() {
    if (!sameFrame(this.framed, this.#view())) this.#frame();
    else this.#fill();
    this.#answered();
  }

  // A frame, and in it what is on the pad.
  #frame() {
    this.answer = null;
    this.framed = this.#view();
    this.hosts.maps.give(frameOf(this.page, this.framed, this.#numbered(), this.edition.sentences));
    this.#fill();
    if (this.framed.phase === "kernels") this.#showKernels();
  }

  // Kernels are no answer to a picture: the maps show them when the view has changed.
  #showKernels() {
    this.#turnSwitches({});
    const { revision } = this.#numbered();
    signal("lab-view", { revision, view: this.framed, changed: ["phase"], painted: "" });
  }

  #fill() {
    const ink = this.#ink();
    const { drawing } = this.#numbered();
    if (ink && this.answer?.drawing !== drawing) signal("lab-ink", { drawing, ink, resting: true, painted: "" });
  }

  // What is said when the pen rests: the browser's own answer, or the hint of an empty pad.
  #answered() {
    const { verdict } = this.hosts;
    const numbered = this.#numbered();
    const { hide, prepare } = this.#view();
    const plain = { ...this.page.verdict, ...numbered, hide, prepared: prepare };
    const said = this.answer?.drawing === numbered.drawing ? this.answer : null;
    const answered = said && { ...plain, ...worded(said), ...numbered, text: "", note: this.note };
    if (answered) {
      verdict.give(answered);
      this.#doubt(answered);
    } else if (!this.#ink()) verdict.give(plain);
    this.#explain();
  }

  /** @param {Record<string, any>} answered the verdict without doubts */
  async #doubt(answered) {
    const [{ turn, answer, network }, { off, epoch, ...view }] = [this, this.#view()];
    const { a } = computed();
    if (!a || !this.page.doubts.length || off.length || epoch !== null || isBroken({ off, epoch, ...view })) return;
    const known = await scorer(network).catch(() => null);
    if (!known || turn !== this.turn || answer !== this.answer) return;
    const doubts = doubtsOf(this.page, scoreOf(known, computed().a ?? a));
    if (doubts.length) this.hosts.verdict.give({ ...answered, doubts });
  }

  async #explain() {
    const [view, numbered, { turn }] = [this.#view(), this.#numbered(), this];
    const { explanation } = this.hosts;
    if (!view.pin || view.phase === "kernels" || !this.#ink()) return explanation.give(nothingOf(numbered));
    if (isBroken(view)) return explanation.give(nothingOf(numbered, this.edition.sentences.broken));
    const beside = view.side === "b" && view.compare === "checkpoint";
    const found = await explained(beside ? view.other : this.network).catch(() => null);
    const { revision } = this.#numbered();
    if (!found || turn !== this.turn || revision !== numbered.revision) return;
    if (computed()[view.side === "b" ? "b" : "a"]) explanation.give(explanationOf(found, view, this.#numbered()));
  }
}

/**
 * An answer of the engine as a server words it.
 * @param {import("../lib/signals.js").LiveAnswer} answer
 */
function worded({ network, picture, label, probabilities, other }) {
  const beside = other && { ...other, picture: base64Of(other.picture) };
  return { network, picture: base64Of(picture), label, probabilities, other: beside };
}

/**
 * @param {string} text
 * @returns {import("../values.js").TakeawayValue}
 */
function notice(text) {
  return { stamp: 0, name: "", kind: "", content: "", link: "", code: [], text };
}
