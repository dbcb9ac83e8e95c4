/* Behaviour `post-watch`: while a post is on the screen its counts are live, and its comments come as events.
   The server forgets with the connection who watches, and is told again on the next one. */

import { isConnected, send } from "../core/socket.js";
import { setCommentCount, setLikeCount } from "./counts.js";

const AT_ONCE = 20;
const PAUSE_MS = 300; // who scrolls past does not stop to look
const shown = new Map(); // element on the screen -> id of its post, in order of appearance
const watched = new Set(); // ids of posts, as the server knows
let timer = null;

function setCounts(postId, { like_count: likes, comment_count: comments }) {
  setLikeCount(`post-${postId}`, likes);
  setCommentCount(postId, comments);
}

async function watch(postId) {
  watched.add(postId);
  const answer = await send("post.watch", { post_id: postId }).catch(() => ({ ok: false }));
  if (!answer.ok) {
    if (answer.error?.code !== "not_found") watched.delete(postId); // another try when something moves
    return;
  }
  setCounts(postId, answer);
  document.dispatchEvent(new CustomEvent("post:watched", { detail: { post_id: postId, ...answer } }));
}

function unwatch(postId) {
  watched.delete(postId);
  send("post.unwatch", { post_id: postId }).catch(() => {});
}

function settle() {
  timer = null;
  if (!isConnected()) return;
  const wanted = new Set([...shown.values()].slice(-AT_ONCE));
  [...watched].filter((id) => !wanted.has(id)).forEach(unwatch);
  [...wanted].filter((id) => !watched.has(id)).forEach(watch);
}

function settleSoon() {
  timer ??= setTimeout(settle, PAUSE_MS);
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    shown.delete(target);
    if (isIntersecting) shown.set(target, target.dataset.post);
    else if (!target.isConnected) observer.unobserve(target);
  }
  settleSoon();
});

export function postWatch(element) {
  if (document.body.dataset.me) observer.observe(element);
}

document.addEventListener("page:back", ({ detail }) => {
  detail.page.querySelectorAll('[data-behavior~="post-watch"]').forEach(postWatch);
});

for (const name of ["socket:connect", "socket:resync"]) {
  document.addEventListener(name, () => {
    watched.clear();
    settle();
  });
}

document.addEventListener("socket:post.liked", ({ detail }) => setLikeCount(`post-${detail.post_id}`, detail.like_count));
for (const name of ["socket:comment.created", "socket:comment.deleted"]) {
  document.addEventListener(name, ({ detail }) => setCommentCount(detail.post_id, detail.comment_count)); // its like_count is the comment's
}
