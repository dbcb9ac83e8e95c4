/* What was left unsent is sent from whichever page is open, and nothing of it stays behind when its writer logs out. */

import { forgetFiles } from "./kept-files.js";
import { forgetAll, listUnsent } from "./storage.js";

const ENDS = ["/logout", "/settings/withdraw"];

document.addEventListener("submit", ({ target }) => {
  if (!ENDS.includes(target.getAttribute("action"))) return;
  forgetAll();
  forgetFiles();
}, { capture: true });

document.addEventListener("socket:connect", async () => {
  if (!listUnsent().length) return;
  const { resumeAll } = await import("./queue.js");
  resumeAll();
});
