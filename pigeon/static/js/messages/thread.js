/* Behaviour `thread`: an open conversation. */

import { catchUp, caughtUpAt, refresh } from "./catch-up.js";
import { bindEarlier } from "./earlier.js";
import { layOut } from "./layout.js";
import "./live.js";
import { bindPress } from "./press.js";
import { findRow, shownThread } from "./parts.js";
import { addPending } from "./pending.js";
import { discard, queueOf, resume, retry } from "./queue.js";
import { read } from "./reading.js";
import { bindScroll, scrollToNew } from "./scroll.js";
import { forgetTyping } from "./typing.js";

const SLEPT_MS = 20_000;

/** A row for what was just written, or was left unsent. */
export function addRow(root, item) {
  const { chat } = root.dataset;
  addPending(root, item, { retry: (one) => retry(chat, one), discard: (one) => discard(chat, one) });
  forgetTyping(root);
}

function restoreUnsent(root) {
  const { chat, with: partner } = root.dataset;
  for (const item of queueOf(chat, partner).items) if (!findRow(root, item.key)) addRow(root, item);
  resume(chat);
}

export function thread(root) {
  root.dataset.openedSeq = root.dataset.lastSeq;
  layOut(root);
  bindScroll(root);
  bindEarlier(root);
  bindPress(root);
  restoreUnsent(root);
  scrollToNew(root);
  read(root);
  if (root.dataset.later !== undefined) catchUp(root);
}

document.addEventListener("page:back", () => {
  const root = shownThread();
  if (!root) return;
  restoreUnsent(root);
  refresh(root).catch(() => {});
});

// A machine that slept, or a tab that the browser froze, heard nothing of what came meanwhile.
for (const name of ["focus", "pageshow"]) {
  addEventListener(name, () => {
    const root = shownThread();
    if (root && Date.now() - caughtUpAt(root) > SLEPT_MS) catchUp(root);
  });
}
