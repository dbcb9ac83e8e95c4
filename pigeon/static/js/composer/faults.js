/* What the server refused, beside what was refused: `images.2` under the third picture, `alts.1` under its words. */

import { part, thumbsOf } from "./parts.js";

function fill(fault, message) {
  fault.hidden = !message;
  fault.querySelector("span").textContent = message;
}

function showField(field, message) {
  field.classList.toggle("is-wrong", Boolean(message));
  field.querySelector("textarea").setAttribute("aria-invalid", String(Boolean(message)));
  fill(field.querySelector(".field-error"), message);
}

export function clearCaptionFault(form) {
  showField(form.querySelector(".caption-field"), "");
}

export function clearFaults(form) {
  fill(part(form, "fault"), "");
  fill(form.querySelector("#images-error"), "");
  clearCaptionFault(form);
  for (const thumb of thumbsOf(form)) {
    thumb.classList.remove("is-wrong");
    showField(thumb.querySelector(".field"), "");
  }
}

export function showFaults(form, { message, fields }) {
  const thumbs = thumbsOf(form);
  for (const [name, field] of Object.entries(fields)) {
    const [kind, index] = name.split(".");
    const thumb = thumbs[Number(index)];
    if (name === "caption") showField(form.querySelector(".caption-field"), field.message);
    else if (thumb) {
      thumb.classList.toggle("is-wrong", kind === "images");
      showField(thumb.querySelector(".field"), field.message);
    } else fill(form.querySelector("#images-error"), field.message);
  }
  if (Object.keys(fields).length === 0) fill(part(form, "fault"), message);
  form.querySelector(".is-wrong textarea, .is-wrong input")?.focus();
}
