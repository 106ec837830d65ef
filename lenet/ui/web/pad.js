// The drawing pad. Runs once per page load, as a function of (element, trigger, props, server, upload, watch).
//
// The value: {n, grid, moving}. n counts what the pad has shown; grid is GRID x GRID bytes of ink in base64, row by row,
// 0 on empty ground and 255 where the pen was, or "" when the pad is empty; moving says that the pen is down. The server
// puts a picture on the pad, or empties it, with {n, grid, put: true}. "begin" is triggered when a person starts something
// new on the pad. The element's data-sent is the last n, as data-n of an answer is the one it answers.

const GRID = 112;
const SEND_EVERY = 40; // milliseconds; faster than the answers come would only queue
const KEY_STEP = 0.025; // of the pad's side, per key press

const canvas = element.querySelector(".pad-canvas");
const hint = element.querySelector(".pad-hint");
const cursor = element.querySelector(".pad-cursor");
const size = element.querySelector("input[type=range]");
const tools = [...element.querySelectorAll("[data-tool]")];
const undoButton = element.querySelector("[data-act=undo]");
const clearButton = element.querySelector("[data-act=clear]");
const ink = canvas.getContext("2d");

const reduced = new OffscreenCanvas(GRID, GRID);
const reducedInk = reduced.getContext("2d", { willReadFrequently: true });

// What happened on the pad, in order; drawing them anew one after the other gives the picture, so undo drops the last.
// {erase, width, points: [{x, y}, ...]} in shares of the side, {image: canvas}, or {cleared: true}.
let marks = [];
let stroke = null;
let tool = "brush";
let sent = 0;
let timer = null;
let lastSent = 0;
let pen = { x: 0.5, y: 0.5, down: false }; // of the keyboard

function segment(mark, from, to) {
  const side = canvas.width;
  ink.globalCompositeOperation = mark.erase ? "destination-out" : "source-over";
  ink.lineCap = ink.lineJoin = "round";
  ink.lineWidth = mark.width * side;
  ink.beginPath();
  ink.moveTo(from.x * side, from.y * side);
  ink.lineTo(to.x * side + 0.01, to.y * side); // a line of no length would leave no dot
  ink.stroke();
}

function drawMark(mark) {
  if (mark.cleared) return wipe();
  if (mark.image) {
    wipe();
    ink.globalCompositeOperation = "source-over";
    ink.imageSmoothingEnabled = false;
    ink.drawImage(mark.image, 0, 0, canvas.width, canvas.height);
    return;
  }
  mark.points.forEach((point, i) => segment(mark, mark.points[Math.max(i - 1, 0)], point));
}

function wipe() {
  ink.clearRect(0, 0, canvas.width, canvas.height);
}

function redraw() {
  wipe();
  marks.forEach(drawMark);
}

function isEmpty() {
  return marks.slice(marks.findLastIndex((mark) => mark.cleared) + 1).every((mark) => mark.erase);
}

function refresh() {
  hint.hidden = !isEmpty();
  undoButton.disabled = marks.length === 0;
}

// The pad's opacity, averaged down to GRID x GRID: the canvas is drawn in one colour, so opacity is ink.
function grid() {
  if (isEmpty()) return "";
  reducedInk.clearRect(0, 0, GRID, GRID);
  reducedInk.imageSmoothingQuality = "high";
  reducedInk.drawImage(canvas, 0, 0, GRID, GRID);
  const pixels = reducedInk.getImageData(0, 0, GRID, GRID).data;
  let bytes = "";
  for (let i = 3; i < pixels.length; i += 4) bytes += String.fromCharCode(pixels[i]);
  return btoa(bytes);
}

function send() {
  clearTimeout(timer);
  timer = null;
  lastSent = performance.now();
  submit({ n: ++sent, grid: grid(), moving: stroke !== null });
  element.dataset.sent = sent;
  trigger("input");
}

function sendSoon() {
  refresh();
  if (timer === null) timer = setTimeout(send, Math.max(0, SEND_EVERY - (performance.now() - lastSent)));
}

