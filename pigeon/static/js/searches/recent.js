/* Behaviour `recent-searches`: what is deleted on one tab is gone on the others, also on pages that "back" would show. Tabs
   tell one another only which entries there are; the list itself comes from the server, for whoever is logged in. */

import { fetchDocument, settle } from "../core/fragments.js";
import { everywhere, forgetPages } from "../core/history.js";

const LIST = '[data-behavior~="recent-searches"]';
const channel = new BroadcastChannel("recent-searches");

async function renew() {
  const fresh = (await fetchDocument("/search").catch(() => null))?.querySelector(LIST);
  if (!fresh) return;
  for (const list of everywhere(LIST)) {
    list.dataset.ids = fresh.dataset.ids;
    list.replaceChildren(...[...fresh.children].map((child) => document.importNode(child, true)));
    if (list.isConnected) settle([list]);
  }
}

channel.addEventListener("message", ({ data }) => {
  const { me } = document.body.dataset;
  if (data.me !== me || everywhere(LIST).every((list) => list.dataset.ids === data.ids)) return;
  if (!document.querySelector(LIST)) return forgetPages();
  renew();
});

export function recentSearches(list) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no origin to name
  channel.postMessage({ me: document.body.dataset.me, ids: list.dataset.ids });
}
