/* Behaviour `post-link`: on a wide window a link to a post opens it over the page, under the post's own address.
   Closing is always a step back in history, so Back, Esc, the backdrop and the button do the same. */

import { fetchDocument, settle } from "./fragments.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

const wide = matchMedia("(min-width: 936px)");
let open = null;

const dialogOf = () => document.getElementById("post-dialog");

/** The links to posts of this page, one per post. */
function neighbours() {
  const links = [...document.querySelectorAll('[data-behavior~="post-link"]')].filter((link) => !link.closest("dialog"));
  return links.filter((link, i) => links.findIndex((other) => other.pathname === link.pathname) === i);
}

async function fetchPost(path) {
  const page = await fetchDocument(`${path}?fragment=1`);
  return document.adoptNode(page.querySelector(".post-view"));
}

function show(dialog, post, link) {
  const links = neighbours();
  const at = links.findIndex((other) => other.pathname === link.pathname);
  post.removeAttribute("id");
  dialog.querySelector('[data-part="body"]').replaceChildren(post);
  dialog.querySelector('[data-step="-1"]').hidden = at <= 0;
  dialog.querySelector('[data-step="1"]').hidden = at < 0 || at === links.length - 1;
  settle([post]);
  open.link = link;
  document.title = text("post_by", { name: post.dataset.author });
  if (dialog.open && !dialog.contains(document.activeElement)) dialog.focus();
}

async function step(by) {
  const links = neighbours();
  const next = links[links.findIndex((link) => link.pathname === open.link.pathname) + by];
  if (!next) return;
  const post = await fetchPost(next.pathname);
  if (!open) return;
  history.replaceState(history.state, "", next.pathname);
  show(dialogOf(), post, next);
}

function close() {
  const { link, title, dialog } = open;
  open = null;
  dialog.close();
  dialog.querySelector('[data-part="body"]').replaceChildren();
  document.documentElement.classList.remove("has-dialog");
  document.title = title;
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function listen(dialog) {
  if (dialog.dataset.isBound) return;
  dialog.dataset.isBound = "yes";
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), history.back()));
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step].post-dialog-button");
    if (button) return step(Number(button.dataset.step));
    return event.target === dialog || event.target.closest('[data-part="close"]') ? history.back() : undefined;
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.target.closest("details[open], input, textarea")) return;
    event.preventDefault();
    step(by);
  });
}

async function openPost(link) {
  const dialog = dialogOf();
  const post = await fetchPost(link.pathname);
  open = { link, dialog, title: document.title };
  history.pushState({ htmx: true, key: `${Date.now()}-post` }, "", link.pathname);
  listen(dialog);
  show(dialog, post, link);
  document.documentElement.classList.add("has-dialog");
  dialog.showModal();
  dialog.focus();
}

export function postLink(element) {
  element.addEventListener("click", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || !wide.matches || !dialogOf() || element.closest("dialog")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!open) openPost(element).catch(() => toast(text("failed"), { category: "error" }));
  }, { capture: true });
}

// A step back while the dialog is open only closes it: the page below never left.
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!open) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  close();
}, { capture: true });

// A link in the dialog leads away: nothing to step back over.
document.addEventListener("htmx:before:history:update", () => open && close(), { capture: true });
