/* Behaviour `save-button`: the bookmark of a post; without JavaScript it sends a form. What is tapped shows at once; one
   request per post is under way, and what was wanted last is sent after it. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const wanted = new Map(); // by post, while a request is under way

const buttonsOf = (id) => everywhere(`[data-behavior~="save-button"][data-id="${id}"]`);

const isSaved = (id) => buttonsOf(id).at(0)?.getAttribute("aria-pressed") === "true";

function show(id, isOn) {
  for (const button of buttonsOf(id)) {
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("formaction", `/p/${id}/${isOn ? "unsave" : "save"}`);
  }
}

async function send(id, isStored) {
  let stored = isStored;
  try {
    while (wanted.get(id) !== stored) {
      const isOn = wanted.get(id);
      await api(isOn ? "PUT" : "DELETE", `/posts/${id}/save`);
      stored = isOn;
    }
  } catch (error) {
    const isOn = wanted.get(id);
    show(id, stored);
    if (isOn === stored) return;
    const again = { text: text("retry"), run: () => setSaved(id, isOn) };
    toast(error.message || text("failed"), { category: "error", action: again });
  } finally {
    wanted.delete(id);
  }
}

/** Sets, never toggles; saving what is saved does nothing. */
function setSaved(id, isOn) {
  const before = isSaved(id);
  if (before === isOn) return;
  const isBusy = wanted.has(id);
  wanted.set(id, isOn);
  show(id, isOn);
  if (!isBusy) send(id, before);
}

export function saveButton(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    setSaved(element.dataset.id, !isSaved(element.dataset.id));
  });
}
