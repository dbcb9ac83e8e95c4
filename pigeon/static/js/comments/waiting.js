/* Another part of the discussion takes the place of what is shown; what waits to be sent stays, at the end. */

import { settle } from "../core/fragments.js";
import { listOf, showEmpty } from "./discussion.js";

/** Rows of comments that the server does not have yet, or may not have. */
export const waitingIn = (list) => [...list.children].filter((item) => item.querySelector(":scope > .is-sending, :scope > .is-unsent"));

export function replaceComments(root, comments) {
  const fresh = document.adoptNode(comments);
  listOf(fresh).append(...waitingIn(listOf(root)));
  root.querySelector('[data-part="comments"]').replaceWith(fresh);
  settle([fresh]);
  showEmpty(root);
}
