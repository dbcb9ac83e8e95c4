/* Behaviour `send-post`: each person has a button that sends them the post, and the words if there are any. What is sent again
   after a failure has the same id: it arrives once. */

import { ApiError } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const sent = new WeakMap(); // names that have it, by form: the list is drawn anew while searching

async function post(form, name) {
  const body = new FormData(form);
  body.delete("to");
  body.append("to", name);
  const answer = await fetch(`${form.getAttribute("action")}?fragment=sent`, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) throw new ApiError(answer?.status ?? 0);
}

function show(button, state) {
  button.dataset.state = state;
  button.disabled = state !== "idle";
  button.firstElementChild.textContent = text({ idle: "send", busy: "sending", sent: "sent" }[state]);
}

const REASONS = { 0: "unreachable", 403: "messages_closed", 404: "person_gone", 429: "rate_limited" };

async function send(form, button) {
  const name = button.closest("[data-username]").dataset.username;
  const item = button.closest(".picker-item");
  show(button, "busy");
  try {
    await post(form, name);
    sent.get(form).add(name);
    show(button, "sent");
    item.querySelector('[name="to"]').checked = false;
    toast(text("post_sent", { name }));
  } catch (error) {
    show(button, "idle");
    button.focus();
    toast(text(REASONS[error.status] ?? "failed", { name }), { category: "error" });
  }
}

export function sendPost(form) {
  const picker = form.closest("[data-picker]");
  sent.set(form, new Set());
  picker.classList.add("is-live");
  picker.addEventListener("click", ({ target }) => {
    const button = target.closest('[data-part="send"]');
    if (button) send(form, button);
  });
  picker.addEventListener("partners:found", () => {
    for (const item of picker.querySelectorAll(".picker-item")) {
      if (sent.get(form).has(item.dataset.username)) show(item.querySelector('[data-part="send"]'), "sent");
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault()); // Enter in the words; each person has a button
}
