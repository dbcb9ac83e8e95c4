/* Behaviour `time`: "5m" grows older while it is on screen. The words are those of the server's `ago`. */

import { text } from "../core/strings.js";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;
const WEEK_S = 604800;
const FIVE_WEEKS_S = 5 * WEEK_S;

/** Words for `at`, or null when a date is meant: a date does not change, the server's stays. */
export function ago(at, now = new Date()) {
  const age = Math.max(0, (now.getTime() - at.getTime()) / 1000);
  if (age < MINUTE_S) return text("now");
  if (age < HOUR_S) return text("minutes", { n: Math.floor(age / MINUTE_S) });
  if (age < DAY_S) return text("hours", { n: Math.floor(age / HOUR_S) });
  if (age < WEEK_S) return text("days", { n: Math.floor(age / DAY_S) });
  if (age < FIVE_WEEKS_S) return text("weeks", { n: Math.floor(age / WEEK_S) });
  return null;
}

function refresh(element) {
  const words = ago(new Date(element.dateTime));
  if (words && element.textContent !== words) element.textContent = words;
}

setInterval(() => {
  if (!document.hidden) document.querySelectorAll('time[data-behavior="time"]').forEach(refresh);
}, MINUTE_S * 1000);

/** Also says the moment in the reader's own time zone, which the server does not know. */
export function time(element) {
  /** @type {Intl.DateTimeFormatOptions} */
  const full = { dateStyle: "full", timeStyle: "short" };
  element.title = new Date(element.dateTime).toLocaleString(document.documentElement.lang, full);
}
