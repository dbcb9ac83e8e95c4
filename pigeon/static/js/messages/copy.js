/* Behaviour `message-copy`: the words of a message as they were written. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

export function messageCopy(button) {
  button.addEventListener("click", async () => {
    const row = button.closest(".message");
    try {
      await navigator.clipboard.writeText(row.querySelector('[data-part="text"]').textContent);
      toast(text("message_copied"));
    } catch {
      toast(text("failed"), { category: "error" });
    }
    row.focus({ preventScroll: true });
  });
}
