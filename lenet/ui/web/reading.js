// Reading single cells: what is under the pointer or the keyboard's cursor, what it sees, and pinning it for explanation.
//
// On the document, "lab-field" says what the cell sees of the picture, {sides, left, top, width, height} in shares of its
// side, sides being A, B or both, or null, and "lab-pin" asks to explain a cell, {pin: [layer, channel, row, column] or null, side}; verdict.js and
// controls.js listen. "lab-explained" says that the explanation has come up: the map must not lie beneath it.

let read = null; // {canvas, row, column}

function sideOf({ section, side }) {
  return side === "b" ? section.layer.pair : section.layer.shape;
}

// The cell of a canvas at a place in shares of its size; null between two kernels.
function cellAt(reading, x, y) {
  const [, tiles, height, width] = sideOf(reading);
  if (tiles === 1) return { row: Math.floor(y * height), column: Math.floor(x * width), tile: 0 };
  const columns = Math.ceil(Math.sqrt(tiles));
  const rows = Math.ceil(tiles / columns);
  const [across, down] = [x * (columns * (width + 1) - 1), y * (rows * (height + 1) - 1)];
  const cell = { row: Math.floor(down % (height + 1)), column: Math.floor(across % (width + 1)) };
  cell.tile = Math.floor(down / (height + 1)) * columns + Math.floor(across / (width + 1));
  return cell.row < height && cell.column < width && cell.tile < tiles ? cell : null;
}

function valueOf(reading, { row, column, tile }) {
  const { section, side, channel } = reading;
  const [, , height, width] = sideOf(reading);
  const part = section.data[side];
  return part?.values[channel * part.area + (tile * height + row) * width + column];
}

// As many digits as the values were sent with. While the pen moves they are coarse.
function exactTo({ data }, side, channel, value) {
  const digits = Math.floor(-Math.log10(Math.max(data[side].steps[channel], 1e-9)));
  return `${data.top < 256 ? "about " : ""}${value.toFixed(Math.max(0, Math.min(3, digits)))}`;
}

function words(reading, cell) {
  const { section, side, channel } = reading;
  const { layer } = section;
  const value = valueOf(reading, cell);
  if (value === undefined) return "";
  const which = layer.pair ? ` of ${SIDES[side]}` : "";
  const said = exactTo(section, side, channel, value);
  const place = `row ${cell.row + 1}, column ${cell.column + 1}: ${said}`;
  const classes = side === "b" ? layer.pairClasses : layer.classes;
  if (classes.length) return `logit of ${classes[cell.column]}${which}: ${said}`;
  if (layer.strip) return `value ${cell.column + 1}${which}: ${said}`;
  if (!layer.fields) return `map ${channel + 1}${which}, kernel for input ${cell.tile + 1}, ${place}`;
  return `map ${channel + 1}${which}, ${place}`;
}

function within(first, size, side) {
  const [start, end] = [Math.max(0, first), Math.min(side, first + size)];
  return [start / side, (end - start) / side];
}

// [size, stride, offset, side] of a receptive field, and a cell -> where it lies, in shares of the side.
function fieldOf([size, stride, offset, side], { row, column }) {
  const [left, width] = within(column * stride + offset, size, side);
  const [top, height] = within(row * stride + offset, size, side);
  return { left, top, width, height };
}

