// The menu of networks closes when Tab or Shift+Tab leaves it. gradio opens its menu a moment after every key that it
// hears of, also after the Tab that has just closed it: so it does not hear of these keys. The browser still moves the
// focus, and that closes the menu.

const MENU = ".lab-head [role=combobox]";
const LEAVING = ["Tab", "Shift"];

export function closeMenuOnTab() {
  window.addEventListener("keydown", keepFromMenu, { capture: true });
}

/** @param {KeyboardEvent} event */
function keepFromMenu(event) {
  const { key, target } = event;
  if (LEAVING.includes(key) && target instanceof Element && target.matches(MENU)) event.stopImmediatePropagation();
}
