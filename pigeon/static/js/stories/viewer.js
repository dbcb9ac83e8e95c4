/* The viewer of stories as a step in history: its address is that of whose stories are shown, and every way of closing it
   is a step back. What it shows is in viewer-show.js. */

import { makeShow } from "./viewer-show.js";

let open = null;
let last = null; // the step that was left: Forward comes back to it

const here = () => location.pathname + location.search;
const pathOf = (username) => `/stories/${encodeURIComponent(username)}`;

function leave() {
  if (!open || open.isLeaving) return;
  open.isLeaving = true;
  history.back();
}

function onPerson(username, label) {
  if (!open || open.isLeaving) return;
  history.replaceState(history.state, "", pathOf(username));
  document.title = label;
}

function show(username, link, under) {
  const viewer = makeShow({ leave, onPerson });
  open = { viewer, under, link, href: link.getAttribute("href"), title: document.title, username, isLeaving: false };
  document.body.append(viewer.dialog);
  document.documentElement.classList.add("has-dialog");
  viewer.dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  viewer.dialog.addEventListener("close", (event) => event.target === open?.viewer.dialog && leave()); // by the browser itself
  viewer.dialog.showModal();
  viewer.dialog.focus();
  viewer.start(username);
}

/** The link it was opened from; who keeps rings true may have drawn it anew meanwhile, or as one that leads elsewhere. */
function findLink({ link, href }) {
  if (link.isConnected) return link;
  const links = [...document.querySelectorAll('[data-behavior~="story-link"]')];
  return links.find((one) => one.getAttribute("href") === href) ?? document.getElementById("main");
}

function close({ isBack }) {
  const closed = open;
  open = null;
  last = { link: closed.link, under: closed.under, username: closed.username, key: closed.key };
  const { dialog, end } = closed.viewer;
  /** @type {NodeListOf<HTMLDialogElement>} */
  const over = document.querySelectorAll("dialog:modal:not(.story-viewer)");
  over.forEach((one) => one.close()); // a question, or who saw it
  end();
  dialog.addEventListener("close", () => dialog.remove(), { once: true }); // after messages in it have moved out
  dialog.close();
  document.documentElement.classList.remove("has-dialog");
  if (!isBack) return;
  document.title = closed.title;
  findLink(closed)?.focus({ preventScroll: true });
}

/** Opens over the present page, or `isInstead` of it, as its own step in history; after a reload of its own address it
    takes its place there again. */
export function openViewer(username, link, { isInstead = false } = {}) {
  if (open) return;
  const under = here();
  if (isInstead) history.replaceState({ ...history.state, stories: true }, "");
  if (!history.state?.stories) history.pushState({ htmx: true, key: `${Date.now()}-stories`, stories: true }, "", pathOf(username));
  show(username, link, under);
  open.key = history.state.key;
}

// On the window: before all who hear of a step in history at the document. The page below never left, unless this page was
// loaded under the viewer's address: then what is stepped back to is another one.
window.addEventListener("htmx:before:history:restore", (event) => {
  const isForward = !open && last && history.state?.key === last.key && last.link.isConnected;
  if (open) {
    const closed = open;
    const isBack = here() === open.under;
    close({ isBack });
    if (!isBack) return void setTimeout(() => findLink(closed)?.focus({ preventScroll: true })); // the page is put back by then
  } else if (isForward) {
    show(last.username, last.link, last.under);
    open.key = last.key;
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

// A link in the viewer leads away: nothing to step back over.
window.addEventListener("htmx:before:history:update", () => open && close({ isBack: false }), { capture: true });
