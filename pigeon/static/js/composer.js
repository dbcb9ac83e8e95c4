/* Behaviour `composer`: pictures chosen, ordered, described and sent without leaving the page until they have arrived.
   Without it the same form takes one file per row. Pictures have their states in composer-thumbs.js, the post in
   composer-share.js, and what is kept on the device in composer-draft.js. */

import { addFiles } from "./composer-add.js";
import { acceptFiles, sortByDragging } from "./composer-drag.js";
import { openDraft } from "./composer-draft.js";
import { clearCaptionFault } from "./composer-faults.js";
import { askToLeave } from "./composer-leave.js";
import { isBlank, part } from "./composer-parts.js";
import { firstVersion } from "./composer-published.js";
import { share } from "./composer-share.js";
import { guard } from "./leave-guard.js";

export function composer(form) {
  const picker = part(form, "picker");
  part(form, "plain").disabled = true;
  const draft = openDraft(form);
  const leave = guard(form, () => !isBlank(form), () => askToLeave(form, draft));
  const add = (files) => form.dataset.state || addFiles(form, files);
  const shareNow = () => share({ form, draft, leave, showFirst });
  const showFirst = firstVersion(form, draft, { leave, again: shareNow });
  picker.addEventListener("change", () => {
    add([...picker.files]);
    picker.value = ""; // so that the same file can be chosen again
  });
  form.elements.caption.addEventListener("input", () => clearCaptionFault(form));
  acceptFiles(form, add);
  sortByDragging(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    shareNow();
  });
  // A browser may show the page again as it was left: what it holds is published.
  addEventListener("pageshow", (event) => {
    if (event.persisted && form.isConnected && form.dataset.state === "sending") location.reload();
  });
}
