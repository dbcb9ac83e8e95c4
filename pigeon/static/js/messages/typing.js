/* Who writes: the other is told at the first key and every three seconds after; what they tell is shown for five. */

import { isConnected, send } from "../core/socket.js";
import { part } from "./parts.js";
import { keepPlace } from "./scroll.js";

const EVERY_MS = 3000;
const SHOWN_MS = 5000;
const toldAt = new WeakMap();
const timers = new WeakMap();

export function tellTyping(root) {
  const now = Date.now();
  if (!isConnected() || now - (toldAt.get(root) ?? 0) < EVERY_MS) return;
  toldAt.set(root, now);
  send("chat.typing", { with: root.dataset.with }).catch(() => {});
}

/** What was being written is sent: the next key is told at once. */
export const forgetTyping = (root) => toldAt.delete(root);

function show(root, isTyping) {
  part(root, "note").hidden = isTyping;
  part(root, "typing").hidden = !isTyping;
  keepPlace(root, () => (part(root, "typing-bubble").hidden = !isTyping));
}

export function showTyping(root) {
  clearTimeout(timers.get(root));
  timers.set(root, setTimeout(hideTyping, SHOWN_MS, root));
  if (part(root, "typing-bubble").hidden) show(root, true);
}

export function hideTyping(root) {
  clearTimeout(timers.get(root));
  if (!part(root, "typing-bubble").hidden) show(root, false);
}
