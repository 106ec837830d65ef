// Hands over what the server made: a file as a download, a link in the clipboard and in the address; or says why not.
//
// The value: {name, kind, content} with content in base64, {link}, or {text}; a stamp in it makes each a new one.

const status = element.querySelector(".takeaway");

function download({ name, kind, content }) {
  const url = URL.createObjectURL(new Blob([bytesOf(content)], { type: kind }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  status.textContent = `${name} was handed to the browser.`;
}

async function share({ link }) {
  history.replaceState(null, "", `#${link}`);
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = "The link is in the clipboard; this is it: ";
  } catch {
    status.textContent = "The link could not be put into the clipboard; copy it from here: ";
  }
  status.append(Object.assign(make("a", "", "link to this view"), { href: location.href }));
}

watch("value", () => {
  const value = received() ?? {};
  if (value.link) share(value);
  else if (value.content) download(value);
  else status.textContent = value.text ?? "";
});
// A link that is pasted into an open page changes the address alone.
window.addEventListener("hashchange", () => location.reload());
