/* Rows of comments that are not sent yet: sent again or discarded by hand, and put back when the discussion is opened again. */

import { deliver, discard, isUnderWay } from "./delivery.js";
import { find, rootOf, discussionOf } from "./discussion.js";
import { addItem, showState } from "./sending.js";
import { listUnsent } from "./unsent.js";

/** A row for `unsent` below its thread, or at the end of the comments. */
export function addRow(root, thread, unsent) {
  const item = addItem(root, thread, unsent.words);
  item.dataset.key = unsent.key;
  item.querySelector('[data-part="retry"]').addEventListener("click", () => {
    item.querySelector(".comment").focus({ preventScroll: true });
    deliver(rootOf(item), item, unsent);
  });
  item.querySelector('[data-part="discard"]').addEventListener("click", () => {
    const root = rootOf(item);
    discard(root, item, unsent.key);
    discussionOf(root).focus({ preventScroll: true });
  });
  return item;
}

/** Puts back what was left unsent here; what got no answer, as when the page was left meanwhile, is sent again. */
export function restoreUnsent(root, action) {
  for (const unsent of listUnsent()) {
    const isShown = isUnderWay(unsent.key) || root.querySelector(`[data-key="${unsent.key}"]`);
    const answered = /^\/comments\/(\d+)\//.exec(unsent.action)?.[1];
    const thread = answered && find(root, answered)?.closest(".thread");
    if (isShown || (!thread && unsent.action !== action)) continue;
    const item = addRow(root, thread, unsent);
    if (unsent.fault) showState(item, unsent.fault);
    else deliver(root, item, unsent);
  }
}
