// The pinned cell: patch times kernel, input map by input map, the sum and what becomes of it; the channel's favourites.
//
// The value is that of explanation.py: {n, turn, text, cell, favourites}; cell is null when nothing is pinned, or nothing
// to be explained: text then says why, or is "". An answer older than the one shown is dropped. Closing unpins, with
// "lab-pin" on the document.

const SIDE = 28;
const UNPIN = { pin: null, side: "a" };

const box = element.querySelector(".explanation");
const title = element.querySelector("h3");
const sums = element.querySelector(".explanation-sums");
const steps = element.querySelector("tbody");
const pair = element.querySelector(".explanation-pair");
const liked = element.querySelector(".explanation-liked");

function most(values) {
  return values.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
}

// A k x k square of numbers as a table, each cell in its colour; dark colours get white letters.
function square(rows, scale, name) {
  const table = make("table", "square");
  table.setAttribute("aria-label", name);
  const index = indexer(-scale, scale);
  for (const row of rows) {
    const line = make("tr", "");
    for (const value of row) {
      const cell = make("td", "", value.toFixed(2));
      const colour = DIVERGING[index(value)];
      const parts = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
      cell.style.background = `rgb(${parts})`;
      cell.style.color = 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] > 140 ? "#000" : "#fff";
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

function showProduct(cell) {
  const row = make("div", "product");
  const parts = { patch: "patch", kernel: "kernel", products: "products" };
  Object.entries(parts).forEach(([name, text], i) => {
    if (i) row.append(make("span", "product-sign", i === 1 ? "×" : "="));
    const figure = make("figure", "");
    figure.append(square(cell[name][0], most(cell[name][0]), text), make("figcaption", "", text));
    row.append(figure);
  });
  sums.append(row);
}

// A later layer reads many maps: small pictures, the largest sums first.
function showProducts(cell) {
  const scales = ["patch", "kernel", "products"].map((name) => most(cell[name].flat()));
  const order = [...cell.sums.keys()].sort((a, b) => Math.abs(cell.sums[b]) - Math.abs(cell.sums[a]));
  const list = make("ol", "inputs");
  list.tabIndex = 0; // it scrolls
  list.setAttribute("aria-label", "Patch times kernel is products, and their sum, for each map of the layer before");
  for (const map of order) {
    const item = make("li", "");
    item.append(
      make("span", "input-name", `map ${cell.maps[map] + 1}`),
      tile(cell.patch[map], scales[0]),
      make("span", "", "×"),
      tile(cell.kernel[map], scales[1]),
      make("span", "", "="),
      tile(cell.products[map], scales[2]),
      make("span", "input-sum", `Σ ${exact(cell.sums[map])}`),
    );
    list.append(item);
  }
  sums.append(list);
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
  box.hidden = !text;
  title.textContent = cell ? `${text}: ${exact(cell.value)}` : text;
  element.querySelector(".explanation-body").hidden = !cell;
  sums.replaceChildren();
  steps.replaceChildren();
  liked.replaceChildren();
  if (!cell) return;
  sums.append(make("p", "layer-note", cell.about));
  if (cell.patch.length === 1) showProduct(cell);
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
}

element.querySelector(".explanation-close").addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("lab-pin", { detail: UNPIN }));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !box.hidden) document.dispatchEvent(new CustomEvent("lab-pin", { detail: UNPIN }));
});

watch("value", show);
show();
