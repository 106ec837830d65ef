// The table of all that were trained on this page. Those that are shown have their curves laid over each other.

import { find, make, makeButton } from "../lib/elements.js";
import { hundredths } from "../lib/numbers.js";

const COLOURS = 4; // in plot.css

/** @typedef {import("../values.js").ProgressValue} ProgressValue */
/** @typedef {import("./curves.js").Shown} Shown */

export class Runs {
  /** @type {Map<string, Shown & { seen: boolean }>} */
  known = new Map(); // by the network's name

  /**
   * @param {HTMLElement} table
   * @param {{ use: (name: string) => void, show: () => void }} acts
   */
  constructor(table, acts) {
    this.table = table;
    this.acts = acts;
  }

  /** @param {ProgressValue} run */
  keep(run) {
    const known = this.known.get(run.name);
    const number = this.known.size;
    const fresh = { colour: number % COLOURS, letter: String.fromCharCode(65 + (number % 26)), seen: true };
    this.known.set(run.name, { ...(known ?? fresh), run });
    this.table.hidden = false;
    const row = this.#rowOf(run.name);
    const old = find(this.table, `[data-run=${run.name}]`);
    if (!old) find(this.table, "tbody").append(row);
    else if (old.textContent !== row.textContent) old.replaceWith(row); // what has the focus keeps it
  }

  /**
   * A training that has given nothing leaves no row.
   * @param {string} name
   */
  forget(name) {
    this.known.delete(name);
    this.table.querySelector(`[data-run=${name}]`)?.remove();
    this.table.hidden = !this.known.size;
  }

  /** Those whose curves are shown. */
  shown() {
    return [...this.known.values()].filter(({ seen }) => seen);
  }

  /** Those whose networks can be looked through. */
  done() {
    return [...this.known.values()].map(({ run }) => run).filter(({ phase }) => phase === "done");
  }

  /** @param {string} name */
  #rowOf(name) {
    const { run, colour, letter, seen } = /** @type {Shown & { seen: boolean }} */ (this.known.get(name));
    const row = make("tr");
    row.dataset.run = name;
    const last = run.epochs[run.epochs.length - 1];
    const cells = [
      run.epochs.length === run.planned ? String(run.planned) : `${run.epochs.length} of ${run.planned}`,
      last ? hundredths(last.train[1]) : "",
      last?.validation ? hundredths(last.validation[1]) : "",
      run.parameters.toLocaleString("en"),
    ];
    const title = Object.assign(make("th", "", `${letter} · ${run.title}`), { scope: "row" });
    row.append(this.#check(name, colour, letter, seen), title, ...cells.map((text) => make("td", "", text)));
    row.append(this.#actsFor(run));
    return row;
  }

  /**
   * @param {string} name
   * @param {number} colour
   * @param {string} letter
   * @param {boolean} seen
   */
  #check(name, colour, letter, seen) {
    const input = Object.assign(make("input"), { type: "checkbox", checked: seen, ariaLabel: `Show ${letter}` });
    input.addEventListener("change", () => {
      const known = this.known.get(name);
      if (known) this.known.set(name, { ...known, seen: input.checked });
      this.acts.show();
    });
    const cell = make("td", `progress-colour plot-${colour}`);
    cell.append(input);
    return cell;
  }

  /** @param {ProgressValue} run */
  #actsFor({ name, phase, command }) {
    const cell = make("td", "progress-acts");
    if (phase !== "done") return cell;
    const { gradio_config: config } = /** @type {{ gradio_config?: { root: string } }} */ (window);
    const link = make("a", "progress-link", "Download");
    Object.assign(link, { href: `${config?.root ?? ""}/trained/${name}.zip`, download: "" });
    const line = make("details", "progress-command");
    line.append(make("summary", "", "Command"), make("code", "", command));
    cell.append(
      makeButton("", "Use it", () => this.acts.use(name)),
      link,
      line,
    );
    return cell;
  }
}
