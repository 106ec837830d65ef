// What the network sees and the probability of each class, of one picture or of two.
//
// The value: {n, turn, text, picture, label, note, probabilities: [[class, p], ...], doubts: [sentence, ...], hide, prepared,
// moving, other, steps, overlay}. n is the pad's count and turn the view's; an answer older than the one shown is dropped. text stands
// where the label would when there is nothing to answer. picture is 28 x 28 bytes in base64, or "". note is a remark on the
// picture. hide keeps the answer back until it is asked for. other is B, {title, picture, label, probabilities}, or null.
// steps: [{title, height, width, cells}, ...]; overlay: {cells, note} or null, 28 x 28 bytes, 128 for zero.
//
// "lab-trouble" on the document, {words}, says that the server did not answer: the words stand in place of the answer, until
// the next one. "lab-field" on the document frames a part of the pictures, {sides, left, top, width, height} in shares of their sides, or
// null.

const PICTURE = 28;

const [canvas, overlay, otherCanvas] = element.querySelectorAll("canvas");
const fields = element.querySelectorAll(".verdict-field");
const otherFigure = element.querySelector(".verdict-other");
const [size, otherSize] = element.querySelectorAll(".verdict-size");
const label = element.querySelector(".verdict-label");
const note = element.querySelector(".verdict-note");
const bars = element.querySelector(".verdict-bars");
const doubts = element.querySelector(".verdict-doubts");
const steps = element.querySelector(".verdict-steps");
const overlayNote = element.querySelector(".verdict-overlay-note");
const answer = element.querySelector(".verdict-answer");
const showButton = element.querySelector(".verdict-show");
let shown = { n: -1, turn: -1 };
let overlaid = false;
let noted = { n: -1, note: "" }; // the remark on a picture stays as long as the picture
let rows = new Map();
let askedFor = null; // the picture, by its count, whose hidden answer was asked for

function percent(p) {
  return `${(100 * p).toFixed(1)} %`;
}

const HEAD = `<div class="bar bar-head" role="row">
  <span role="columnheader"><span class="bar-unseen">Class</span></span><span role="presentation"></span>
  <span class="bar-first" role="columnheader">A</span><span class="bar-second" role="columnheader">B</span>
</div>`;
const ROW = `<span class="bar-name" role="rowheader"></span>
  <span class="bar-track" role="presentation"><span></span><span class="bar-other"></span></span>
  <span class="bar-number" role="cell"></span><span class="bar-second" role="cell"></span>`;

function buildRows(classes) {
  bars.innerHTML = HEAD;
  rows = new Map(
    classes.map((name) => {
      const row = make("div", "bar");
      row.setAttribute("role", "row");
      row.innerHTML = ROW;
      row.dataset.class = row.firstElementChild.textContent = name;
      bars.append(row);
      return [name, row];
    }),
  );
}

function showPicture(canvas, base64) {
  canvas.getContext("2d").clearRect(0, 0, PICTURE, PICTURE);
  if (base64) paintBytes(canvas, PICTURE, PICTURE, GREY, base64);
}

function showBars({ probabilities, label, other }) {
  const names = probabilities.map(([name]) => name);
  if (names.length && names.join() !== [...rows.keys()].join()) buildRows(names);
  const second = new Map(other?.probabilities ?? []);
  const comparable = names.some((name) => second.has(name));
  bars.classList.toggle("bars-two", comparable);
  otherFigure.classList.toggle("verdict-barred", comparable);
  for (const [name, p] of probabilities) {
    const row = rows.get(name);
    const [track, otherTrack] = row.querySelector(".bar-track").children;
    row.classList.toggle("bar-best", name === label);
    track.style.width = `${100 * p}%`;
    otherTrack.style.width = `${100 * (second.get(name) ?? 0)}%`;
    otherTrack.hidden = !second.has(name);
    row.querySelector(".bar-number").textContent = percent(p);
    row.querySelector(".bar-second").textContent = second.has(name) ? percent(second.get(name)) : "";
  }
}

function showOther(value) {
  otherFigure.hidden = !value;
  if (!value) return;
  otherFigure.querySelector("figcaption").textContent = `B: ${value.title}`;
  const best = value.probabilities.find(([name]) => name === value.label);
  otherSize.textContent = best ? `B is taken for: ${value.label}, ${percent(best[1])}` : "";
  showPicture(otherCanvas, value.picture);
}

function showSteps(parts) {
  steps.replaceChildren(
    ...parts.map(({ title, height, width, cells }, i) => {
      const item = make("li", "");
      const small = make("canvas", "");
      small.setAttribute("role", "img");
      small.setAttribute("aria-label", title);
      paintBytes(small, width, height, GREY, cells);
      item.append(small, make("span", "", `${i + 1}. ${title}`));
      return item;
    }),
  );
}

function showOverlay(value) {
  overlay.hidden = !value;
  overlayNote.textContent = value?.note ?? "";
  if (value && !overlaid) canvas.scrollIntoView({ block: "nearest" }); // the switch is farther down
  overlaid = Boolean(value);
  if (value) paintBytes(overlay, PICTURE, PICTURE, DIVERGING, value.cells);
}

function showHidden(value) {
  const hidden = value.hide && Boolean(value.label) && askedFor !== value.n;
  answer.hidden = otherSize.hidden = overlayNote.hidden = hidden;
  showButton.hidden = !hidden;
  document.body.classList.toggle("lab-hidden", hidden);
}

function show() {
  const value = received();
  if (!value || value.n < shown.n || (value.n === shown.n && value.turn < shown.turn)) return;
  shown = { n: value.n, turn: value.turn };
  showAnswer(value);
  element.dataset.n = value.n;
  element.dataset.label = value.label;
}

// What stands here belongs to a picture or a network of before.
function showTrouble(words) {
  const nothing = { picture: "", label: "", note: "", probabilities: [], doubts: [], other: null, steps: [], overlay: null };
  showAnswer({ ...received(), ...nothing, text: words });
  note.textContent = "";
}

function showAnswer(value) {
  element.classList.toggle("verdict-empty", !value.label);
  showPicture(canvas, value.picture);
  showHidden(value);
  showBars(value);
  showOther(value.other);
  size.textContent = value.prepared ? "28 × 28 pixels" : "28 × 28 pixels, not prepared";
  if (value.moving) overlay.hidden = true; // what stands below stays, so that nothing moves under the pen
  else {
    showSteps(value.steps);
    showOverlay(value.overlay);
  }
  const said = value.label || value.text;
  if (label.textContent !== said) label.textContent = said;
  if (value.note || value.n !== noted.n) noted = value;
  note.textContent = noted.note;
  doubts.replaceChildren(...value.doubts.map((sentence) => make("li", "", sentence)));
}

showButton.addEventListener("click", () => {
  askedFor = shown.n;
  showHidden(received());
});
document.addEventListener("lab-trouble", ({ detail }) => showTrouble(detail.words));
document.addEventListener("lab-field", ({ detail }) => {
  for (const [side, field] of Object.entries({ a: fields[0], b: fields[1] })) {
    field.hidden = !detail?.sides.includes(side);
    if (field.hidden) continue;
    const { left, top, width, height } = detail;
    Object.assign(field.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
  }
});

watch("value", show);
show();
