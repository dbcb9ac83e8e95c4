/* Behaviour `post-edit`: an edit that the composer handed on begins with the words that were changed there. Their draft is kept
   until they are saved. */

import { dropDraft, listDrafts } from "../composer/draft-store.js";

const place = (postId) => `edit:${postId}`;

/** `words` are {key, caption, alts}: the draft that they are from, and one text for each picture of the post, or null. */
export function keepForEdit(postId, words) {
  sessionStorage.setItem(place(postId), JSON.stringify(words));
}

function fill(field, words) {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function postEdit(form) {
  const name = place(form.dataset.post);
  const kept = sessionStorage.getItem(name);
  if (!kept) return;
  const { key, caption, alts } = JSON.parse(kept);
  const fields = [...form.querySelectorAll('[name="alts[]"]')];
  fill(form.elements.caption, caption);
  if (fields.length === alts?.length) fields.forEach((field, i) => fill(field, alts[i]));
  form.addEventListener("submit", () => {
    sessionStorage.removeItem(name);
    const draft = listDrafts().find((found) => found.key === key);
    if (draft) dropDraft(draft);
  });
}
