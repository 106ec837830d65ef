// The verdict's small pictures.

import { PICTURE_SIZE, paintBytes, view } from "../lib/canvas.js";
import { findAll, make } from "../lib/elements.js";
import { GREY } from "../lib/palette.js";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} base64
 */
export function showPicture(canvas, base64) {
  view(canvas).clearRect(0, 0, PICTURE_SIZE, PICTURE_SIZE);
  if (base64) paintBytes(canvas, PICTURE_SIZE, PICTURE_SIZE, GREY, base64);
}

/**
 * A step of the preparation.
 * @param {import("../values.js").StepValue} step
 * @param {number} place
 */
export function stepItem({ title, height, width, cells }, place) {
  const item = make("li");
  const small = make("canvas");
  small.setAttribute("role", "img");
  small.setAttribute("aria-label", title);
  paintBytes(small, width, height, GREY, cells);
  item.append(small, make("span", "", `${place + 1}. ${title}`));
  return item;
}

/**
 * The learned pictures that are like one that the network doubts.
 * @param {HTMLElement} figure
 * @param {import("../values.js").NearestValue[]} nearest
 */
export function showNearest(figure, nearest) {
  for (const old of findAll(figure, "canvas")) old.remove();
  figure.hidden = nearest.length === 0;
  figure.append(
    ...nearest.map(({ picture, label }) => {
      const canvas = make("canvas");
      canvas.title = label;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `learned as ${label}`);
      paintBytes(canvas, PICTURE_SIZE, PICTURE_SIZE, GREY, picture);
      return canvas;
    }),
  );
}
