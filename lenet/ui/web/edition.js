// The static edition: the page's components without gradio and without a server, over plain files.

import { default as startControls } from "./controls.js";
import { Desk } from "./edition/desk.js";
import { edition, opening } from "./edition/files.js";
import { Host } from "./edition/host.js";
import { default as startExamples } from "./examples.js";
import { default as startExercises } from "./exercises.js";
import { default as startExplanation } from "./explanation.js";
import { default as startLesson } from "./lesson.js";
import { find } from "./lib/elements.js";
import { default as startMaps } from "./maps.js";
import { default as startPad } from "./pad.js";
import { listenToKeys } from "./page/keys.js";
import { showTips } from "./page/tips.js";
import { default as startTakeaway } from "./takeaway.js";
import { default as startVerdict } from "./verdict.js";

/** @typedef {import("./values.js").OpeningValue} OpeningValue */

const DARK = "(prefers-color-scheme: dark)";

const COMPONENTS = {
  pad: startPad,
  verdict: startVerdict,
  lesson: startLesson,
  examples: startExamples,
  controls: startControls,
  exercises: startExercises,
  takeaway: startTakeaway,
  maps: startMaps,
  explanation: startExplanation,
};

export default function start() {
  followScheme();
  // The engine looks for the networks' files where gradio would say that its pages are.
  Object.assign(window, { gradio_config: { root: "." } });
  open().catch(showTrouble);
}

// Light or dark, as the visitor's machine has it.
function followScheme() {
  const scheme = matchMedia(DARK);
  const follow = () => document.body.classList.toggle("dark", scheme.matches);
  scheme.addEventListener("change", follow);
  follow();
}

async function open() {
  const held = await edition();
  const page = await opening(held.first);
  const values = { ...page, maps: page.alone, exercises: held.exercises };
  const hosts = Object.fromEntries(Object.keys(COMPONENTS).map((name) => [name, hostOf(name, values)]));
  const menu = /** @type {HTMLSelectElement} */ (find(document.body, ".edition-menu select"));
  menu.replaceChildren(...held.choices.map(([words, name]) => new Option(words, name, false, name === held.first)));
  const desk = new Desk(held, held.first, page, hosts, menu);
  desk.listen();
  for (const [name, begin] of Object.entries(COMPONENTS)) begin(hosts[name].component());
  listenToKeys();
  showTips();
  document.body.classList.add("edition-open");
  desk.open(location.hash.slice(1));
}

/**
 * @param {string} name of a component
 * @param {Record<string, object>} values what the components show at first, by their names
 */
function hostOf(name, values) {
  return new Host(find(document.body, `[data-component=${name}]`), values[name] ?? null);
}

function showTrouble() {
  find(document.body, ".edition-trouble").hidden = false;
}
