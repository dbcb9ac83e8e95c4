/* What is read: as far as the conversation is here, while somebody looks at it. A window in the background reads nothing, and
   who looks at a request is not told of. */

import { api } from "../core/api.js";
import { isConnected, send } from "../core/socket.js";
import { isMine, rowsOf, seqOf, shownThread } from "./parts.js";

const busy = new WeakSet();

const isWatched = (root) => root.isConnected && !document.hidden && document.hasFocus();
const lastOfOther = (root) => Math.max(0, ...rowsOf(root).filter((row) => !isMine(row)).map(seqOf));

async function tell(partner, upTo) {
  if (!isConnected()) return api("PUT", `/chats/${encodeURIComponent(partner)}/read`, { up_to: upTo });
  const answer = await send("chat.read", { with: partner, up_to: upTo });
  if (!answer.ok) throw new Error(answer.error.code);
  return answer;
}

/** Says how far it is read; what fails is said again at the next occasion. */
export async function read(root) {
  const upTo = lastOfOther(root);
  const isSaid = upTo <= Number(root.dataset.said ?? root.dataset.readUpTo);
  if (isSaid || root.dataset.request === "incoming" || !isWatched(root) || busy.has(root)) return;
  busy.add(root);
  try {
    await tell(root.dataset.with, upTo);
    root.dataset.said = String(upTo);
  } catch {
    return;
  } finally {
    busy.delete(root);
  }
  read(root); // what arrived meanwhile
}

const readShown = () => shownThread() && read(shownThread());

addEventListener("focus", readShown);
document.addEventListener("visibilitychange", readShown);
document.addEventListener("socket:connect", readShown);
document.addEventListener("thread:caught-up", ({ target }) => read(target));
