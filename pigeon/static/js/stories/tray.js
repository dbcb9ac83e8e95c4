/* Behaviour `story-tray`: who has stories, kept true in place; nothing that is focused or scrolled to is moved away. */

import { fetchDocument, settle, withParameter } from "../core/fragments.js";
import { atEnds } from "./ends.js";
import { drawRing } from "./rings.js";
import { moreOf, watchMore } from "./tray-more.js";
import { watchArrows } from "./tray-arrows.js";

const SOON_MS = 150;
const AGAIN_MS = 5_500;
const EVENTS = ["stories:seen", "stories:changed", "live:refetch", "page:back", "socket:connect", "socket:story.ready", "socket:story.failed"];
const trays = () => [...document.querySelectorAll('[data-behavior~="story-tray"]')];
let timer = null;
let again = null;
let turn = 0;

const listOf = (tray) => tray.querySelector('[data-part="list"]');
const keyOf = (item) => item.dataset.tray ?? item.className;

/** As many pages as are shown, one after another. */
async function fetchItems(count) {
  const items = [];
  for (let path = "/stories"; path; ) {
    const list = listOf(await fetchDocument(withParameter(path, "fragment", "1")));
    const more = moreOf(list);
    items.push(...[...list.children].filter((item) => item !== more));
    path = more && items.length < count ? more.querySelector("a").getAttribute("href") : null;
    if (more && !path) items.push(more);
  }
  return items;
}

/** The link stays the same element: it is bound, and what it opened comes back to it. */
function update(shown, fresh) {
  const [link, other] = [shown, fresh].map((item) => item.querySelector(":scope > a"));
  if (shown.isEqualNode(fresh)) return shown;
  if (!link || !other || "own" in shown.dataset) {
    shown.replaceWith(fresh);
    return fresh;
  }
  if (fresh.dataset.expires) shown.dataset.expires = fresh.dataset.expires;
  for (const { name, value } of other.attributes) if (link.getAttribute(name) !== value) link.setAttribute(name, value);
  link.replaceChildren(...other.childNodes);
  return shown;
}

/** Puts the list into the order of `items`, with what is there already. */
function arrange(list, items) {
  const place = list.scrollLeft;
  const focused = document.activeElement?.closest?.("[data-tray]");
  const shown = new Map([...list.children].map((item) => [keyOf(item), item]));
  const wanted = items.map((item) => document.adoptNode(item)).map((item) => {
    const old = shown.get(keyOf(item));
    shown.delete(keyOf(item));
    return old ? update(old, item) : item;
  });
  for (const gone of shown.values()) gone.remove();
  wanted.forEach((item, i) => list.children[i] !== item && list.insertBefore(item, list.children[i] ?? null));
  settle(wanted);
  if (list.scrollLeft !== place) list.scrollLeft = place; // to set it anew would end a scroll that is under way
  if (focused && list.contains(focused) && document.activeElement === document.body) focused.querySelector("a").focus({ preventScroll: true });
  return [...shown.keys()];
}

async function refresh() {
  const mine = (turn += 1);
  for (const tray of trays()) {
    const list = listOf(tray);
    const items = await fetchItems(list.querySelectorAll("[data-tray]").length).catch(() => null);
    if (!items || mine !== turn || !tray.isConnected) return;
    const gone = arrange(list, items);
    for (const name of gone) drawRing(name, "");
    for (const item of list.querySelectorAll("[data-tray]")) {
      const { ringState = "" } = item.querySelector("a").dataset;
      drawRing(item.dataset.tray, ringState, item.dataset.expires);
    }
    watchMore(list);
  }
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, SOON_MS);
}

/** One who is told is told nothing else for five seconds: what happened in them is looked up afterwards. */
function onHint() {
  refreshSoon();
  clearTimeout(again);
  again = setTimeout(refresh, AGAIN_MS);
}

export function storyTray(element) {
  watchArrows(element, listOf(element));
  watchMore(listOf(element));
  element.classList.add("is-live");
}

for (const name of EVENTS) document.addEventListener(name, () => trays().length && refreshSoon());
document.addEventListener("socket:story.changed", () => trays().length && onHint());
atEnds("[data-tray][data-expires]", (item) => {
  if ("own" in item.dataset) return refreshSoon();
  return item.contains(document.activeElement) ? refreshSoon() : item.remove();
});
