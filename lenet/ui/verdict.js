// What the network sees and the probability of each class.
//
// props.value: {n, text, picture, label, note, probabilities: [[class, p], ...], doubts: [sentence, ...]}. n is the pad's count;
// an answer older than the one shown is dropped. text stands where the label would when there is nothing to answer.
// picture is 28 x 28 bytes in base64, or "". note is a remark on the picture, or "".

const SIDE = 28;

const canvas = element.querySelector("canvas");
const label = element.querySelector(".verdict-label");
const note = element.querySelector(".verdict-note");
const bars = element.querySelector(".verdict-bars");
const doubts = element.querySelector(".verdict-doubts");
const view = canvas.getContext("2d");
let shown = -1;
let rows = new Map();

function percent(p) {
  return `${(100 * p).toFixed(1)} %`;
}

function buildRows(classes) {
  bars.replaceChildren();
  rows = new Map(
    classes.map((name) => {
      const row = document.createElement("li");
      row.innerHTML = '<span class="bar-name"></span><span class="bar-track"><span></span></span><span class="bar-number"></span>';
      row.dataset.class = row.firstChild.textContent = name;
      bars.append(row);
      return [name, row];
    }),
  );
}

function showPicture(base64) {
  view.clearRect(0, 0, SIDE, SIDE);
  if (!base64) return;
  const bytes = atob(base64);
  const pixels = view.createImageData(SIDE, SIDE);
  for (let i = 0; i < bytes.length; i++) {
    pixels.data.fill(bytes.charCodeAt(i), 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  }
  view.putImageData(pixels, 0, 0);
}

function show() {
  const value = props.value;
  if (!value || value.n < shown) return;
  shown = value.n;
  element.classList.toggle("verdict-empty", !value.label);
  showPicture(value.picture);
  const names = value.probabilities.map(([name]) => name);
  if (names.length && names.join() !== [...rows.keys()].join()) buildRows(names);
  for (const [name, p] of value.probabilities) {
    const row = rows.get(name);
    row.classList.toggle("bar-best", name === value.label);
    row.querySelector(".bar-track span").style.width = `${100 * p}%`;
    row.querySelector(".bar-number").textContent = percent(p);
  }
  const answer = value.label || value.text;
  if (label.textContent !== answer) label.textContent = answer;
  note.textContent = value.note;
  doubts.replaceChildren(
    ...value.doubts.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
  );
  element.dataset.n = value.n;
  element.dataset.label = value.label;
}

watch("value", show);
show();
