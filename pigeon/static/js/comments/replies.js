/* Behaviour `comment-replies`: "View 3 replies" opens a thread in place, its newest replies first, earlier ones on demand. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { insert, keepPlace, rootOf } from "./discussion.js";
import { closeReplies, fetchReplies, isOpen, openReplies, replyList, setEarlier, setReplyCount } from "./reply-list.js";

async function toggle(section) {
  if (isOpen(section)) return closeReplies(section);
  if (section.dataset.loaded) return openReplies(section);
  section.dataset.state = "busy";
  const page = await fetchReplies(section);
  insert(replyList(section), page.items);
  setReplyCount(section, page.count);
  return openReplies(section, page);
}

async function loadEarlier(section, link) {
  section.dataset.state = "busy";
  const page = await fetchReplies(section, link.getAttribute("href"));
  const list = replyList(section);
  keepPlace(rootOf(section), list.firstElementChild, () => {
    insert(list, page.items);
    setEarlier(section, page.earlier);
  });
  if (!page.earlier) list.querySelector(".comment").focus({ preventScroll: true });
}

export function commentReplies(section) {
  if (isOpen(section)) section.dataset.loaded = "true";
  section.addEventListener("click", (event) => {
    const link = event.target.closest('[data-part="toggle"], [data-part="earlier"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (section.dataset.state === "busy") return;
    const act = link.dataset.part === "toggle" ? toggle(section) : loadEarlier(section, link);
    act.catch(() => toast(text("failed"), { category: "error" })).finally(() => delete section.dataset.state);
  }, { capture: true });
}
