/* Behaviour `dismiss-suggestion`: hidden at once; told to the server when Undo has gone or the page goes. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { neighbourOf } from "../ui/rows.js";
import { undoable } from "../ui/undoable.js";

function dismiss(row, name) {
  const send = () => {
    row.remove();
    api("DELETE", `/suggestions/${name}`, undefined, { keepalive: true }).catch((error) => {
      toast(error.message || text("failed"), { category: "error" });
    });
  };
  const undo = () => {
    row.hidden = false;
    row.querySelector("a").focus();
  };
  row.hidden = true;
  undoable(text("suggestion_hidden", { name }), { send, undo });
}

export function dismissSuggestion(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    const row = element.closest("li");
    const next = neighbourOf(row);
    dismiss(row, element.dataset.username);
    next?.querySelector("a")?.focus();
  });
}
