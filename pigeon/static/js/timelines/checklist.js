/* Behaviour `checklist`: the first steps of a newcomer, on the home page. What was done, here or elsewhere, is marked without a
   reload; the people to follow stay as they are, and posts of those who are followed appear below while there were none. */

import { fetchDocument, settle } from "../core/fragments.js";

const NEWS = ["relation:stored", "avatar:settled", "socket:post.ready", "page:back"];
let turn = Promise.resolve();
let waits = false;

const shown = () => document.querySelector(".checklist");

function put(old, fresh) {
  if (!old || !fresh) return;
  old.replaceWith(document.adoptNode(fresh));
  settle([fresh]);
}

function mark(card, fresh) {
  put(card.querySelector(".checklist-steps"), fresh.querySelector(".checklist-steps"));
  card.querySelector(".checklist-progress").textContent = fresh.querySelector(".checklist-progress").textContent;
}

function finish(card) {
  const done = card.querySelector('[data-part="done"]');
  if (!done) return;
  card.replaceChildren(...done.content.children);
  settle([card]);
}

/** What follows the list belongs to it: its end, or that it is empty. */
function fillFeed(page) {
  const [feed, fresh] = [document, page].map((root) => root.getElementById("feed"));
  if (!feed || feed.querySelector("article") || !fresh?.querySelector("article")) return;
  const [old, next] = [feed.nextElementSibling, fresh.nextElementSibling];
  put(feed, fresh);
  if (old && next) put(old, next);
}

async function refresh() {
  waits = false;
  if (!shown()?.querySelector(".checklist-steps")) return;
  const page = await fetchDocument("/");
  const [card, fresh] = [shown(), page.querySelector(".checklist")];
  if (!card) return;
  if (fresh) mark(card, fresh);
  else finish(card);
  fillFeed(page);
}

/** After something that may be one of the steps; what comes while one is asked is asked once, behind it. */
export function refreshChecklist() {
  if (!waits) turn = turn.then(refresh).catch(() => {});
  waits = true;
  return turn;
}

export function checklist() {}

NEWS.forEach((name) => document.addEventListener(name, () => shown() && refreshChecklist()));
