/* Rows of messages that are on their way: there at the key, before anybody was asked. */

import { text } from "../core/strings.js";
import { layOut } from "./layout.js";
import { findRow, isPending, logOf, part, rowsOf, say, seqOf, threadsOf } from "./parts.js";
import { fillPicture } from "./picture.js";
import { keepPlace, scrollToEnd } from "./scroll.js";
import { isLarge } from "./emoji.js";

const formats = new Map();

/** Who is asked for more than a moment is told why. */
const PATIENCE_S = 10;

/** The server's words for a time, in the zone that the reader has set there. */
function timeIn(zone, at) {
  if (!formats.has(zone)) {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
    const iso = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
    /** @type {Intl.DateTimeFormatOptions} */
    const words = { timeZone: zone, weekday: "long", month: "long", day: "numeric" };
    formats.set(zone, { clock, iso, day: new Intl.DateTimeFormat(document.documentElement.lang, words) });
  }
  const { clock, iso, day } = formats.get(zone);
  return { clock: clock.format(at), iso: iso.format(at), day: day.format(at) };
}

function makeRow(root, item) {
  const isPicture = item.words === undefined;
  const template = /** @type {HTMLTemplateElement} */ (part(root, isPicture ? "blank-photo" : "blank"));
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  const at = new Date(item.at);
  const { clock, iso, day } = timeIn(root.dataset.zone, at);
  Object.assign(row.dataset, { client: item.key, at: item.at, day: iso, version: "local" });
  row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/[^,]*$/, ` ${clock}`));
  part(row, "day").querySelector("time").textContent = day;
  Object.assign(part(row, "time"), { textContent: clock, dateTime: item.at });
  if (isPicture) fillPicture(row, item);
  else {
    part(row, "text").textContent = item.words;
    row.classList.toggle("is-large", isLarge(item.words));
    part(row, "bubble").classList.toggle("is-bare", isLarge(item.words));
  }
  return row;
}

/** `actions` are what its buttons do. */
export function addPending(root, item, actions) {
  const row = makeRow(root, item);
  part(row, "retry").addEventListener("click", () => (row.focus({ preventScroll: true }), actions.retry(item)));
  part(row, "discard").addEventListener("click", () => actions.discard(item));
  setState(row, item.isRefused ? "refused" : "waiting");
  logOf(root).append(row);
  layOut(root);
  scrollToEnd(root);
}

/** `sending`, or `waiting` for the one before it. */
const isCalm = (state) => state === "sending" || state === "waiting";

/** Sent again it would be refused again: the other is not there any more, or wants no messages. */
const isFinal = (error) => ["messages_closed", "not_found", "forbidden"].includes(error?.code);

function wordsOf(state, why) {
  const { error, pause } = why ?? { error: null, pause: 0 };
  if (isCalm(state)) return text(`message_${state}`);
  const field = Object.values(error?.fields ?? {})[0];
  if (isFinal(error)) return text("message_failed"); // why stands where one wrote
  if (state === "refused") return field?.message || error?.message || text("message_failed");
  if (error?.code === "rate_limited") return text("message_wait", { seconds: Math.ceil(pause) });
  if (error?.retryAfter >= PATIENCE_S && error.message) return error.message;
  return text("message_failed_again");
}

function setState(row, state, why = null) {
  const status = part(row, "status");
  status.dataset.state = state;
  status.hidden = false;
  part(status, "words").textContent = wordsOf(state, why);
  part(status, "retry").hidden = isCalm(state) || isFinal(why?.error);
  part(status, "discard").hidden = isCalm(state) && !row.querySelector(".message-photo"); // a picture takes a while
  row.classList.toggle("is-failed", !isCalm(state));
}

/** Also `failed` (it is sent again by itself) or `refused` (it is not); wherever the conversation is shown. */
export function showState(chatId, item, state, why) {
  for (const root of threadsOf(chatId)) {
    const row = findRow(root, item.key);
    if (!row || !isPending(row)) continue; // a page that was drawn meanwhile has it as it was stored
    keepPlace(root, () => (setState(row, state, why), layOut(root)));
    if (!isCalm(state)) say(root, wordsOf(state, why));
  }
}

export function showProgress(chatId, item, done) {
  for (const root of threadsOf(chatId)) {
    const words = findRow(root, item.key)?.querySelector('[data-part="progress-words"]');
    const percent = done.toLocaleString(document.documentElement.lang, { style: "percent" });
    if (words) words.textContent = done < 1 ? text("uploading", { percent }) : text("message_preparing");
  }
}

/** It has its number now, and stands where that belongs. */
export function markSent(root, message) {
  const row = findRow(root, message.client_msg_id);
  if (!row || !isPending(row)) return;
  row.id = `message-${message.id}`;
  row.dataset.seq = String(message.seq);
  row.classList.remove("is-pending", "is-failed");
  part(row, "retry").remove();
  part(row, "discard").remove();
  keepPlace(root, () => {
    const next = rowsOf(root).find((other) => other !== row && (!seqOf(other) || seqOf(other) > message.seq));
    if (row.nextElementSibling !== (next ?? null)) logOf(root).insertBefore(row, next ?? null);
    layOut(root);
  });
}

export function drop(chatId, item) {
  for (const root of threadsOf(chatId)) {
    const row = findRow(root, item.key);
    if (row?.contains(document.activeElement)) part(root, "scroll").focus({ preventScroll: true });
    row?.remove();
    layOut(root);
  }
}

/** Words that are refused as they are return to where they were written; answers whether somebody took them. */
export function giveBack(chatId, item, message) {
  const root = threadsOf(chatId).find((one) => one.isConnected);
  const form = root?.querySelector(".thread-composer");
  if (!form) return false;
  form.dispatchEvent(new CustomEvent("composer:take-back", { detail: { words: item.words, message } }));
  return true;
}
