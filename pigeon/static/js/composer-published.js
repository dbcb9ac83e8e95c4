/* What was shared first is published, and the words have changed since: they go into its edit, or become another post. */

import { part } from "./composer-parts.js";
import { keepForEdit } from "./post-edit.js";

/** The words of the pictures that were published, in their order: by picture, for they may have been moved since. */
function altsOf({ pressed, read }) {
  const now = new Map(read().pictures.map(({ id, alt }) => [id, alt]));
  return (pressed?.pictures ?? read().pictures).map(({ id, alt }) => now.get(id) ?? alt);
}

export function offerEdit(form, draft, { leave, again }) {
  const box = part(form, "published");
  box.addEventListener("click", (event) => {
    const link = event.target.closest("[data-do]");
    const act = link?.dataset.do;
    if (act === "another") {
      draft.startAnother();
      again();
    }
    if (act !== "edit") return;
    event.preventDefault();
    const [, , postId] = link.pathname.split("/");
    keepForEdit(postId, { key: form.elements.idempotency_key.value, caption: draft.read().caption, alts: altsOf(draft) });
    leave.release();
    location.assign(link.href);
  });
}
