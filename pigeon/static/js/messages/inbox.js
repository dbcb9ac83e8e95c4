/* Behaviour `inbox`: the conversations follow what happens. Beside an open conversation there is one inbox for all pages of a
   visit: a page that is swapped in brings its own, whose place the one with the loaded rows takes. */

import { fetchDocument, withParameter } from "../core/fragments.js";
import { latest } from "../notifications/latest.js";
import { markDrafts } from "./draft-marks.js";
import { merge, showOpen } from "./inbox-rows.js";

const TURN_MS = 200;
const FIRST_MS = 40;
const EVENTS = ["chat.message", "chat.read", "chat.unread", "chat.deleted", "relations.changed", "connect"].map((name) => `socket:${name}`);
const REFETCHES = ["live:refetch", "messages:changed", "relation:stored", "relation:gone"];
const wide = matchMedia("(min-width: 768px)");
const fetchLast = latest(fetchDocument);
let living = null;
let top = 0; // where its list was scrolled to: what leaves the page forgets it
let timer = null;
let askedAt = 0;

const place = () => document.getElementById("inbox");
const scroller = (element) => element.querySelector('[data-part="scroll"]');

function show(element) {
  showOpen(element);
  markDrafts(element);
}

async function refresh() {
  const element = place();
  if (!element || document.hidden) return;
  askedAt = performance.now();
  const page = await fetchLast(withParameter(element.dataset.path, "fragment", "list"));
  const items = page?.querySelector('[data-part="items"]');
  if (!items || element !== place()) return;
  merge(element, document.adoptNode(items));
  show(element);
}

/** At most one question in a turn, however much happens. */
function refreshSoon() {
  if (timer || !place()) return;
  const wait = Math.max(FIRST_MS, TURN_MS - (performance.now() - askedAt));
  timer = setTimeout(() => {
    timer = null;
    refresh().catch(() => undefined); // the next event asks again
  }, wait);
}

/** The inbox that lives on stands where `stand` stood, and `stand` keeps its place on the page that was left. */
function takePlaceOf(stand) {
  const gap = document.createComment("");
  living.replaceWith(gap);
  stand.replaceWith(living);
  gap.replaceWith(stand);
  merge(living, document.importNode(stand.querySelector('[data-part="items"]'), true));
  scroller(living).scrollTop = top;
}

function arrive(element) {
  const isSame = living && living !== element && living.dataset.path === element.dataset.path;
  if (isSame && wide.matches) takePlaceOf(element);
  else if (living === element) scroller(element).scrollTop = top;
  else {
    living = element;
    top = scroller(element).scrollTop;
  }
  show(living);
}

export function inbox(element) {
  scroller(element).addEventListener("scroll", ({ target }) => element === living && element.isConnected && (top = target.scrollTop), { passive: true });
  // The menu of a row at the end opens into sight.
  element.addEventListener("toggle", ({ target }) => target.open && target.querySelector(".menu-list")?.scrollIntoView({ block: "nearest" }), { capture: true });
  arrive(element);
}

for (const name of [...EVENTS, ...REFETCHES]) document.addEventListener(name, refreshSoon);
document.addEventListener("visibilitychange", () => document.hidden || refreshSoon());
document.addEventListener("page:back", () => {
  if (!place()) return;
  arrive(place());
  refreshSoon();
});
addEventListener("storage", ({ key }) => key?.startsWith("draft:message:") && place() && markDrafts(place())); // typed on another tab
