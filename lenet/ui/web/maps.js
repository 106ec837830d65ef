// What the layers computed, one canvas a map, for one picture or for two side by side on one scale.
//
// The value is that of maps.py: {n, turn, step, scale, numbers, sort, pin, side, note, a, b, withB, late, networks, layers,
// cells, top}; networks says in a line what each is; a and b are titles, b is "" when there is only A.
// layers: [{name, number, strip, shape, title, note, fields, kernels, classes, pair, pairFields, pairClasses, apart}, ...]; shape and pair are A's and B's
// [channels, tiles, height, width], apart is [[L2, cosine], ...] by channel. An answer older than the one shown, by the
// pad's count n or the view's turn, is dropped.

const SHORT = 3; // letters of a name that fits below its logit on a phone, too; longer ones are turned there
const FEW = 8; // maps up to which a layer is shown large, in one row; more are shown small, so that all can be seen at once
const SIDES = { a: "A", b: "B", difference: "A − B" };

const root = element.querySelector(".maps");
let shown = { n: -1, turn: -1 };
let newest = 0;
let built = "";
let sections = [];
let kernels = {};
let kernelsOf = ""; // the network that they are of, in words

// What the sections are built of, with every word that stands beside the maps. The numbers of a picture are not in it: while
// the frame is the same, an answer changes them alone.
function frameOf({ networks, note, a, b, step, sort, layers }) {
  const described = layers.map(({ name, number, strip, title, note, shape, classes, pair, pairClasses, fields, apart }) => {
    const layer = { name, number, strip, title, note, shape, classes, pair, pairClasses };
    return { ...layer, explained: fields !== undefined, compared: pair !== undefined && apart !== undefined };
  });
  return { networks, note, a, b, step, sort, layers: described };
}

// One picture of a channel: its canvas in a frame that marks can be laid on.
function buildCells(section, side, channel) {
  const cells = make("div", "map-cells");
  cells.dataset.side = side;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  cells.append(canvas);
  section.canvases[side][channel] = canvas;
  canvas.reading = { section, side, channel };
  return cells;
}

function buildFigure(section, sides, channel, described) {
  const figure = make("figure", sides.length > 1 ? "map map-pair" : "map");
  const row = make("div", "map-row");
  row.append(...sides.map((side) => buildCells(section, side, channel)));
  const caption = make("figcaption", "");
  const kernel = make("canvas", "map-kernel");
  kernel.hidden = true;
  kernel.setAttribute("aria-hidden", "true");
  const name = make("span", "map-name", described.strip ? "" : String(channel + 1));
  const numbers = make("span", "map-numbers");
  caption.append(kernel, name, numbers);
  figure.append(row, ...(described.classes.length ? [buildNames(described.classes)] : []), caption);
  section.figures.push({ figure, numbers, kernel, channel, side: sides[0] });
  return figure;
}

// The classes below their logits.
function buildNames(classes) {
  const long = classes.some((name) => name.length > SHORT);
  const names = make("div", long ? "strip-names strip-names-long" : "strip-names");
  names.setAttribute("aria-hidden", "true"); // reading a cell says its class
  names.append(...classes.map((name) => make("span", "", name)));
  return names;
}

function buildScale(section, name) {
  const scale = make("div", "layer-scale");
  const parts = { box: scale, name: make("span", "", name), low: make("span", "layer-low"), high: make("span", "layer-high") };
  parts.strip = make("canvas", "");
  parts.strip.setAttribute("role", "img");
  scale.append(parts.name, parts.low, parts.strip, parts.high);
  return parts;
}

function buildSection(layer, frame) {
  const paired = layer.compared;
  const box = make("section", "layer");
  box.dataset.layer = layer.name;
  box.classList.toggle("layer-strip", layer.strip);
  box.classList.toggle("layer-paired", paired);
  box.classList.toggle("layer-kernels", layer.shape[1] > 1);
  const section = { box, canvases: { a: [], b: [], difference: [] }, figures: [] };
  const head = make("div", "layer-head");
  section.scale = buildScale(section, "");
  section.apartScale = buildScale(section, "A − B");
  const scales = make("div", "layer-scales");
  scales.append(section.scale.box, ...(paired ? [section.apartScale.box] : []));
  head.append(make("h3", "layer-title", layer.title), scales);
  section.readout = make("p", "layer-readout");
  section.readout.setAttribute("role", "status");
  box.append(head);
  if (layer.note) box.append(make("p", "layer-note", layer.note));
  box.append(section.readout);
  const grid = (side, described, sides) => {
    const few = described.shape[0] <= FEW && !paired && !layer.strip;
    const maps = make("div", few ? "layer-maps layer-few" : "layer-maps");
    maps.setAttribute("role", "group");
    const keys = ["Arrow keys read cells", "Page Up and Page Down change the map", "Enter explains a cell"];
    const usable = layer.strip ? keys.slice(0, 1) : layer.explained ? keys : keys.slice(0, 2);
    maps.setAttribute("aria-label", `${layer.title}${side ? `, ${side}` : ""}. ${usable.join(", ")}.`);
    for (let channel = 0; channel < described.shape[0]; channel++) maps.append(buildFigure(section, sides, channel, described));
    const first = maps.querySelector("canvas[role=img]");
    if (first) first.tabIndex = 0;
    return maps;
  };
  if (paired) {
    box.append(grid("", layer, ["a", "b", "difference"]));
  } else if (layer.pair) {
    box.append(make("p", "layer-legend", `A: ${frame.a}`), grid("A", layer, ["a"]));
    const size = layer.strip ? `${layer.pair[3]} values` : `${layer.pair[0]} of ${layer.pair[2]} × ${layer.pair[3]}`;
    box.append(make("p", "layer-legend", `B: ${frame.b} · ${size}`));
    box.append(grid("B", { ...layer, shape: layer.pair, classes: layer.pairClasses }, ["b"]));
  } else box.append(grid("", layer, ["a"]));
  root.append(box);
  return section;
}

