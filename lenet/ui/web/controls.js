// How the reader looks at a picture: all switches, as one view.
//
// The value: {turn, view, checkpoints, classes}. view is that of view.py; turn counts its changes and comes back with
// every answer. The server sets the controls with {..., changes, put: true}, changes being its own in the view. "input" is triggered when the view has changed, "pin"
// when only the pinned cell has, "keep" to keep the picture as B, "take" with {what} for something to take away. "lab-pin" on
// the document pins a cell, {pin, side} as in the view.

const SEGMENTS = [
  ["step", "Show", { kernels: "Kernels", before: "Before", after: "After", pooled: "Pooled" }],
  ["scale", "One colour scale for", { map: "each map", layer: "each layer", both: "both layers" }],
];
const COMPARE = { none: "nothing", kept: "the kept picture", checkpoint: "another checkpoint", class: "the mean of a class" };
const OVERLAY = { none: "nothing", occlusion: "what covering does", gradient: "the gradient" };
const TAKE = { link: "Copy a link to this view", png: "Maps as PNG", npz: "Every stage as .npz", csv: "Probabilities as CSV" };

const main = element.querySelector(".controls-main");
const parts = Object.fromEntries([...element.querySelectorAll("details")].map((part) => [part.dataset.part, part.querySelector(".controls-row")]));
let { turn, view, checkpoints, classes } = received();
const shows = []; // what brings each control in line with the view

function change(changes, event = "input") {
  view = { ...view, ...changes };
  if (view.compare === "none" && view.side === "b") view = { ...view, pin: null, side: "a" }; // B went, and its cell with it
  refresh();
  submit({ turn: ++turn, view, checkpoints, classes });
  trigger(event);
}

// The pinned cell at another step: four cells are pooled into one.
function pinAt(step) {
  if (!view.pin) return null;
  const [layer, channel, ...at] = view.pin;
  const factor = (step === "pooled" ? 0.5 : 1) / (view.step === "pooled" ? 0.5 : 1);
  return [layer, channel, ...at.map((place) => Math.floor(place * factor))];
}

function addSegment(name, title, choices) {
  const box = make("fieldset", "segment");
  const row = make("div", "segment-choices");
  box.append(make("legend", "", title), row);
  for (const [value, text] of Object.entries(choices)) {
    const label = make("label", "");
    const input = Object.assign(make("input", ""), { type: "radio", name: `lab-${name}`, value });
    input.addEventListener("change", () => change({ [name]: value, ...(name === "step" ? { pin: pinAt(value) } : {}) }));
    label.append(input, make("span", "", text));
    row.append(label);
    shows.push(() => (input.checked = view[name] === value));
  }
  main.append(box);
}

function addCheck(row, name, text, changes = (on) => ({ [name]: on })) {
  const label = make("label", "check");
  const input = Object.assign(make("input", ""), { type: "checkbox" });
  input.dataset.switch = name;
  input.addEventListener("change", () => change(changes(input.checked)));
  label.append(input, make("span", "", text));
  row.append(label);
  shows.push(() => (input.checked = Boolean(view[name])));
  return label;
}

// choices() gives [value, text] pairs anew, since they depend on the checkpoint.
function addSelect(row, name, text, choices) {
  const label = make("label", "select", `${text} `);
  const input = make("select", "");
  input.dataset.switch = name;
  input.addEventListener("change", () => change({ [name]: name === "label" ? Number(input.value) : input.value }));
  label.append(input);
  row.append(label);
  shows.push(() => {
    const options = choices();
    if (input.options.length !== options.length || options.some(([value, name], i) => input.options[i].text !== name)) {
      input.replaceChildren(...options.map(([value, name]) => new Option(name, value)));
    }
    input.value = view[name];
  });
  return label;
}

function addButton(row, text, act) {
  const button = Object.assign(make("button", "", text), { type: "button" });
  button.addEventListener("click", act);
  row.append(button);
}

SEGMENTS.forEach((segment) => addSegment(...segment));
addCheck(main, "numbers", "numbers");

addButton(parts.compare, "Keep this picture as B", () => trigger("keep"));
const compare = addSelect(parts.compare, "compare", "Compare with", () => Object.entries(COMPARE));
const other = addSelect(parts.compare, "other", "", () => [["", "choose …"], ...checkpoints.map((name) => [name, name])]);
const mean = addSelect(parts.compare, "label", "", () => classes.map((name, number) => [String(number), name]));
other.querySelector("select").setAttribute("aria-label", "The other checkpoint");
mean.querySelector("select").setAttribute("aria-label", "The class");
addCheck(parts.compare, "sort", "most different first");

addCheck(parts.picture, "prepare", "prepare it for the network");
addCheck(parts.picture, "steps", "show how it is prepared");
addSelect(parts.picture, "overlay", "Lay over it", () => Object.entries(OVERLAY));
addCheck(parts.picture, "hide", "hide the answer until asked");

for (const [what, text] of Object.entries(TAKE)) addButton(parts.take, text, () => trigger("take", { what }));

function refresh() {
  shows.forEach((show) => show());
  other.hidden = view.compare !== "checkpoint";
  mean.hidden = view.compare !== "class";
  element.querySelector("[data-part=compare]").classList.toggle("controls-on", view.compare !== "none");
  element.querySelector("[data-part=picture]").classList.toggle("controls-on", !view.prepare || view.hide);
}

document.addEventListener("lab-pin", ({ detail }) => change(detail, "pin"));
document.addEventListener("lab-back", () => change({})); // the server answers again: all is asked for as it is now

watch("value", () => {
  const value = received();
  if (!value?.put) return; // an echo of what these controls sent
  ({ checkpoints, classes } = value);
  if (value.turn > turn) {
    ({ turn, view } = value);
    refresh();
  } else change(value.changes); // to what is here now: a switch that was clicked meanwhile is not lost
});
refresh();