function placeMark(mark, { left, top, width, height }) {
  Object.assign(mark.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
}

const cellMark = make("div", "map-cell");
const pinMark = make("div", "map-cell map-pin");

// The cell that is explained keeps a mark of its own.
function showPin(cell, side) {
  pinMark.remove();
  const [layer, channel, row, column] = cell ?? [];
  const section = sections.find((section) => section.layer.fields && section.layer.number === layer);
  const canvas = section?.canvases[side][channel];
  if (!canvas) return;
  const [, , height, width] = sideOf(canvas.reading);
  if (row >= height || column >= width) return; // pinned in another network's map
  placeMark(pinMark, { left: column / width, top: row / height, width: 1 / width, height: 1 / height });
  canvas.parentElement.append(pinMark);
}

function pinned() {
  return pinMark.parentElement?.querySelector("canvas");
}

function unread() {
  read = null;
  cellMark.remove();
  for (const { box, readout } of sections) {
    delete box.dataset.seen;
    readout.textContent = "";
  }
  document.dispatchEvent(new CustomEvent("lab-field", { detail: null }));
}

function readCell(canvas, cell) {
  const { reading } = canvas;
  const { section } = reading;
  if (!cell || !section.data) return unread();
  read = { ...cell, canvas };
  for (const other of sections) if (other !== section) other.readout.textContent = "";
  section.readout.textContent = words(reading, cell);
  const [, tiles, height, width] = sideOf(reading);
  if (tiles === 1) {
    placeMark(cellMark, { left: cell.column / width, top: cell.row / height, width: 1 / width, height: 1 / height });
    canvas.parentElement.append(cellMark);
  } else cellMark.remove();
  const { layer } = section;
  const fields = (reading.side === "b" ? layer.pairFields : null) ?? layer.fields ?? {};
  const sides = reading.side === "difference" ? "a b difference" : reading.side;
  for (const other of sections) {
    const field = other.layer.strip ? null : fields[other.layer.number];
    if (field) other.box.dataset.seen = sides;
    else delete other.box.dataset.seen;
    for (const [name, share] of Object.entries(field ? fieldOf(field, cell) : {})) other.box.style.setProperty(`--seen-${name}`, `${100 * share}%`);
  }
  const detail = fields.input ? { sides, ...fieldOf(fields.input, cell) } : null;
  document.dispatchEvent(new CustomEvent("lab-field", { detail }));
}

// One map of a layer is reached by the Tab key, the others from there.
function stopAt(canvas) {
  for (const other of canvas.closest(".layer-maps").querySelectorAll("canvas[tabindex]")) other.tabIndex = -1;
  canvas.tabIndex = 0;
}

function focusOn(canvas) {
  stopAt(canvas);
  canvas.focus({ preventScroll: true });
}

// After an update, the cell that is being read has another value, or is no more.
function refreshReading() {
  if (read && read.canvas.isConnected) readCell(read.canvas, read);
  else if (read) unread();
}

function pin() {
  const { section, channel, side } = read.canvas.reading;
  if (!section.layer.fields) return;
  // A cell of A − B is explained as A's: the explanation has B's value beside it.
  const detail = { pin: [section.layer.number, channel, read.row, read.column], side: side === "b" ? "b" : "a" };
  document.dispatchEvent(new CustomEvent("lab-pin", { detail }));
}

function canvasOf(event) {
  return event.target.closest?.(".map-cells")?.querySelector("canvas");
}

function readAt(event) {
  const canvas = canvasOf(event);
  // Between two maps nothing is read, unless the keyboard is at work.
  if (!canvas) return read && !document.activeElement.closest(".map-cells") && unread();
  const box = canvas.getBoundingClientRect();
  const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  readCell(canvas, x >= 0 && x < 1 && y >= 0 && y < 1 ? cellAt(canvas.reading, x, y) : null);
}

// The cell beside one, also across the gap between two kernels; the cell itself at the border.
function neighbour(reading, cell, down, across) {
  const [, tiles, height, width] = sideOf(reading);
  const columns = Math.ceil(Math.sqrt(tiles));
  const limit = (at, size) => Math.max(0, Math.min(size - 1, at));
  const y = limit(Math.floor(cell.tile / columns) * height + cell.row + down, Math.ceil(tiles / columns) * height);
  const x = limit((cell.tile % columns) * width + cell.column + across, columns * width);
  const tile = Math.floor(y / height) * columns + Math.floor(x / width);
  return tile < tiles ? { tile, row: y % height, column: x % width } : cell;
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function listen(root) {
  document.addEventListener("lab-pin", ({ detail }) => {
    // Closing the explanation gives the keyboard back to the map.
    if (!detail.pin && pinned() && document.activeElement.closest(".explanation")) focusOn(pinned());
    showPin(detail.pin, detail.side);
  });
  document.addEventListener("lab-explained", () => pinned()?.scrollIntoView({ block: "nearest" }));
  root.addEventListener("pointermove", readAt);
  root.addEventListener("pointerleave", ({ pointerType, relatedTarget }) => {
    const stays = root.contains(document.activeElement) || relatedTarget?.closest?.(".explanation");
    if (pointerType === "mouse" && !stays) unread();
  });
  // A tap comes without a move before it, and a click may have taken the focus, and so the reading, from another map.
  root.addEventListener("click", (event) => {
    readAt(event);
    if (read) pin();
  });

  root.addEventListener("focusin", (event) => {
    const canvas = canvasOf(event);
    if (canvas && read?.canvas !== canvas) readCell(canvas, { row: 0, column: 0, tile: 0 });
  });
  root.addEventListener("focusout", unread);
  root.addEventListener("keydown", (event) => {
    const canvas = canvasOf(event);
    if (!canvas || event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = read?.canvas === canvas ? read : { row: 0, column: 0, tile: 0 };
    if (MOVES[event.key]) {
      readCell(canvas, neighbour(canvas.reading, cell, ...MOVES[event.key]));
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      const all = [...canvas.closest(".layer-maps").querySelectorAll("canvas[role=img]")];
      const next = all[all.indexOf(canvas) + (event.key === "PageDown" ? 1 : -1)];
      if (next) {
        focusOn(next);
        readCell(next, cell); // the same place on the next map
      }
    } else if (event.key === "Enter" || event.key === " ") {
      if (read) pin();
    }
    else return;
    event.preventDefault();
  });
}
