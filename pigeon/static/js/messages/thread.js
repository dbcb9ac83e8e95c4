/* Behaviour `thread`: an open conversation. */

import { catchUp, caughtUpAt, refresh } from "./catch-up.js";
import "./copy.js"; // there when the first message asks for it, also without a connection
import { bindEarlier } from "./earlier.js";
import "./keyboard-room.js";
import { layOut } from "./layout.js";
import "./live.js";
import { bindMenus } from "./menus.js";
import { bindPress } from "./press.js";
import { findRow, isPending, shownThread } from "./parts.js";
import { addPending } from "./pending.js";
import { discard, queueOf, resume, retry, settleKey } from "./queue.js";
import { read } from "./reading.js";
import { bindScroll, restorePlace, scrollToNew } from "./scroll.js";
import { forgetTyping } from "./typing.js";

const SLEPT_MS = 20_000;
const bound = new WeakSet();

/** A row for what was just written, or was left unsent. */
export function addRow(root, item) {
  const { chat } = root.dataset;
  addPending(root, item, { retry: (one) => retry(chat, one), discard: (one) => discard(chat, one) });
  forgetTyping(root);
}

/** What an earlier page left: a row for each, but for what the server has after all. */
function restoreUnsent(root) {
  const { chat, with: partner } = root.dataset;
  for (const item of queueOf(chat, partner).items) {
    const row = findRow(root, item.key);
    if (!row) addRow(root, item);
    else if (!isPending(row)) settleKey(chat, item.key);
  }
  resume(chat);
}

/** What the server drew, as it stands now. */
function open(root) {
  root.dataset.openedSeq = root.dataset.lastSeq;
  layOut(root);
  restoreUnsent(root);
}

export function thread(root) {
  bound.add(root);
  bindScroll(root);
  bindEarlier(root);
  bindPress(root);
  bindMenus(root);
  open(root);
  scrollToNew(root);
  read(root);
  if (root.dataset.later !== undefined) catchUp(root);
}

document.addEventListener("page:back", () => {
  const root = shownThread();
  if (!root) return;
  restorePlace(root);
  restoreUnsent(root);
  refresh(root).catch(() => {});
});

// The same page once more, as after a form, is drawn over the one that is there.
document.addEventListener("htmx:after:swap", () => {
  const root = shownThread();
  if (root && root.dataset.openedSeq === undefined && bound.has(root)) open(root);
});

// A machine that slept, or a tab that the browser froze, heard nothing of what came meanwhile.
for (const name of ["focus", "pageshow"]) {
  addEventListener(name, () => {
    const root = shownThread();
    if (root && Date.now() - caughtUpAt(root) > SLEPT_MS) catchUp(root);
  });
}
