// The menu of networks closes when Tab or Shift+Tab leaves it. gradio opens its menu a moment after every key that it hears
// of, also after the Tab that has just closed it: so it does not hear of these keys. The browser still moves the focus, and
// that closes the menu.

const LEAVING = ["Tab", "Shift"];

window.addEventListener(
  "keydown",
  (event) => {
    if (LEAVING.includes(event.key) && event.target.matches?.(".lab-head [role=combobox]")) event.stopImmediatePropagation();
  },
  { capture: true },
);
