// The test pictures that excite a channel most.

import { PICTURE_SIZE, paintBytes } from "../lib/canvas.js";
import { layOver, make } from "../lib/elements.js";
import { number } from "../lib/numbers.js";
import { GREY } from "../lib/palette.js";
import { seenBy } from "../maps/geometry.js";

/** @typedef {import("../values.js").FavouriteValue} FavouriteValue */

/** @typedef {import("../values.js").ExplanationValue} ExplanationValue */
/** @typedef {import("../values.js").SquareValue} SquareValue */
/** @typedef {import("../values.js").FieldValue} FieldValue */

/**
 * @param {HTMLElement} parent
 * @param {ExplanationValue} value
 * @param {FieldValue} field what a cell of the channel sees of a picture
 */
export function showFavourites(parent, { favourites, liking, unliked }, field) {
  if (unliked) parent.append(make("p", "layer-note", unliked));
  if (!favourites.length) return;
  const row = make("div", "liked");
  row.append(...favourites.map((favourite) => figureOf(favourite, field)));
  if (liking.side) row.append(meanOf(liking));
  parent.append(make("p", "layer-note", "Test pictures that excite this map most: the frame shows where"), row);
}

/** @param {SquareValue} liking */
function meanOf({ side, cells }) {
  const figure = make("figure");
  figure.append(pictureOf("The mean of what is framed", side, cells), make("figcaption", "", "mean"));
  return figure;
}

/**
 * @param {FavouriteValue} favourite
 * @param {FieldValue} field
 */
function figureOf({ picture, value, row, column }, field) {
  const figure = make("figure");
  const frame = make("div", "liked-cells");
  const mark = make("div", "map-cell");
  layOver(mark, seenBy(field, { row, column }));
  frame.append(pictureOf(`Test picture, ${number(value)}`, PICTURE_SIZE, picture), mark);
  figure.append(frame, make("figcaption", "", number(value)));
  return figure;
}

/**
 * @param {string} name
 * @param {number} side
 * @param {string} cells
 */
function pictureOf(name, side, cells) {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  paintBytes(canvas, side, side, GREY, cells);
  return canvas;
}
