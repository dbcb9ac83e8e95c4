/* Behaviour `comment-earlier`: loads the comments before those shown, and what is being read stays where it is. */

import { fetchDocument, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { insert, keepPlace, listOf, rootOf } from "./discussion.js";

const SLOW_MS = 10_000;
const SKELETONS = 2;

function addSkeletons(root, list) {
  const template = root.querySelector('template[data-part="skeleton"]');
  const added = Array.from({ length: SKELETONS }, () => template.content.firstElementChild.cloneNode(true));
  keepPlace(root, list.firstElementChild, () => list.prepend(...added));
  return added;
}

export function commentEarlier(element) {
  const link = element.querySelector("a");
  const words = link.textContent;

  function say(state) {
    link.textContent = { busy: text("loading"), slow: text("loading_slow"), failed: text("retry") }[state] ?? words;
    element.dataset.state = state;
  }

  async function load(root) {
    const list = listOf(root);
    const anchor = list.firstElementChild;
    const skeletons = addSkeletons(root, list);
    const slow = setTimeout(say, SLOW_MS, "slow");
    const clear = () => skeletons.forEach((skeleton) => skeleton.remove());
    say("busy");
    try {
      const page = await fetchDocument(withParameter(link.getAttribute("href"), "fragment", "1"));
      const next = page.querySelector('[data-behavior~="comment-earlier"]');
      keepPlace(root, anchor, () => {
        clear();
        insert(list, [...listOf(page).children]);
        element.hidden = next.hidden;
      });
      link.setAttribute("href", next.querySelector("a").getAttribute("href"));
      if (next.hidden) list.querySelector(".comment").focus({ preventScroll: true });
      say("idle");
    } catch {
      keepPlace(root, anchor, clear);
      say("failed");
    } finally {
      clearTimeout(slow);
    }
  }

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!["busy", "slow"].includes(element.dataset.state)) load(rootOf(element));
  }, { capture: true });
}
