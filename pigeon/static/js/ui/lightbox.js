/* Behaviour `lightbox`: a link to a picture opens it over the page, where it can be zoomed and moved.

   `<a href="…" data-behavior="lightbox">`: `href` is the largest picture. What is shown meanwhile is the <img> in the link, else
   that of the `.photo` around it. `data-width` and `data-height` are the large picture's, `data-caption` its words, where there
   are any. Links in one `.carousel` or `[data-lightbox-group]` are leafed through; the link whose picture is shown says so by
   the event `lightbox:move`.

   The viewer is a step in history, without an address of its own: every way of closing it is a step back. */

import { openDialog } from "./dialog.js";
import { makeViewer } from "./lightbox-viewer.js";

let open = null;
let last = null; // the step in history that was left: Forward comes back to it

function groupOf(link) {
  const group = link.closest(".carousel, [data-lightbox-group]");
  return group ? [...group.querySelectorAll('[data-behavior~="lightbox"]')] : [link];
}

function leave() {
  if (!open || open.isLeaving) return;
  open.isLeaving = true;
  history.back();
}

function show(link, key) {
  const viewer = makeViewer(groupOf(link), leave);
  open = { viewer, key, isLeaving: false };
  document.body.append(viewer.dialog);
  openDialog(viewer.dialog)
    .then(() => viewer.dialog.remove())
    .then(() => open?.viewer === viewer && leave()); // the browser closed it by itself
  viewer.dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  viewer.show(link);
  viewer.dialog.focus(); // not a button, which would seem to be meant
}

/** Closes it where history stands already; the focus goes to the picture that was shown last. */
function close() {
  const { viewer, key } = open;
  open = null;
  last = { link: viewer.link(), key };
  viewer.dialog.close();
  viewer.link().focus({ preventScroll: true });
}

export function lightbox(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (open) return;
    const key = `${Date.now()}-lightbox`;
    history.pushState({ htmx: true, key }, "");
    show(link, key);
  }, { capture: true });
}

// On the window: before all who hear of a step in history at the document. The page below never left.
window.addEventListener("htmx:before:history:restore", (event) => {
  const isForward = !open && history.state?.key === last?.key && last?.link.isConnected;
  if (!open && !isForward) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (open) close();
  else show(last.link, last.key);
}, { capture: true });

// A link in a message over it leads away: nothing to step back over.
window.addEventListener("htmx:before:history:update", () => open && close(), { capture: true });
