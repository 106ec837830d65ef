// Hands over what the server made: a file as a download, a link in the clipboard and in the address, or as a QR code; or
// says why not.

import { bytesOf } from "./lib/bytes.js";
import { find, make } from "./lib/elements.js";
import { onSignal } from "./lib/signals.js";
import { received } from "./lib/value.js";
import { pageAddress } from "./lib/window.js";
import { CodeDialog } from "./takeaway/code.js";

const KEEP = 60_000; // milliseconds for which a file stays in the browser's memory after it was handed over

/** @typedef {import("./values.js").TakeawayValue} TakeawayValue */

/** @param {import("./lib/value.js").Component} component */
export default function start({ element, props, watch }) {
  const status = find(element, ".takeaway");
  const dialog = new CodeDialog(element);
  dialog.listen();
  watch("value", () => {
    const value = /** @type {TakeawayValue | null} */ (received(props));
    if (!value) return;
    if (value.code.length) showCode(dialog, status, value);
    else if (value.link) share(status, value.link);
    else if (value.content) download(status, value);
    else status.textContent = value.text;
  });
  // What is said is about the view as it was.
  const forget = () => status.replaceChildren();
  onSignal("lab-view", forget);
  onSignal("lab-ink", forget);
  // A link that is pasted into an open page changes the address alone.
  window.addEventListener("hashchange", () => location.reload());
}

/**
 * @param {CodeDialog} dialog
 * @param {HTMLElement} status
 * @param {TakeawayValue} value
 */
function showCode(dialog, status, { code, link }) {
  status.textContent = "";
  dialog.show(code, `${pageAddress()}#${link}`);
}

/**
 * @param {HTMLElement} status
 * @param {TakeawayValue} file
 */
function download(status, { name, kind, content }) {
  const url = URL.createObjectURL(new Blob([bytesOf(content)], { type: kind }));
  Object.assign(make("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP);
  status.textContent = `Saved: ${name} is in your downloads.`;
}

/**
 * @param {HTMLElement} status
 * @param {string} link
 */
async function share(status, link) {
  history.replaceState(null, "", `#${link}`);
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = "The link is in the clipboard; this is it: ";
  } catch {
    status.textContent = "The link could not be put into the clipboard; copy it from here: ";
  }
  status.append(Object.assign(make("a", "", "link to this view"), { href: location.href }));
}
