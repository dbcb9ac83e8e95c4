/* Keeps an open conversation in step. Events of the socket are hints: what is shown is asked from the server, as rows, one
   request at a time. Numbers of messages are dense, so what is missing is known by the last one that is here. */

import { fetchDocument } from "../core/fragments.js";
import { merge } from "./merge.js";
import { part, rowsOf, seqOf } from "./parts.js";
import { showStanding } from "./standing.js";

const PAUSES_MS = [1000, 3000, 10_000, 30_000];
const AT_ONCE = 50;
const SHOWN = 10;
const MOST_PAGES = 10;
const states = new WeakMap();

function stateOf(root) {
  if (!states.has(root)) states.set(root, { isWanted: false, running: null, failures: 0, timer: null, at: Date.now() });
  return states.get(root);
}

/** A piece of the conversation, with the people's standing in its data. */
export async function fetchPiece(root, query) {
  const page = await fetchDocument(`${root.dataset.path}/rows?${new URLSearchParams(query)}`);
  return part(page, "rows");
}

async function fetchNewer(root) {
  let hasMore = true;
  while (hasMore) {
    const piece = await fetchPiece(root, { since: root.dataset.lastSeq, limit: AT_ONCE });
    const { lastSeq, next } = piece.dataset;
    showStanding(root, piece);
    merge(root, [...piece.children], { isNews: true });
    root.dataset.lastSeq = String(Math.max(Number(root.dataset.lastSeq), Number(lastSeq)));
    hasMore = next !== "";
  }
}

async function run(root, state) {
  try {
    while (state.isWanted) {
      state.isWanted = false;
      await fetchNewer(root);
    }
    Object.assign(state, { failures: 0, at: Date.now() });
    root.dispatchEvent(new CustomEvent("thread:caught-up", { bubbles: true }));
  } catch (error) {
    if (error.status === 404) return showStanding(root, null);
    const pause = PAUSES_MS[Math.min(state.failures, PAUSES_MS.length - 1)];
    state.failures += 1;
    state.timer = setTimeout(catchUp, pause, root);
  }
  return undefined;
}

/** Brings what is newer than what is here; asked while it runs, it looks once more. */
export function catchUp(root) {
  const state = stateOf(root);
  clearTimeout(state.timer);
  state.isWanted = true;
  state.running ??= run(root, state).finally(() => (state.running = null));
  return state.running;
}

/** When the server was asked last and answered. */
export const caughtUpAt = (root) => stateOf(root).at;

/** One message is not what it was: its picture is ready, or it was unsent. */
export async function refreshRow(root, seq) {
  const piece = await fetchPiece(root, { since: seq - 1, limit: 1 });
  merge(root, [...piece.children]);
}

/** After a time without events: what is newer, and what became of what was shown before. */
export async function refresh(root) {
  const known = rowsOf(root).map(seqOf).filter(Boolean);
  let before = Number(root.dataset.lastSeq) + 1;
  await catchUp(root);
  for (let page = 0; page < MOST_PAGES && before > Math.min(...known); page += 1) {
    const piece = await fetchPiece(root, { before });
    const rows = [...piece.children];
    merge(root, rows.filter((row) => seqOf(row) >= known[0]));
    before = rows.length < SHOWN ? 0 : seqOf(rows[0]);
  }
}
