// The activation maps of the convolution layers, one canvas a map.
//
// props.value: {n, layers: [{name, title, note, count, height, width, low, high, signed, cells}, ...]}. n is the pad's
// count; an answer older than the one shown is dropped. cells holds count x height x width bytes in base64, map by map,
// 0 for low and 255 for high; all maps of a layer share that scale. signed says that low is -high, so that 0 lies in the
// middle. No layers: nothing to show.

// Colour-blind safe in both cases: viridis (S. van der Walt and N. Smith, CC0), and a blue-white-orange with equal steps.
const SEQUENTIAL = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
const DIVERGING = ["#08306b", "#2f79b5", "#86bcdc", "#f7f7f7", "#fdae6b", "#e06a10", "#7f2704"];

const FEW = 8; // maps up to which a layer is shown large, in one row; more are shown small, so that all can be seen at once

const root = element.querySelector(".maps");
let shown = -1;
let built = "";
let sections = [];

function table(stops) {
  const colours = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, value) => {
    const at = (value / 255) * (colours.length - 1);
    const i = Math.min(Math.floor(at), colours.length - 2);
    return colours[i].map((from, c) => Math.round(from + (colours[i + 1][c] - from) * (at - i)));
  });
}
const tables = { false: table(SEQUENTIAL), true: table(DIVERGING) };

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function makeCanvas(width, height, name) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  return canvas;
}

function buildSection(layer) {
  const section = make("section", layer.count <= FEW ? "layer layer-few" : "layer");
  section.dataset.layer = layer.name;
  const head = make("div", "layer-head");
  const scale = make("div", "layer-scale");
  const [low, high] = [make("span", "layer-low"), make("span", "layer-high")];
  const strip = makeCanvas(256, 1, "Colour scale from the lowest to the highest value");
  scale.append(low, strip, high);
  head.append(make("h3", "layer-title", layer.title), scale);
  const grid = make("div", "layer-maps");
  const canvases = Array.from({ length: layer.count }, (_, i) => {
    const figure = make("figure", "map");
    const canvas = makeCanvas(layer.width, layer.height, `${layer.title}, map ${i + 1}`);
    figure.append(canvas, make("figcaption", "", String(i + 1)));
    grid.append(figure);
    return canvas;
  });
  section.append(head, make("p", "layer-note", layer.note), grid);
  root.append(section);
  return { low, high, strip, canvases };
}

function paint(canvas, colours, valueAt) {
  const view = canvas.getContext("2d");
  const pixels = view.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    pixels.data.set(colours[valueAt(i)], 4 * i);
    pixels.data[4 * i + 3] = 255;
  }
  view.putImageData(pixels, 0, 0);
}

function drawSection(layer, { low, high, strip, canvases }) {
  const colours = tables[layer.signed];
  low.textContent = layer.low.toFixed(2);
  high.textContent = layer.high.toFixed(2);
  paint(strip, colours, (i) => i);
  const cells = atob(layer.cells);
  const area = layer.height * layer.width;
  canvases.forEach((canvas, map) => paint(canvas, colours, (i) => cells.charCodeAt(map * area + i)));
}

function show() {
  const value = props.value;
  if (!value || value.n < shown) return;
  shown = value.n;
  const shape = JSON.stringify(value.layers.map(({ title, count, height, width }) => [title, count, height, width]));
  if (shape !== built) {
    root.replaceChildren();
    if (!value.layers.length) root.append(make("p", "layer-note", "The maps of both layers appear here while you draw."));
    sections = value.layers.map(buildSection);
    built = shape;
  }
  value.layers.forEach((layer, i) => drawSection(layer, sections[i]));
  element.dataset.n = value.n;
}

watch("value", show);
show();
