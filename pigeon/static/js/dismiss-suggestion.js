/* Behaviour `dismiss-suggestion`: hidden at once; told to the server when Undo has ended or the page goes. */

import { api } from "./api.js";
import { text } from "./strings.js";
import { toast } from "./toasts.js";

const UNDO_MS = 5000;

function dismiss(row, name) {
  const send = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", send);
    row.remove();
    api("DELETE", `/suggestions/${name}`, undefined, { keepalive: true }).catch((error) => {
      toast(error.message || text("failed"), { category: "error" });
    });
  };
  const undo = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", send);
    row.hidden = false;
    row.querySelector("a").focus();
  };
  const timer = setTimeout(send, UNDO_MS);
  addEventListener("pagehide", send);
  row.hidden = true;
  toast(text("suggestion_hidden", { name }), { action: { text: text("undo"), run: undo } });
}

export function dismissSuggestion(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    const row = element.closest("li");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    dismiss(row, element.dataset.username);
    next?.querySelector("a")?.focus();
  });
}
