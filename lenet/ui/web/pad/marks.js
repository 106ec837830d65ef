// What happened on the pad, in order. Drawn one after the other, the marks give the picture; so undo drops the last.

/**
 * In shares of the pad's side.
 * @typedef {{ x: number, y: number }} Point
 */
/**
 * A whole pixel of the pad's canvas.
 * @typedef {{ x: number, y: number }} Pixel
 */
/**
 * The width is in hundredths of the pad's side.
 * @typedef {{ kind: "stroke", erase: boolean, width: number, points: Pixel[] }} Stroke
 */
/**
 * An image is what the server put on the pad, as a grid of ink.
 * @typedef {Stroke | { kind: "image", grid: string } | { kind: "cleared" }} Mark
 */

export class Marks {
  /** @type {Mark[]} */
  list = [];
  /** @type {Stroke | null} */
  stroke = null; // the one that is being drawn

  /**
   * @param {Pixel} point
   * @param {{ erase: boolean, width: number }} tool
   */
  begin(point, { erase, width }) {
    /** @type {Stroke} */
    const stroke = { kind: "stroke", erase, width, points: [point] };
    this.stroke = stroke;
    this.list.push(stroke);
    return stroke;
  }

  finish() {
    this.stroke = null;
  }

  undo() {
    this.list.pop();
  }

  clear() {
    if (!this.isEmpty()) this.list.push({ kind: "cleared" });
  }

  /**
   * The server's picture takes the place of all that is drawn, also of a stroke that has not ended.
   * @param {string} grid
   */
  put(grid) {
    if (grid) this.list.push({ kind: "image", grid });
    else this.clear();
    this.stroke = null;
  }

  /**
   * So do the strokes of a link; undo takes them back one by one.
   * @param {Stroke[]} strokes
   */
  replay(strokes) {
    this.clear();
    this.list.push(...strokes);
    this.stroke = null;
  }

  isEmpty() {
    return this.#fresh().every((mark) => mark.kind === "stroke" && mark.erase);
  }

  /** All that is on the pad, where it is strokes alone; none where a picture is among it. */
  strokes() {
    const fresh = this.#fresh();
    const strokes = fresh.filter((mark) => mark.kind === "stroke");
    return strokes.length === fresh.length ? strokes : [];
  }

  #fresh() {
    return this.list.slice(this.list.findLastIndex((mark) => mark.kind === "cleared") + 1);
  }
}
