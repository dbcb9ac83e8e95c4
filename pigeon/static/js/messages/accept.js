/* Behaviour `thread-accept`: a request becomes a conversation, and the field to answer takes its place. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { rootOf } from "./parts.js";
import { read } from "./reading.js";
import { redrawDock } from "./standing.js";

export function threadAccept(button) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const root = rootOf(button);
    button.disabled = true;
    try {
      await api("PUT", `/chats/${encodeURIComponent(root.dataset.with)}/accept`);
      await redrawDock(root);
      root.querySelector(".thread-input")?.focus();
      read(root);
    } catch (error) {
      button.disabled = false;
      toast(error.message || text("failed"), { category: "error" });
    }
  }, { capture: true });
}
