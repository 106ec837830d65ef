// The test pictures that excite a channel most.

import { PICTURE_SIZE, paintBytes } from "../lib/canvas.js";
import { make } from "../lib/elements.js";
import { number } from "../lib/numbers.js";
import { GREY } from "../lib/palette.js";

/** @typedef {import("../values.js").FavouriteValue} FavouriteValue */

/**
 * @param {HTMLElement} parent
 * @param {FavouriteValue[]} favourites
 */
export function showFavourites(parent, favourites) {
  if (!favourites.length) return;
  const row = make("div", "liked");
  row.append(...favourites.map(figureOf));
  parent.append(make("p", "layer-note", "Test pictures that excite this map most, with its highest value"), row);
}

/** @param {FavouriteValue} favourite */
function figureOf({ picture, value }) {
  const figure = make("figure");
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Test picture, ${number(value)}`);
  paintBytes(canvas, PICTURE_SIZE, PICTURE_SIZE, GREY, picture);
  figure.append(canvas, make("figcaption", "", number(value)));
  return figure;
}
