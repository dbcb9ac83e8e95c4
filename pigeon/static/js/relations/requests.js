/* Behaviour `follow-requests`: the page of who asks to follow me goes along with what happens elsewhere. */

import { fetchDocument, settle } from "../core/fragments.js";
import { latest } from "../notifications/latest.js";

const SOON_MS = 150;
const EVENTS = ["socket:notification.created", "socket:notification.deleted", "socket:connect", "live:refetch", "page:back"];
const fetchLast = latest(fetchDocument);
let timer = null;

const section = () => document.querySelector('[data-behavior~="follow-requests"]');
const rowsOf = (root) => [...root.querySelectorAll("#requests > [data-request]")];

function showEmpty(element) {
  element.querySelector('[data-part="empty"]').hidden = rowsOf(element).length > 0;
}

/** Rows of older pages stay as they are. */
function merge(element, page) {
  const fresh = rowsOf(page);
  const names = new Set(fresh.map((row) => row.dataset.request));
  const here = rowsOf(element);
  const shown = new Set(here.map((row) => row.dataset.request));
  if (!page.querySelector(".older")) here.filter((row) => !names.has(row.dataset.request)).forEach((row) => row.remove());
  const made = fresh.filter((row) => !shown.has(row.dataset.request)).map((row) => document.adoptNode(row));
  element.querySelector("#requests").prepend(...made);
  settle(made);
  showEmpty(element);
}

async function refresh() {
  const page = section() && (await fetchLast("/notifications/requests"));
  if (page && section()) merge(section(), page);
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => document.hidden || refresh().catch(() => {}), SOON_MS);
}

export function followRequests(element) {
  showEmpty(element);
}

for (const name of EVENTS) document.addEventListener(name, () => section() && refreshSoon());
document.addEventListener("requests:answered", () => section() && showEmpty(section()));
document.addEventListener("visibilitychange", () => section() && refreshSoon());
