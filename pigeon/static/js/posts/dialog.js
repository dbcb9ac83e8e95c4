/* Behaviour `post-link`: on a wide window a link to a post opens it over the page, under the post's own address.
   Closing is always a step back in history, so Back, Esc, the backdrop and the button do the same. */

import { settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import "../ui/dialog.js"; // which hears first of a step back, and closes what is open above the post
import { whileFetching } from "../ui/fetching.js";
import { bindControls } from "./dialog-controls.js";
import { fetchPost, neighbour } from "./links.js";

const wide = matchMedia("(min-width: 936px)");
let open = null;

const dialogOf = () => /** @type {HTMLDialogElement} */ (document.getElementById("post-dialog"));

function show(dialog, post, link) {
  post.removeAttribute("id");
  dialog.querySelector('[data-part="body"]').replaceChildren(post);
  dialog.querySelector(".post-dialog-back").hidden = !neighbour(link, -1);
  dialog.querySelector(".post-dialog-next").hidden = !neighbour(link, 1);
  settle([post]);
  open.link = link;
  document.title = text("post_by", { name: post.dataset.author });
  if (dialog.open && !dialog.contains(document.activeElement)) dialog.focus();
}

async function step(by) {
  const next = neighbour(open.link, by);
  const post = next && (await fetchPost(next.pathname));
  if (!post || !open) return;
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

async function openPost(link) {
  const dialog = dialogOf();
  const post = open ? null : await whileFetching(link, () => fetchPost(link.pathname));
  if (!post || !link.isConnected || !dialog.isConnected) return; // its reader went elsewhere meanwhile
  open = { link, dialog, title: document.title };
  history.pushState({ htmx: true, key: `${Date.now()}-post` }, "", link.pathname + link.hash);
  bindControls(dialog, step);
  show(dialog, post, link);
  document.documentElement.classList.add("has-dialog");
  dialog.showModal();
  const field = link.matches('[data-behavior~="comment-link"]') && dialog.querySelector(`form[action="${link.pathname}/comments"] textarea`);
  (field || dialog).focus();
}

export function postLink(element) {
  element.addEventListener("click", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || !wide.matches || !dialogOf() || element.closest("dialog")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openPost(element).catch(() => toast(text("failed"), { category: "error" }));
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
