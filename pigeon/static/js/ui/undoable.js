/* What can be called back: it is told to the server when the offer to undo ends, or when the page hides. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { whenGone } from "./toast-gone.js";

const waiting = new Set();

/**
 * Says `message` with Undo; then either `send` or `undo` is called, once.
 * @param {string} message
 * @param {{ send: () => void, undo: () => void }} ends
 */
export function undoable(message, { send, undo }) {
  const end = (act) => waiting.delete(commit) && act();
  const commit = () => end(() => (shown.remove(), send()));
  waiting.add(commit);
  const shown = toast(message, { action: { text: text("undo"), run: () => end(undo) } });
  whenGone(shown, commit);
}

const commitAll = () => waiting.forEach((commit) => commit());
addEventListener("pagehide", commitAll);
document.addEventListener("visibilitychange", () => document.hidden && commitAll());
