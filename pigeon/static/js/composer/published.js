/* What was shared first is published, and something has changed since: the words go into its edit, or all of it becomes another
   post. */

import { keepForEdit } from "../posts/edit.js";
import { part } from "./parts.js";

/** Answers `show(shared)`, which says so and offers both; `again` shares what is in the form. */
export function firstVersion(form, draft, { leave, again }) {
  const box = part(form, "published");
  const link = box.querySelector('[data-do="edit"]');
  let post = null;

  box.querySelector('[data-do="another"]').addEventListener("click", () => {
    draft.startAnother();
    again();
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    keepForEdit(post.id, { key: form.elements.idempotency_key.value, ...draft.changesOf(post) });
    leave.release();
    location.assign(link.href);
  });

  return (shared) => {
    post = shared;
    link.href = `/p/${post.id}/edit`;
    box.hidden = false;
    link.focus();
  };
}
