// What happened on the pad, in order. Drawn one after the other, the marks give the picture; so undo drops the last.

/**
 * In shares of the pad's side.
 * @typedef {{ x: number, y: number }} Point
 */
/** @typedef {{ kind: "stroke", erase: boolean, width: number, points: Point[] }} Stroke */
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
   * @param {Point} point
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

  isEmpty() {
    const fresh = this.list.slice(this.list.findLastIndex((mark) => mark.kind === "cleared") + 1);
    return fresh.every((mark) => mark.kind === "stroke" && mark.erase);
  }
}
