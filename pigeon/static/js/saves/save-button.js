/* Behaviour `save-button`: the bookmark of a post; without JavaScript it sends a form. */

import { api } from "../core/api.js";
import { everywhere } from "../core/history.js";
import { switchTo } from "../ui/switches.js";

const buttonsOf = (id) => everywhere(`[data-behavior~="save-button"][data-id="${id}"]`);

const isSaved = (id) => buttonsOf(id).at(0)?.getAttribute("aria-pressed") === "true";

function show(id, isOn) {
  for (const button of buttonsOf(id)) {
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("formaction", `/p/${id}/${isOn ? "unsave" : "save"}`);
  }
}

/** Sets, never toggles; saving what is saved does nothing. */
function setSaved(id, isOn) {
  switchTo(`save-${id}`, isOn, isSaved(id), {
    show: (isSavedNow) => show(id, isSavedNow),
    request: (isWanted) => api(isWanted ? "PUT" : "DELETE", `/posts/${id}/save`),
    again: (isWanted) => setSaved(id, isWanted),
  });
}

export function saveButton(element) {
  element.addEventListener("click", (event) => {
    event.preventDefault();
    setSaved(element.dataset.id, !isSaved(element.dataset.id));
  });
}
