/* Behaviours `share` and `copy-link`: hand a post's address to another application, or to the clipboard. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

async function copy(url) {
  try {
    await navigator.clipboard.writeText(url);
    toast(text("link_copied"));
  } catch {
    toast(`${text("link_not_copied")} ${url}`, { category: "error" });
  }
}

async function hand(title, url) {
  if (!navigator.share) return copy(url);
  try {
    return await navigator.share({ title, url });
  } catch (error) {
    return error.name === "AbortError" ? undefined : copy(url);
  }
}

/** Without JavaScript the link leads to the post, whose address can be copied. */
export function share(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    hand(element.dataset.title, element.href);
  }, { capture: true });
}

export function copyLink(element) {
  element.hidden = false;
  element.addEventListener("click", () => copy(new URL(element.dataset.value, location.href).href));
}
