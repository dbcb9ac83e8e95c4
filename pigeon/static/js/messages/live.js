/* What happens elsewhere appears in an open conversation. */

import { catchUp, refresh, refreshRow } from "./catch-up.js";
import { layOut } from "./layout.js";
import { logOf, shownThread, threadsOf } from "./parts.js";
import { markSent } from "./pending.js";
import { settleKey } from "./queue.js";
import { showClosed } from "./standing.js";
import { hideTyping, showTyping } from "./typing.js";

const shownOf = (chatId) => threadsOf(chatId).filter((root) => root.isConnected);

/** As web/messages/rows.py says what has become of a message. */
const versionOf = ({ is_deleted: isDeleted, image }) => (isDeleted ? "unsent" : (image?.state ?? "sent"));

/** Also when its row was fetched a moment before it changed. */
async function show(root, seq, version) {
  if (seq > Number(root.dataset.lastSeq)) await catchUp(root);
  const row = logOf(root).querySelector(`[data-seq="${Number(seq)}"]`);
  if (row && row.dataset.version !== version) await refreshRow(root, seq);
}

function onMessage(root, message) {
  const isOfOther = message.from === root.dataset.with;
  if (isOfOther) hideTyping(root);
  if (!isOfOther && message.client_msg_id) {
    settleKey(message.chat_id, message.client_msg_id); // an echo acknowledges as well
    markSent(root, message);
  }
  show(root, message.seq, versionOf(message)).catch(() => {});
}

document.addEventListener("socket:chat.message", ({ detail }) => shownOf(detail.chat_id).forEach((root) => onMessage(root, detail)));

document.addEventListener("socket:chat.deleted", ({ detail }) => {
  for (const root of shownOf(detail.chat_id)) show(root, detail.seq, "unsent").catch(() => {});
});

document.addEventListener("socket:chat.read", ({ detail }) => {
  for (const root of threadsOf(detail.chat_id)) {
    const { theirRead, with: partner } = root.dataset;
    if (detail.by !== partner || detail.up_to <= Number(theirRead)) continue;
    Object.assign(root.dataset, { theirRead: String(detail.up_to), seenAt: new Date().toISOString() });
    layOut(root);
  }
});

// Who left has another name from then on.
document.addEventListener("socket:chat.unread", ({ detail }) => {
  for (const root of shownOf(detail.chat_id)) if (detail.with !== root.dataset.with) showClosed(root).catch(() => {});
});

document.addEventListener("socket:chat.typing", ({ detail }) => {
  shownOf(detail.chat_id).filter((root) => root.dataset.with === detail.from).forEach(showTyping);
});

document.addEventListener("socket:relations.changed", ({ detail }) => {
  const root = shownThread();
  if (root?.dataset.with === detail.username) showClosed(root).catch(() => {});
});

document.addEventListener("live:refetch", () => shownThread() && refresh(shownThread()).catch(() => {}));
// Between the making of the page and the connection nobody tells.
document.addEventListener("socket:connect", () => shownThread() && catchUp(shownThread()));
