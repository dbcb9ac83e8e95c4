/* The states of the form for a new picture of oneself, from the choice of a file to what became of it.

     idle ──choose──▶ reading ──▶ refused            (choose: from every state but sending)
                         └─────▶ chosen ──send──▶ sending ──▶ processing ──▶ ready
                                    ▲───unsent──────┘              └───────▶ failed ──dismiss──▶ idle

   The state is the form's `data-state`; each has its sentence. What follows `processing` comes from the server. */

import { text } from "../core/strings.js";

const SENTENCES = { reading: "avatar_reading", sending: "avatar_sending", processing: "avatar_processing", ready: "avatar_ready" };
export const part = (form, name) => form.querySelector(`[data-part="${name}"]`);

function fill(element, words) {
  element.hidden = !words;
  element.querySelector("span").textContent = words;
}

export function showFault(form, words) {
  fill(part(form, "fault"), words);
  form.elements.image.setAttribute("aria-invalid", String(Boolean(words)));
}

export function setState(form, state, { fault = "", failure = "", words = SENTENCES[state] } = {}) {
  form.dataset.state = state;
  part(form, "status").textContent = words ? text(words) : "";
  showFault(form, fault);
  fill(part(form, "failure"), failure);
  form.elements.image.disabled = state === "sending";
  part(form, "send").setAttribute("aria-disabled", String(state !== "chosen"));
  part(form, "cropper").hidden = !["chosen", "sending"].includes(state) || form.elements.crop.disabled;
  part(form, "preview").hidden = state !== "processing" || !part(form, "preview").src;
}
