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

function namesOf(...kinds) {
  try {
    return Object.keys(localStorage).filter((name) => kinds.some((kind) => name.startsWith(`${kind}:${me()}:`)));
  } catch {
    return [];
  }
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const listAll = () => namesOf(UNSENT).map((name) => parse(read(name))).filter(Boolean);

/** What is unsent of a conversation, in the order in which it was written: each {key, chatId, partner, at, place, words}, or with
    {image, alt, size} in place of words. Each stands by itself, for several tabs keep theirs at once. */
export function findUnsent(chatId) {
  const found = listAll().filter((one) => one.chatId === chatId);
  return found.sort((one, other) => one.at.localeCompare(other.at) || one.place - other.place);
}

export const keepUnsent = (item) => write(nameOf(UNSENT, `${item.chatId}:${item.key}`), JSON.stringify(item));
export const dropUnsent = ({ chatId, key }) => write(nameOf(UNSENT, `${chatId}:${key}`), "");

/** Conversations with something unsent. */
export const listUnsent = () => [...new Set(listAll().map(({ chatId }) => chatId))];

export const forgetAll = () => namesOf(DRAFT, UNSENT).forEach((name) => write(name, ""));
