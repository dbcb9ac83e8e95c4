/* Behaviour `request-answer`: Confirm or Delete beside somebody who asks to follow me. What shows the question leaves at once,
   and is back when the server did not take the answer. Told on as `requests:answered`, with what left. */

import { api } from "../core/api.js";
import { forgetPages } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { inTurn } from "../follows/turns.js";
import { neighbourOf } from "../ui/rows.js";

const itemsOf = (name) => [...document.querySelectorAll(`[data-request="${name}"]`)];

function setShown(items, isShown) {
  items.forEach((item) => (item.hidden = !isShown));
}

function moveFocus(item) {
  const next = neighbourOf(item);
  const place = next?.matches("[data-request], .news") ? next.querySelector("a, button") : null;
  (place ?? item.closest("section")?.querySelector("h1"))?.focus();
}

async function answer(name, method) {
  const items = itemsOf(name);
  setShown(items, false);
  try {
    await inTurn(name, () => api(method, `/me/follow_requests/${name}`));
  } catch (error) {
    if (error.status !== 404) {
      setShown(items, true);
      toast(error.message || text("failed"), { category: "error", action: { text: text("retry"), run: () => answer(name, method) } });
      return;
    }
  }
  forgetPages();
  items.forEach((item) => item.remove());
  document.dispatchEvent(new CustomEvent("requests:answered", { detail: { items } }));
  toast(text(method === "PUT" ? "request_confirmed" : "request_deleted", { name }));
}

export function requestAnswer(button) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    moveFocus(button.closest("[data-request]"));
    answer(button.dataset.username, button.dataset.method);
  });
}
