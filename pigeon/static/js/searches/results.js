/* Behaviour `search-results`: who opens somebody out of the list finds them among recent searches. The link itself stores
   nothing, so a page that is only fetched ahead does not either. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";

/** Keeps somebody among the recent searches, also while the page is left. */
export function keepPerson(username) {
  forgetPages();
  api("POST", "/search/history", { username }, { keepalive: true }).catch(() => {});
}

export function searchResults(list) {
  const onOpen = ({ target, button }) => {
    const row = target.closest("a.row-person")?.closest("[data-username]");
    if (row && button <= 1) keepPerson(row.dataset.username);
  };
  list.addEventListener("click", onOpen);
  list.addEventListener("auxclick", onOpen);
}
