/* A comment leaves the page, for a while or for good: its row folds up, counts and the focus follow. */

import { find, listOf, showEmpty, shownIds } from "./discussion.js";
import { setReplyCount } from "./reply-list.js";

const FOLD_MS = 180;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const removed = new WeakMap(); // ids by discussion: a reply that was taken out here is told of once more

function countReply(item, by) {
  const section = item.matches(".reply") && item.closest(".replies");
  if (section) setReplyCount(section, Number(section.dataset.count) + by);
}

async function fold(item) {
  item.dataset.leaving = "true";
  item.style.overflow = "hidden";
  const frames = [{ height: `${item.offsetHeight}px`, opacity: 1 }, { height: 0, opacity: 0 }];
  await item.animate(frames, { duration: still.matches ? 1 : FOLD_MS, easing: "ease-in" }).finished.catch(() => {});
  item.style.removeProperty("overflow");
}

function moveFocus(item) {
  if (!item.contains(document.activeElement)) return;
  const near = item.nextElementSibling ?? item.previousElementSibling ?? item.parentElement.closest(".thread");
  near?.querySelector(".comment")?.focus({ preventScroll: true });
}

/** Takes the row of a comment out of sight, or brings it back. */
export async function setShown(root, item, isShown) {
  const leaves = item.dataset.leaving === "true";
  if (isShown !== leaves) return;
  countReply(item, isShown ? 1 : -1);
  if (isShown) {
    item.getAnimations().forEach((animation) => animation.cancel());
    delete item.dataset.leaving;
    item.hidden = false;
  } else {
    moveFocus(item);
    await fold(item);
    item.hidden = item.dataset.leaving === "true";
  }
  showEmpty(root);
}

/** For good; counted once, however often it is told. */
export async function removeItem(root, item) {
  const id = item.querySelector(".comment").dataset.comment;
  removed.set(root, (removed.get(root) ?? new Set()).add(id));
  await setShown(root, item, false);
  item.remove();
  showEmpty(root);
}

/** A reply that is not shown is only counted. */
export function removeComment(root, { id, parent_id: parentId }) {
  const item = find(root, id)?.closest(".reply, .thread");
  if (item) return removeItem(root, item);
  const section = parentId && !removed.get(root)?.has(id) && root.querySelector(`#replies-${parentId}`);
  return section ? setReplyCount(section, Number(section.dataset.count) - 1) : undefined;
}

/** What `comments`, the newest page, no longer has of the ids that were shown before it was fetched. */
export function removeMissing(root, ids, comments) {
  const there = shownIds(listOf(comments));
  const isWhole = comments.querySelector(".earlier").hidden;
  const first = isWhole ? 0 : Math.min(...there);
  const gone = ids.filter((id) => id >= first && !there.includes(id));
  gone.forEach((id) => removeItem(root, find(root, id).closest(".thread")));
}
