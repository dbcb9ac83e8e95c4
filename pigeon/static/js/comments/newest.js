/* Behaviour `comment-newest`: from an older part of the discussion to its end. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { fetchComments, rootOf, scrollToEnd } from "./discussion.js";
import { replaceComments } from "./waiting.js";

export async function showNewest(root) {
  replaceComments(root, await fetchComments(root));
  scrollToEnd(root);
}

export function commentNewest(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    showNewest(rootOf(link)).catch(() => toast(text("failed"), { category: "error" }));
  }, { capture: true });
}
