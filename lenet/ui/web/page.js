// What runs once for the whole page, beside the components' own scripts.

import { listenToKeys } from "./page/keys.js";
import { closeMenuOnTab } from "./page/menu.js";
import { watchServer } from "./page/server.js";
import { showTips } from "./page/tips.js";
import { changeViews } from "./page/views.js";

export default function start() {
  closeMenuOnTab();
  listenToKeys();
  showTips();
  changeViews();
  watchServer();
}
