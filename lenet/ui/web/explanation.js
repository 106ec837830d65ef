// The pinned cell: patch times kernel, input map by input map, the sum and what becomes of it; the channel's favourites.
//
// The value is that of explanation.py: {n, turn, text, cell, favourites}; cell is null when nothing is pinned, or nothing
// to be explained: text then says why, or is "". An answer older than the one shown is dropped. On the document, "lab-pin"
// unpins the cell or pins another, and "lab-explained" says that the panel has come up.

const SIDE = 28;
const UNPIN = { pin: null, side: "a" };

const box = element.querySelector(".explanation");
const title = element.querySelector("h3");
const sums = element.querySelector(".explanation-sums");
const steps = element.querySelector("tbody");
const moves = element.querySelector(".explanation-moves");
const said = element.querySelector(".explanation-said");
const pair = element.querySelector(".explanation-pair");
const liked = element.querySelector(".explanation-liked");

function most(values) {
  return values.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
}

// Black or white, whichever has more contrast: at least 4.5 : 1 on any colour (WCAG 2.2, relative luminance).
function lettersOn(parts) {
  const [red, green, blue] = parts.map((part) => (part > 10 ? ((part / 255 + 0.055) / 1.055) ** 2.4 : part / 3295));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

// A k x k square of numbers as a table, each cell in its colour.
function square(rows, scale, name) {
  const table = make("table", "square");
  table.setAttribute("aria-label", name);
  const index = indexer(-scale, scale);
  for (const row of rows) {
    const line = make("tr", "");
    for (const value of row) {
      const cell = make("td", "", value.toFixed(2).replace(/^-0\.00$/, "0.00"));
      cell.title = exact(value);
      const colour = DIVERGING[index(value)];
      const parts = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
      cell.style.background = `rgb(${parts})`;
      cell.style.color = lettersOn(parts);
      line.append(cell);
    }
    table.append(line);
  }
  return table;
}

function tile(rows, scale) {
  const canvas = make("canvas", "");
  const index = indexer(-scale, scale);
  const values = rows.flat();
  paint(canvas, rows.length, rows.length, DIVERGING, (i) => index(values[i]));
  return canvas;
}

// The squares of one input map.
function productOf(cell, input) {
  const row = make("div", "product");
  const parts = { patch: "patch", kernel: "kernel", products: "products" };
  Object.entries(parts).forEach(([name, text], i) => {
    if (i) row.append(make("span", "product-sign", i === 1 ? "×" : "="));
    const figure = make("figure", "");
    figure.append(square(cell[name][input], most(cell[name][input]), text), make("figcaption", "", text));
    row.append(figure);
  });
  return row;
}

// A later layer reads many maps: small pictures, the largest sums first; the chosen one's squares stand above.
function showProducts(cell) {
  const scales = ["patch", "kernel", "products"].map((name) => most(cell[name].flat()));
  const order = [...cell.sums.keys()].sort((a, b) => Math.abs(cell.sums[b]) - Math.abs(cell.sums[a]));
  const list = make("div", "inputs");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Patch times kernel is products, and their sum, for each map of the layer before");
  let product = make("div", "");
  const choose = (button, input) => {
    for (const other of list.children) other.setAttribute("aria-pressed", String(other === button));
    const chosen = productOf(cell, input);
    product.replaceWith(chosen);
    product = chosen;
  };
  for (const input of order) {
    const button = make("button", "input");
    button.type = "button";
    button.append(
      make("span", "input-name", `map ${cell.maps[input] + 1}`),
      tile(cell.patch[input], scales[0]),
      make("span", "", "×"),
      tile(cell.kernel[input], scales[1]),
      make("span", "", "="),
      tile(cell.products[input], scales[2]),
      make("span", "input-sum", `Σ ${exact(cell.sums[input])}`),
    );
    button.addEventListener("click", () => choose(button, input));
    list.append(button);
  }
  sums.append(product, list);
  if (list.children.length) choose(list.firstElementChild, order[0]);
}

function showFavourites(favourites) {
  if (!favourites.length) return;
  liked.append(make("p", "layer-note", "Test pictures that excite this map most, with its highest value"));
  const row = make("div", "liked");
  for (const { picture, value } of favourites) {
    const figure = make("figure", "");
    const canvas = make("canvas", "");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Test picture, ${number(value)}`);
    paintBytes(canvas, SIDE, SIDE, GREY, picture);
    figure.append(canvas, make("figcaption", "", number(value)));
    row.append(figure);
  }
  liked.append(row);
}

let shown = { n: -1, turn: -1 };

function show() {
  const value = received();
  if (!value) return; // as it was
  const { n, turn, text, cell, favourites } = value;
  if (n < shown.n || (n === shown.n && turn < shown.turn)) return;
  shown = { n, turn };
  const opens = box.hidden && Boolean(text);
  box.hidden = !text;
  title.textContent = said.textContent = cell ? `${text}: ${exact(cell.value)}` : text;
  moves.hidden = !cell;
  element.querySelector(".explanation-body").hidden = !cell;
  sums.replaceChildren();
  steps.replaceChildren();
  liked.replaceChildren();
  if (!cell) return;
  sums.append(make("p", "layer-note", cell.about));
  if (cell.first) sums.append(productOf(cell, 0));
  else showProducts(cell);
  for (const [words, value, own] of cell.steps) {
    const row = make("tr", own ? "explanation-own" : "");
    const head = make("th", "", words);
    head.scope = "row";
    row.append(head, make("td", "", exact(value)));
    steps.append(row);
  }
  const [a, b, apart] = cell.pair.map(exact);
  pair.textContent = cell.pair.length ? `Here A is ${a} and B is ${b}: A − B is ${apart}.` : "";
  showFavourites(favourites);
  document.documentElement.style.setProperty("--lab-panel", `${box.offsetHeight + 16}px`); // the page's end stays in reach
  if (opens) document.dispatchEvent(new CustomEvent("lab-explained"));
}

const MOVES = { left: [0, -1], up: [-1, 0], down: [1, 0], right: [0, 1] };

for (const button of moves.children) {
  button.addEventListener("click", () => {
    const { pin, side, shape } = received().cell;
    const [layer, channel, ...at] = pin;
    const next = at.map((place, i) => Math.max(0, Math.min(shape[i] - 1, place + MOVES[button.dataset.move][i])));
    document.dispatchEvent(new CustomEvent("lab-pin", { detail: { pin: [layer, channel, ...next], side } }));
  });
}

element.querySelector(".explanation-close").addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("lab-pin", { detail: UNPIN }));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !box.hidden) document.dispatchEvent(new CustomEvent("lab-pin", { detail: UNPIN }));
});

watch("value", show);
show();
