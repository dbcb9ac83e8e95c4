/* Behaviour `asking`: who asks to follow me, above the list of notifications; it comes, changes and goes with the requests. */

import { fetchDocument, settle } from "../core/fragments.js";
import { latest } from "./latest.js";
import { deleted, dropEmptySections } from "./list.js";

const SOON_MS = 150;
const EVENTS = ["socket:notification.created", "socket:notification.deleted", "socket:relations.changed", "requests:answered"];
const REFETCHES = ["socket:connect", "live:refetch", "visibilitychange", "page:back"];
const fetchLast = latest(fetchDocument);
let timer = null;

const place = () => document.querySelector('[data-behavior~="asking"]');

async function refresh() {
  const page = await fetchLast("/notifications?fragment=requests");
  const old = place();
  if (!page || !old) return;
  const fresh = document.adoptNode(page.querySelector('[data-part="asking"]'));
  if (fresh.textContent === old.textContent && fresh.querySelectorAll("img").length === old.querySelectorAll("img").length) return;
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  settle([fresh]);
  if (hadFocus) (fresh.querySelector("a") ?? document.getElementById("notices-title"))?.focus();
}

function refreshSoon() {
  if (!place() || document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), SOON_MS);
}

/** It is listened to for the page: the element is replaced. */
export function asking() {}

for (const name of [...EVENTS, ...REFETCHES]) document.addEventListener(name, refreshSoon);
document.addEventListener("requests:answered", ({ detail }) => {
  const list = document.getElementById("notices");
  if (!list) return;
  detail.items.filter((item) => item.matches(".news")).forEach((item) => deleted.add(item.id));
  dropEmptySections(list);
});
