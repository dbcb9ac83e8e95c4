/* Draws what is known of somebody, wherever the page has a place for it: `data-form` says which. The words are those of
   web/presence.py. */

import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { ago } from "../ui/times.js";

const MINUTE_MS = 60_000;
const WORDS = { available: "available", away: "away", busy: "busy", invisible: "invisible" };

export const wordOf = (status) => (Object.hasOwn(WORDS, status) ? text(WORDS[status]) : "");

function lastActive(at) {
  const words = at ? ago(new Date(at)) : null;
  if (!words) return "";
  return Date.now() - Date.parse(at) < MINUTE_MS ? text("active_moment") : text("active_ago", { ago: words });
}

function lineOf({ status, at }) {
  if (status === "offline") return lastActive(at);
  return status === "available" ? text("active_now") : wordOf(status);
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const FORMS = {
  dot: () => {}, // its looks follow from `data-status`
  said: (element) => say(element, wordOf(element.dataset.status)),
  words: (element) => say(element, lineOf(element.dataset)),
};

/** One place: `presence` as the socket tells it. */
export function draw(element, { status, last_active_at: at }) {
  if (!Object.hasOwn(FORMS, element.dataset.form)) return;
  if (element.dataset.status !== status) element.dataset.status = status;
  element.dataset.at = at ?? "";
  FORMS[element.dataset.form](element);
}

/** Every place of somebody, on this page and on those that are kept. */
export function drawEverywhere(presence) {
  everywhere(`[data-presence="${CSS.escape(presence.username)}"]`).forEach((element) => draw(element, presence));
}

setInterval(() => {
  if (document.hidden) return;
  document.querySelectorAll('[data-form="words"][data-status="offline"]').forEach(FORMS.words);
}, MINUTE_MS);
