// The browser's window around the page.

/** The page's own address, without a link's fragment. */
export function pageAddress() {
  return location.origin + location.pathname;
}

/** The page fills the screen, or leaves it again. */
export function changeScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {}); // a frame around the page may forbid it
}
