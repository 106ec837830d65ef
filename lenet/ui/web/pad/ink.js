// The ink on the pad's canvas.

import { view } from "../lib/canvas.js";
import { GRID_SIZE, inkOf, pixelsOf } from "./grid.js";

/** @typedef {import("./marks.js").Pixel} Pixel */
/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./marks.js").Stroke} Stroke */

const DOT = 0.01; // pixels: a line of no length would leave no dot
const HUNDREDTHS = 100; // the pad's side, in the unit of a stroke's width

export class Ink {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = view(canvas);
    this.reduced = reducedContext({ willReadFrequently: true });
    this.reduced.imageSmoothingQuality = "high";
  }

  /**
   * A piece of a stroke.
   * @param {Stroke} stroke
   * @param {Pixel} from
   * @param {Pixel} to
   */
  line(stroke, from, to) {
    const { context } = this;
    context.globalCompositeOperation = stroke.erase ? "destination-out" : "source-over";
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = (stroke.width / HUNDREDTHS) * this.canvas.width;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x + DOT, to.y);
    context.stroke();
  }

  /** @param {Mark[]} marks */
  redraw(marks) {
    this.#wipe();
    for (const mark of marks) this.#draw(mark);
  }

  /** The whole pad, averaged down to the grid: its bytes of ink. */
  bytes() {
    this.reduced.clearRect(0, 0, GRID_SIZE, GRID_SIZE);
    this.reduced.drawImage(this.canvas, 0, 0, GRID_SIZE, GRID_SIZE);
    return inkOf(this.reduced.getImageData(0, 0, GRID_SIZE, GRID_SIZE).data);
  }

  /** @param {Mark} mark */
  #draw(mark) {
    if (mark.kind === "stroke") return this.#stroke(mark);
    this.#wipe();
    if (mark.kind === "image") this.#image(mark.grid);
  }

  /** @param {Stroke} stroke */
  #stroke(stroke) {
    let last = stroke.points[0];
    for (const point of stroke.points) {
      this.line(stroke, last, point);
      last = point;
    }
  }

  /** @param {string} grid */
  #image(grid) {
    const image = reducedContext();
    image.putImageData(new ImageData(pixelsOf(grid), GRID_SIZE, GRID_SIZE), 0, 0);
    this.context.globalCompositeOperation = "source-over";
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(image.canvas, 0, 0, this.canvas.width, this.canvas.height);
  }

  #wipe() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

/**
 * A canvas of the grid's size that is not shown.
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
function reducedContext(settings) {
  const canvas = new OffscreenCanvas(GRID_SIZE, GRID_SIZE);
  return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}
