// The probabilities as bars, a row for each class; B's stand beside them where it has the same classes.

import { find, make } from "../lib/elements.js";
import { hundredths, percent } from "../lib/numbers.js";

const HEAD = `<div class="bar bar-head" role="row">
  <span role="columnheader"><span class="bar-unseen">Class</span></span><span role="presentation"></span>
  <span class="bar-first" role="columnheader">A, %</span><span class="bar-second" role="columnheader">B, %</span>
</div>`;
const ROW = `<span class="bar-name" role="rowheader"></span>
  <span class="bar-track" role="presentation"><span></span><span class="bar-other"></span></span>
  <span class="bar-number" role="cell"></span><span class="bar-second" role="cell"></span>`;

export class Bars {
  /** @type {Map<string, HTMLElement>} */
  rows = new Map();

  /** @param {HTMLElement} table */
  constructor(table) {
    this.table = table;
  }

  /**
   * Says whether B has bars as well.
   * @param {import("../values.js").VerdictValue} value
   */
  show({ probabilities, label, other }) {
    const names = probabilities.map(([name]) => name);
    if (names.length && names.join() !== [...this.rows.keys()].join()) this.#build(names);
    const second = new Map(other?.probabilities ?? []);
    const comparable = names.some((name) => second.has(name));
    this.table.classList.toggle("bars-two", comparable);
    for (const [name, share] of probabilities) {
      const row = /** @type {HTMLElement} */ (this.rows.get(name));
      row.classList.toggle("bar-best", name === label);
      showRow(row, share, second.get(name));
    }
    return comparable;
  }

  /** @param {string[]} names */
  #build(names) {
    this.table.innerHTML = HEAD;
    this.rows = new Map(names.map((name) => [name, rowOf(name)]));
    this.table.append(...this.rows.values());
  }
}

/** @param {string} name */
function rowOf(name) {
  const row = make("div", "bar");
  row.setAttribute("role", "row");
  row.innerHTML = ROW;
  row.dataset.class = find(row, ".bar-name").textContent = name;
  return row;
}

/**
 * @param {HTMLElement} row
 * @param {number} share A's probability
 * @param {number | undefined} other B's
 */
function showRow(row, share, other) {
  const [track, otherTrack] = /** @type {HTMLElement[]} */ ([...find(row, ".bar-track").children]);
  track.style.width = `${100 * share}%`;
  otherTrack.style.width = `${100 * (other ?? 0)}%`;
  otherTrack.hidden = other === undefined;
  // Beside B's the number stands alone, since the bars need the room; the column's head has the sign.
  find(row, ".bar-number").textContent = other === undefined ? percent(share) : hundredths(share);
  find(row, ".bar-second").textContent = other === undefined ? "" : hundredths(other);
}
