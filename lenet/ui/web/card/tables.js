// The tables of a card: rows of facts, and the network's layers.

import { make } from "../lib/elements.js";
import { termButton } from "../lib/words.js";

const HEADS = ["stage", "puts out", "parameters", "multiply-adds"];

/** @param {import("../values.js").FactValue[]} facts */
export function factsTable(facts) {
  const table = make("table", "card-facts");
  for (const { name, text, term } of facts) {
    const head = headOf("row");
    head.append(term ? termButton(name, [term]) : name);
    const row = make("tr");
    row.append(head, make("td", "", text));
    table.append(row);
  }
  return table;
}

/** @param {import("../values.js").StageValue[]} stages */
export function layerTable(stages) {
  const table = make("table", "card-layers-table");
  const head = make("thead");
  head.append(rowOf(HEADS.map((text) => Object.assign(headOf("col"), { textContent: text }))));
  const body = make("tbody");
  for (const stage of stages) body.append(stageRow(stage.name, stage.shape, stage.parameters, stage.multiply_adds));
  const sum = (/** @type {"parameters" | "multiply_adds"} */ name) =>
    stages.reduce((all, stage) => all + stage[name], 0);
  body.append(stageRow("in all", "", sum("parameters"), sum("multiply_adds")));
  table.append(head, body);
  return table;
}

/**
 * @param {string} name
 * @param {string} shape
 * @param {number[]} numbers
 */
function stageRow(name, shape, ...numbers) {
  const words = numbers.map((number) => (number ? number.toLocaleString("en") : ""));
  const head = Object.assign(headOf("row"), { textContent: name });
  return rowOf([head, ...[shape, ...words].map((text) => make("td", "", text))]);
}

/** @param {HTMLElement[]} cells */
function rowOf(cells) {
  const row = make("tr");
  row.append(...cells);
  return row;
}

/** @param {"row" | "col"} scope */
function headOf(scope) {
  return Object.assign(make("th"), { scope });
}
