/* Pages of a visit are swapped by htmx. Here: scroll to the top of a new page, and "back" shows the page as it was left
   (same loaded posts, same place) instead of asking for it again. A page is kept for five minutes, and never across a
   change that takes something away. What is put back is the same element, whose behaviours are bound already: `page:back`
   tells them to catch up with what happened while nobody saw it. */

const FRESH_MS = 300_000;
const MOST_PAGES = 6;
const kept = new Map();
const tops = new Map();
let here = mark(history.state?.key);
let nextTop = null; // where to scroll after the swap that is coming

function mark(key = `${Date.now()}-${Math.random()}`) {
  history.replaceState({ ...history.state, htmx: true, key }, "");
  return key;
}

function page() {
  return document.querySelector(".page");
}

function keep() {
  const node = page();
  tops.set(here, window.scrollY);
  kept.delete(here);
  kept.set(here, { node, title: document.title, body: document.body.className, at: Date.now() });
  if (kept.size > MOST_PAGES) kept.delete(kept.keys().next().value);
  const stand = Object.assign(document.createElement("div"), { className: "page" });
  stand.style.minHeight = `${node.offsetHeight}px`; // the place in the page is saved with the address, a moment later
  node.replaceWith(stand);
}

function putBack({ node, title, body }) {
  page().replaceWith(node);
  document.title = title;
  document.body.className = body;
  for (const link of document.querySelectorAll(".nav-item[href]")) {
    const isHere = link.getAttribute("href") === location.pathname || location.pathname.startsWith(`${link.dataset.section}/`);
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  window.scrollTo(0, tops.get(here));
  document.dispatchEvent(new CustomEvent("page:back", { detail: { page: node } }));
}

document.addEventListener("htmx:before:history:update", (event) => {
  const { detail } = event;
  if (detail.history.type !== "push") return;
  // A form that was refused answers in place: its address is for sending, not for reading.
  const isRefusal = detail.sourceElement.method === "post" && !detail.response.raw.redirected;
  if (isRefusal) return event.preventDefault();
  const isSame = detail.history.path === location.pathname + location.search;
  if (isSame) detail.history.type = "replace";
  else keep();
  nextTop = isSame ? null : 0;
});

document.addEventListener("htmx:after:history:push", () => {
  here = mark();
  history.replaceState({ ...history.state, isStep: true }, ""); // a page of this visit is behind it
});
document.addEventListener("htmx:after:history:replace", () => mark(here));

document.addEventListener("htmx:after:swap", () => {
  if (nextTop === null) return;
  window.scrollTo(0, nextTop);
  nextTop = null;
  if (document.activeElement?.closest("main")) return;
  const first = [...document.querySelectorAll("main [autofocus]")].find((field) => field.checkVisibility());
  (first ?? document.getElementById("main")).focus({ preventScroll: true });
});

document.addEventListener("htmx:before:history:restore", (event) => {
  const saved = kept.get(history.state?.key);
  keep();
  here = mark(history.state?.key);
  if (!saved || Date.now() - saved.at > FRESH_MS) {
    nextTop = tops.get(here) ?? 0;
    return;
  }
  event.preventDefault();
  putBack(saved);
});

/** Elements of this page and of those that are kept: what changes on one is not stale on the way back. */
export function everywhere(selector) {
  const nodes = [...kept.values()].map((saved) => saved.node).filter((node) => !node.isConnected);
  return [document, ...nodes].flatMap((root) => [...root.querySelectorAll(selector)]);
}

/** What was kept may show something that is gone now. */
export function forgetPages() {
  kept.clear();
}

document.addEventListener("htmx:before:request", ({ detail }) => {
  document.documentElement.classList.add("is-loading");
  if (detail.ctx.request.method !== "GET") forgetPages();
});

document.addEventListener("htmx:finally:request", () => document.documentElement.classList.remove("is-loading"));
