/* Behaviour `comment-target`: `#comment-4` in the address is brought into sight, with the part of the discussion that
   holds it, and lit for two seconds. */

import { openReplies } from "./replies.js";
import { replaceComments } from "./comment-waiting.js";
import { find, rootOf, talkOf } from "./discussion.js";
import { fetchDocument } from "./fragments.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

const LIT_MS = 2000;
const shown = new WeakMap();

function wanted() {
  const inQuery = new URLSearchParams(location.search).get("comment");
  return /^#comment-(\d+)$/.exec(location.hash)?.[1] ?? (/^\d+$/.test(inQuery ?? "") ? inQuery : null);
}

async function load(root, id) {
  const page = await fetchDocument(`/p/${talkOf(root).dataset.post}?comment=${id}&fragment=1`);
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

async function show(talk) {
  const id = wanted();
  const root = rootOf(talk);
  if (!id || !root) return;
  shown.set(talk, id);
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
  for (const talk of document.querySelectorAll(".talk")) if (isAgain || shown.get(talk) !== wanted()) show(talk);
}

/** A moment later: a new page is scrolled to its top first. */
export function commentTarget(talk) {
  requestAnimationFrame(() => setTimeout(() => talk.isConnected && shown.get(talk) !== wanted() && show(talk)));
}

addEventListener("hashchange", () => showAll(true));
document.addEventListener("htmx:after:history:push", () => setTimeout(showAll));
