/* The pictures chosen so far. The list on the page is the truth: its order is their order, its text fields hold their words,
   and every picture has an id, by which its words find it again whatever becomes of the page.

     chosen ──▶ reading ──▶ ready
                   │
                   └──────▶ refused: it leaves the list, and is named below with the reason */

import { text } from "../core/strings.js";
import { counter } from "../ui/counter.js";
import { part, say, tellChange, thumbsOf } from "./parts.js";

const chosen = new WeakMap();
let made = 0;

export const idOf = (thumb) => chosen.get(thumb).id;
export const fileOf = (thumb) => chosen.get(thumb).file;
export const previewOf = (thumb) => chosen.get(thumb).preview;
export const altOf = (thumb) => thumb.querySelector("textarea").value;
export const isReading = (thumb) => thumb.classList.contains("is-reading");

/** Names every control by its place, and says how many pictures are described. */
function renumber(form) {
  const thumbs = thumbsOf(form);
  thumbs.forEach((thumb, i) => {
    const index = i + 1;
    thumb.querySelector("textarea").setAttribute("aria-label", text("alt_of", { index }));
    thumb.querySelector('[data-do="remove"]').setAttribute("aria-label", text("remove_photo", { index }));
    thumb.querySelector('[data-do="back"]').setAttribute("aria-label", text("move_back", { index }));
    thumb.querySelector('[data-do="on"]').setAttribute("aria-label", text("move_on", { index }));
  });
  const described = part(form, "described");
  const count = thumbs.filter((thumb) => altOf(thumb).trim()).length;
  described.hidden = thumbs.length === 0;
  described.textContent = text("described", { count, total: thumbs.length });
  form.classList.toggle("has-pictures", thumbs.length > 0);
  form.classList.toggle("is-full", thumbs.length >= Number(form.dataset.maxFiles));
}

function changed(form) {
  renumber(form);
  tellChange(form);
}

/** Moves a picture to a place; the focus stays on the control that was used, or its mirror at an end. */
export function moveThumb(form, thumb, to) {
  const list = thumb.parentElement;
  const from = thumbsOf(form).indexOf(thumb);
  if (to < 0 || to >= list.children.length || to === from) return;
  const focused = document.activeElement;
  list.insertBefore(thumb, list.children[to > from ? to + 1 : to] ?? null);
  changed(form);
  say(form, text("photo_moved", { old: from + 1, new: to + 1 }));
  if (!thumb.contains(focused)) return;
  const isAtEnd = getComputedStyle(focused).visibility === "hidden";
  (isAtEnd ? thumb.querySelector(`[data-do="${to === 0 ? "on" : "back"}"]`) : focused).focus();
}

export function takeAway(form, thumb) {
  URL.revokeObjectURL(thumb.querySelector("img")?.src);
  thumb.remove();
  changed(form);
}

/** All of them, for what comes in their place. */
export function takeAllAway(form) {
  thumbsOf(form).forEach((thumb) => takeAway(form, thumb));
}

function removeThumb(form, thumb) {
  const index = thumbsOf(form).indexOf(thumb);
  takeAway(form, thumb);
  say(form, text("photo_removed", { index: index + 1 }));
  const thumbs = thumbsOf(form);
  const next = thumbs[index] ?? thumbs.at(-1);
  (next?.querySelector('[data-do="remove"]') ?? part(form, "picker")).focus();
}

function listen(form, thumb) {
  thumb.querySelector("textarea").addEventListener("input", () => renumber(form));
  thumb.addEventListener("click", (event) => {
    const act = event.target.closest("[data-do]")?.dataset.do;
    const at = thumbsOf(form).indexOf(thumb);
    if (act === "remove") removeThumb(form, thumb);
    else if (act) moveThumb(form, thumb, at + (act === "back" ? -1 : 1));
  });
}

/** Puts a picture at the end, to be read: it can be moved, described and removed at once. */
export function addThumb(form, { id, file, alt }) {
  const thumb = part(form, "thumb").content.firstElementChild.cloneNode(true);
  const input = thumb.querySelector("textarea");
  const fault = thumb.querySelector(".field-error");
  chosen.set(thumb, { id, file, preview: null });
  fault.id = `thumb-error-${(made += 1)}`;
  input.setAttribute("aria-describedby", fault.id);
  input.value = alt;
  thumb.querySelector(".thumb-frame").title = file.name;
  part(form, "thumbs").append(thumb);
  counter(thumb.querySelector(".field"));
  listen(form, thumb);
  changed(form);
  return thumb;
}

/** Shows the picture, or, where this browser cannot draw it, its name. */
export function showRead(form, thumb, { preview, isDrawable }) {
  const picture = thumb.querySelector(".thumb-picture");
  const name = thumb.querySelector(".thumb-name");
  chosen.get(thumb).preview = preview;
  thumb.classList.remove("is-reading");
  picture.hidden = !isDrawable;
  name.hidden = isDrawable;
  if (isDrawable) picture.src = URL.createObjectURL(preview);
  name.textContent = isDrawable ? "" : fileOf(thumb).name;
  tellChange(form);
}