function legend({ a, b }) {
  return `A: ${a}. B: ${b}. Where both have the same maps, each is shown three times: A, B and A − B. L2 is the length of the difference, cos the cosine of the angle between the two.`;
}

function build(frame) {
  root.replaceChildren();
  if (!frame.layers.length) root.append(make("p", "layer-note", "The maps of both layers appear here while you draw."));
  for (const words of frame.networks) root.append(make("p", "maps-network", words));
  if (frame.note) root.append(make("p", "maps-note", frame.note));
  if (frame.layers.some(({ compared }) => compared)) root.append(make("p", "layer-legend", legend(frame)));
  sections = frame.layers.map((layer) => buildSection(layer, frame));
}

// The lowest and the highest value that share a palette in a section.
function rangeOf(section, scale) {
  const together = scale === "both" && !section.layer.strip ? sections.filter(({ layer }) => !layer.strip) : [section];
  const parts = together.flatMap(({ data }) => [data.a, data.b].filter(Boolean));
  return scaleOf(Math.min(...parts.flatMap(({ lows }) => [...lows])), Math.max(...parts.flatMap(({ highs }) => [...highs])));
}

// The same for one map alone, or for the same map of A and of B.
function mapRangeOf({ layer, data }, side, channel, signed) {
  const parts = (layer.apart ? [data.a, data.b] : [data[side]]).filter(Boolean);
  return scaleOf(Math.min(...parts.map(({ lows }) => lows[channel])), Math.max(...parts.map(({ highs }) => highs[channel])), signed);
}

function scaleOf(low, high, signed = low < 0) {
  if (!signed) return { low, high, palette: SEQUENTIAL };
  const most = Math.max(-low, high);
  return { low: -most, high: most, palette: DIVERGING };
}

// Tiles of one channel, kernels, stand in a square with a gap between them.
function paintChannel(canvas, [, tiles, height, width], part, channel, { low, high, palette }) {
  const index = indexer(low, high);
  const start = channel * part.area;
  if (tiles === 1) return paint(canvas, width, height, palette, (i) => index(part.values[start + i]));
  const columns = Math.ceil(Math.sqrt(tiles));
  const full = columns * (width + 1) - 1;
  const rows = Math.ceil(tiles / columns);
  const clear = 256; // beyond the palette: transparent
  const tileArea = height * width;
  const isZero = (weight) => Math.abs(weight) <= part.steps[channel]; // as far as the steps can tell
  const empty = Array.from({ length: tiles }, (_, tile) => part.values.subarray(start + tile * tileArea, start + (tile + 1) * tileArea).every(isZero));
  paint(canvas, full, rows * (height + 1) - 1, palette, (i) => {
    const [x, y] = [i % full, Math.floor(i / full)];
    const tile = Math.floor(y / (height + 1)) * columns + Math.floor(x / (width + 1));
    const [cellX, cellY] = [x % (width + 1), y % (height + 1)];
    if (cellX === width || cellY === height || tile >= tiles || empty[tile]) return clear;
    return index(part.values[start + (tile * height + cellY) * width + cellX]);
  });
}

function showScale(parts, { low, high, palette }) {
  parts.low.textContent = number(low);
  parts.high.textContent = number(high);
  parts.strip.setAttribute("aria-label", `Colour scale from ${number(low)} to ${number(high)}`);
  paint(parts.strip, 256, 1, palette, (i) => i);
}

// B may be missing: a comparison that begins while the pen moves has none yet, and two wide networks are too much.
function sidesOf({ data }) {
  return ["a", "b"].filter((side) => data[side]);
}

function blank(canvas) {
  canvas.width = canvas.width; // which clears it
}

