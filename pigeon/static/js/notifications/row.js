/* Behaviours `open-notification` and `delete-notification` of a row. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { deleted, dropEmptySections } from "./list.js";

function showRead(row) {
  row.classList.remove("is-unread");
  row.querySelector(".news-dot")?.remove();
}

/** Also those of older pages, which are not fetched again. */
export const showAllRead = (list) => list.querySelectorAll(".news.is-unread").forEach(showRead);

/** The link is the place itself, so that the browser, htmx and the post dialog treat it as any other. */
export function openNotification(element) {
  const row = element.closest(".news");
  element.setAttribute("href", element.dataset.href);
  const onOpen = ({ button }) => {
    if (button > 1 || !row.matches(".is-unread")) return;
    showRead(row);
    const path = `/notifications/${row.id.slice("notification-".length)}/read`;
    api("PUT", path, undefined, { keepalive: true }).catch(() => row.classList.add("is-unread"));
  };
  element.addEventListener("click", onOpen, { capture: true });
  element.addEventListener("auxclick", onOpen);
}

async function remove(element, row) {
  const section = row.closest("#notices");
  const next = row.nextElementSibling?.matches(".news") ? row.nextElementSibling : row.previousElementSibling;
  const place = document.createComment("");
  deleted.add(row.id);
  row.replaceWith(place);
  (next?.querySelector(".news-delete") ?? section.querySelector("h1")).focus();
  try {
    await api("DELETE", `/notifications/${element.dataset.id}`);
    forgetPages();
    place.remove();
    dropEmptySections(section);
  } catch (error) {
    if (error.status === 404) return dropEmptySections(section);
    deleted.delete(row.id);
    place.replaceWith(row);
    toast(error.message || text("failed"), { category: "error", action: { text: text("retry"), run: () => remove(element, row) } });
  }
  return undefined;
}

export function deleteNotification(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    remove(element, element.closest(".news"));
  });
}
