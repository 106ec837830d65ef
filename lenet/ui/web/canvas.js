// Drawing numbers as colours, and making elements. Needs PALETTES.

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i); // Uint8Array.from takes ten times as long
  return bytes;
}

// 256 colours with the stops at equal distances, as canvas pixels: alpha, blue, green, red from the highest byte down.
function paletteOf(stops) {
  const parts = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, value) => {
    const at = (value / 255) * (parts.length - 1);
    const i = Math.min(Math.floor(at), parts.length - 2);
    const [red, green, blue] = parts[i].map((from, c) => Math.round(from + (parts[i + 1][c] - from) * (at - i)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}
const SEQUENTIAL = paletteOf(PALETTES.sequential);
const DIVERGING = paletteOf(PALETTES.diverging);
const GREY = paletteOf(["#000000", "#ffffff"]);

// The canvas gets one pixel for each cell; indexAt gives a cell's number in the palette.
function paint(canvas, width, height, palette, indexAt) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const view = canvas.getContext("2d");
  const image = view.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = palette[indexAt(i)];
  view.putImageData(image, 0, 0);
}

function paintBytes(canvas, width, height, palette, base64) {
  const bytes = bytesOf(base64);
  paint(canvas, width, height, palette, (i) => bytes[i]);
}

// low is the palette's first colour, high its last; where there is but zero, it is the middle of a signed palette.
function indexer(low, high) {
  if (low === high) return () => (low === 0 && Object.is(low, -0) ? 128 : 0);
  const factor = 255 / (high - low);
  return (value) => Math.max(0, Math.min(255, Math.round((value - low) * factor)));
}

// A number of an explanation, which add up below 0.0001.
function exact(value) {
  return value.toFixed(4);
}

function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 10000)) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
