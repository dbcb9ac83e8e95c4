/* "3 new comments", for who is reading further up: the comments that arrived below and have not been in sight. */

import { text } from "../core/strings.js";
import { find, rootOf, scrollToEnd } from "./discussion.js";
import { showNewest } from "./newest.js";

/** `add` and `clear` what is unseen; `isAtEnd` whether the reader is where new comments appear. */
export function commentPill(discussion) {
  const pill = discussion.querySelector('[data-part="pill"]');
  const unseen = new Set();
  let isAtEnd = false;

  function show() {
    pill.hidden = unseen.size === 0;
    const words = unseen.size === 1 ? text("new_comment") : text("new_comments", { count: unseen.size });
    pill.querySelector("[data-words]").textContent = words;
  }

  function clear() {
    unseen.clear();
    show();
  }

  new IntersectionObserver((entries) => {
    isAtEnd = entries.at(-1).isIntersecting;
    if (isAtEnd && !discussion.querySelector('[data-part="later"]')) clear();
  }).observe(discussion.querySelector('[data-part="end"]'));

  pill.addEventListener("click", async () => {
    const root = rootOf(discussion);
    const areShown = [...unseen].every((id) => find(root, id));
    clear();
    if (areShown) scrollToEnd(root);
    else await showNewest(root).catch(() => {});
  });
  return { add: (id) => unseen.add(String(id)), show, clear, isAtEnd: () => isAtEnd };
}
