// The values that a component receives and sends. Each is one JSON string in props.value: of an object, gradio copies
// every number and every word by itself, several times an update.

/**
 * What gradio hands to a component's script.
 * @typedef {object} Component
 * @property {HTMLElement} element
 * @property {{ value: string }} props
 * @property {(event: string, data?: object) => void} trigger
 * @property {(name: string, listener: () => void) => void} watch
 */

/**
 * Which drawing an answer belongs to, and which revision of the view.
 * @typedef {{ drawing: number, revision: number }} Numbered
 */

/** @type {Numbered} */
export const NOTHING = { drawing: -1, revision: -1 };

/**
 * The value that the component has now.
 * @template T
 * @param {Component["props"]} props
 * @returns {T | null}
 */
export function received(props) {
  return JSON.parse(props.value || "null");
}

/**
 * @param {Component["props"]} props
 * @param {object} value
 */
export function submit(props, value) {
  props.value = JSON.stringify(value);
}

/**
 * The rule for answers that are shown: an answer to an earlier drawing is too old, or to an earlier view of the same drawing.
 * @param {Numbered} value
 * @param {Numbered} shown
 */
export function isOld(value, shown) {
  return value.drawing < shown.drawing || (value.drawing === shown.drawing && value.revision < shown.revision);
}

/**
 * Calls show with the value that is here and with each that comes; late, if it is there, gets those that are too old.
 * Returns what admits an answer from elsewhere by the same rule: whether it may be shown.
 * @template {Numbered} T
 * @param {Pick<Component, "props" | "watch">} component
 * @param {(value: T) => void} show
 * @param {(value: T) => void} [late]
 * @returns {(answer: Numbered) => boolean}
 */
export function onAnswer({ props, watch }, show, late) {
  let shown = NOTHING;
  const admit = (/** @type {Numbered} */ answer) => {
    if (isOld(answer, shown)) return false;
    shown = { drawing: answer.drawing, revision: answer.revision };
    return true;
  };
  const update = () => {
    const value = /** @type {T | null} */ (received(props));
    if (!value) return;
    if (admit(value)) show(value);
    else late?.(value);
  };
  watch("value", update);
  update();
  return admit;
}
