/* Behaviour `thread-mute`: messages of somebody no longer count, or count again. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { part, rootOf } from "./parts.js";

export function threadMute(button) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const root = rootOf(button);
    const menu = button.closest("details");
    const { act } = button.dataset;
    menu.open = false;
    menu.querySelector("summary").focus();
    try {
      const chat = await api(act === "mute" ? "PUT" : "DELETE", `/chats/${encodeURIComponent(root.dataset.with)}/mute`);
      part(root, "muted").hidden = !chat.is_muted;
      for (const item of menu.querySelectorAll("[data-mute]")) item.hidden = (item.dataset.mute === "mute") === chat.is_muted;
      document.dispatchEvent(new CustomEvent("messages:changed"));
      toast(text(chat.is_muted ? "messages_muted" : "messages_unmuted", { name: root.dataset.name }));
    } catch (error) {
      toast(error.message || text("failed"), { category: "error" });
    }
  }, { capture: true });
}
