/* Behaviour `composer`: pictures chosen, ordered, described and sent without leaving the page until they have arrived.
   Without it the same form takes one file per row. Pictures have their states in thumbs.js, the post in
   share.js, and what is kept on the device in draft.js. */

import { guard } from "../ui/leave-guard.js";
import { addFiles } from "./add.js";
import { openDraft } from "./draft.js";
import { acceptFiles, sortByDragging } from "./drag.js";
import { clearCaptionFault } from "./faults.js";
import { askToLeave } from "./leave.js";
import { isBlank, part } from "./parts.js";
import { firstVersion } from "./published.js";
import { share } from "./share.js";

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
