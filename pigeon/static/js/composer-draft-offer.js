/* The draft that waits when its writer comes back: offered above the form, and put into it when wanted. */

import { addFiles } from "./composer-add.js";
import { listThumbs } from "./composer-thumbs.js";
import { text } from "./strings.js";

const part = (form, name) => form.querySelector(`[data-part="${name}"]`);

export const thumbsOf = (form) => listThumbs(part(form, "thumbs"));
export const joinWords = (...captions) => captions.filter((words) => words.trim()).join("\n");

function describe({ caption, alts, files }) {
  const count = alts.length;
  const key = files.length < count ? "draft_lost_pictures" : "draft_pictures";
  return [caption, count && text(`${key}_${count === 1 ? "one" : "many"}`, { count })].filter(Boolean).join(" · ");
}

/** Shows the offer; resolves with "restore" or "discard" when it is answered. */
export async function offer(form, draft) {
  const box = part(form, "draft");
  box.querySelector('[data-part="draft-words"]').textContent = describe(draft);
  box.hidden = false;
  const choice = await new Promise((resolve) => box.addEventListener("click", ({ target }) => {
    const found = target.closest("[data-do]")?.dataset.do;
    if (found) resolve(found);
  }));
  box.hidden = true;
  return choice;
}

/** Before what is there already. */
export async function restore(form, draft) {
  const { caption } = form.elements;
  caption.value = joinWords(draft.caption, caption.value);
  caption.dispatchEvent(new Event("input", { bubbles: true }));
  const before = thumbsOf(form).length;
  await addFiles(form, draft.files);
  thumbsOf(form).slice(before).forEach((thumb, i) => {
    const field = thumb.querySelector("textarea");
    field.value = draft.alts[i] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  caption.focus();
}
