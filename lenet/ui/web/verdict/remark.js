// A remark on a picture stays as long as the picture does: the answers that follow it come without one.

export class Remark {
  drawing = -1;
  text = "";

  /**
   * What to show beside a drawing whose answer came with this note.
   * @param {number} drawing
   * @param {string} note
   */
  on(drawing, note) {
    if (note || drawing !== this.drawing) this.text = note;
    this.drawing = drawing;
    return this.text;
  }
}