function begin(point) {
  trigger("begin");
  stroke = { erase: tool === "eraser", width: size.value / 100, points: [point] };
  marks.push(stroke);
  segment(stroke, point, point);
  sendSoon();
}

function extend(point) {
  segment(stroke, stroke.points[stroke.points.length - 1], point);
  stroke.points.push(point);
  sendSoon();
}

function finish() {
  stroke = null;
  refresh();
  send();
}

function undo() {
  if (!marks.length) return;
  trigger("begin");
  marks.pop();
  redraw();
  finish();
}

// Also when the pad is empty: an uploaded picture goes too. A new drawing starts with the brush.
function clear() {
  trigger("begin");
  choose("brush");
  if (!isEmpty()) marks.push({ cleared: true });
  redraw();
  finish();
}

function choose(name) {
  tool = name;
  tools.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tool === name)));
}

// Mouse, touch and pen

function place(event) {
  const box = canvas.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
}

let pointer = null;
canvas.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return;
  pointer = event.pointerId;
  canvas.setPointerCapture(pointer);
  canvas.focus({ preventScroll: true });
  event.preventDefault();
  liftKeyboardPen();
  cursor.hidden = true;
  begin(place(event));
});
canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  // A browser hands over one event a frame; the coalesced ones hold the path between.
  const path = event.getCoalescedEvents?.() ?? [];
  (path.length ? path : [event]).forEach((part) => extend(place(part)));
});
for (const type of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(type, (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    finish();
  });
}

// Keyboard

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function showCursor() {
  cursor.hidden = false;
  cursor.style.left = `${pen.x * 100}%`;
  cursor.style.top = `${pen.y * 100}%`;
  cursor.classList.toggle("pad-cursor-down", pen.down);
}

function liftKeyboardPen() {
  if (!pen.down) return;
  pen.down = false;
  finish();
}

function move([dx, dy]) {
  const within = (value) => Math.min(1, Math.max(0, value));
  pen.x = within(pen.x + dx * KEY_STEP);
  pen.y = within(pen.y + dy * KEY_STEP);
  if (pen.down) extend({ x: pen.x, y: pen.y });
}

function lowerOrLift() {
  if (pen.down) return liftKeyboardPen();
  pen.down = true;
  begin({ x: pen.x, y: pen.y });
}

canvas.addEventListener("keydown", (event) => {
  if (pointer !== null) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS[key]) move(ARROWS[key]);
  else if (key === " ") lowerOrLift();
  else if (key === "b" || key === "e") choose(key === "b" ? "brush" : "eraser");
  else if (key === "Delete" || key === "Backspace") {
    liftKeyboardPen();
    clear();
  } else return;
  event.preventDefault();
  showCursor();
});
element.addEventListener("keydown", (event) => {
  if (pointer !== null || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  liftKeyboardPen();
  undo();
});
canvas.addEventListener("blur", () => {
  liftKeyboardPen();
  cursor.hidden = true;
});

tools.forEach((button) => button.addEventListener("click", () => choose(button.dataset.tool)));
undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);

// What the server puts on the pad

function imageOf(base64) {
  const bytes = atob(base64);
  const pixels = new ImageData(GRID, GRID);
  for (let i = 0; i < bytes.length; i++) pixels.data[4 * i + 3] = bytes.charCodeAt(i);
  const image = new OffscreenCanvas(GRID, GRID);
  image.getContext("2d").putImageData(pixels, 0, 0);
  return image;
}

watch("value", () => {
  const { n, grid, put } = received() ?? {};
  if (!put) return; // an echo of what this pad sent
  if (n <= sent) return send(); // something was drawn meanwhile: it stays, and is looked at once more
  sent = n;
  if (grid) marks.push({ image: imageOf(grid) });
  else if (!isEmpty()) marks.push({ cleared: true });
  // A stroke under way is part of what was replaced: it must neither go on nor be sent.
  clearTimeout(timer);
  timer = stroke = pointer = null;
  pen.down = false;
  redraw();
  refresh();
});
