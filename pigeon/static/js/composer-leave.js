/* Leaving the composer with something in it: keep editing, save the draft, or discard it. */

import { openDialog } from "./dialog.js";

/** True when the page is left; `draft` is what keepDraft answered. */
export async function askToLeave(form, draft) {
  const dialog = form.querySelector('[data-part="leave"]');
  dialog.returnValue = "";
  dialog.addEventListener("click", ({ target }) => {
    const choice = target.closest("[data-choice]")?.dataset.choice;
    if (choice) dialog.close(choice);
  });
  const choice = await openDialog(dialog);
  if (choice === "save") await draft.save();
  if (choice === "discard") await draft.drop();
  return choice === "save" || choice === "discard";
}
