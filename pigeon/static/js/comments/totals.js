/* How many comments and replies a post has, as its discussion on this page last heard: a number that it has not heard of
   is a sign that it missed something. */

import { setCommentCount } from "../posts/counts.js";
import { rootOf, discussionOf } from "./discussion.js";

const part = (root) => root.querySelector('[data-part="comments"]');

/** The discussions of a post on this page: in the dialog, on its own page. */
export const discussionsOf = (postId) => document.querySelectorAll(`.discussion[data-post="${Number(postId)}"]`);

export const totalOf = (root) => Number(part(root).dataset.total);

/** Takes over what the server's `markup` says, also wherever else the page tells it. */
export function takeTotal(root, markup) {
  const { total } = markup.dataset;
  part(root).dataset.total = total;
  setCommentCount(discussionOf(root).dataset.post, Number(total));
}

for (const name of ["created", "deleted"]) {
  document.addEventListener(`socket:comment.${name}`, ({ detail }) => {
    for (const discussion of discussionsOf(detail.post_id)) part(rootOf(discussion)).dataset.total = detail.comment_count;
  });
}
