/* The discussion under a post, as it stands on the page. Ids grow with time, so they are the order of every list. */

import { fetchDocument, settle } from "../core/fragments.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export const rootOf = (element) => element.closest("[data-discussion]");
export const discussionOf = (root) => root.querySelector(".discussion");
export const listOf = (root) => root.querySelector(".comment-list");
export const find = (root, id) => root.querySelector(`#comment-${id}`);

/** NaN for what has no id yet: a comment being sent, a skeleton. */
const idOf = (item) => Number(item.querySelector(".comment").dataset.comment ?? NaN);

export const shownIds = (list) => [...list.children].map(idOf).filter(Number.isFinite);

/** Beside the pictures the words scroll by themselves, else the page does. */
function scrollerOf(root) {
  const discussion = discussionOf(root);
  return getComputedStyle(discussion).overflowY === "auto" ? discussion : document.scrollingElement;
}

/** Does `change` while `anchor` stays where it is on the screen. */
export function keepPlace(root, anchor, change) {
  const scroller = scrollerOf(root);
  const top = anchor?.getBoundingClientRect().top;
  scroller.style.overflowAnchor = "none";
  change();
  if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - top;
  requestAnimationFrame(() => scroller.style.removeProperty("overflow-anchor"));
}

/** Puts items where their ids belong, in place of rows that were only known to be sent; answers those that were not shown before. */
export function insert(list, items) {
  const fresh = items.filter((item) => !find(list, idOf(item)));
  for (const item of fresh) {
    const id = idOf(item);
    list.querySelector(`:scope > [data-sent="${id}"]`)?.remove(); // the row that stood for it
    const next = [...list.children].find((other) => !(idOf(other) < id));
    list.insertBefore(document.adoptNode(item), next ?? null);
  }
  settle(fresh);
  return fresh;
}

/** The empty state, when nothing else is there. */
export function showEmpty(root) {
  const hasAny = listOf(root).querySelector(":scope > .thread:not([hidden])") || root.querySelector(".earlier:not([hidden])");
  root.querySelector('[data-part="empty"]').hidden = Boolean(hasAny);
}

export async function fetchComments(root) {
  const page = await fetchDocument(`/p/${discussionOf(root).dataset.post}/comments?fragment=1`);
  return page.querySelector('[data-part="comments"]');
}

/** Whether comments lie between those shown and `comments`, the newest ones: then these cannot follow those. */
export function leavesGap(root, comments) {
  if (root.querySelector('[data-part="later"]')) return true;
  const shown = shownIds(listOf(root));
  const first = listOf(comments).firstElementChild;
  const isWhole = comments.querySelector(".earlier").hidden;
  return Boolean(!isWhole && shown.length && first && idOf(first) > Math.max(...shown));
}

export function scrollToEnd(root) {
  const scroller = scrollerOf(root);
  const behavior = calm.matches ? "instant" : "smooth";
  if (scroller === discussionOf(root)) scroller.scrollTo({ top: scroller.scrollHeight, behavior });
  else listOf(root).lastElementChild?.scrollIntoView({ block: "end", behavior });
}

/** Says what came of the reader's own doing. */
export function say(root, words) {
  root.querySelector('[data-part="said"]').textContent = words;
}
