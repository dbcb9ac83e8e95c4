/* How many like or commented something, wherever the page says it: elements with `data-like-count="post-9"` or
   `data-comment-count="post-9"`. `data-count-form` says how: `line` (below a post), `number`, or `likes` ("3 likes", nothing
   at 0). The words are those of the server's web/tallies.py. */

import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { compact, exact } from "../ui/numbers.js";

const PART = /(\u0001|\u0002)/;

function strong(words) {
  return Object.assign(document.createElement("strong"), { textContent: words });
}

/** A sentence whose parts `name` and `others` stand out. */
function fill(element, sentence, { name, others = "" }) {
  const parts = { "\u0001": name, "\u0002": others };
  const nodes = sentence.split(PART).map((piece) => (piece in parts ? strong(parts[piece]) : piece));
  element.replaceChildren(...nodes.filter((node) => node !== ""));
}

const counted = (key, n) => text(`${key}_${n === 1 ? "one" : "many"}`, { shown: compact(n) });

function sayLikers(element, n) {
  const [, kind, id] = /(\w+)-(\d+)/.exec(element.dataset.likeCount);
  const own = document.querySelector(`[data-behavior~="like-button"][data-kind="${kind}"][data-id="${id}"]`);
  const isMine = own?.getAttribute("aria-pressed") === "true";
  const name = n > Number(isMine) ? element.dataset.name : "";
  if (n) element.setAttribute("href", `/p/${id}/likers`);
  else element.removeAttribute("href");
  if (!n) element.textContent = text("like_first");
  else if (!name) element.replaceChildren(strong(counted("likes", n)));
  else if (n === 1) fill(element, text("liked_by", { name: "\u0001" }), { name });
  else fill(element, text("liked_by_several", { name: "\u0001", others: "\u0002" }), { name, others: counted("others", n - 1) });
}

function sayLikes(element, n) {
  const place = element.querySelector("[data-words]") ?? element;
  place.textContent = n ? counted("likes", n) : "";
  element.hidden = n === 0;
}

function sayComments(element, n) {
  element.textContent = counted("view_comments", n);
  element.hidden = n === 0;
}

function sayNumber(element, n) {
  element.textContent = compact(n);
}

const LIKES = { line: sayLikers, likes: sayLikes, number: sayNumber };
const COMMENTS = { line: sayComments, number: sayNumber };

function show(element, n, say) {
  element.dataset.count = n;
  element.title = exact(n);
  say(element, n);
}

/** `key` is `post-9` or `comment-4`. */
export function setLikeCount(key, n) {
  for (const element of everywhere(`[data-like-count="${key}"]`)) show(element, n, LIKES[element.dataset.countForm] ?? sayLikes);
}

export function setCommentCount(postId, n) {
  for (const element of everywhere(`[data-comment-count="post-${postId}"]`)) show(element, n, COMMENTS[element.dataset.countForm] ?? sayComments);
}

/** What the page says now; null where it says nothing, or a number without its exact form. */
export function likeCount(key) {
  const shown = everywhere(`[data-like-count="${key}"][data-count]`).at(0);
  return shown ? Number(shown.dataset.count) : null;
}
