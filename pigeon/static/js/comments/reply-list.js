/* The replies below one comment: how many there are, and whether they are shown. `section` is their element. */

import { fetchDocument, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";

const part = (section, name) => section.querySelector(`:scope [data-part="${name}"]`);

export const isOpen = (section) => part(section, "toggle").getAttribute("aria-expanded") === "true";
export const replyList = (section) => part(section, "list");

function label(section) {
  const count = Number(section.dataset.count);
  const toggle = part(section, "toggle");
  const closed = count === 1 ? text("view_reply") : text("view_replies", { count });
  toggle.hidden = count === 0;
  toggle.textContent = isOpen(section) ? text("hide_replies") : closed;
}

export function setReplyCount(section, count) {
  section.dataset.count = Math.max(0, count);
  label(section);
}

/** A page of replies, oldest first, with the link to those before and how many there are in all. */
export async function fetchReplies(section, href = `/comments/${section.dataset.comment}/replies`) {
  const page = await fetchDocument(withParameter(href, "fragment", "1"));
  const from = page.querySelector(".replies");
  const earlier = part(from, "earlier");
  return {
    items: [...replyList(from).children],
    earlier: earlier.hidden ? null : earlier.getAttribute("href"),
    count: Number(from.dataset.count),
    section: from,
  };
}

export function setEarlier(section, href) {
  const link = part(section, "earlier");
  link.hidden = !href;
  if (href) link.setAttribute("href", href);
}

function setOpen(section, isShown) {
  part(section, "toggle").setAttribute("aria-expanded", String(isShown));
  part(section, "body").hidden = !isShown;
  label(section);
}

/** `page` is the newest page, for a thread that was not loaded before. */
export function openReplies(section, page) {
  if (page && !section.dataset.loaded) setEarlier(section, page.earlier);
  section.dataset.loaded = "true";
  setOpen(section, true);
}

export const closeReplies = (section) => setOpen(section, false);
