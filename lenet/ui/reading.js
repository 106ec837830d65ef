// Reading single cells: what is under the pointer or the keyboard's cursor, what it sees, and pinning it for explanation.
//
// On the document, "lab-field" says what the cell sees of the picture, {left, top, width, height} in shares of its side
// or null, and "lab-pin" asks to explain a cell, {pin: [layer, channel, row, column] or null, side}; verdict.js and
// controls.js listen.

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

function words(reading, cell) {
  const { section, side, channel } = reading;
  const { layer } = section;
  const value = valueOf(reading, cell);
  if (value === undefined) return "";
  const which = layer.pair ? ` of ${SIDES[side]}` : "";
  const place = `row ${cell.row + 1}, column ${cell.column + 1}: ${exact(value)}`;
  const classes = side === "b" ? layer.pairClasses : layer.classes;
  if (classes?.length) return `logit of ${classes[cell.column]}${which}: ${exact(value)}`;
  if (layer.strip) return `value ${cell.column + 1}${which}: ${exact(value)}`;
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
  placeMark(pinMark, { left: column / width, top: row / height, width: 1 / width, height: 1 / height });
  canvas.parentElement.append(pinMark);
}

function unread() {
  read = null;
  cellMark.remove();
  for (const { box, readout } of sections) {
    box.classList.remove("layer-seen");
    readout.textContent = "";
  }
  document.dispatchEvent(new CustomEvent("lab-field", { detail: null }));
}

function readCell(canvas, cell) {
  const { reading } = canvas;
  const { section } = reading;
  if (!cell || !section.data) return unread();
  read = { canvas, ...cell };
  for (const other of sections) if (other !== section) other.readout.textContent = "";
  section.readout.textContent = words(reading, cell);
  const [, tiles, height, width] = sideOf(reading);
  if (tiles === 1) {
    placeMark(cellMark, { left: cell.column / width, top: cell.row / height, width: 1 / width, height: 1 / height });
    canvas.parentElement.append(cellMark);
  } else cellMark.remove();
  const fields = reading.side === "b" && !section.layer.apart ? {} : (section.layer.fields ?? {});
  for (const other of sections) {
    const field = fields[other.layer.name];
    other.box.classList.toggle("layer-seen", Boolean(field));
    if (!field) continue;
    for (const [name, share] of Object.entries(fieldOf(field, cell))) other.box.style.setProperty(`--seen-${name}`, `${100 * share}%`);
  }
  const detail = fields.input ? fieldOf(fields.input, cell) : null;
  document.dispatchEvent(new CustomEvent("lab-field", { detail }));
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
  if (!canvas) return read && unread();
  const box = canvas.getBoundingClientRect();
  const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  readCell(canvas, x >= 0 && x < 1 && y >= 0 && y < 1 ? cellAt(canvas.reading, x, y) : null);
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function listen(root) {
  document.addEventListener("lab-pin", ({ detail }) => showPin(detail.pin, detail.side));
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
    if (MOVES[event.key] && read) {
      const [, , height, width] = sideOf(canvas.reading);
      const [down, across] = MOVES[event.key];
      const limit = (at, side) => Math.max(0, Math.min(side - 1, at));
      readCell(canvas, { row: limit(read.row + down, height), column: limit(read.column + across, width), tile: read.tile });
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      const all = [...canvas.closest(".layer-maps").querySelectorAll("canvas[role=img]")];
      const next = all[all.indexOf(canvas) + (event.key === "PageDown" ? 1 : -1)];
      if (next) {
        canvas.tabIndex = -1;
        next.tabIndex = 0;
        const { row, column, tile } = read; // the same place on the next map
        next.focus();
        readCell(next, { row, column, tile });
      }
    } else if ((event.key === "Enter" || event.key === " ") && read) pin();
    else return;
    event.preventDefault();
  });
}
