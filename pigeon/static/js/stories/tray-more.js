/* The rest of the tray comes as one scrolls to its end, or by its link. */

import { fetchDocument, freshChildren, settle, withParameter } from "../core/fragments.js";

const loading = new WeakSet();

export const moreOf = (list) => list.querySelector(':scope > [data-part="more"]');

async function load(list, item) {
  if (loading.has(item)) return;
  loading.add(item);
  const link = item.querySelector("a");
  try {
    const page = await fetchDocument(withParameter(link.getAttribute("href"), "fragment", "1"));
    if (!item.isConnected) return;
    const known = new Set([...list.querySelectorAll("[data-tray]")].map(({ dataset }) => dataset.tray));
    const fresh = freshChildren(page.querySelector('[data-part="list"]')).filter(({ dataset }) => !known.has(dataset.tray));
    const hadFocus = item.contains(document.activeElement);
    item.replaceWith(...fresh);
    settle(fresh);
    if (hadFocus) fresh[0]?.querySelector("a")?.focus();
    watchMore(list);
  } catch {
    loading.delete(item); // its link still leads there
  }
}

/** Loads what follows when its link comes into sight. */
export function watchMore(list) {
  const item = moreOf(list);
  if (!item || "watched" in item.dataset) return;
  item.dataset.watched = "";
  const seen = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    seen.disconnect();
    load(list, item);
  }, { root: list, rootMargin: "0px 300px" });
  seen.observe(item);
  item.addEventListener("click", (event) => {
    event.preventDefault();
    load(list, item);
  });
}
