// The kinds of switches that the controls are made of. Each shows a part of the view and changes it.

import { make, makeButton } from "../lib/elements.js";
import { explain } from "../lib/words.js";

/** @typedef {import("../values.js").ViewValue} ViewValue */
/** @typedef {import("./view.js").Changes} Changes */
/** @typedef {[string, string][]} Choices values and their words */

export class Inputs {
  /** @type {(() => void)[]} */
  shows = []; // what brings each switch in line with the view

  /**
   * @param {() => ViewValue} view
   * @param {(changes: Changes) => void} change
   */
  constructor(view, change) {
    this.view = view;
    this.change = change;
  }

  refresh() {
    for (const show of this.shows) show();
  }

  /**
   * A few choices of which one holds. The word "name" says what all of them are about, "name-value" what one is.
   * @template {"phase" | "scale"} Name
   * @param {HTMLElement} row
   * @param {Name} name
   * @param {string} title
   * @param {Record<string, string>} choices
   * @param {(value: ViewValue[Name]) => Changes} changes
   */
  segment(row, name, title, choices, changes) {
    const box = explain(make("fieldset", "segment"), [name]);
    const labels = make("div", "segment-choices");
    for (const [value, text] of Object.entries(choices)) {
      const input = Object.assign(make("input"), { type: "radio", name: `lab-${name}`, value });
      input.addEventListener("change", () => this.change(changes(/** @type {ViewValue[Name]} */ (value))));
      labels.append(labelled(explain(input, [`${name}-${value}`]), "", text));
      this.shows.push(() => {
        input.checked = this.view()[name] === value;
      });
    }
    box.append(make("legend", "", title), labels);
    row.append(box);
  }

  /**
   * On or off. The word with the same name says what.
   * @param {HTMLElement} row
   * @param {"numbers" | "sort" | "prepare" | "steps" | "hide" | "biases" | "pooling"} name
   * @param {string} text
   */
  check(row, name, text) {
    const input = Object.assign(make("input"), { type: "checkbox" });
    input.dataset.switch = name;
    input.addEventListener("change", () => this.change({ [name]: input.checked }));
    row.append(labelled(explain(input, [name]), "check", text));
    this.shows.push(() => {
      input.checked = this.view()[name];
    });
  }

  /**
   * A menu. Its choices are asked for at every change, since some depend on the checkpoint.
   * @param {HTMLElement} row
   * @param {"compare" | "other" | "label" | "overlay" | "instead" | "noise"} name
   * @param {string} text
   * @param {() => Choices} choices
   */
  select(row, name, text, choices) {
    const label = make("label", "select", `${text} `);
    const input = make("select");
    input.dataset.switch = name;
    const chosen = () => (typeof this.view()[name] === "number" ? Number(input.value) : input.value);
    input.addEventListener("change", () => this.change({ [name]: chosen() }));
    label.append(input);
    row.append(label);
    this.shows.push(() => {
      offer(input, choices());
      input.value = String(this.view()[name]);
    });
    return label;
  }

  /**
   * @param {HTMLElement} row
   * @param {string} text
   * @param {() => void} act
   */
  button(row, text, act) {
    const button = makeButton("", text, act);
    row.append(button);
    return button;
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {string} className
 * @param {string} text
 */
function labelled(input, className, text) {
  const label = make("label", className);
  label.append(input, make("span", "", text));
  return label;
}

/**
 * Puts choices into a menu, unless they are there: an open menu would close.
 * @param {HTMLSelectElement} menu
 * @param {Choices} choices
 */
function offer(menu, choices) {
  const same = menu.options.length === choices.length && choices.every(([, text], i) => menu.options[i].text === text);
  if (!same) menu.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
}
