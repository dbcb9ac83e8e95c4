/* Behaviour `dismiss-suggestion`: hidden at once; told to the server when Undo has gone or the page goes. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { whenGone } from "../ui/toast-gone.js";

function dismiss(row, name) {
  let isOpen = true;
  const end = () => {
    isOpen = false;
    removeEventListener("pagehide", send);
  };
  const send = () => {
    if (!isOpen) return;
    end();
    row.remove();
    api("DELETE", `/suggestions/${name}`, undefined, { keepalive: true }).catch((error) => {
      toast(error.message || text("failed"), { category: "error" });
    });
  };
  const undo = () => {
    end();
    row.hidden = false;
    row.querySelector("a").focus();
  };
  addEventListener("pagehide", send);
  row.hidden = true;
  const message = toast(text("suggestion_hidden", { name }), { action: { text: text("undo"), run: undo } });
  whenGone(message, send);
}

export function dismissSuggestion(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    const row = element.closest("li");
    const rows = [...row.parentElement.children].filter((other) => other === row || !other.hidden);
    const at = rows.indexOf(row);
    const next = rows[at + 1] ?? rows[at - 1];
    dismiss(row, element.dataset.username);
    next?.querySelector("a")?.focus();
  });
}
