/* Behaviour `message-unsend`: in a dialog, a message becomes a stub without leaving the conversation. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { refreshRow } from "./catch-up.js";
import { say, seqOf, shownThread } from "./parts.js";

export function messageUnsend(form) {
  const dialog = form.closest("dialog");
  if (!dialog) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { message } = form.dataset;
    event.submitter.disabled = true;
    try {
      await api("DELETE", `/messages/${message}`);
      dialog.close();
      const root = shownThread();
      const row = root?.querySelector(`#message-${CSS.escape(message)}`);
      if (!row) return;
      await refreshRow(root, seqOf(row)).catch(() => {});
      root.querySelector(`#message-${CSS.escape(message)}`).focus({ preventScroll: true });
      say(root, text("message_unsent"));
    } catch (error) {
      event.submitter.disabled = false;
      toast(error.message || text("failed"), { category: "error" });
    }
  });
}
