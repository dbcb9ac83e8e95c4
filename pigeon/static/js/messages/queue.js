/* Messages on their way, by conversation: sent one after another in the order in which they were written, each under a key of its
   own, so that however often one is sent it is stored once. The next one waits for the acknowledgement of the one before. */

import { acknowledged, deliver, isPassing } from "./delivery.js";
import { dropFile, keepFile } from "./kept-files.js";
import { drop, giveBack, showState } from "./pending.js";
import { threadsOf } from "./parts.js";
import { showClosed } from "./standing.js";
import { dropUnsent, findUnsent, keepUnsent, listUnsent } from "./storage.js";

const PAUSES_S = [1, 2, 4, 8, 15, 30];
const ENDS = ["messages_closed", "not_found", "forbidden"];
const queues = new Map();

/** The queue of a conversation, with what an earlier page left. */
export function queueOf(chatId, partner) {
  if (!queues.has(chatId)) {
    const items = findUnsent(chatId);
    const state = { isRunning: false, failures: 0, timer: null };
    queues.set(chatId, { chatId, partner: partner ?? items[0]?.partner, items, ...state });
  }
  return queues.get(chatId);
}

const isPicture = (item) => item.words === undefined;

function keep({ chatId, partner }, { key, at, place, words, image, alt, size, isRefused }) {
  keepUnsent({ chatId, partner, key, at, place, words, image, alt, size, isRefused });
}

function remove(queue, item) {
  queue.items = queue.items.filter((one) => one !== item);
  dropUnsent({ chatId: queue.chatId, key: item.key });
  if (isPicture(item)) dropFile(item.key);
}

/** What the server has, however that became known: an acknowledgement, an echo, a page. */
export function settleKey(chatId, key) {
  const queue = queues.get(chatId);
  const item = queue?.items.find((one) => one.key === key);
  if (item) remove(queue, item);
  return item;
}

function wait(queue, item, error) {
  const pause = error.retryAfter || PAUSES_S[Math.min(queue.failures, PAUSES_S.length - 1)];
  queue.failures += 1;
  // A lost acknowledgement is asked for again before anybody is told that something failed.
  if (queue.failures > 1 || error.code !== "timeout") showState(queue.chatId, item, "failed", { error, pause });
  queue.timer = setTimeout(run, queue.failures === 1 && error.code === "timeout" ? 0 : pause * 1000, queue);
}

function refuse(queue, item, error) {
  item.isRefused = true;
  if (error.fields?.text && !isPicture(item) && giveBack(queue.chatId, item, error.fields.text.message)) {
    return discard(queue.chatId, item);
  }
  keep(queue, item); // a page that comes later must not send it by itself
  showState(queue.chatId, item, "refused", { error });
  if (ENDS.includes(error.code)) threadsOf(queue.chatId).forEach(showClosed);
  return undefined;
}

async function sendNext(queue, item) {
  showState(queue.chatId, item, "sending");
  try {
    const message = await deliver(queue, item, () => keep(queue, item));
    queue.failures = 0;
    remove(queue, item);
    acknowledged(message);
    return true;
  } catch (error) {
    if (!queue.items.includes(item)) return true; // it was given up, or its echo was faster
    if (isPassing(error)) return wait(queue, item, error), false;
    refuse(queue, item, error);
    return true;
  }
}

async function run(queue) {
  clearTimeout(queue.timer);
  if (queue.isRunning) return;
  queue.isRunning = true;
  try {
    let goesOn = true;
    while (goesOn) {
      const item = queue.items.find((one) => !one.isRefused);
      goesOn = Boolean(item) && (await sendNext(queue, item));
    }
  } finally {
    queue.isRunning = false; // whatever went wrong on the page, what follows must not wait for ever
  }
}

export function enqueue(chatId, partner, item) {
  const queue = queueOf(chatId, partner);
  item.place = queue.items.length;
  queue.items.push(item);
  keep(queue, item);
  if (isPicture(item)) keepFile(item.key, item.file);
  run(queue);
}

export const resume = (chatId) => run(queueOf(chatId));

export function retry(chatId, item) {
  item.isRefused = false;
  keep(queueOf(chatId), item);
  queueOf(chatId).failures = 0;
  resume(chatId);
}

export function discard(chatId, item) {
  const queue = queueOf(chatId);
  item.stop?.abort();
  remove(queue, item);
  drop(chatId, item);
  run(queue);
}

/** At once, for the connection is back. */
export function resumeAll() {
  for (const chatId of new Set([...queues.keys(), ...listUnsent()])) resume(chatId);
}

document.addEventListener("live:refetch", resumeAll);
document.addEventListener("socket:connect", resumeAll);
addEventListener("online", resumeAll);
