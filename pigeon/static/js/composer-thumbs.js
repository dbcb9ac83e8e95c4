/* The pictures chosen so far: their order is the order of the list, their descriptions are its text fields. */

import { counter } from "./counter.js";
import { text } from "./strings.js";

const files = new WeakMap();
let made = 0;

export const listThumbs = (list) => [...list.children];
export const fileOf = (thumb) => files.get(thumb).file;
export const altOf = (thumb) => thumb.querySelector("textarea").value;

/** Names every control by its place, and says how many pictures are described. */
function renumber(form) {
  const thumbs = listThumbs(form.querySelector('[data-part="thumbs"]'));
  thumbs.forEach((thumb, i) => {
    const index = i + 1;
    thumb.querySelector("textarea").setAttribute("aria-label", text("alt_of", { index }));
    thumb.querySelector('[data-do="remove"]').setAttribute("aria-label", text("remove_photo", { index }));
    thumb.querySelector('[data-do="back"]').setAttribute("aria-label", text("move_back", { index }));
    thumb.querySelector('[data-do="on"]').setAttribute("aria-label", text("move_on", { index }));
  });
  const described = form.querySelector('[data-part="described"]');
  const count = thumbs.filter((thumb) => altOf(thumb).trim()).length;
  described.hidden = thumbs.length === 0;
  described.textContent = text("described", { count, total: thumbs.length });
  form.classList.toggle("has-pictures", thumbs.length > 0);
  form.classList.toggle("is-full", thumbs.length >= Number(form.dataset.maxFiles));
}

const say = (form, sentence) => (form.querySelector('[data-part="said"]').textContent = sentence);

/** Moves a picture to a place; the focus stays on the control that was used, or its mirror at an end. */
export function moveThumb(form, thumb, to) {
  const list = thumb.parentElement;
  const from = listThumbs(list).indexOf(thumb);
  if (to < 0 || to >= list.children.length || to === from) return;
  const focused = document.activeElement;
  list.insertBefore(thumb, list.children[to > from ? to + 1 : to] ?? null);
  renumber(form);
  say(form, text("photo_moved", { old: from + 1, new: to + 1 }));
  if (!thumb.contains(focused)) return;
  const isAtEnd = getComputedStyle(focused).visibility === "hidden";
  (isAtEnd ? thumb.querySelector(`[data-do="${to === 0 ? "on" : "back"}"]`) : focused).focus();
}

function removeThumb(form, thumb) {
  const list = thumb.parentElement;
  const index = listThumbs(list).indexOf(thumb);
  URL.revokeObjectURL(files.get(thumb).url);
  thumb.remove();
  renumber(form);
  say(form, text("photo_removed", { index: index + 1 }));
  const next = list.children[index] ?? list.lastElementChild;
  (next?.querySelector('[data-do="remove"]') ?? form.querySelector('[data-part="picker"]')).focus();
}

export function addThumb(form, { file, url, isDrawable }) {
  const list = form.querySelector('[data-part="thumbs"]');
  const thumb = form.querySelector('[data-part="thumb"]').content.firstElementChild.cloneNode(true);
  const picture = thumb.querySelector(".thumb-picture");
  const input = thumb.querySelector("textarea");
  const fault = thumb.querySelector(".field-error");
  files.set(thumb, { file, url });
  fault.id = `thumb-error-${(made += 1)}`;
  input.setAttribute("aria-describedby", fault.id);
  if (isDrawable) picture.src = url;
  else picture.replaceWith(Object.assign(document.createElement("span"), { className: "thumb-name", textContent: file.name }));
  list.append(thumb);
  counter(thumb.querySelector(".field"));
  input.addEventListener("input", () => renumber(form));
  thumb.addEventListener("click", (event) => {
    const act = event.target.closest("[data-do]")?.dataset.do;
    const at = listThumbs(list).indexOf(thumb);
    if (act === "remove") removeThumb(form, thumb);
    else if (act) moveThumb(form, thumb, at + (act === "back" ? -1 : 1));
  });
  renumber(form);
}
