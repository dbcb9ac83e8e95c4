/* Behaviour `mute-messages`: at once, with Undo; the inbox draws the row again. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { inTurn } from "../follows/turns.js";

async function change(name, isMuted) {
  try {
    await inTurn(name, () => api(isMuted ? "PUT" : "DELETE", `/users/${name}/mute`, { of: ["chat"] }));
    forgetPages();
    document.dispatchEvent(new CustomEvent("messages:changed"));
    const undo = () => change(name, !isMuted);
    toast(text(isMuted ? "messages_muted" : "messages_unmuted", { name }), { action: { text: text("undo"), run: undo } });
  } catch (error) {
    toast(error.message || text("failed"), { category: "error" });
  }
}

export function muteMessages(button) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const menu = button.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    change(button.dataset.username, button.dataset.muted !== "true");
  });
}
