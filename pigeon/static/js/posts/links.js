/* The posts of this page, by the links that lead to them. */

import { fetchDocument } from "../core/fragments.js";

/** One link per post, in the order of the page. */
function postLinks() {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const all = document.querySelectorAll('[data-behavior~="post-link"]');
  const links = [...all].filter((link) => !link.closest("dialog"));
  return links.filter((link, i) => links.findIndex((other) => other.pathname === link.pathname) === i);
}

/** The link one step before (-1) or after (1) the post of `link`; undefined at an end, or when that post has gone. */
export function neighbour(link, by) {
  const links = postLinks();
  const at = links.findIndex((other) => other.pathname === link.pathname);
  return at < 0 ? undefined : links[at + by];
}

export async function fetchPost(path) {
  const page = await fetchDocument(`${path}?fragment=1`);
  return document.adoptNode(page.querySelector(".post-view"));
}
