// What gradio is to a component's script: its element, its value as one string, and who hears of its events.

/** @typedef {import("../lib/value.js").Component} Component */
/** @typedef {Record<string, unknown>} Told */

export class Host {
  /** @type {(() => void)[]} */
  watchers = [];
  /** @type {Map<string, (told: Told) => void>} */
  answers = new Map();

  /**
   * @param {HTMLElement} element
   * @param {object | null} value what it shows at first
   */
  constructor(element, value) {
    this.element = element;
    this.props = { value: JSON.stringify(value) };
  }

  /** @returns {Component} what the script is given */
  component() {
    return {
      element: this.element,
      props: this.props,
      trigger: (event, told = {}) => this.answers.get(event)?.(/** @type {Told} */ (told)),
      watch: (_, listener) => this.watchers.push(listener),
    };
  }

  /**
   * Answers an event of the script.
   * @param {string} event
   * @param {(told: Told) => void} answer
   */
  on(event, answer) {
    this.answers.set(event, answer);
  }

  /** @param {object} value a new one, as a server would send it */
  give(value) {
    this.props.value = JSON.stringify(value);
    for (const watcher of this.watchers) watcher();
  }

  /** What the script has sent last, or was given. */
  sent() {
    return JSON.parse(this.props.value);
  }
}
