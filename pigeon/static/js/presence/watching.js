/* Whose presence the page shows is watched, and drawn as it changes. What the server drew stays until it is known better: over
   a reload, or a moment without a connection, nobody seems to leave. After half a minute without one nothing is claimed. */

import { isConnected, send } from "../core/socket.js";
import { draw, drawEverywhere } from "./drawing.js";
import { nearest } from "./nearest.js";

const MOST = 100; // names that one question may have
const PAUSE_MS = 150;
const DOUBT_MS = 30_000;
const AGAIN_MS = 5000;
const STALE_MS = 5000;
const PLACES = "[data-presence]";
const known = new Map(); // by name, as it is now: only of who is watched
let watched = "";
let askedAt = 0;
let turn = 0;
let timer = null;
let doubt = null;
let isCrowded = false; // more people are shown than can be watched

const nobody = (username) => ({ username, status: "offline", last_active_at: null });

/** Names on the page; of too many those that are nearest to what is seen. */
function wanted() {
  const places = new Map();
  for (const element of document.querySelectorAll(PLACES)) if (!places.has(element.dataset.presence)) places.set(element.dataset.presence, element);
  isCrowded = places.size > MOST;
  return (isCrowded ? nearest(places, MOST) : [...places.keys()]).toSorted();
}

function show(presence) {
  drawEverywhere(presence);
  document.dispatchEvent(new CustomEvent("presence:told", { detail: presence }));
}

/** Nothing tells any more how it is. */
function forget() {
  watched = "";
  turn += 1;
  known.clear();
  doubt ??= setTimeout(() => {
    doubt = null;
    if (watched === "") document.querySelectorAll(PLACES).forEach((element) => draw(element, nobody(element.dataset.presence)));
  }, DOUBT_MS);
}

function trust() {
  clearTimeout(doubt);
  doubt = null;
}

function learn(items) {
  const names = new Set(items.map(({ username }) => username));
  for (const username of known.keys()) if (!names.has(username)) known.delete(username);
  for (const item of items) {
    if (known.get(item.username)?.turn === turn) continue; // it changed while the answer was on its way
    known.set(item.username, { ...item, turn });
    show(item);
  }
}

async function ask(names) {
  const mine = (turn += 1);
  askedAt = Date.now();
  const answer = await send("presence.watch", { usernames: names }).catch(() => ({ ok: false }));
  if (mine !== turn) return;
  if (!answer.ok) {
    forget();
    return watchSoon(Math.max(AGAIN_MS, 1000 * (answer.error?.retry_after ?? 0)));
  }
  watched = names.join(" ");
  trust();
  learn(answer.items);
}

function watch() {
  timer = null;
  const names = wanted();
  if (isConnected() && names.join(" ") !== watched) ask(names);
}

function watchSoon(afterMs = PAUSE_MS) {
  clearTimeout(timer);
  timer = setTimeout(watch, afterMs);
}

/** Something may have been missed: asked anew, though the names are the same. */
function watchAgain() {
  watched = "";
  watchSoon();
}

document.addEventListener("socket:presence.changed", ({ detail }) => {
  known.set(detail.username, { ...detail, turn });
  show(detail);
});

for (const name of ["socket:connect", "live:refetch"]) document.addEventListener(name, watchAgain);
document.addEventListener("socket:disconnect", forget);
document.addEventListener("visibilitychange", () => !document.hidden && Date.now() - askedAt > STALE_MS && watchAgain());
addEventListener("scroll", () => isCrowded && watchSoon(), { capture: true, passive: true });
addEventListener("pageshow", ({ persisted }) => persisted && watchAgain());

/** What comes onto the page was drawn a moment ago by the server, or was left behind some time ago. */
function arrive(node) {
  const places = [...(node.querySelectorAll?.(PLACES) ?? []), ...(node.matches?.(PLACES) ? [node] : [])];
  for (const element of places) if (known.has(element.dataset.presence)) draw(element, known.get(element.dataset.presence));
  return places.length > 0;
}

const hadPlaces = (node) => node.matches?.(PLACES) || node.querySelector?.(PLACES);

new MutationObserver((changes) => {
  const isNew = changes.flatMap(({ type, target, addedNodes }) => (type === "attributes" ? [target] : [...addedNodes])).map(arrive).some(Boolean);
  if (isNew || changes.some(({ removedNodes }) => [...removedNodes].some(hadPlaces))) watchSoon();
}).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-presence"] });

forget(); // until the first answer
watchSoon(0);
