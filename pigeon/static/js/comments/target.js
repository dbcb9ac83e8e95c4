/* Behaviour `comment-target`: `#comment-4` in the address is brought into sight, with the part of the discussion that
   holds it, and lit for two seconds. */

import { fetchDocument } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { find, rootOf, discussionOf } from "./discussion.js";
import { openReplies } from "./reply-list.js";
import { replaceComments } from "./waiting.js";

const LIT_MS = 2000;
const shown = new WeakMap();

function wanted() {
  const inQuery = new URLSearchParams(location.search).get("comment");
  return /^#comment-(\d+)$/.exec(location.hash)?.[1] ?? (/^\d+$/.test(inQuery ?? "") ? inQuery : null);
}

async function load(root, id) {
  const page = await fetchDocument(`/p/${discussionOf(root).dataset.post}?comment=${id}&fragment=1`);
  const comments = page.querySelector('[data-part="comments"]');
  if (find(comments, id)) replaceComments(root, comments);
  return find(root, id);
}

function light(comment) {
  const section = comment.closest(".replies");
  if (section) openReplies(section);
  comment.scrollIntoView({ block: "center", behavior: "instant" });
  comment.focus({ preventScroll: true });
  comment.classList.add("is-target");
  setTimeout(() => comment.classList.remove("is-target"), LIT_MS);
}

async function show(discussion) {
  const id = wanted();
  const root = rootOf(discussion);
  if (!id || !root) return;
  shown.set(discussion, id);
  try {
    const comment = find(root, id) ?? (await load(root, id));
    if (comment) light(comment);
    else toast(text("comment_gone"), { category: "info" });
  } catch (error) {
    const isOffline = error instanceof TypeError; // fetch got no answer at all
    toast(text(isOffline ? "unreachable" : "comment_gone"), { category: isOffline ? "error" : "info" });
  }
}

function showAll(isAgain) {
  for (const discussion of document.querySelectorAll(".discussion")) if (isAgain || shown.get(discussion) !== wanted()) show(discussion);
}

/** A moment later: a new page is scrolled to its top first. */
export function commentTarget(discussion) {
  requestAnimationFrame(() => setTimeout(() => discussion.isConnected && shown.get(discussion) !== wanted() && show(discussion)));
}

addEventListener("hashchange", () => showAll(true));
document.addEventListener("htmx:after:history:push", () => setTimeout(showAll));
