/* Dragging in the composer: files from outside become pictures, pictures change places. */

import { thumbsOf } from "./parts.js";
import { moveThumb } from "./thumbs.js";

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

/** `add` is given the files that are dropped on the form or pasted into it. */
export function acceptFiles(form, add) {
  const zone = form.querySelector('[data-part="dropzone"]');
  form.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  form.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
  form.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted);
  });
}

export function sortByDragging(form) {
  const list = form.querySelector('[data-part="thumbs"]');
  let dragged = null;
  const mark = (thumb) => thumbsOf(form).forEach((other) => other.classList.toggle("is-target", other === thumb));

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".thumb");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    requestAnimationFrame(() => dragged?.classList.add("is-dragged"));
  });
  list.addEventListener("dragover", (event) => {
    const target = event.target.closest(".thumb");
    if (!dragged || !target) return;
    event.preventDefault();
    mark(target === dragged ? null : target);
  });
  list.addEventListener("drop", (event) => {
    const target = event.target.closest(".thumb");
    if (!dragged || !target) return;
    event.preventDefault();
    moveThumb(form, dragged, thumbsOf(form).indexOf(target));
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    mark(null);
  });
}