function drawSection(section, value) {
  const { layer, canvases, data } = section;
  const whole = rangeOf(section, value.scale);
  const alone = value.scale === "map" && !layer.strip;
  const rangeFor = (side, channel) => (alone ? mapRangeOf(section, side, channel, whole.palette === DIVERGING) : whole);
  for (const side of sidesOf(section)) {
    canvases[side].forEach((canvas, channel) => paintChannel(canvas, sideOf({ section, side }), data[side], channel, rangeFor(side, channel)));
  }
  if (layer.pair && !data.b) [...canvases.b, ...canvases.difference].forEach(blank);
  showScale(section.scale, whole);
  section.scale.name.textContent = alone ? "each map its own, within" : "";
  if (data.difference) {
    const most = data.difference.values.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
    const range = { low: -most, high: most, palette: DIVERGING };
    canvases.difference.forEach((canvas, channel) => paintChannel(canvas, layer.shape, data.difference, channel, range));
    showScale(section.apartScale, range);
  }
  for (const figure of section.figures) {
    if (!data[figure.side]) continue;
    const range = rangeFor(figure.side, figure.channel);
    figure.numbers.textContent = captionOf(section, value, figure.channel, figure.side, range).join(layer.strip ? " · " : "\n");
    markConstant(section, figure);
  }
  if (value.sort && layer.apart && value.top > 255) sortFigures(section);
  showKernels(section);
}

// A map that has one value everywhere says so: its filter is dead for this picture. The mark takes no place of its own.
function markConstant({ canvases, data, layer }, { side, channel }) {
  const { lows, highs } = data[side];
  const cells = canvases[side][channel].parentElement;
  if (lows[channel] === highs[channel] && !layer.strip) cells.dataset.constant = lows[channel] === 0 ? "all 0" : "constant";
  else delete cells.dataset.constant;
}

// The channels that differ most first, also for the keyboard; while the pen moves they stay where they are.
function sortFigures({ layer, figures }) {
  const sorted = [...figures].sort((one, other) => layer.apart[other.channel][0] - layer.apart[one.channel][0]);
  const parent = figures[0].figure.parentElement;
  if (sorted.every(({ figure }, place) => parent.children[place] === figure)) return;
  parent.append(...sorted.map(({ figure }) => figure));
  if (!parent.contains(document.activeElement)) stopAt(parent.querySelector("canvas[role=img]"));
}

// The first layer's kernels, each beside the number of its map.
function showKernels({ layer, figures }) {
  const known = kernels[layer.name];
  figures.forEach(({ kernel, side, channel }) => {
    kernel.hidden = !known || side === "b";
    if (kernel.hidden) return;
    const area = known.side ** 2;
    paint(kernel, known.side, known.side, DIVERGING, (i) => known.bytes[channel * area + i]);
    kernel.title = `The kernel of map ${channel + 1}: ${known.side} × ${known.side} weights from ${number(-known.most)} (blue) to ${number(known.most)} (orange)`;
  });
}

function keepKernels({ networks, layers, top }) {
  if (!layers.length) return;
  const [network] = networks;
  if (network === kernelsOf && top < 256) return; // the pen is moving: those of before still hold
  kernelsOf = network;
  kernels = {};
  for (const { name, kernels: sent } of layers) {
    if (sent) kernels[name] = { ...sent, bytes: bytesOf(sent.cells) };
  }
}

// The text alternatives, once the pen rests.
function describe(section) {
  const sides = section.data.difference ? ["a", "b", "difference"] : sidesOf(section);
  for (const side of sides) {
    section.canvases[side].forEach((canvas, channel) => canvas.setAttribute("aria-label", alternative(section, side, channel)));
  }
}

function difference(a, b) {
  return { ...a, values: a.values.map((value, i) => value - b.values[i]), steps: a.steps.map((step, i) => step + b.steps[i]) };
}

async function show() {
  const value = received();
  if (!value || value.n < shown.n || (value.n === shown.n && value.turn < shown.turn)) return;
  shown = { n: value.n, turn: value.turn };
  const turn = ++newest;
  const paired = value.layers.filter(({ pair }) => pair);
  const shapes = [...value.layers.map(({ shape }) => shape), ...(value.withB ? paired.map(({ pair }) => pair) : [])];
  const parts = value.layers.length ? await unpack(value.cells, value.top, shapes) : [];
  if (turn !== newest) return;
  const frame = frameOf(value);
  const described = JSON.stringify(frame);
  const same = described === built;
  keepKernels(value);
  const before = sections.map(({ data }) => data?.b);
  if (!same) build(frame);
  built = described;
  sections.forEach((section, i) => {
    section.layer = value.layers[i];
    const at = paired.indexOf(section.layer);
    const kept = same && !value.late ? before[i] : undefined; // what rests in the browser while the pen moves
    const b = at < 0 ? undefined : value.withB ? parts[value.layers.length + at] : kept;
    section.data = { a: parts[i], b, top: value.top, difference: section.layer.apart && b ? difference(parts[i], b) : undefined };
  });
  root.classList.toggle("maps-numbered", value.numbers || value.scale === "map");
  sections.forEach((section) => drawSection(section, value));
  if (value.top > 255) sections.forEach(describe);
  refreshReading();
  showPin(value.pin, value.side);
  element.dataset.n = value.n;
  element.dataset.step = value.step;
}

listen(root);
watch("value", show);
show();
