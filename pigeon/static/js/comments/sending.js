/* The row of a comment that is being sent, and what takes its place once the server has it. */

import {
  fetchComments, find, insert, leavesGap, listOf, scrollToEnd, showEmpty,
} from "./discussion.js";
import { fetchReplies, openReplies, replyList, setReplyCount } from "./reply-list.js";
import { takeTotal } from "./totals.js";
import { replaceComments } from "./waiting.js";

function makeItem(root, className, words) {
  const item = document.createElement("li");
  const template = root.querySelector('template[data-part="sending"]');
  item.className = className;
  item.append(template.content.cloneNode(true));
  item.querySelector('[data-part="text"]').textContent = words;
  return item;
}

/** Shows `words` at the end of the thread, or of the comments without one. */
export function addItem(root, thread, words) {
  const section = thread?.querySelector(".replies");
  const item = makeItem(root, section ? "reply" : "thread is-new", words);
  if (section) section.querySelector('[data-part="body"]').hidden = false;
  (section ? replyList(section) : listOf(root)).append(item);
  showEmpty(root);
  return item;
}

export function showItem(root, item) {
  if (item.matches(".reply")) item.scrollIntoView({ block: "nearest" });
  else scrollToEnd(root);
}

/** On its way, or with a `fault`, not sent. */
export function showState(item, fault = "") {
  const comment = item.querySelector(".comment");
  comment.classList.toggle("is-sending", !fault);
  comment.classList.toggle("is-unsent", Boolean(fault));
  comment.querySelector('[data-part="under-way"]').hidden = Boolean(fault);
  comment.querySelector('[data-part="unsent"]').hidden = !fault;
  comment.querySelector('[data-part="fault"]').textContent = fault;
}

async function showComment(root) {
  const comments = await fetchComments(root);
  takeTotal(root, comments);
  if (leavesGap(root, comments)) replaceComments(root, comments);
  else insert(listOf(root), [...listOf(comments).children]);
  showEmpty(root);
}

async function showReply(root, made) {
  const section = root.querySelector(`#replies-${made.parent_id}`);
  const page = await fetchReplies(section);
  takeTotal(root, page.section);
  insert(replyList(section), page.items);
  setReplyCount(section, page.count);
  openReplies(section, page);
}

/** Replaces the row by what the server made of it; without an answer the row stays, as sent. */
export async function showSent(root, item, made) {
  item.dataset.sent = made.id; // until its place is taken, it stands for the comment
  item.querySelector(".comment").classList.remove("is-sending");
  item.querySelectorAll(".comment-meta").forEach((meta) => meta.replaceChildren());
  const shown = made.parent_id ? showReply(root, made) : showComment(root);
  await shown.catch(() => {});
  const comment = find(root, made.id);
  if (!comment) return;
  item.remove();
  if (made.parent_id) comment.focus({ preventScroll: true });
}
