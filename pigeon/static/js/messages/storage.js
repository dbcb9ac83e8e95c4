/* What a reader wrote and did not send, and what was sent and is not acknowledged: kept on this device by reader and
   conversation, until it is sent or the reader logs out. */

const DRAFT = "draft:message";
const UNSENT = "unsent:message";

const me = () => document.body.dataset.me;
const nameOf = (kind, chatId) => `${kind}:${me()}:${chatId}`;

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, words) {
  try {
    if (words) localStorage.setItem(name, words);
    else localStorage.removeItem(name);
  } catch {
    // A full or forbidden storage costs what a reload would bring back, not the message.
  }
}

export const findDraft = (chatId) => read(nameOf(DRAFT, chatId)) ?? "";
export const keepDraft = (chatId, words) => write(nameOf(DRAFT, chatId), words.trim() ? words : "");

/** {with, items}: to whom, and each {key, at, words} or {key, at, image, alt}, in the order in which they were written. */
export function findUnsent(chatId) {
  try {
    return JSON.parse(read(nameOf(UNSENT, chatId))) ?? { items: [] };
  } catch {
    return { items: [] };
  }
}

export function keepUnsent(chatId, partner, items) {
  write(nameOf(UNSENT, chatId), items.length ? JSON.stringify({ with: partner, items }) : "");
}

function namesOf(...kinds) {
  try {
    return Object.keys(localStorage).filter((name) => kinds.some((kind) => name.startsWith(`${kind}:${me()}:`)));
  } catch {
    return [];
  }
}

/** Conversations with something unsent. */
export const listUnsent = () => namesOf(UNSENT).map((name) => name.slice(nameOf(UNSENT, "").length));

export const forgetAll = () => namesOf(DRAFT, UNSENT).forEach((name) => write(name, ""));
