/* Behaviour `comment-live`: what others write and delete appears while it is read; nothing that is being read moves. */

import { fetchComments, find, insert, leavesGap, listOf, rootOf, scrollToEnd, shownIds, showEmpty } from "./discussion.js";
import { commentPill } from "./pill.js";
import { removeComment, removeMissing } from "./removal.js";
import { isOpen, setReplyCount } from "./reply-list.js";
import { followThreads, refreshThread } from "./threads.js";
import { takeTotal, discussionsOf, totalOf } from "./totals.js";

const PAUSE_MS = 200; // several at once are fetched together
const states = new WeakMap();

function addNewer(pill, shown, comments) {
  const newest = Math.max(0, ...shown);
  shownIds(listOf(comments)).filter((id) => id > newest).forEach(pill.add);
}

/** The discussions that are on the page and bound. */
const boundOf = (discussions) => [...discussions].filter((discussion) => states.has(discussion));

/** Fetches the newest comments and puts them below; those that cannot follow what is shown wait behind the pill. */
async function catchUp(discussion) {
  const root = rootOf(discussion);
  const { pill } = states.get(discussion);
  const before = shownIds(listOf(root));
  const comments = await fetchComments(root);
  takeTotal(root, comments);
  if (!root.querySelector('[data-part="later"]')) addNewer(pill, before, comments);
  if (leavesGap(root, comments)) return pill.show();
  removeMissing(root, before, comments);
  followThreads(root, comments);
  const wasAtEnd = pill.isAtEnd();
  const fresh = insert(listOf(root), [...listOf(comments).children]);
  fresh.forEach((item) => item.classList.add("is-new"));
  showEmpty(root);
  if (!wasAtEnd) return pill.show();
  pill.clear();
  return fresh.length ? scrollToEnd(root) : undefined;
}

async function addReply(root, comment) {
  const section = root.querySelector(`#replies-${comment.parent_id}`);
  if (!section) return;
  setReplyCount(section, Number(section.dataset.count) + 1);
  if (isOpen(section)) await refreshThread(root, section);
  else delete section.dataset.loaded; // opening it fetches the newest
}

function onCreated(discussion, comment) {
  const root = rootOf(discussion);
  const isMine = comment.author.username === document.body.dataset.me;
  if (find(root, comment.id) || (isMine && root.querySelector(`.is-sending, [data-sent="${comment.id}"]`))) return;
  if (comment.parent_id) return void addReply(root, comment).catch(() => {});
  const state = states.get(discussion);
  state.pill.add(comment.id);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => catchUp(discussion).catch(() => {}), PAUSE_MS);
}

export function commentLive(discussion) {
  states.set(discussion, { pill: commentPill(discussion), timer: null });
}

document.addEventListener("socket:comment.created", ({ detail }) => {
  boundOf(discussionsOf(detail.post_id)).forEach((discussion) => onCreated(discussion, detail));
});
document.addEventListener("socket:comment.deleted", ({ detail }) => {
  for (const discussion of discussionsOf(detail.post_id)) removeComment(rootOf(discussion), detail);
});
document.addEventListener("post:watched", ({ detail }) => {
  for (const discussion of boundOf(discussionsOf(detail.post_id))) {
    if (totalOf(rootOf(discussion)) !== detail.comment_count) catchUp(discussion).catch(() => {});
  }
});
// What is not on the page is told nothing, though its post may be watched for another page all the while.
for (const name of ["live:refetch", "page:back"]) {
  document.addEventListener(name, () => {
    boundOf(document.querySelectorAll(".discussion")).forEach((discussion) => catchUp(discussion).catch(() => {}));
  });
}
