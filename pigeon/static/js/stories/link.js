/* Behaviours `story-link`: a link to somebody's stories opens the viewer over the page; and `story-page`: on the page of
   their stories the viewer opens by itself, for that is what its address means with scripts. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const nameIn = (link) => decodeURIComponent(new URL(link.href).pathname.split("/")[2] ?? "");

async function open(link, options) {
  const { openViewer } = await import("./viewer.js");
  openViewer(nameIn(link), link, options);
}

export function storyLink(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open(link).catch(() => toast(text("failed"), { category: "error" }));
  }, { capture: true });
}

/** Who came here from another page, by a link that was not bound yet, goes back to that one when the viewer closes. */
export function storyPage(link) {
  open(link, { isInstead: Boolean(history.state?.isStep) }).catch(() => {}); // the page says the same
}
